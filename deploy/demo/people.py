"""Clients of the demo, and the people that one can sign in as. All are invented; `.example` belongs to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PASSWORD = "tidy calendar"  # noqa: S105 - printed at the start: the demo is for everybody
ROME, LONDON, NEW_YORK, ZURICH = "Europe/Rome", "Europe/London", "America/New_York", "Europe/Zurich"


@dataclass(frozen=True, slots=True)
class Person:
    """`key` is what the stories call them."""

    key: str
    name: str
    email: str
    locale: str
    time_zone: str
    roles: tuple[str, ...] = ("client",)


SIGNING_IN = (
    Person("anna", "Anna Bianchi", "anna.bianchi@dextra.example", "it", ROME, ("assistant",)),
    Person("james", "James Carter", "james.carter@dextra.example", "en", LONDON, ("assistant",)),
    Person("marco", "Marco Rossi", "marco.rossi@dextra.example", "it", ROME),
    Person("sarah", "Sarah Miller", "sarah.miller@dextra.example", "en", LONDON),
    Person("elena", "Elena Conti", "elena.conti@dextra.example", "it", ROME, ("assistant", "client")),
    Person("chiara", "Chiara Galli", "chiara.galli@dextra.example", "it", ROME),
    Person("operator", "Nora Hayes", "operator@dextra.example", "en", ROME),
)

CLIENTS = (
    Person("ferrante", "Giulia Ferrante", "giulia@ferrante-legal.example", "it", ROME),
    Person("donati", "Luca Donati", "luca.donati@cantina-donati.example", "it", ROME),
    Person("villani", "Paola Villani", "paola@villani-architetti.example", "it", ROME),
    Person("greco", "Salvatore Greco", "s.greco@greco-impianti.example", "it", ROME),
    Person("bassi", "Marta Bassi", "marta@studiobassi.example", "it", ROME),
    Person("neri", "Tommaso Neri", "tommaso@neri-ventures.example", "it", ROME),
    Person("fumagalli", "Enrica Fumagalli", "enrica@fumagalli-tessuti.example", "it", ROME),
    Person("pace", "Alberto Pace", "alberto.pace@pace-consulenza.example", "it", ROME),
    Person("orlandi", "Sofia Orlandi", "sofia@orlandi-yoga.example", "it", ROME),
    Person("venier", "Margherita Venier", "direzione@palazzo-venier.example", "it", ROME),
    Person("zanetti", "Pietro Zanetti", "pietro@zanetti-immobiliare.example", "it", ROME),
    Person("lucchi", "Federica Lucchi", "federica@lucchi-dental.example", "it", ROME),
    Person("bernardi", "Claudio Bernardi", "claudio@bernardi-fiduciaria.example", "it", ZURICH),
    Person("hale", "Victoria Hale", "victoria@halepartners.example", "en", LONDON),
    Person("osei", "Kwame Osei", "kwame@osei-architects.example", "en", LONDON),
    Person("lindqvist", "Emma Lindqvist", "emma@northlight.example", "en", LONDON),
    Person("brady", "Patrick Brady", "patrick@bradyfoods.example", "en", "Europe/Dublin"),
    Person("chen", "Grace Chen", "grace@lumenbio.example", "en", NEW_YORK),
    Person("walsh", "Daniel Walsh", "daniel@walshlaw.example", "en", NEW_YORK),
    Person("ortiz", "Camila Ortiz", "camila@ortizstudio.example", "en", "America/Chicago"),
    Person("bergmann", "Ruth Bergmann", "ruth@bergmann-advisory.example", "en", ZURICH),
    Person("keller", "Thomas Keller", "thomas.keller@alpin-instruments.example", "en", ZURICH),
    Person("weber", "Lukas Weber", "lukas.weber@weber-optik.example", "en", ZURICH),
    Person("dubois", "Hélène Dubois", "helene@maison-dubois.example", "en", "Europe/Paris"),
    Person("novak", "Jan Novak", "jan@novak-games.example", "en", "Europe/Prague"),
    Person("rao", "Anita Rao", "anita@raoclinics.example", "en", LONDON),
    Person("stone", "Martin Stone", "martin@stonehill-capital.example", "en", LONDON),
)

SIGN_INS = [
    f"anna.bianchi@dextra.example   {PASSWORD}   assistant, Italian: contracts, offers to answer, hours to send",
    f"james.carter@dextra.example   {PASSWORD}   assistant, English",
    f"marco.rossi@dextra.example    {PASSWORD}   client, Italian: matches, offers, hours to approve, invoices",
    f"sarah.miller@dextra.example   {PASSWORD}   client, English",
    f"elena.conti@dextra.example    {PASSWORD}   assistant and client, Italian",
    f"chiara.galli@dextra.example   {PASSWORD}   client, Italian; approves hours for Marco's company",
    f"operator@dextra.example       {PASSWORD}   operator of the marketplace",
]


def office(start: str = "09:00", noon: str = "13:00", again: str = "14:00", end: str = "18:00") -> list[dict[str, str]]:
    """Monday to Friday with a break."""
    days = ("mon", "tue", "wed", "thu", "fri")
    return [{"day": day, "start": a, "end": b} for day in days for a, b in ((start, noon), (again, end))]


def _skills(**levels: int) -> list[dict[str, Any]]:
    return [{"code": code.replace("__", "."), "level": level} for code, level in levels.items()]


def _languages(**levels: str) -> list[dict[str, str]]:
    return [{"code": code, "cefr": cefr} for code, cefr in levels.items()]


COMPANIES: dict[str, dict[str, Any]] = {
    "marco": {
        "name": "Rossi Arredi srl",
        "website": "https://rossi-arredi.example",
        "industry": "manufacturing",
        "size": "small",
        "country": "IT",
        "time_zone": ROME,
        "currency": "EUR",
        "working_hours": office("08:30", "12:30", "14:00", "18:00"),
        "description": (
            "Facciamo sedie e tavoli in Brianza dal 1958, per alberghi e studi di architettura. Siamo in trentadue; la "
            "direzione è piccola e viaggia molto."
        ),
        "description_locale": "it",
        "shows": "all",
    },
    "sarah": {
        "name": "Miller & Vane",
        "website": "https://millervane.example",
        "industry": "consulting",
        "size": "micro",
        "country": "GB",
        "time_zone": LONDON,
        "currency": "GBP",
        "working_hours": office("09:00", "12:30", "13:30", "17:30"),
        "description": "A small consultancy for family firms that hand over to the next generation.",
        "description_locale": "en",
        "shows": "kind",
    },
}
"""What two of the clients say of themselves, by the stories' name of them."""
COLLEAGUES = (("marco", "chiara", "approver"),)
"""Whose company, who, as what."""

PRACTICES: dict[str, dict[str, Any]] = {
    "anna": {
        "headline": "Assistente di direzione: agenda, corrispondenza e decisioni piccole prese bene",
        "story": (
            "Per undici anni ho lavorato accanto all'amministratrice delegata di un gruppo del mobile, a Milano. "
            "Dal 2019 lavoro in proprio, per tre o quattro persone alla volta: imprenditori, avvocate, una "
            "direttrice d'albergo.\n\n"
            "Tengo l'agenda in italiano, inglese e francese, rispondo alla posta con la tua voce e decido da sola "
            "ciò che abbiamo stabilito che posso decidere: un cambio di volo, un fornitore da richiamare, un "
            "invito da declinare. Il venerdì ti scrivo che cosa ho deciso e perché.\n\n"
            "Uso Google Workspace e Outlook, Notion per i manuali di lavoro, Asana per i progetti. Le ore sono "
            "segnate al quarto d'ora, con una nota per ciascuna."
        ),
        "story_locale": "it",
        "level": "executive",
        "services": ["calendar", "correspondence", "travel", "meetings", "project"],
        "skills": _skills(
            calendar__management=4,
            calendar__google=4,
            calendar__outlook=3,
            calendar__time_zones=4,
            mail__inbox=4,
            mail__business_writing=4,
            mail__outlook=3,
            travel__booking=4,
            travel__itineraries=4,
            travel__expenses=3,
            meetings__minutes=4,
            meetings__preparation=4,
            meetings__board=3,
            docs__google_workspace=4,
            docs__notion=3,
            project__asana=3,
            project__tracking=3,
            exec__decisions=4,
            exec__confidentiality=4,
        ),
        "languages": _languages(it="C2", en="C1", fr="B2"),
        "time_zone": ROME,
        "working_hours": office("08:30", "13:00", "14:00", "18:30"),
        "capacity_minutes": 36 * 60,
        "minimum_weekly_minutes": 180,
        "hourly_rate": {"amount": 3800, "currency": "EUR"},
        "retainer": {"fee": {"amount": 140000, "currency": "EUR"}, "included_minutes": 40 * 60},
        "translations": [
            {
                "locale": "en",
                "headline": "Executive assistant: diary, correspondence, and small decisions taken well",
                "story": (
                    "For eleven years I worked beside the managing director of a furniture group in Milan. Since 2019 "
                    "I have worked for three or four people at a time: founders, lawyers, the director of a hotel.\n\n"
                    "I keep diaries in Italian, English and French, answer mail in your voice, and decide what we have "
                    "agreed that I decide. On Fridays I write to you what I decided, and why."
                ),
            }
        ],
        "target_industries": ["legal", "consulting", "hospitality"],
        "target_sizes": ["micro", "small"],
        "target_countries": ["IT", "CH", "FR"],
        "target_languages": ["it", "en", "fr"],
        "notice_days": 7,
        "assurances": ["nda", "data_processing", "insured", "encrypted_devices", "password_manager"],
        "equipment": "Due computer, due linee in fibra, cuffie con filtro; licenze mie di Microsoft 365 e Zoom.",
        "team": [
            {"name": "Silvia Ratti", "role": "Corrispondenza in francese", "languages": ["it", "fr"], "public": True},
            {"name": "Paolo Bianchi", "role": "Amministrazione dello studio", "languages": ["it"], "public": False},
        ],
    },
    "james": {
        "headline": "Executive support for founders and partners: diary, board papers, travel",
        "story": (
            "I spent nine years in partners' offices of a London law firm, the last four running the team of "
            "assistants. Since 2021 I have worked from my own desk in Bristol for a handful of founders and "
            "managing partners.\n\n"
            "What they get is a week that keeps its shape: a diary with room in it, board papers that arrive "
            "before the weekend, trips that survive a cancelled train. I take minutes, I chase what was agreed, "
            "and I decide the things we have said I may decide.\n\n"
            "Outlook, Teams, Salesforce and a good telephone voice. I log my time to the quarter of an hour, with "
            "a line on each entry, so that you never wonder what an invoice is for."
        ),
        "story_locale": "en",
        "level": "executive",
        "services": ["calendar", "meetings", "travel", "correspondence", "sales_support"],
        "skills": _skills(
            calendar__management=4,
            calendar__outlook=4,
            calendar__time_zones=3,
            meetings__minutes=4,
            meetings__board=4,
            meetings__preparation=4,
            meetings__zoom=3,
            travel__booking=4,
            travel__expenses=3,
            mail__inbox=4,
            mail__business_writing=4,
            mail__outlook=4,
            docs__word=4,
            docs__excel=3,
            sales__crm=3,
            sales__salesforce=3,
            exec__decisions=3,
            exec__confidentiality=4,
        ),
        "languages": _languages(en="C2", fr="B1", it="A2"),
        "time_zone": LONDON,
        "working_hours": office("08:00", "12:30", "13:30", "17:30"),
        "capacity_minutes": 34 * 60,
        "minimum_weekly_minutes": 120,
        "hourly_rate": {"amount": 3400, "currency": "GBP"},
        "retainer": {"fee": {"amount": 96000, "currency": "GBP"}, "included_minutes": 30 * 60},
        "target_industries": ["legal", "finance"],
        "target_sizes": ["small", "medium"],
        "target_countries": ["GB", "IE"],
        "assurances": ["nda", "insured", "encrypted_devices", "own_office"],
    },
    "elena": {
        "headline": "Contabilità, fatture e archivio per piccole imprese e alberghi",
        "story": (
            "Ho lavorato per otto anni nell'amministrazione di un gruppo di alberghi tra Venezia e Padova. Oggi "
            "seguo sei piccole imprese: prima nota, fatture elettroniche, solleciti, e un archivio in cui si "
            "trova tutto.\n\n"
            "Non sostituisco il commercialista: gli mando cartelle complete, così la sua parcella cala. Con me "
            "gli incassi arrivano in media tre settimane prima.\n\n"
            "Per il sito e i social del mio studio mi faccio aiutare anch'io: so che cosa vuol dire affidare il "
            "proprio lavoro a qualcuno."
        ),
        "story_locale": "it",
        "level": "administrative",
        "services": ["bookkeeping", "documents", "customer_care"],
        "skills": _skills(
            books__invoicing=4,
            books__e_invoicing=4,
            books__reconciliation=4,
            books__credit_control=4,
            books__payroll=2,
            docs__excel=4,
            docs__filing=4,
            docs__google_workspace=3,
            care__email=3,
            mail__business_writing=3,
        ),
        "languages": _languages(it="C2", en="B2", de="B1"),
        "time_zone": ROME,
        "working_hours": office("08:30", "12:30", "14:00", "18:00"),
        "capacity_minutes": 30 * 60,
        "minimum_weekly_minutes": 120,
        "hourly_rate": {"amount": 2900, "currency": "EUR"},
        "retainer": {"fee": {"amount": 52000, "currency": "EUR"}, "included_minutes": 20 * 60},
    },
}
