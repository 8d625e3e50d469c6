"""What the demo's people write to each other and beside their hours."""

from __future__ import annotations

Lines = tuple[str, ...]

MEMOS: dict[str, dict[str, Lines]] = {
    "it": {
        "calendar": ("Agenda della settimana, due spostamenti", "Appuntamenti con i fornitori", "Calendario condiviso"),
        "correspondence": ("Posta in arrivo e bozze di risposta", "Lettere ai clienti", "Risposte arretrate"),
        "documents": ("Riordino cartelle e nomi dei file", "Archiviazione contratti", "Revisione documenti"),
        "travel": (
            "Biglietti e albergo, trasferta di giovedì",
            "Cambio volo e nuovo itinerario",
            "Note spese del mese",
        ),
        "meetings": ("Verbale della riunione di direzione", "Fascicolo per il consiglio", "Seguiti delle decisioni"),
        "newsletters": ("Testo della newsletter", "Invio e statistiche", "Pulizia della lista"),
        "social_media": ("Due post e risposte ai commenti", "Piano del mese", "Montaggio di una clip"),
        "bookkeeping": ("Registrazione fatture e banca", "Solleciti e incassi", "Fatture elettroniche della settimana"),
        "website": ("Aggiornamento pagine e moduli", "Articolo del mese", "Controllo link e copie di sicurezza"),
        "customer_care": ("Risposte ai clienti", "Richieste in sospeso", "Riepilogo delle segnalazioni"),
        "phone": ("Telefonate e messaggi", "Urgenze e richiami", "Interventi fissati"),
        "presentations": ("Impaginazione diapositive", "Grafici e tabelle", "Revisione finale"),
        "events": ("Ospiti e inviti", "Alberghi e cene", "Programma dello stand"),
    },
    "en": {
        "calendar": ("Diary for the week, two moves", "Meetings with suppliers", "Calendar across time zones"),
        "correspondence": ("Inbox and drafts", "Letters to clients", "Backlog of answers"),
        "documents": ("Folders and file names", "Filing of contracts", "Document review"),
        "travel": ("Tickets and hotel for Thursday", "Flight changed, new itinerary", "Expenses of the month"),
        "meetings": ("Minutes of the management meeting", "Board pack", "Follow-ups of decisions"),
        "newsletters": ("Newsletter copy", "Sending and figures", "Cleaning the list"),
        "social_media": ("Three posts and replies", "Plan of the month", "Cutting a short video"),
        "bookkeeping": ("Invoices and bank lines", "Reminders and receipts", "Month-end reconciliation"),
        "research": ("Sources on parcel prices", "Two-page note, first draft", "Register extracts"),
        "customer_care": ("Customer mails", "Open tickets", "Summary of complaints"),
        "sales_support": ("Quotes and order confirmations", "CRM: duplicates", "Follow-ups with distributors"),
        "presentations": ("Deck for Thursday's pitch", "Charts and tables", "Proposal, second version"),
        "project": ("Board and deadlines", "Friday report", "Playtest invitations"),
        "recruiting": ("Applications screened", "Interviews booked", "Answers to candidates"),
    },
}

OFFERED: dict[str, Lines] = {
    "it": (
        (
            "Buongiorno {name}, il suo profilo mi ha convinto subito. Le propongo di cominciare con {hours} ore alla "
            "settimana: se ci troviamo bene, possiamo crescere."
        ),
        (
            "Gentile {name}, cerco una persona precisa e che resti. Qui trova le condizioni; se qualcosa non torna, mi "
            "faccia una controproposta."
        ),
        "Buongiorno {name}, ho letto con piacere come lavora. Potremmo sentirci dieci minuti prima che decida?",
        "Ciao {name}, partirei già da lunedì prossimo. Le condizioni sono quelle del tuo tariffario.",
    ),
    "en": (
        "Hello {name}, your profile reads as if you had seen my desk. I suggest {hours} hours a week to start with.",
        "Dear {name}, I am looking for somebody who stays. These are the terms; do counter if anything is off.",
        "Hi {name}, could we begin next Monday? The rate is the one on your card.",
        "Hello {name}, two of the people I asked have mentioned you. Happy to talk before you decide.",
    ),
}
ANSWERED: dict[str, Lines] = {
    "it": (
        "Grazie della fiducia. Le condizioni vanno bene; lunedì mattina le scrivo con le prime domande, tutte insieme.",
        "Volentieri. Mi serve solo l'accesso all'agenda e alla cartella condivisa, al resto penso io.",
        "Accetto con piacere. Nella prima settimana osservo e chiedo, dalla seconda vedrà la differenza.",
    ),
    "en": (
        "Thank you. The terms are fine; you will have my questions on Monday morning, all in one message.",
        "Gladly. All I need is access to the calendar and the shared folder.",
        "Happy to start. The first week I mostly watch and ask; from the second on you will notice.",
    ),
}
LATER: dict[str, tuple[tuple[str, str], ...]] = {
    "it": (
        ("Può spostare l'incontro di mercoledì alla mattina?", "Fatto: mercoledì alle 9.30, tutti confermati."),
        ("Il riepilogo di venerdì era perfetto, grazie.", "Mi fa piacere. La prossima volta aggiungo le scadenze."),
        ("Manca la ricevuta dell'albergo, la trova lei?", "Chiesta stamattina; la allego appena arriva."),
    ),
    "en": (
        ("Could Wednesday's meeting move to the morning?", "Done: Wednesday 9.30, everybody has confirmed."),
        ("Friday's summary was just right, thank you.", "Good to hear. Next time I will add the deadlines."),
        ("The hotel receipt is missing, could you ask for it?", "Asked this morning; I attach it when it is here."),
    ),
}
DECLINED: dict[str, Lines] = {
    "it": ("In questo periodo non ho abbastanza ore libere.", "Il lavoro è bello, ma gli orari non coincidono."),
    "en": ("I do not have enough free hours just now.", "A good brief, but not where I am strongest."),
}

Stars = tuple[int, ...]
REVIEWED: dict[str, dict[bool, tuple[tuple[Stars, Lines], ...]]] = {
    "it": {
        True: (
            (
                (5, 5, 5, 5, 4),
                (
                    "Puntuale, discreta, sempre un passo avanti. Ho ritrovato due sere libere alla settimana.",
                    "Richieste chiare, risposte in giornata, fatture saldate prima della scadenza.",
                    "Grazie: con istruzioni così precise è stato facile.",
                ),
            ),
            (
                (5, 4, 5, 5, 5),
                (
                    "Lavoro ordinato e consegne sempre pronte. La richiamerei senza pensarci.",
                    "Persona cortese, priorità sempre dette per tempo.",
                    "",
                ),
            ),
            (
                (4, 4, 4, 5, 4),
                (
                    "Buon lavoro. All’inizio ci siamo intesi poco, poi tutto è filato liscio.",
                    "Bell’esperienza; qualche richiesta dell’ultimo minuto, sempre riconosciuta.",
                    "",
                ),
            ),
        ),
        False: (
            (
                (2, 2, 3, 2, 3),
                ("Ci siamo lasciati male: errori che non dovevano capitare.", "Ci siamo capiti poco.", ""),
            ),
        ),
    },
    "en": {
        True: (
            (
                (5, 5, 5, 5, 5),
                (
                    "Nothing was late, nothing was lost, and everybody is glad to hear from my office again.",
                    "Knows what matters, says so early, pays on the day.",
                    "Thank you. Clear briefs made it easy.",
                ),
            ),
            (
                (5, 5, 4, 5, 4),
                (
                    "Quiet, quick and exact. I stopped reading half of my mail, and nothing was missed.",
                    "Clear briefs and honest feedback; a pleasure.",
                    "",
                ),
            ),
            (
                (4, 5, 4, 5, 4),
                (
                    "Solid work, delivered when it was promised. Would hire again for the next project.",
                    "Good to work with; priorities changed at times, always with an explanation.",
                    "",
                ),
            ),
        ),
        False: (
            (
                (2, 2, 3, 1, 3),
                (
                    "Two mistakes with customer data ended it. The daily work had been fine.",
                    "The process for customer data was never written down. We should both have asked.",
                    "I am sorry for what happened and have changed how I work since.",
                ),
            ),
        ),
    },
}
"""By language and whether it ended well: stars of the assistant, and what the client, the assistant and a reply say."""
