"""What invented assistants say of themselves, in parts, English and Italian, and the names they go by.

Parts are put together by population.py. In Italian `{o}` is the ending of the person's gender, `{un}` the article.
"""

from __future__ import annotations

from dataclasses import dataclass

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """A service in an assistant's words: short for headlines (`en`, `it`), sentences for her story."""

    en: Lines
    it: Lines
    story_en: Lines
    story_it: Lines


WORK: dict[str, Work] = {
    "calendar": Work(
        ("calendars that hold", "diaries without double bookings", "scheduling across time zones"),
        ("agende che reggono", "appuntamenti senza sovrapposizioni", "agenda e fusi orari"),
        (
            "I keep your diary so that the important meetings have room around them and the others find another day.",
            "Every evening you get tomorrow on one page: who, where, why, and what to have read.",
            "I book across time zones daily and have not sent anybody to a 3 a.m. call yet.",
        ),
        (
            "Tengo l'agenda in modo che gli incontri importanti abbiano respiro e gli altri trovino un altro giorno.",
            "Ogni sera arriva la giornata di domani in una pagina: chi, dove, perché e che cosa leggere prima.",
            "Fisso appuntamenti tra fusi orari diversi tutti i giorni, senza svegliare nessuno alle tre di notte.",
        ),
    ),
    "correspondence": Work(
        ("inboxes brought down to zero", "letters in your tone of voice", "mail answered the same day"),
        ("posta in ordine ogni sera", "lettere con la tua voce", "risposte in giornata"),
        (
            "In your inbox I answer what I can, draft what I cannot, and flag the three mails that need you.",
            "After two weeks my drafts sound like you; most clients then stop editing them.",
            "I set up rules and templates first, so that the same question is never written from scratch twice.",
        ),
        (
            "Nella posta rispondo a ciò che posso, preparo bozze per il resto e segnalo i tre messaggi che contano.",
            "Dopo due settimane le mie bozze suonano come scritte da te: di solito non si correggono più.",
            "Comincio da filtri e modelli, così la stessa domanda non si scrive mai due volte da capo.",
        ),
    ),
    "documents": Work(
        ("files you can find again", "tidy archives", "documents without typos"),
        ("archivi in cui si trova tutto", "documenti impeccabili", "ordine tra file e cartelle"),
        (
            "I name, file and version documents so that anybody finds a contract in under a minute.",
            "Long Word and Excel files are my quiet pleasure: styles, tables of contents, formulas that add up.",
            "I have moved three companies from paper and attachments to one shared archive.",
        ),
        (
            "Nomino, archivio e aggiorno i documenti in modo che un contratto si trovi in meno di un minuto.",
            "I file lunghi di Word ed Excel sono la mia passione discreta: stili, indici, formule che tornano.",
            "Ho portato tre aziende dalla carta e dagli allegati a un unico archivio condiviso.",
        ),
    ),
    "travel": Work(
        ("trips planned door to door", "travel that runs itself", "itineraries with a plan B"),
        ("viaggi curati da porta a porta", "trasferte senza pensieri", "itinerari con il piano B"),
        (
            "A trip from me is one itinerary with tickets, addresses, a dinner nearby and a plan for the strike.",
            "I watch fares and rebook while you are in the air, so the delay is solved when you land.",
            "Expenses are done the day after you are back, with every receipt in its place.",
        ),
        (
            "Un viaggio è un solo itinerario: biglietti, indirizzi, una cena vicina e l'alternativa allo sciopero.",
            "Seguo voli e treni mentre viaggi: quando atterri, la coincidenza persa è già sostituita.",
            "La nota spese è pronta il giorno dopo il rientro, con ogni ricevuta al suo posto.",
        ),
    ),
    "meetings": Work(
        ("minutes by the same evening", "board meetings prepared", "meetings that end with decisions"),
        ("verbali pronti in serata", "riunioni preparate bene", "riunioni che finiscono con decisioni"),
        (
            "I prepare the pack, take the minutes and chase the actions until they are done.",
            "Minutes are with everybody the same evening: decisions first, discussion in two lines.",
            "I have sat in on board meetings for six years and know what must not be written down.",
        ),
        (
            "Preparo il materiale, scrivo il verbale e seguo gli impegni presi finché non sono chiusi.",
            "Il verbale arriva in serata: prima le decisioni, poi la discussione in due righe.",
            "Ho seguito consigli di amministrazione per sei anni e so che cosa non va messo per iscritto.",
        ),
    ),
    "newsletters": Work(
        ("newsletters people open", "mailings sent on time", "lists that stay clean"),
        ("newsletter che si leggono", "invii puntuali", "liste sempre pulite"),
        (
            "I write and send newsletters that sound like a person, and tell you each month what was read.",
            "Your mailing list stays clean, lawful and sorted by what people asked for.",
            "From your notes to a finished mailing I need a day and one round of comments.",
        ),
        (
            "Scrivo e spedisco newsletter con la voce di una persona, e ogni mese ti dico che cosa è stato letto.",
            "La lista dei contatti resta pulita, in regola e divisa secondo gli interessi di ciascuno.",
            "Dai tuoi appunti all'invio mi bastano un giorno e un solo giro di correzioni.",
        ),
    ),
    "online_profiles": Work(
        ("profiles that get answers", "LinkedIn kept alive", "reviews answered kindly"),
        ("profili che ricevono risposte", "LinkedIn sempre vivo", "recensioni curate con garbo"),
        (
            "I keep LinkedIn and Google profiles current, and answer reviews before they grow into a story.",
            "Once a week I go through requests and comments and leave you only the ones worth your time.",
        ),
        (
            "Tengo aggiornati i profili LinkedIn e Google e rispondo alle recensioni prima che diventino un problema.",
            "Una volta alla settimana passo richieste e commenti, e ti lascio solo quelli che meritano il tuo tempo.",
        ),
    ),
    "website": Work(
        ("websites kept fresh", "shops without broken pages", "WordPress without worries"),
        ("siti sempre aggiornati", "negozi online senza intoppi", "WordPress senza pensieri"),
        (
            "I update pages, prices and pictures the day they change, and test the forms every Monday.",
            "Backups, updates and broken links: the dull part of a website is the part I am good at.",
            "I read your analytics and send five lines a month that say what to do about them.",
        ),
        (
            "Aggiorno pagine, prezzi e foto il giorno stesso, e ogni lunedì provo tutti i moduli.",
            "Copie di sicurezza, aggiornamenti, link rotti: la parte noiosa di un sito è quella che so fare meglio.",
            "Leggo le statistiche e ogni mese mando cinque righe che dicono che cosa farne.",
        ),
    ),
    "social_media": Work(
        ("posts planned a month ahead", "social media with a plan", "comments answered within hours"),
        ("post pronti con un mese di anticipo", "social con un piano", "commenti seguiti ora per ora"),
        (
            "I plan a month of posts in a morning with you, then make, publish and answer them alone.",
            "I cut short videos from whatever you record on your phone between two appointments.",
            "No dances, no slogans: posts that a customer would show to a colleague.",
        ),
        (
            "In una mattina pianifichiamo un mese di post; poi li preparo, li pubblico e rispondo da sol{o}.",
            "Dai video girati col telefono tra un appuntamento e l'altro ricavo clip brevi e curate.",
            "Niente balletti né slogan: post che un cliente mostrerebbe a un collega.",
        ),
    ),
    "bookkeeping": Work(
        ("books ready for the accountant", "invoices out on the first", "reconciled to the cent"),
        ("prima nota e fatture in ordine", "conti che tornano al centesimo", "fatture puntuali"),
        (
            "Invoices go out on the first of the month and reminders on the fifteenth, politely and always.",
            "Bank lines are reconciled weekly, so your accountant gets a folder instead of a shoebox.",
            "I have brought overdue invoices from ninety days to twenty-five, without one unfriendly letter.",
        ),
        (
            "Le fatture partono il primo del mese e i solleciti il quindici, con cortesia e senza eccezioni.",
            "Riconcilio la banca ogni settimana: al commercialista arriva una cartella, non una scatola di scontrini.",
            "Ho portato gli incassi da novanta a venticinque giorni senza una sola lettera sgarbata.",
        ),
    ),
    "research": Work(
        ("research with sources", "market notes on two pages", "answers instead of links"),
        ("ricerche con le fonti", "analisi di mercato in due pagine", "risposte con le fonti alla mano"),
        (
            "Ask me a question and you get two pages with sources, not forty open tabs.",
            "I compare suppliers, grants and competitors, and say plainly what I could not find out.",
        ),
        (
            "A una domanda rispondo con due pagine e le fonti, non con quaranta schede aperte.",
            "Confronto fornitori, bandi e concorrenti, e dico con chiarezza che cosa non sono riuscit{o} a trovare.",
        ),
    ),
    "events": Work(
        ("events guests remember", "webinars without hiccups", "conferences run to the minute"),
        ("eventi che restano impressi", "webinar senza intoppi", "congressi al minuto"),
        (
            "From twelve guests at dinner to four hundred at a conference: one list, one budget, one person to call.",
            "I run webinars from the invitation to the recording, so speakers only need to speak.",
        ),
        (
            "Dalla cena per dodici al convegno per quattrocento: una lista, un budget, una persona da chiamare.",
            "Seguo i webinar dall'invito alla registrazione: chi parla deve pensare solo a parlare.",
        ),
    ),
    "errands": Work(
        ("private matters handled", "home and office in step", "gifts that arrive on time"),
        ("commissioni e vita privata in ordine", "casa e ufficio al passo", "regali che arrivano in tempo"),
        (
            "Birthdays, insurances, the plumber: I run the private list with the same care as the business one.",
            "Household papers, school forms and renewals have dates, and I keep them.",
        ),
        (
            "Compleanni, assicurazioni, idraulico: la lista privata ha la stessa cura di quella di lavoro.",
            "Bollette, moduli della scuola e rinnovi hanno una scadenza, e io la rispetto.",
        ),
    ),
    "customer_care": Work(
        ("customers answered kindly", "support with a human voice", "tickets closed the same day"),
        ("clienti ascoltati", "assistenza con voce umana", "richieste chiuse in giornata"),
        (
            "I answer customers within two hours, write down what they keep asking, and fix the page that causes it.",
            "Refunds, delays and angry letters are the mails I do first.",
        ),
        (
            "Rispondo ai clienti entro due ore, annoto le domande ricorrenti e correggo la pagina che le provoca.",
            "Rimborsi, ritardi e lettere arrabbiate sono i messaggi a cui rispondo per primi.",
        ),
    ),
    "sales_support": Work(
        ("a CRM you can trust", "quotes out within the hour", "leads followed up"),
        ("un CRM affidabile", "preventivi entro un'ora", "contatti seguiti fino in fondo"),
        (
            "Quotes leave within the hour, follow-ups on the third day, and the CRM says what was really promised.",
            "I research leads by hand; twenty good names are worth more than two thousand bought ones.",
        ),
        (
            "I preventivi partono entro un'ora, i richiami il terzo giorno, e il CRM dice che cosa è stato promesso.",
            "Cerco i contatti a mano: venti nomi buoni valgono più di duemila comprati.",
        ),
    ),
    "recruiting": Work(
        ("hiring without loose ends", "candidates kept informed", "first days that go well"),
        ("selezioni senza ritardi", "candidati sempre informati", "primi giorni senza intoppi"),
        (
            "Every candidate hears back within two days; that alone has won clients their best people.",
            "I read applications, book interviews and prepare the papers for the first day.",
        ),
        (
            "Ogni candidato riceve risposta entro due giorni: già questo ha portato le persone migliori.",
            "Leggo le candidature, fisso i colloqui e preparo i documenti del primo giorno.",
        ),
    ),
    "project": Work(
        ("projects that keep their dates", "boards that tell the truth", "teams kept in step"),
        ("progetti nei tempi", "scadenze sotto controllo", "gruppi di lavoro allineati"),
        (
            "I keep the board honest: what is late is shown as late, with a name and a next step.",
            "On Fridays you get one message with what was done, what slips, and what I need from you.",
        ),
        (
            "Tengo sincera la bacheca: ciò che è in ritardo si vede, con un nome e un passo successivo.",
            "Il venerdì arriva un messaggio: che cosa è stato fatto, che cosa slitta, che cosa mi serve da te.",
        ),
    ),
    "presentations": Work(
        ("slides that say one thing each", "decks ready overnight", "presentations that persuade"),
        ("presentazioni chiare", "diapositive pronte in una notte", "slide che dicono una cosa sola"),
        (
            "I turn notes and spreadsheets into slides that each say one thing.",
            "Send me the draft in the evening; a clean deck in your style is there at breakfast.",
        ),
        (
            "Da appunti e fogli di calcolo ricavo diapositive che dicono una cosa sola ciascuna.",
            "Mandami la bozza la sera: a colazione trovi la presentazione finita, nel tuo stile.",
        ),
    ),
    "translation": Work(
        ("texts at home in two languages", "translations that read like originals", "bilingual correspondence"),
        ("testi a casa in due lingue", "traduzioni che sembrano originali", "corrispondenza bilingue"),
        (
            "I translate what an office writes: offers, letters, web pages, the speech for the anniversary.",
            "I keep a glossary for each client, so your product has one name in every language.",
        ),
        (
            "Traduco ciò che scrive un ufficio: offerte, lettere, pagine web, il discorso dell'anniversario.",
            "Per ogni cliente tengo un glossario: il prodotto ha un solo nome in ogni lingua.",
        ),
    ),
    "phone": Work(
        ("calls answered with a smile", "nobody kept on hold", "a friendly first voice"),
        ("telefonate accolte con un sorriso", "nessuno in attesa", "una prima voce cordiale"),
        (
            "Your callers hear your company's name and a person; you get the message in writing a minute later.",
            "I filter calls firmly and kindly, and put through the ones you are waiting for.",
        ),
        (
            "Chi chiama sente il nome della tua azienda e una persona; un minuto dopo hai il messaggio per iscritto.",
            "Filtro le telefonate con fermezza e gentilezza, e ti passo quelle che aspetti.",
        ),
    ),
}

TRADES_EN: Lines = (
    "law firms",
    "architects",
    "software start-ups",
    "consultancies",
    "doctors' practices",
    "family businesses",
    "online shops",
    "estate agents",
    "non-profits",
    "publishing houses",
    "winemakers",
    "coaches and trainers",
    "investment boutiques",
    "small hotels",
    "engineering offices",
    "creative agencies",
)
TRADES_IT: Lines = (
    "studi legali",
    "studi di architettura",
    "start-up tecnologiche",
    "società di consulenza",
    "studi medici",
    "imprese di famiglia",
    "negozi online",
    "agenzie immobiliari",
    "associazioni senza scopo di lucro",
    "case editrici",
    "cantine e aziende agricole",
    "formatori e coach",
    "piccoli alberghi",
    "studi di ingegneria",
    "agenzie di comunicazione",
    "artigiani con clienti all'estero",
)

OPENINGS_EN: dict[str, Lines] = {
    "executive": (
        "For {years} years I have been the person next to the person in charge, most of them with {trade}.",
        "I was chief of staff in all but name for {trade} in {city}, and have worked on my own for {years} years.",
        "Executives come to me when their week has become somebody else's plan. I give it back.",
        "I started as a management assistant in {city}, {years} years and five managing directors ago.",
        "I work for two or three people at a time, mostly {trade}, and I know their business, not only their calendar.",
        "What I do best is decide the small things, so that you can decide the large ones.",
        "{years} years beside founders and directors have taught me to ask early and worry late.",
        "My clients say that I run their office from {city} as if I sat next door.",
    ),
    "administrative": (
        "I have worked in offices for {years} years, and from my own in {city} since I had the choice.",
        "{city} is where I live; the offices I look after are anywhere with a connection.",
        "I like work that other people put off until Friday.",
        "Before I went independent I ran the front office of {trade} for {years} years.",
        "Small businesses are my world: {trade}, above all, and the chaos that comes with growing.",
        "I am the one who reads the instructions, and then writes shorter ones.",
        "After {years} years with {trade} I know which papers can wait and which cannot.",
        "I began with a few hours for a friend's company; today I look after {trade} and their paperwork.",
    ),
}
OPENINGS_IT: dict[str, Lines] = {
    "executive": (
        "Da {years} anni lavoro accanto a chi decide, soprattutto con {trade}.",
        "Sono stat{o} per {years} anni il braccio destro di una direzione generale a {city}; ora lavoro in proprio.",
        "Chi dirige mi chiama quando la settimana è diventata il piano di qualcun altro. Io la restituisco.",
        "Ho cominciato come assistente di direzione a {city}, {years} anni e cinque amministratori delegati fa.",
        "Seguo due o tre persone alla volta, per lo più {trade}, e conosco il loro lavoro, non solo la loro agenda.",
        "La cosa che so fare meglio è decidere le cose piccole, perché tu possa decidere quelle grandi.",
        "{years} anni accanto a imprenditrici e direttori mi hanno insegnato a chiedere presto e ad agitarmi tardi.",
        "Chi lavora con me dice che da {city} seguo l'ufficio come se fossi nella stanza accanto.",
    ),
    "administrative": (
        "Lavoro in segreteria da {years} anni, e dal mio studio di {city} da quando ho potuto scegliere.",
        "Vivo a {city}; gli uffici che seguo sono ovunque ci sia una connessione.",
        "Mi piace il lavoro che gli altri rimandano al venerdì.",
        "Prima di mettermi in proprio ho gestito per {years} anni la segreteria di {trade}.",
        "Le piccole imprese sono il mio mondo: {trade}, soprattutto, e il disordine che nasce crescendo.",
        "Sono {un} assistente che legge le istruzioni, e poi ne scrive di più corte.",
        "Dopo {years} anni con {trade} so quali carte possono aspettare e quali no.",
        "Ho iniziato con poche ore per l'azienda di amici; oggi seguo {trade} e le loro scartoffie.",
    ),
}
TOOLS_EN: Lines = (
    "My daily tools are {tools}.",
    "I am at home in {tools}, and learn what you use in a weekend.",
    "You will find me in {tools} most of the day.",
    "I bring {tools}; everything else I pick up from your team.",
    "Where it helps I work with {tools}, and I document what I set up.",
)
TOOLS_IT: Lines = (
    "I miei strumenti di ogni giorno sono {tools}.",
    "Conosco bene {tools}, e quello che usi tu lo imparo in un fine settimana.",
    "Gran parte della giornata la passo tra {tools}.",
    "Porto con me {tools}; il resto lo imparo dal tuo gruppo.",
    "Dove serve uso {tools}, e lascio sempre scritto come ho impostato le cose.",
)
WAYS_EN: Lines = (
    "Every task gets a date from me, and if the date is in danger you hear of it before, not after.",
    "I write short messages and read long ones.",
    "We speak for fifteen minutes on Monday and write for the rest of the week.",
    "I keep a handbook of how you like things done; should I ever be ill, my stand-in can work from it.",
    "Confidentiality is not a clause for me but a habit: two devices, encrypted, nobody else at the table.",
    "I say no to what I cannot do well, and usually know somebody who can.",
    "You will get a list of what I decided for you every Friday, with reasons.",
    "Mornings are for your inbox, afternoons for whatever needs a quiet head.",
    "I ask all my questions in one message, never in nine.",
    "My hours are logged to the quarter with a note on each, so an invoice never surprises.",
    "I answer within the hour while I work, and not at all while I do not.",
    "The first week I mostly watch and ask; from the second on you notice.",
)
WAYS_IT: Lines = (
    "Ogni compito ha una data, e se la data è a rischio lo sai prima, non dopo.",
    "Scrivo messaggi brevi e leggo quelli lunghi.",
    "Ci sentiamo un quarto d'ora il lunedì; per il resto della settimana ci scriviamo.",
    "Tengo un manuale di come ti piacciono le cose: se mi ammalo, chi mi sostituisce sa che cosa fare.",
    "La riservatezza per me non è una clausola ma un'abitudine: due dispositivi cifrati e nessun altro al tavolo.",
    "Dico di no a ciò che non so fare bene, e di solito conosco chi sa farlo.",
    "Ogni venerdì mando l'elenco di ciò che ho deciso per te, con i motivi.",
    "La mattina è per la posta, il pomeriggio per ciò che chiede calma.",
    "Faccio tutte le domande in un solo messaggio, mai in nove.",
    "Segno le ore al quarto d'ora con una nota per ciascuna: la fattura non è mai una sorpresa.",
    "Quando lavoro rispondo entro l'ora; quando non lavoro, non rispondo.",
    "La prima settimana soprattutto osservo e chiedo; dalla seconda si vede la differenza.",
)
CLOSINGS_EN: Lines = (
    "Tell me what you did last Sunday night that you should not have; that is where we start.",
    "If that sounds like your office, send me a brief and I will tell you honestly whether I am the right person.",
    "I take on one new client at a time.",
    "References are a phone call away; two of my clients have been with me since the first year.",
    "Outside work I sing in a choir, which is also a matter of listening.",
    "I speak plainly, also about money: my rates are on this page and stay there for a year.",
    "A trial of two weeks tells us both more than ten interviews.",
    "When I am not working I am on a bicycle, reachable again on Monday.",
    "I have room for a few regular hours a week and prefer clients who stay.",
    "You keep your evenings; that is the whole offer.",
)
CLOSINGS_IT: Lines = (
    "Raccontami che cosa hai fatto domenica sera e non avresti dovuto fare tu: si comincia da lì.",
    "Se ti riconosci, mandami una richiesta: ti dirò con franchezza se sono la persona giusta.",
    "Accetto un nuovo cliente alla volta.",
    "Le referenze sono a una telefonata di distanza; due clienti sono con me dal primo anno.",
    "Fuori dal lavoro canto in un coro, che è anche quello un modo di ascoltare.",
    "Parlo chiaro, anche di soldi: le tariffe sono in questa pagina e restano ferme per un anno.",
    "Due settimane di prova dicono a entrambi più di dieci colloqui.",
    "Quando non lavoro sono in bicicletta, di nuovo raggiungibile il lunedì.",
    "Ho posto per qualche ora fissa alla settimana e preferisco i clienti che restano.",
    "Tu ti riprendi le serate: l'offerta è tutta qui.",
)
LANGUAGES_EN: Lines = (
    "I work in {languages}.",
    "Letters in {languages} leave my desk without a translator.",
    "Calls in {languages} are no effort to me.",
)
LANGUAGES_IT: Lines = (
    "Lavoro in {languages}.",
    "Le lettere in {languages} escono dalla mia scrivania senza traduttore.",
    "Telefonare in {languages} non mi costa fatica.",
)

HEADLINES_EN: dict[str, Lines] = {
    "executive": (
        "Executive assistant: {first} and {second}",
        "Your right hand for {first}",
        "Executive support for {trade}: {first}",
        "{First}, and a calm head when it matters",
        "Chief of staff by the hour: {first}, {second}",
        "{years} years beside directors: {first}",
        "{First}, {second}, and small decisions taken for you",
    ),
    "administrative": (
        "{First} and {second}",
        "Virtual assistant: {first}, {second}",
        "{First} for {trade}",
        "{First}: {years} years in the office, now in yours",
        "The office of {trade}, kept in order: {first}",
        "{First}, done by Friday",
        "{First} and everything that keeps an office going",
    ),
}
HEADLINES_IT: dict[str, Lines] = {
    "executive": (
        "Assistente di direzione: {first} e {second}",
        "Il tuo braccio destro: {first}",
        "Al fianco di {trade}: {first}",
        "{First}, e sangue freddo quando serve",
        "Segreteria di direzione a distanza: {first}, {second}",
        "{years} anni accanto a chi decide: {first}",
        "{First}, {second} e piccole decisioni prese per te",
    ),
    "administrative": (
        "{First} e {second}",
        "Assistente virtuale: {first}, {second}",
        "{First} per {trade}",
        "{First}: {years} anni di segreteria al tuo servizio",
        "Segreteria a distanza per {trade}: {first}",
        "{First}, entro venerdì",
        "{First} e tutto ciò che fa funzionare un ufficio",
    ),
}
