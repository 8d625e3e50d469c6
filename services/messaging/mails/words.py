"""The words of e-mails and of a conversation's lines, by language and kind of event.

A kind may have forms (`contract.changed/paused`); a form without words of its own has those of the kind. `{name}` is
the other side's name; the other parameters are a notice's, already put into the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

CLOSING = {
    "en": "You get this because you have an account with Dextra.",
    "it": "Ricevi questo messaggio perché hai un account su Dextra.",
}
GREETING = {"en": "Hello {name},", "it": "Ciao {name},"}
LOOK_THERE = {
    "en": "If the button does not work, open this address:",
    "it": "Se il pulsante non funziona, apri questo indirizzo:",
}
STOP = {"en": "No more e-mails of this kind", "it": "Niente più e-mail di questo tipo"}
CHOOSE = {"en": "Choose what we write to you about", "it": "Scegli su che cosa scriverti"}
DEXTRA = "Dextra"
"""Who speaks in a conversation's lines."""


class Words(NamedTuple):
    """`line` is the sentence in a conversation, where the kind has one; without a `subject` there is no e-mail."""

    subject: str = ""
    text: str = ""
    button: str = ""
    line: str = ""


FACTS: Mapping[str, tuple[str, ...]] = {
    "offer.sent": ("engagement", "rate", "weekly_minutes", "start_on", "expires_at"),
    "offer.expiring": ("rate", "weekly_minutes", "start_on", "expires_at"),
    "contract.started": ("engagement", "rate", "weekly_minutes", "start_on"),
    "contract.changed": ("ends_on",),
    "contract.ended": ("ends_on",),
    "timesheet.submitted": ("week_start", "minutes", "review_due_at"),
    "timesheet.approved": ("week_start", "minutes"),
    "timesheet.disputed": ("week_start", "minutes", "disputed_minutes"),
    "timesheet.review_due": ("week_start", "minutes", "review_due_at"),
    "invoice.issued": ("number", "total", "due_on"),
    "invoice.paid": ("number", "total", "paid"),
    "invoice.overdue": ("number", "total", "due", "due_on"),
    "invoice.credited": ("number", "total"),
    "invoice.written_off": ("number", "total"),
    "account.secured": ("at",),
}
"""Which parameters an e-mail lists, in order."""

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "engagement": "Engagement",
        "rate": "Rate",
        "weekly_minutes": "Hours a week",
        "start_on": "Starts on",
        "ends_on": "Last day",
        "expires_at": "Holds until",
        "week_start": "Week from",
        "minutes": "Hours",
        "disputed_minutes": "Disputed",
        "review_due_at": "Review until",
        "number": "Number",
        "total": "Total",
        "paid": "Paid",
        "due": "Still due",
        "due_on": "Due on",
        "at": "When",
    },
    "it": {
        "engagement": "Formula",
        "rate": "Tariffa",
        "weekly_minutes": "Ore a settimana",
        "start_on": "Inizio",
        "ends_on": "Ultimo giorno",
        "expires_at": "Valida fino al",
        "week_start": "Settimana dal",
        "minutes": "Ore",
        "disputed_minutes": "Contestate",
        "review_due_at": "Verifica entro",
        "number": "Numero",
        "total": "Totale",
        "paid": "Pagato",
        "due": "Ancora da pagare",
        "due_on": "Scadenza",
        "at": "Quando",
    },
}

ENGAGEMENTS: Mapping[str, Mapping[str, str]] = {
    "en": {"hourly": "By the hour", "retainer": "Monthly retainer"},
    "it": {"hourly": "A ore", "retainer": "Forfait mensile"},
}
RATES: Mapping[str, Mapping[str, str]] = {
    "en": {"hourly": "{rate} an hour", "retainer": "{rate} a month"},
    "it": {"hourly": "{rate} all’ora", "retainer": "{rate} al mese"},
}

REASONS: Mapping[str, Mapping[str, str]] = {
    "it": {
        "Somebody else was hired for this brief.": "Per questa richiesta è stata scelta un’altra persona.",
        "The brief was ended.": "La richiesta è stata chiusa.",
        "The account was deleted.": "L’account è stato eliminato.",
    },
}
"""Reasons that the system itself gives; people's own are quoted as they wrote them."""

ENGLISH: Mapping[str, Words] = {
    "offer.sent": Words(
        "{name} has made you an offer",
        "{name} would like to work with you on “{title}”. These are the terms; you can accept, decline or answer with "
        "terms of your own.",
        "See the offer",
        "{author_name} made an offer: {rate}, {weekly_minutes} a week.",
    ),
    "offer.sent/again": Words(
        "{name} proposes new terms",
        "{name} has put new terms for “{title}”. You can accept, decline or answer with terms of your own.",
        "See the terms",
        "{author_name} proposed new terms: {rate}, {weekly_minutes} a week.",
    ),
    "offer.accepted": Words(line="{recipient_name} accepted the offer. The contract begins."),
    "offer.declined": Words(
        "{name} has declined your offer",
        "{name} has declined your offer for “{title}”.",
        "See the offer",
        "{recipient_name} declined the offer. {reason}",
    ),
    "offer.withdrawn": Words(
        "The offer for “{title}” was withdrawn",
        "The offer between you and {name} for “{title}” was withdrawn. There is nothing left to answer.",
        "See the offer",
        "The offer was withdrawn. {reason}",
    ),
    "offer.expiring": Words(
        "An offer waits for your answer until tomorrow",
        "The offer of {name} for “{title}” expires soon. Accept, decline or answer it before then.",
        "Answer the offer",
    ),
    "offer.expired": Words(
        "The offer for “{title}” has expired",
        "The offer between you and {name} for “{title}” expired without an answer.",
        "See the offer",
        "The offer expired without an answer.",
    ),
    "contract.started": Words(
        "Your contract with {name} begins",
        "The offer for “{title}” was accepted: you and {name} have a contract, which begins with a trial.",
        "Open the contract",
    ),
    "contract.changed": Words(
        "Your contract with {name} has changed",
        "The contract “{title}” with {name} has changed.",
        "Open the contract",
        "The contract has changed.",
    ),
    "contract.changed/active": Words(
        "Your contract with {name} is active",
        "The contract “{title}” with {name} is active now.",
        "Open the contract",
        "The contract is active now.",
    ),
    "contract.changed/paused": Words(
        "Your contract with {name} is paused",
        "The contract “{title}” with {name} is paused. No time can be logged until it is resumed.",
        "Open the contract",
        "The contract was paused. {reason}",
    ),
    "contract.changed/notice": Words(
        "Notice was given on your contract with {name}",
        "Notice was given on the contract “{title}” with {name}. Work goes on until its last day.",
        "Open the contract",
        "Notice was given; the last day is {ends_on}. {reason}",
    ),
    "contract.ended": Words(
        "Your contract with {name} has ended",
        "The contract “{title}” with {name} has ended. Hours that are still open can be submitted and approved.",
        "Open the contract",
        "The contract has ended. {reason}",
    ),
    "contract.ended/terminated": Words(
        "Your contract with {name} was terminated",
        "The contract “{title}” with {name} was terminated at once, for the reason below.",
        "Open the contract",
        "The contract was terminated. {reason}",
    ),
    "timesheet.submitted": Words(
        "{name} has submitted a week’s hours",
        "{name} has submitted the hours for “{title}”. Approve them, or say what is not right; without an answer they "
        "stand approved when the review ends.",
        "Review the hours",
    ),
    "timesheet.approved": Words(
        "{name} has approved your hours",
        "{name} has approved the week’s hours for “{title}”.",
        "See the timesheet",
    ),
    "timesheet.approved/silence": Words(
        "The hours for “{title}” stand approved",
        "The time for the review has passed without an answer: the week’s hours for “{title}” stand approved.",
        "See the timesheet",
    ),
    "timesheet.disputed": Words(
        "{name} disputes some hours",
        "{name} disputes some of the week’s hours for “{title}”. Correct and submit them again, or talk it over.",
        "See what is disputed",
    ),
    "timesheet.review_due": Words(
        "Hours wait for your review",
        "The hours of {name} for “{title}” wait for your review. Without an answer they stand approved when it ends.",
        "Review the hours",
    ),
    "invoice.issued": Words(
        "Invoice {number} from {name}",
        "{name} has issued an invoice for “{title}”.",
        "See the invoice",
    ),
    "invoice.paid": Words(
        "Payment received for invoice {number}",
        "A payment was recorded for invoice {number}, “{title}”.",
        "See the invoice",
    ),
    "invoice.overdue": Words(
        "Invoice {number} is overdue",
        "Invoice {number} for “{title}”, between you and {name}, has passed its due date.",
        "See the invoice",
    ),
    "invoice.credited": Words(
        "Invoice {number} was credited",
        "Invoice {number} for “{title}”, between you and {name}, was corrected by a credit note.",
        "See the document",
    ),
    "invoice.written_off": Words(
        "Invoice {number} was written off",
        "Invoice {number} for “{title}”, between you and {name}, was written off: nothing more is asked for.",
        "See the invoice",
    ),
    "brief.expiring": Words(
        "Your brief “{title}” expires soon",
        "Nothing has happened with your brief “{title}” for a while. Open it if you still need somebody; else it "
        "expires by itself in a few days.",
        "Open the brief",
    ),
    "brief.ended/expired": Words(
        "Your brief “{title}” has expired",
        "Your brief “{title}” has expired, because nothing happened with it for a while. You can open it again.",
        "Open the brief",
    ),
    "brief.ended/removed": Words(
        "Your brief “{title}” was removed",
        "We have removed your brief “{title}”, for the reason below. If you think that we are wrong, write to us.",
        "Open the brief",
    ),
    "search.found": Words(
        "New for your search “{search_name}”",
        "{names} has published a profile that your search “{search_name}” finds.",
        "See the list",
    ),
    "search.found/several": Words(
        "{count} new for your search “{search_name}”",
        "{count} assistants have published a profile that your search “{search_name}” finds: {names}.",
        "See the list",
    ),
    "proposal.decided/accepted": Words(
        "“{title}” is in the list now",
        "What you proposed, “{title}”, is in the list now as “{label}”. Add it to your profile so that clients find "
        "you by it.",
        "See your proposals",
    ),
    "proposal.decided/merged": Words(
        "“{title}” is in the list under another name",
        "What you proposed, “{title}”, is in the list as “{label}”, and whoever types your words finds it now. Add it "
        "to your profile if you have not yet.",
        "See your proposals",
    ),
    "proposal.decided/declined": Words(
        "“{title}” was not taken into the list",
        "We have not taken “{title}” into the list, for the reason below. If you think that we are wrong, write to us.",
        "See your proposals",
    ),
    "review.opened": Words(
        "How was working with {name}?",
        "Your contract with {name} for “{title}” is over. Until {closes_at} you can say how it was. Neither side sees "
        "the other’s review before both are written or the time is over.",
        "Write your review",
    ),
    "review.written": Words(
        "{name} has reviewed working with you",
        "{name} has written a review about “{title}”. It stays sealed until you have written yours, or until "
        "{closes_at}.",
        "Write your review",
    ),
    "review.closing": Words(
        "A few days left for your review of {name}",
        "You can review “{title}” with {name} until {closes_at}. After that nothing can be added.",
        "Write your review",
    ),
    "review.revealed": Words(
        "The reviews of “{title}” can be read",
        "What was written about “{title}” by you and {name} can now be read. You may reply once.",
        "Read the reviews",
    ),
    "review.replied": Words(
        "{name} has replied to your review",
        "{name} has replied to what you wrote about “{title}”.",
        "Read the reply",
    ),
    "review.hidden": Words(
        "Your review of “{title}” was hidden",
        "An operator has hidden what you wrote about “{title}”. The reason stands in its place.",
        "Read the reason",
    ),
    "check.granted/phone": Words(
        "Your phone number is checked", "An operator has checked your phone number. Your profile shows it.", "See it"
    ),
    "check.granted/identity": Words(
        "Your identity is checked", "An operator has checked your identity document. Your profile shows it.", "See it"
    ),
    "check.refused/phone": Words(
        "Your phone number could not be checked", "An operator could not check your phone number.", "See why"
    ),
    "check.refused/identity": Words(
        "Your identity could not be checked", "An operator could not check your identity document.", "See why"
    ),
    "check.revoked/phone": Words(
        "The check of your phone number was taken back",
        "An operator has taken back the check of your phone number.",
        "See why",
    ),
    "check.revoked/identity": Words(
        "The check of your identity was taken back",
        "An operator has taken back the check of your identity document.",
        "See why",
    ),
    "message.posted": Words(
        "{name} has written to you",
        "{name} has written to you about “{title}”. We send no further e-mail about this conversation until you have "
        "looked at it.",
        "Read and answer",
    ),
    "account.confirmation_requested": Words(
        "Please confirm your address",
        "Welcome to Dextra. Confirm that this address is yours; the link works once, until {expires_at}. If you did "
        "not sign up, ignore this e-mail.",
        "Confirm my address",
    ),
    "account.reset_requested": Words(
        "Set a new password",
        "Somebody asked for a new password for your account. The link works once, until {expires_at}. If it was not "
        "you, ignore this e-mail: nothing changes.",
        "Set a new password",
    ),
    "company.colleague_invited": Words(
        "{inviter_name} invites you to {company_name}",
        "{inviter_name} would like you to act for {company_name} on Dextra. The link works once, until {expires_at}. "
        "If you do not know them, ignore this e-mail: nothing happens.",
        "See the invitation",
    ),
    "account.new_address_requested": Words(
        "Confirm your new address",
        "You want to use this address for your account from now on. The link works once, until {expires_at}. If it was "
        "not you, ignore this e-mail: nothing changes.",
        "Use this address",
    ),
    "account.closing_requested": Words(
        "Your account will be deleted",
        "You asked us to delete your account. That happens after {expires_at}; until then everything works as before. "
        "If you think again, or if it was not you, keep it with one press.",
        "Keep my account",
    ),
    "account.secured/app_added": Words(
        "An authenticator app protects your account now",
        "An authenticator app was set up: when you sign in, we ask for its code after your password. If it was not "
        "you, set a new password at once and remove the app.",
        "Look at your security",
    ),
    "account.secured/app_removed": Words(
        "The authenticator app of your account was removed",
        "Your authenticator app was removed: we no longer ask for its codes. If it was not you, set a new password at "
        "once.",
        "Look at your security",
    ),
    "account.secured/two_steps_on": Words(
        "We ask for a second step now",
        "From now on we ask for a second step after your password. If it was not you, set a new password at once.",
        "Look at your security",
    ),
    "account.secured/two_steps_off": Words(
        "We no longer ask for a second step",
        "Your password alone signs you in again. If it was not you, set a new password at once and turn the second "
        "step on again.",
        "Look at your security",
    ),
    "account.secured/codes_renewed": Words(
        "Your account has new recovery codes",
        "New recovery codes were made; the earlier ones no longer work. If it was not you, set a new password at once.",
        "Look at your security",
    ),
    "account.secured/code_used": Words(
        "A recovery code was used to sign in",
        "Somebody signed in with your password and one of your recovery codes. You have {detail} left. If it was not "
        "you, set a new password at once and make new codes.",
        "Look at your security",
    ),
    "account.secured/passkey_added": Words(
        "A new passkey signs in to your account",
        "The passkey “{detail}” was added: whoever holds it can sign in. If it was not you, remove it at once and set "
        "a new password.",
        "Look at your security",
    ),
    "account.secured/passkey_removed": Words(
        "A passkey was removed from your account",
        "The passkey “{detail}” was removed and no longer signs in. If it was not you, set a new password at once.",
        "Look at your security",
    ),
    "account.secured/password_changed": Words(
        "Your password was changed",
        "Your account has a new password, and other devices were signed out. If it was not you, set a new password by "
        "e-mail at once.",
        "Look at your security",
    ),
    "account.secured/address_asked": Words(
        "Somebody asked for another e-mail address",
        "The address of your account is to become {detail}, once a link that we sent there is followed. If it was not "
        "you, set a new password at once: that ends the link.",
        "Look at your security",
    ),
    "account.secured/address_changed": Words(
        "The e-mail address of your account was changed",
        "Your account’s address is {detail} from now on; nothing more will be sent to this one. If it was not you, "
        "write to us at once.",
        "Look at your security",
    ),
}

ITALIAN: Mapping[str, Words] = {
    "offer.sent": Words(
        "{name} ti ha fatto un’offerta",
        "{name} vorrebbe lavorare con te per «{title}». Ecco le condizioni: puoi accettare, rifiutare o rispondere con "
        "le tue.",
        "Vedi l’offerta",
        "{author_name} ha fatto un’offerta: {rate}, {weekly_minutes} a settimana.",
    ),
    "offer.sent/again": Words(
        "{name} propone nuove condizioni",
        "{name} ha proposto nuove condizioni per «{title}». Puoi accettare, rifiutare o rispondere con le tue.",
        "Vedi le condizioni",
        "{author_name} ha proposto nuove condizioni: {rate}, {weekly_minutes} a settimana.",
    ),
    "offer.accepted": Words(line="{recipient_name} ha accettato l’offerta. Il contratto comincia."),
    "offer.declined": Words(
        "{name} ha rifiutato la tua offerta",
        "{name} ha rifiutato la tua offerta per «{title}».",
        "Vedi l’offerta",
        "{recipient_name} ha rifiutato l’offerta. {reason}",
    ),
    "offer.withdrawn": Words(
        "L’offerta per «{title}» è stata ritirata",
        "L’offerta tra te e {name} per «{title}» è stata ritirata. Non c’è più nulla a cui rispondere.",
        "Vedi l’offerta",
        "L’offerta è stata ritirata. {reason}",
    ),
    "offer.expiring": Words(
        "Un’offerta attende la tua risposta entro domani",
        "L’offerta di {name} per «{title}» scade a breve. Accetta, rifiuta o rispondi prima di allora.",
        "Rispondi all’offerta",
    ),
    "offer.expired": Words(
        "L’offerta per «{title}» è scaduta",
        "L’offerta tra te e {name} per «{title}» è scaduta senza risposta.",
        "Vedi l’offerta",
        "L’offerta è scaduta senza risposta.",
    ),
    "contract.started": Words(
        "Il tuo contratto con {name} comincia",
        "L’offerta per «{title}» è stata accettata: tu e {name} avete un contratto, che comincia con un periodo di "
        "prova.",
        "Apri il contratto",
    ),
    "contract.changed": Words(
        "Il tuo contratto con {name} è cambiato",
        "Il contratto «{title}» con {name} è cambiato.",
        "Apri il contratto",
        "Il contratto è cambiato.",
    ),
    "contract.changed/active": Words(
        "Il tuo contratto con {name} è attivo",
        "Il contratto «{title}» con {name} ora è attivo.",
        "Apri il contratto",
        "Il contratto ora è attivo.",
    ),
    "contract.changed/paused": Words(
        "Il tuo contratto con {name} è sospeso",
        "Il contratto «{title}» con {name} è sospeso. Non si possono registrare ore finché non riprende.",
        "Apri il contratto",
        "Il contratto è stato sospeso. {reason}",
    ),
    "contract.changed/notice": Words(
        "Preavviso per il tuo contratto con {name}",
        "È stato dato il preavviso per il contratto «{title}» con {name}. Il lavoro prosegue fino all’ultimo giorno.",
        "Apri il contratto",
        "È stato dato il preavviso; l’ultimo giorno è il {ends_on}. {reason}",
    ),
    "contract.ended": Words(
        "Il tuo contratto con {name} è terminato",
        "Il contratto «{title}» con {name} è terminato. Le ore ancora aperte possono essere inviate e approvate.",
        "Apri il contratto",
        "Il contratto è terminato. {reason}",
    ),
    "contract.ended/terminated": Words(
        "Il tuo contratto con {name} è stato risolto",
        "Il contratto «{title}» con {name} è stato risolto con effetto immediato, per il motivo qui sotto.",
        "Apri il contratto",
        "Il contratto è stato risolto. {reason}",
    ),
    "timesheet.submitted": Words(
        "{name} ha inviato le ore della settimana",
        "{name} ha inviato le ore per «{title}». Approvale, o spiega che cosa non va; senza risposta, alla fine della "
        "verifica valgono come approvate.",
        "Verifica le ore",
    ),
    "timesheet.approved": Words(
        "{name} ha approvato le tue ore",
        "{name} ha approvato le ore della settimana per «{title}».",
        "Vedi il foglio ore",
    ),
    "timesheet.approved/silence": Words(
        "Le ore per «{title}» risultano approvate",
        "Il tempo per la verifica è passato senza risposta: le ore della settimana per «{title}» risultano approvate.",
        "Vedi il foglio ore",
    ),
    "timesheet.disputed": Words(
        "{name} contesta alcune ore",
        "{name} contesta alcune ore della settimana per «{title}». Correggile e inviale di nuovo, o parlatene.",
        "Vedi che cosa è contestato",
    ),
    "timesheet.review_due": Words(
        "Ci sono ore da verificare",
        "Le ore di {name} per «{title}» attendono la tua verifica. Senza risposta, alla fine valgono come approvate.",
        "Verifica le ore",
    ),
    "invoice.issued": Words(
        "Fattura {number} di {name}",
        "{name} ha emesso una fattura per «{title}».",
        "Vedi la fattura",
    ),
    "invoice.paid": Words(
        "Pagamento ricevuto per la fattura {number}",
        "È stato registrato un pagamento per la fattura {number}, «{title}».",
        "Vedi la fattura",
    ),
    "invoice.overdue": Words(
        "La fattura {number} è scaduta",
        "La fattura {number} per «{title}», tra te e {name}, ha superato la scadenza.",
        "Vedi la fattura",
    ),
    "invoice.credited": Words(
        "La fattura {number} è stata stornata",
        "La fattura {number} per «{title}», tra te e {name}, è stata corretta da una nota di credito.",
        "Vedi il documento",
    ),
    "invoice.written_off": Words(
        "La fattura {number} è stata stralciata",
        "La fattura {number} per «{title}», tra te e {name}, è stata stralciata: non resta nulla da pagare.",
        "Vedi la fattura",
    ),
    "brief.expiring": Words(
        "La tua richiesta «{title}» sta per scadere",
        "Da un po’ non succede nulla con la tua richiesta «{title}». Aprila se cerchi ancora qualcuno; altrimenti tra "
        "qualche giorno scade da sé.",
        "Apri la richiesta",
    ),
    "brief.ended/expired": Words(
        "La tua richiesta «{title}» è scaduta",
        "La tua richiesta «{title}» è scaduta, perché da un po’ non succedeva nulla. Puoi riaprirla.",
        "Apri la richiesta",
    ),
    "brief.ended/removed": Words(
        "La tua richiesta «{title}» è stata rimossa",
        "Abbiamo rimosso la tua richiesta «{title}», per il motivo qui sotto. Se pensi che sia un errore, scrivici.",
        "Apri la richiesta",
    ),
    "search.found": Words(
        "Una novità per la tua ricerca «{search_name}»",
        "{names} ha pubblicato un profilo che la tua ricerca «{search_name}» trova.",
        "Vedi l’elenco",
    ),
    "search.found/several": Words(
        "{count} novità per la tua ricerca «{search_name}»",
        "{count} assistenti hanno pubblicato un profilo che la tua ricerca «{search_name}» trova: {names}.",
        "Vedi l’elenco",
    ),
    "proposal.decided/accepted": Words(
        "«{title}» ora è nell’elenco",
        "Ciò che hai proposto, «{title}», ora è nell’elenco come «{label}». Aggiungilo al tuo profilo, così i clienti "
        "ti trovano anche per questo.",
        "Vedi le tue proposte",
    ),
    "proposal.decided/merged": Words(
        "«{title}» è nell’elenco con un altro nome",
        "Ciò che hai proposto, «{title}», è nell’elenco come «{label}», e ora lo trova anche chi usa le tue parole. "
        "Aggiungilo al tuo profilo, se non l’hai ancora fatto.",
        "Vedi le tue proposte",
    ),
    "proposal.decided/declined": Words(
        "«{title}» non è entrato nell’elenco",
        "Non abbiamo accolto «{title}» nell’elenco, per il motivo qui sotto. Se pensi che sia un errore, scrivici.",
        "Vedi le tue proposte",
    ),
    "review.opened": Words(
        "Com’è andata con {name}?",
        "Il tuo contratto con {name} per «{title}» è finito. Fino al {closes_at} puoi dire com’è andata. Nessuno dei "
        "due vede la recensione dell’altro prima che siano scritte entrambe o che il tempo sia scaduto.",
        "Scrivi la recensione",
    ),
    "review.written": Words(
        "{name} ha scritto una recensione su di te",
        "{name} ha scritto una recensione su «{title}». Resta sigillata finché non scrivi la tua, o fino al "
        "{closes_at}.",
        "Scrivi la recensione",
    ),
    "review.closing": Words(
        "Pochi giorni per la tua recensione su {name}",
        "Puoi recensire «{title}» con {name} fino al {closes_at}. Dopo non si può più aggiungere nulla.",
        "Scrivi la recensione",
    ),
    "review.revealed": Words(
        "Ora puoi leggere le recensioni di «{title}»",
        "Quello che tu e {name} avete scritto su «{title}» ora si può leggere. Puoi rispondere una volta.",
        "Leggi le recensioni",
    ),
    "review.replied": Words(
        "{name} ha risposto alla tua recensione",
        "{name} ha risposto a quello che hai scritto su «{title}».",
        "Leggi la risposta",
    ),
    "review.hidden": Words(
        "La tua recensione su «{title}» è stata nascosta",
        "Chi gestisce Dextra ha nascosto quello che hai scritto su «{title}». Al suo posto si legge il motivo.",
        "Leggi il motivo",
    ),
    "check.granted/phone": Words(
        "Il tuo numero di telefono è verificato",
        "Chi gestisce Dextra ha verificato il tuo numero di telefono. Il tuo profilo lo mostra.",
        "Vedi",
    ),
    "check.granted/identity": Words(
        "La tua identità è verificata",
        "Chi gestisce Dextra ha verificato il tuo documento d’identità. Il tuo profilo lo mostra.",
        "Vedi",
    ),
    "check.refused/phone": Words(
        "Non è stato possibile verificare il tuo numero di telefono",
        "Chi gestisce Dextra non ha potuto verificare il tuo numero di telefono.",
        "Vedi perché",
    ),
    "check.refused/identity": Words(
        "Non è stato possibile verificare la tua identità",
        "Chi gestisce Dextra non ha potuto verificare il tuo documento d’identità.",
        "Vedi perché",
    ),
    "check.revoked/phone": Words(
        "La verifica del tuo numero di telefono è stata ritirata",
        "Chi gestisce Dextra ha ritirato la verifica del tuo numero di telefono.",
        "Vedi perché",
    ),
    "check.revoked/identity": Words(
        "La verifica della tua identità è stata ritirata",
        "Chi gestisce Dextra ha ritirato la verifica del tuo documento d’identità.",
        "Vedi perché",
    ),
    "message.posted": Words(
        "{name} ti ha scritto",
        "{name} ti ha scritto a proposito di «{title}». Non ti manderemo altri messaggi su questa conversazione finché "
        "non l’avrai aperta.",
        "Leggi e rispondi",
    ),
    "account.confirmation_requested": Words(
        "Conferma il tuo indirizzo",
        "Ti diamo il benvenuto su Dextra. Conferma che questo indirizzo è tuo; il link funziona una volta sola, fino "
        "al {expires_at}. Se non hai creato un account, ignora questo messaggio.",
        "Conferma il mio indirizzo",
    ),
    "account.reset_requested": Words(
        "Scegli una nuova password",
        "È stata chiesta una nuova password per il tuo account. Il link funziona una volta sola, fino al {expires_at}. "
        "Se non l’hai chiesta tu, ignora questo messaggio: non cambia nulla.",
        "Scegli una nuova password",
    ),
    "company.colleague_invited": Words(
        "{inviter_name} ti invita in {company_name}",
        "{inviter_name} vorrebbe che tu agissi per {company_name} su Dextra. Il link funziona una volta sola, fino al "
        "{expires_at}. Se non conosci chi scrive, ignora questo messaggio: non succede nulla.",
        "Vedi l’invito",
    ),
    "account.new_address_requested": Words(
        "Conferma il tuo nuovo indirizzo",
        "Vuoi usare questo indirizzo per il tuo account da ora in poi. Il link funziona una volta sola, fino al "
        "{expires_at}. Se non l’hai chiesto tu, ignora questo messaggio: non cambia nulla.",
        "Usa questo indirizzo",
    ),
    "account.closing_requested": Words(
        "Il tuo account sarà eliminato",
        "Ci hai chiesto di eliminare il tuo account. Succederà dopo il {expires_at}; fino ad allora tutto funziona "
        "come prima. Se ci ripensi, o se non l’hai chiesto tu, tienilo con un clic.",
        "Tieni il mio account",
    ),
    "account.secured/app_added": Words(
        "Ora un’app di autenticazione protegge il tuo account",
        "È stata configurata un’app di autenticazione: quando accedi, dopo la password ti chiediamo il suo codice. Se "
        "non l’hai fatto tu, scegli subito una nuova password e rimuovi l’app.",
        "Controlla la tua sicurezza",
    ),
    "account.secured/app_removed": Words(
        "L’app di autenticazione del tuo account è stata rimossa",
        "La tua app di autenticazione è stata rimossa: non chiediamo più i suoi codici. Se non l’hai fatto tu, scegli "
        "subito una nuova password.",
        "Controlla la tua sicurezza",
    ),
    "account.secured/two_steps_on": Words(
        "Ora chiediamo un secondo passaggio",
        "Da ora in poi, dopo la password chiediamo un secondo passaggio. Se non l’hai deciso tu, scegli subito una "
        "nuova password.",
        "Controlla la tua sicurezza",
    ),
    "account.secured/two_steps_off": Words(
        "Non chiediamo più un secondo passaggio",
        "Per accedere basta di nuovo la password. Se non l’hai deciso tu, scegli subito una nuova password e riattiva "
        "il secondo passaggio.",
        "Controlla la tua sicurezza",
    ),
    "account.secured/codes_renewed": Words(
        "Il tuo account ha nuovi codici di recupero",
        "Sono stati creati nuovi codici di recupero; quelli di prima non funzionano più. Se non l’hai fatto tu, scegli "
        "subito una nuova password.",
        "Controlla la tua sicurezza",
    ),
    "account.secured/code_used": Words(
        "Un codice di recupero è stato usato per accedere",
        "Qualcuno ha fatto l’accesso con la tua password e uno dei tuoi codici di recupero. Te ne restano {detail}. Se "
        "non eri tu, scegli subito una nuova password e crea nuovi codici.",
        "Controlla la tua sicurezza",
    ),
    "account.secured/passkey_added": Words(
        "Una nuova passkey dà accesso al tuo account",
        "È stata aggiunta la passkey «{detail}»: chi la possiede può accedere. Se non l’hai fatto tu, rimuovila subito "
        "e scegli una nuova password.",
        "Controlla la tua sicurezza",
    ),
    "account.secured/passkey_removed": Words(
        "Una passkey è stata rimossa dal tuo account",
        "La passkey «{detail}» è stata rimossa e non dà più accesso. Se non l’hai fatto tu, scegli subito una nuova "
        "password.",
        "Controlla la tua sicurezza",
    ),
    "account.secured/password_changed": Words(
        "La tua password è stata cambiata",
        "Il tuo account ha una nuova password e gli altri dispositivi sono stati disconnessi. Se non l’hai fatto tu, "
        "scegli subito una nuova password via e-mail.",
        "Controlla la tua sicurezza",
    ),
    "account.secured/address_asked": Words(
        "È stato chiesto un altro indirizzo e-mail",
        "L’indirizzo del tuo account diventerà {detail}, quando sarà aperto il link che abbiamo mandato lì. Se non "
        "l’hai chiesto tu, scegli subito una nuova password: così il link non vale più.",
        "Controlla la tua sicurezza",
    ),
    "account.secured/address_changed": Words(
        "L’indirizzo e-mail del tuo account è cambiato",
        "Da ora in poi l’indirizzo del tuo account è {detail}; a questo non scriveremo più. Se non l’hai fatto tu, "
        "scrivici subito.",
        "Controlla la tua sicurezza",
    ),
}

CATALOGUES: Mapping[str, Mapping[str, Words]] = {"en": ENGLISH, "it": ITALIAN}


def words_for(key: str, locale: str) -> Words:
    """The words of a kind or of its form. Raises KeyError for a kind that nobody has put into words."""
    catalogue = CATALOGUES.get(locale, ENGLISH)
    return catalogue.get(key) or catalogue[key.partition("/")[0]]
