"""What the demo's clients ask for. Who answers, and what becomes of it, is told in stories.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from deploy.demo.people import Person

Levels = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A brief without its dates. `budget` is in whole units of `currency`: an hour's, or a month's of a retainer."""

    client: str
    title: str
    text: str
    services: str
    needs: Levels
    likes: Levels = field(default_factory=dict)
    languages: dict[str, str]
    hours: int
    budget: int
    currency: str = "EUR"
    executive: bool = False
    retainer: bool = False
    overlap: int = 120

    def content(self, person: Person, start_on: date) -> dict[str, Any]:
        return {
            "title": self.title,
            "text": self.text,
            "text_locale": person.locale,
            "level": "executive" if self.executive else "administrative",
            "services": self.services.split(),
            "required_skills": _skills(self.needs),
            "preferred_skills": _skills(self.likes),
            "languages": [{"code": code, "cefr": cefr} for code, cefr in self.languages.items()],
            "engagement": "retainer" if self.retainer else "hourly",
            "weekly_minutes": self.hours * 60,
            "budget": {"amount": self.budget * 100, "currency": self.currency},
            "time_zone": person.time_zone,
            "day_start": "09:00",
            "day_end": "18:00",
            "overlap_minutes": self.overlap,
            "start_on": start_on.isoformat(),
        }


def _skills(levels: Levels) -> list[dict[str, Any]]:
    return [{"code": code, "level": level} for code, level in levels.items()]


IT, EN = {"it": "C1"}, {"en": "C1"}
BOTH = {"it": "C1", "en": "B2"}

ASKS: dict[str, Ask] = {
    # -- Marco Rossi, furniture, Brianza ---------------------------------------------------------------------------
    "marco.direction": Ask(
        client="marco",
        title="Assistente di direzione per un'azienda di arredamento",
        text=(
            "Guido un'azienda di arredamento su misura con 22 persone in Brianza. Mi serve qualcuno che tenga la "
            "mia agenda, filtri la posta e prepari le riunioni con architetti e fornitori, anche in inglese. "
            "Piccole decisioni, come spostare una consegna o scegliere un volo, può prenderle in autonomia."
        ),
        services="calendar correspondence meetings",
        needs={"calendar.management": 3, "mail.business_writing": 3, "exec.decisions": 2},
        likes={"meetings.minutes": 3, "travel.booking": 3},
        languages=BOTH,
        hours=8,
        budget=42,
        executive=True,
    ),
    "marco.salone": Ask(
        client="marco",
        title="Organizzazione del Salone del Mobile: ospiti, viaggi, appuntamenti",
        text=(
            "Ad aprile abbiamo uno stand al Salone e circa sessanta appuntamenti con studi di architettura, metà "
            "stranieri. Cerco una persona che da adesso inviti gli ospiti, prenoti alberghi e cene e tenga il "
            "calendario dello stand. Nelle settimane della fiera servono più ore, da concordare."
        ),
        services="calendar travel events",
        needs={"calendar.management": 3, "travel.booking": 2},
        likes={"events.planning": 3, "calendar.time_zones": 3, "mail.business_writing": 3},
        languages=BOTH,
        hours=10,
        budget=38,
    ),
    "marco.books": Ask(
        client="marco",
        title="Prima nota e solleciti per l'azienda di arredamento",
        text=(
            "Circa 120 fatture al mese tra clienti e fornitori. Cerco chi tenga la prima nota, emetta le fatture "
            "elettroniche e segua i solleciti con garbo. Il commercialista resta quello di sempre."
        ),
        services="bookkeeping documents",
        needs={"books.e_invoicing": 3, "books.invoicing": 3},
        likes={"books.reconciliation": 3, "books.credit_control": 3},
        languages=IT,
        hours=4,
        budget=600,
        retainer=True,
    ),
    "marco.social": Ask(
        client="marco",
        title="Instagram e Pinterest: i nostri mobili raccontati bene",
        text=(
            "Abbiamo belle fotografie e nessuno che le pubblichi. Due post alla settimana, risposte ai commenti e "
            "un piccolo rapporto mensile. Il tono è quello di un artigiano, non di una pubblicità."
        ),
        services="social_media",
        needs={"social.instagram": 2, "social.planning": 2},
        likes={"social.canva": 3, "social.video": 2},
        languages=IT,
        hours=4,
        budget=34,
    ),
    "marco.archive": Ask(
        client="marco",
        title="Riordino dell'archivio disegni e contratti",
        text=(
            "Quindici anni di disegni tecnici e contratti in cartelle senza regole. Serve una struttura, i nomi "
            "giusti e una guida di due pagine perché resti in ordine."
        ),
        services="documents",
        needs={"docs.filing": 2},
        likes={"docs.google_workspace": 3, "docs.data_entry": 2},
        languages=IT,
        hours=8,
        budget=30,
    ),
    "marco.catalogue": Ask(
        client="marco",
        title="Traduzione in inglese del nuovo catalogo",
        text=(
            "Ottanta schede di prodotto, circa 12.000 parole, con i termini tecnici del legno. Bozza mia, da "
            "completare."
        ),
        services="translation documents",
        needs={"translate.it_en": 3},
        languages={"it": "C1", "en": "C1"},
        hours=6,
        budget=36,
    ),
    # -- Sarah Miller, consultancy, London ---------------------------------------------------------------------------
    "sarah.office": Ask(
        client="sarah",
        title="Executive assistant to the managing partner of a consultancy",
        text=(
            "I run a forty-person consultancy in London and my diary runs me. I need somebody who owns it, "
            "prepares board papers, travels with me on paper to Frankfurt and Dublin, and is trusted with what "
            "partners earn. Mornings matter most."
        ),
        services="calendar meetings travel",
        needs={"calendar.management": 3, "meetings.board": 3, "exec.confidentiality": 3},
        likes={"mail.inbox": 3, "travel.booking": 3},
        languages=EN,
        hours=10,
        budget=38,
        currency="GBP",
        executive=True,
    ),
    "sarah.proposals": Ask(
        client="sarah",
        title="Proposals and slides for a consulting team",
        text=(
            "Our consultants think in bullet points on the back of an envelope. We need a patient person who "
            "turns them into proposals and decks in our style, usually overnight, with figures that add up."
        ),
        services="presentations documents",
        needs={"slides.powerpoint": 2},
        likes={"slides.design": 2, "docs.excel": 3, "mail.proofreading": 3},
        languages=EN,
        hours=8,
        budget=34,
        currency="GBP",
    ),
    "sarah.research": Ask(
        client="sarah",
        title="Desk research on European logistics",
        text=(
            "Two-page notes with sources, one or two a week: who owns whom, which rules change, what a parcel "
            "costs in Poland. Say what you could not find as clearly as what you did."
        ),
        services="research documents",
        needs={"research.web": 2},
        likes={"research.reports": 2, "research.market": 3, "docs.excel": 3},
        languages=EN,
        hours=6,
        budget=32,
        currency="GBP",
    ),
    "sarah.events": Ask(
        client="sarah",
        title="Quarterly client dinners, from list to thank-you note",
        text=(
            "Four dinners a year for about thirty guests. Venue, invitations, seating, dietary requirements and "
            "the notes that go out the next morning."
        ),
        services="events correspondence",
        needs={"events.planning": 2},
        likes={"mail.business_writing": 3, "errands.gifts": 2},
        languages=EN,
        hours=4,
        budget=36,
        currency="GBP",
    ),
    "sarah.crm": Ask(
        client="sarah",
        title="Clean up our CRM before the new year",
        text="Four thousand contacts, a third of them twice. Deduplicate, complete, and leave rules behind.",
        services="sales_support",
        needs={"sales.crm": 2},
        likes={"sales.salesforce": 2},
        languages={"en": "B2"},
        hours=10,
        budget=32,
        currency="GBP",
    ),
    "sarah.onboarding": Ask(
        client="sarah",
        title="Onboarding paperwork for six new consultants",
        text="Contracts, equipment, first-week plans. Starts in January; dates to be confirmed.",
        services="recruiting documents",
        needs={"hr.onboarding": 2},
        languages=EN,
        hours=5,
        budget=30,
        currency="GBP",
    ),
    # -- Elena Conti as a client -----------------------------------------------------------------------------------
    "elena.site": Ask(
        client="elena",
        title="Sito e LinkedIn del mio studio di contabilità",
        text=(
            "Ho un sito in WordPress fermo da due anni e un profilo LinkedIn che non scrive a nessuno. Cerco chi "
            "li tenga vivi con poche ore alla settimana: un articolo breve al mese, qualche post, i moduli che "
            "funzionano."
        ),
        services="website social_media",
        needs={"web.wordpress": 2},
        likes={"social.linkedin_pages": 2, "web.seo": 2},
        languages=IT,
        hours=3,
        budget=34,
    ),
    "elena.phone": Ask(
        client="elena",
        title="Segreteria telefonica nei giorni di scadenza",
        text=(
            "Nei giorni delle scadenze fiscali il telefono non smette mai. Cerco una voce cordiale che risponda a "
            "nome dello studio, prenda nota e passi solo le urgenze."
        ),
        services="phone calendar",
        needs={"phone.answering": 2},
        likes={"calendar.google": 2, "mail.gmail": 2},
        languages=IT,
        hours=5,
        budget=28,
    ),
    # -- what Anna, James and Elena work on for others ---------------------------------------------------------------
    "ferrante.partner": Ask(
        client="ferrante",
        title="Segreteria di direzione per uno studio legale",
        text=(
            "Siamo quattro avvocate con udienze in tre città. Cerchiamo una segreteria di direzione con "
            "esperienza di pratiche riservate: agenda condivisa, scadenze processuali, trasferte, posta "
            "certificata."
        ),
        services="calendar correspondence travel",
        needs={"calendar.management": 3, "exec.confidentiality": 3},
        likes={"travel.booking": 3, "meetings.preparation": 3},
        languages=IT,
        hours=10,
        budget=1700,
        executive=True,
        retainer=True,
    ),
    "dubois.collection": Ask(
        client="dubois",
        title="A right hand between Paris and Milan",
        text=(
            "Maison Dubois makes gloves in Grenoble and shows them in Milan. I need an assistant at home in "
            "Italian and French who keeps my diary, speaks to our Italian suppliers and gets me to the right fair "
            "on the right day."
        ),
        services="calendar travel correspondence",
        needs={"calendar.management": 3, "travel.booking": 3, "exec.decisions": 2},
        likes={"mail.business_writing": 3, "calendar.time_zones": 2},
        languages={"it": "C1", "fr": "B2"},
        hours=6,
        budget=44,
        executive=True,
    ),
    "pace.board": Ask(
        client="pace",
        title="Verbali e preparazione dei consigli di amministrazione",
        text=(
            "Siedo in cinque consigli di amministrazione. Cerco chi prepari i fascicoli, scriva i verbali in "
            "giornata e segua gli impegni presi. Riservatezza assoluta."
        ),
        services="meetings documents",
        needs={"meetings.board": 3, "meetings.minutes": 3, "exec.confidentiality": 3},
        likes={"meetings.preparation": 3},
        languages=IT,
        hours=5,
        budget=45,
        executive=True,
    ),
    "neri.founder": Ask(
        client="neri",
        title="Assistente per fondatore con tre società e poco sonno",
        text=(
            "Tre società, due fusi orari, una sola agenda. Cerco chi difenda le mie mattine, risponda a "
            "investitori e candidati e tenga in ordine i viaggi. Si comincia con sei ore, si può crescere."
        ),
        services="calendar correspondence project",
        needs={"calendar.management": 3, "calendar.time_zones": 3},
        likes={"project.tracking": 2, "docs.notion": 2},
        languages=BOTH,
        hours=6,
        budget=45,
        executive=True,
    ),
    "villani.studio": Ask(
        client="villani",
        title="Coordinamento di cantieri e appuntamenti per uno studio di architettura",
        text=(
            "Dodici cantieri aperti, tre architetti e un calendario solo. Serve una persona precisa che incroci "
            "sopralluoghi, fornitori e consegne, e che il venerdì mandi a tutti lo stato dei lavori."
        ),
        services="calendar project meetings",
        needs={"calendar.management": 3, "project.tracking": 2},
        likes={"project.asana": 2, "meetings.minutes": 3},
        languages=IT,
        hours=6,
        budget=42,
        executive=True,
    ),
    "stone.capital": Ask(
        client="stone",
        title="Board calendar and investor correspondence for a small fund",
        text=(
            "Stonehill is four people and eleven boards. We want one calm person for the board calendar, the "
            "quarterly letters and the travel around both. Discretion is the job."
        ),
        services="calendar meetings correspondence",
        needs={"calendar.management": 3, "meetings.board": 3, "exec.confidentiality": 3},
        likes={"mail.business_writing": 4, "travel.booking": 3},
        languages=EN,
        hours=6,
        budget=1150,
        currency="GBP",
        executive=True,
        retainer=True,
    ),
    "lindqvist.raise": Ask(
        client="lindqvist",
        title="Diary and travel during a funding round",
        text=(
            "Northlight is raising its second round: ninety meetings in ten weeks, three cities, one founder. "
            "After that, life goes back to normal."
        ),
        services="calendar travel",
        needs={"calendar.management": 3, "travel.booking": 2},
        likes={"calendar.time_zones": 3, "sales.crm": 2},
        languages=EN,
        hours=8,
        budget=40,
        currency="GBP",
    ),
    "hale.partners": Ask(
        client="hale",
        title="Maternity cover for the partners' assistant",
        text=(
            "Three partners, one assistant, nine months. Our handbook is good; we look for somebody who reads it "
            "and then improves it. Board papers and minutes included."
        ),
        services="calendar meetings correspondence",
        needs={"calendar.management": 3, "meetings.minutes": 3},
        likes={"calendar.outlook": 3, "meetings.board": 2},
        languages=EN,
        hours=8,
        budget=40,
        currency="GBP",
        executive=True,
    ),
    "venier.hotel": Ask(
        client="venier",
        title="Contabilità giornaliera per un albergo a Venezia",
        text=(
            "Palazzo Venier ha 19 camere e tre portali di prenotazione che non tornano mai tra loro. Cerchiamo "
            "chi riconcili incassi e commissioni ogni settimana ed emetta le fatture elettroniche."
        ),
        services="bookkeeping",
        needs={"books.e_invoicing": 3, "books.reconciliation": 3},
        likes={"docs.excel": 3, "books.credit_control": 2},
        languages=IT,
        hours=6,
        budget=34,
    ),
    "lucchi.dental": Ask(
        client="lucchi",
        title="Fatture e solleciti per uno studio dentistico",
        text=(
            "Due poltrone, quaranta pazienti a settimana e troppe fatture in sospeso. Emissione, registrazione, "
            "solleciti gentili, e un riepilogo per il commercialista a fine mese."
        ),
        services="bookkeeping documents",
        needs={"books.e_invoicing": 3, "books.credit_control": 2},
        likes={"books.invoicing": 3, "care.email": 2},
        languages=IT,
        hours=4,
        budget=32,
    ),
    "zanetti.rents": Ask(
        client="zanetti",
        title="Amministrazione degli affitti per un'agenzia immobiliare",
        text=(
            "Trentacinque contratti d'affitto, ognuno con le sue scadenze. Cerco chi tenga lo scadenzario, "
            "registri gli incassi e archivi i documenti."
        ),
        services="bookkeeping documents",
        needs={"books.invoicing": 2, "docs.filing": 2},
        likes={"docs.excel": 3},
        languages=IT,
        hours=5,
        budget=32,
    ),
    # -- others ----------------------------------------------------------------------------------------------------
    "donati.wine": Ask(
        client="donati",
        title="Ordini e corrispondenza estera per una cantina",
        text=(
            "Vendiamo metà del vino in Germania e Inghilterra. Ci serve chi risponda agli importatori, prepari "
            "preventivi e documenti di spedizione e tenga aggiornato l'elenco dei clienti."
        ),
        services="correspondence sales_support",
        needs={"mail.business_writing": 2},
        likes={"sales.quotes": 2, "docs.excel": 2},
        languages={"it": "C1", "en": "B2"},
        hours=8,
        budget=34,
    ),
    "donati.newsletter": Ask(
        client="donati",
        title="Newsletter mensile della cantina, in due lingue",
        text=(
            "Una lettera al mese dai vigneti, in italiano e in inglese, per 2.400 iscritti. Foto e appunti li metto io."
        ),
        services="newsletters translation",
        needs={"newsletter.copy": 2},
        likes={"newsletter.mailchimp": 2, "translate.it_en": 2},
        languages=BOTH,
        hours=3,
        budget=36,
    ),
    "greco.front": Ask(
        client="greco",
        title="Segreteria per una ditta di impianti: telefono, preventivi, interventi",
        text=(
            "Otto tecnici sul furgone e nessuno in ufficio. Rispondere al telefono, fissare gli interventi, "
            "mandare i preventivi il giorno stesso. Serve prontezza, il resto si impara."
        ),
        services="phone calendar sales_support",
        needs={"calendar.management": 2},
        likes={"phone.answering": 2, "sales.quotes": 2},
        languages=IT,
        hours=12,
        budget=26,
    ),
    "bassi.inbox": Ask(
        client="bassi",
        title="Posta e agenda per una psicologa del lavoro",
        text=(
            "Ricevo molte richieste e rispondo tardi. Cerco una persona discreta che tenga posta e appuntamenti, "
            "con modelli di risposta da costruire insieme."
        ),
        services="calendar correspondence",
        needs={"mail.inbox": 2, "calendar.management": 2},
        likes={"calendar.calendly": 2},
        languages=IT,
        hours=4,
        budget=620,
        retainer=True,
    ),
    "fumagalli.fairs": Ask(
        client="fumagalli",
        title="Fiere e trasferte di un'azienda tessile",
        text=(
            "Sei fiere l'anno tra Parigi, Francoforte e New York. Biglietti, alberghi, spedizioni dei campioni e "
            "note spese di cinque persone."
        ),
        services="travel events",
        needs={"travel.booking": 2},
        likes={"travel.expenses": 2, "events.planning": 2},
        languages=BOTH,
        hours=6,
        budget=36,
    ),
    "fumagalli.century": Ask(
        client="fumagalli",
        title="Braccio destro per il centenario dell'azienda",
        text=(
            "L'anno prossimo la tessitura compie cento anni. Cerco una persona di fiducia che tenga insieme il "
            "comitato, le date, gli ospiti e la mia agenda, e che decida da sola le cose piccole."
        ),
        services="calendar meetings project",
        needs={"calendar.management": 3, "exec.decisions": 3},
        likes={"meetings.minutes": 3, "project.tracking": 2},
        languages=IT,
        hours=5,
        budget=44,
        executive=True,
    ),
    "fumagalli.minutes": Ask(
        client="fumagalli",
        title="Verbali delle riunioni di famiglia e di direzione",
        text=(
            "Due riunioni al mese in cui tutti parlano e nessuno scrive. Verbali brevi, decisioni chiare, seguiti "
            "puntuali."
        ),
        services="meetings documents",
        needs={"meetings.minutes": 2},
        languages=IT,
        hours=3,
        budget=36,
    ),
    "orlandi.yoga": Ask(
        client="orlandi",
        title="Iscrizioni, newsletter e social di una scuola di yoga",
        text=(
            "Quattro corsi, centotrenta iscritti, un telefono che squilla durante le lezioni. Cerco chi risponda "
            "ai messaggi, tenga l'elenco delle iscrizioni e mandi la newsletter del mese."
        ),
        services="newsletters social_media customer_care",
        needs={"care.email": 2},
        likes={"social.instagram": 2, "newsletter.brevo": 2},
        languages=IT,
        hours=5,
        budget=26,
    ),
    "orlandi.retreat": Ask(
        client="orlandi",
        title="Ritiro di primavera in Umbria: organizzazione",
        text="Venticinque partecipanti, tre giorni, un agriturismo. Dalla pagina di iscrizione al saluto finale.",
        services="events",
        needs={"events.planning": 2},
        languages=IT,
        hours=4,
        budget=30,
    ),
    "venier.guests": Ask(
        client="venier",
        title="Risposte agli ospiti e alle recensioni",
        text=(
            "Gli ospiti scrivono a tutte le ore, in quattro lingue. Cerchiamo chi risponda con garbo, anche alle "
            "recensioni meno gentili, e segnali alla reception ciò che va sistemato."
        ),
        services="customer_care online_profiles",
        needs={"care.email": 2},
        likes={"profiles.reputation": 2},
        languages={"it": "B2", "en": "B2"},
        hours=8,
        budget=950,
        retainer=True,
    ),
    "pace.travel": Ask(
        client="pace",
        title="Viaggi e note spese di un consulente",
        text=(
            "Tre trasferte a settimana e ricevute in ogni tasca. Prenotazioni, cambi all'ultimo minuto, note "
            "spese mensili."
        ),
        services="travel",
        needs={"travel.booking": 2, "travel.expenses": 2},
        languages=IT,
        hours=4,
        budget=38,
    ),
    "bernardi.trust": Ask(
        client="bernardi",
        title="Segretariato per una fiduciaria a Lugano",
        text=(
            "Corrispondenza con clienti italiani e svizzeri, archivio digitale, appuntamenti. La riservatezza è "
            "parte del mestiere; il tedesco è gradito."
        ),
        services="correspondence documents calendar",
        needs={"mail.business_writing": 2},
        likes={"docs.filing": 2, "exec.confidentiality": 2},
        languages=IT,
        hours=6,
        budget=75,
        currency="CHF",
    ),
    "keller.support": Ask(
        client="keller",
        title="Order desk for a maker of measuring instruments",
        text=(
            "Quotes, order confirmations and polite reminders to distributors in nine countries. Our instruments "
            "are precise; we would like our mails to be, too."
        ),
        services="sales_support correspondence",
        needs={"mail.business_writing": 2},
        likes={"sales.crm": 2, "sales.quotes": 2},
        languages={"en": "B2", "de": "B2"},
        hours=8,
        budget=80,
        currency="CHF",
    ),
    "bergmann.office": Ask(
        client="bergmann",
        title="A quiet office for an independent adviser",
        text=(
            "I advise family companies and work alone. I need letters that read well in English and German, a "
            "tidy archive, and a diary with no surprises."
        ),
        services="calendar correspondence documents",
        needs={"calendar.management": 2},
        likes={"mail.business_writing": 3, "docs.filing": 2},
        languages={"en": "B2", "de": "C1"},
        hours=5,
        budget=2400,
        currency="CHF",
        retainer=True,
    ),
    "osei.practice": Ask(
        client="osei",
        title="Office manager, remotely, for a practice of nine architects",
        text=(
            "Timesheets, suppliers, the shared diary and the newsletter that never goes out. We are friendly and "
            "disorganised in equal measure."
        ),
        services="calendar documents newsletters",
        needs={"calendar.management": 2},
        likes={"docs.excel": 2, "newsletter.mailchimp": 2},
        languages=EN,
        hours=10,
        budget=32,
        currency="GBP",
    ),
    "lindqvist.support": Ask(
        client="lindqvist",
        title="First answers to our customers, mornings in London",
        text=(
            "About sixty mails a day for a climate-data product. You answer half, route the rest and tell us what "
            "hurts."
        ),
        services="customer_care",
        needs={"care.email": 2},
        likes={"care.zendesk": 2, "care.chat": 2},
        languages=EN,
        hours=12,
        budget=30,
        currency="GBP",
    ),
    "brady.books": Ask(
        client="brady",
        title="Bookkeeping for a family food business",
        text=(
            "Two shops, one farm, and a shoebox that has served us since 1998. Xero is set up; it needs somebody "
            "who likes it more than I do."
        ),
        services="bookkeeping",
        needs={"books.reconciliation": 2},
        likes={"books.xero": 2, "books.credit_control": 2},
        languages={"en": "B2"},
        hours=6,
        budget=32,
    ),
    "chen.lab": Ask(
        client="chen",
        title="Assistant to the CEO of a biotech start-up",
        text=(
            "Lab in Boston, investors in London, partners in Osaka. Calendar across time zones, travel with "
            "visas, and board meetings that start on time."
        ),
        services="calendar travel meetings",
        needs={"calendar.management": 2},
        likes={"calendar.time_zones": 3, "meetings.board": 2, "travel.visas": 2},
        languages=EN,
        hours=12,
        budget=48,
        currency="USD",
        executive=True,
    ),
    "chen.grants": Ask(
        client="chen",
        title="Research assistant for grant applications",
        text=(
            "Find the calls that fit, keep the deadlines, assemble the annexes. The science is ours, the patience "
            "yours."
        ),
        services="research documents",
        needs={"research.web": 2},
        likes={"research.reports": 2},
        languages=EN,
        hours=6,
        budget=30,
        currency="USD",
    ),
    "walsh.law": Ask(
        client="walsh",
        title="Legal admin: filings, calendar, client calls",
        text=(
            "Solo practice, family law. Court dates may never move unnoticed. You answer calls in the morning and "
            "file in the afternoon; kindness on the phone counts double here."
        ),
        services="documents calendar phone",
        needs={"docs.filing": 2},
        likes={"calendar.management": 2, "phone.answering": 2},
        languages=EN,
        hours=10,
        budget=34,
        currency="USD",
    ),
    "ortiz.social": Ask(
        client="ortiz",
        title="Social media for a ceramics studio",
        text="Kiln openings, workshops, the shop. Three posts a week and quick replies, in English and some Spanish.",
        services="social_media",
        needs={"social.instagram": 2},
        likes={"social.canva": 2, "social.video": 2},
        languages={"en": "C1"},
        hours=5,
        budget=520,
        currency="USD",
        retainer=True,
        overlap=60,
    ),
    "ortiz.shop": Ask(
        client="ortiz",
        title="Upkeep of our Shopify shop",
        text=(
            "New pieces go online every Friday: photos, descriptions, prices. And somebody must answer where the "
            "bowl is."
        ),
        services="website customer_care",
        needs={"web.shopify": 2},
        likes={"care.email": 2},
        languages={"en": "B2"},
        hours=6,
        budget=34,
        currency="USD",
        overlap=60,
    ),
    "dubois.press": Ask(
        client="dubois",
        title="Press lists and samples for two collections a year",
        text="Names, addresses, what was sent and what came back. Accurate spreadsheets and charming follow-ups.",
        services="documents correspondence",
        needs={"docs.excel": 2},
        likes={"mail.business_writing": 2},
        languages={"en": "B2", "fr": "B2"},
        hours=4,
        budget=36,
    ),
    "novak.games": Ask(
        client="novak",
        title="Producer's helper for an indie games studio",
        text="Boards, build notes, playtest invitations. We release in spring and would like to sleep until then.",
        services="project documents",
        needs={"project.tracking": 2},
        likes={"project.trello": 2, "docs.notion": 2},
        languages={"en": "B2"},
        hours=8,
        budget=28,
    ),
    "rao.clinics": Ask(
        client="rao",
        title="Rota and recruitment support for three clinics",
        text=(
            "Rotas change daily and good nurses have many offers. Screen applications, book interviews, keep "
            "everybody informed. Experience with confidential papers needed."
        ),
        services="recruiting calendar",
        needs={"calendar.management": 2},
        likes={"hr.screening": 2, "hr.onboarding": 2},
        languages=EN,
        hours=8,
        budget=1050,
        currency="GBP",
        retainer=True,
    ),
    "rao.reviews": Ask(
        client="rao",
        title="Answering patients' reviews",
        text="A dozen reviews a week on three platforms. Kind, short, never about anybody's health.",
        services="online_profiles",
        needs={"profiles.reputation": 2},
        languages=EN,
        hours=2,
        budget=28,
        currency="GBP",
    ),
    "stone.reports": Ask(
        client="stone",
        title="Quarterly report: charts, proofreading, print",
        text="Sixty pages every quarter, most of them charts. An eye for commas and for axes.",
        services="presentations documents",
        needs={"docs.word": 2},
        likes={"slides.powerpoint": 2, "mail.proofreading": 3},
        languages=EN,
        hours=5,
        budget=38,
        currency="GBP",
    ),
    "hale.archive": Ask(
        client="hale",
        title="Move our paper archive to SharePoint",
        text="Thirty years of client files, scanned but unnamed. A plan, a naming rule and steady afternoons.",
        services="documents",
        needs={"docs.filing": 2},
        likes={"docs.data_entry": 2},
        languages={"en": "B2"},
        hours=10,
        budget=24,
        currency="GBP",
    ),
    "neri.deck": Ask(
        client="neri",
        title="Presentazione per gli investitori",
        text="Dodici diapositive, un racconto chiaro, numeri leggibili. I contenuti ci sono, manca la forma.",
        services="presentations",
        needs={"slides.powerpoint": 2},
        likes={"slides.design": 3},
        languages=BOTH,
        hours=6,
        budget=40,
    ),
    "bassi.webinar": Ask(
        client="bassi",
        title="Ciclo di webinar per le aziende",
        text="Quattro incontri online tra gennaio e aprile: iscrizioni, promemoria, sala, registrazione.",
        services="events",
        needs={"events.webinars": 2},
        likes={"meetings.zoom": 2},
        languages=IT,
        hours=3,
        budget=32,
    ),
    "walsh.everything": Ask(
        client="walsh",
        title="Guaranteed income from home!!! Forward parcels",
        text="Receive parcels at your address and forward them. Payment in vouchers. No questions.",
        services="errands",
        needs={},
        languages={"en": "B1"},
        hours=10,
        budget=60,
        currency="USD",
    ),
}
