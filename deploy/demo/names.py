"""Countries that the invented assistants live in: first names (women's, men's), surnames, cities with their zones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """`share` of a thousand assistants. `rates` are what an hour costs there, in whole units of `currency`.

    `languages` are spoken natively; `cities` are names and IANA zones.
    """

    share: int
    currency: str
    rates: tuple[int, int]
    languages: tuple[str, ...]
    cities: tuple[tuple[str, str], ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    surnames: tuple[str, ...]


def _names(text: str) -> tuple[str, ...]:
    """Names apart; an underscore stands for the space within one."""
    return tuple(name.replace("_", " ") for name in text.split())


def _cities(zone: str, text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, zone) for name in _names(text))


COUNTRIES: dict[str, Country] = {
    "it": Country(
        360,
        "EUR",
        (18, 48),
        ("it",),
        _cities(
            "Europe/Rome",
            "Milano Torino Bologna Firenze Roma Napoli Verona Padova Trieste Genova Bari Palermo Cagliari Parma Trento "
            "Perugia Lecce Modena Bergamo Ancona Lucca Pescara Udine Catania",
        ),
        _names(
            "Giulia Chiara Francesca Martina Alessia Silvia Elisa Valentina Federica Ilaria Laura Paola Roberta Sara "
            "Marta Beatrice Caterina Claudia Cristina Daniela Donatella Eleonora Emanuela Gaia Irene Lucia Margherita "
            "Michela Monica Nadia Ornella Raffaella Serena Simona Teresa Viola Noemi Rachele Antonella Carlotta"
        ),
        _names("Andrea Matteo Davide Simone Riccardo Stefano Paolo Giovanni Emanuele Nicola Fabio Pietro Tommaso Elia"),
        _names(
            "Ferrari Esposito Romano Colombo Ricci Marino Greco Bruno Gallo Costa Giordano Mancini Rizzo Lombardi "
            "Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo Gentile Vitale "
            "Lombardo Serra Coppola De_Santis D'Angelo Marchetti Parisi Villa Conte Ferraro Ferri Fabbri Bianco Marini "
            "Grasso Valentini Messina Sala De_Angelis Gatti Pellegrini Palumbo Sanna Farina Monti Cattaneo Morelli "
            "Amato Silvestri Mazza Testa Grassi Pellegrino Carbone Giuliani Benedetti Barone Rossetti Caputo Montanari"
        ),
    ),
    "gb": Country(
        120,
        "GBP",
        (17, 48),
        ("en",),
        _cities(
            "Europe/London", "London Leeds Bristol Manchester Edinburgh Cardiff Brighton Norwich York Glasgow Bath"
        ),
        _names(
            "Emma Charlotte Hannah Lucy Rebecca Olivia Megan Harriet Alice Beth Georgia Eleanor Imogen Naomi Priya "
            "Aisha Fiona Gemma Kirsty Nicola Rosie Tamsin Zara Chloe"
        ),
        _names("Oliver Tom Daniel Ben Callum Harry Samuel Rhys Adam Imran Edward"),
        _names(
            "Hughes Turner Walker Wright Green Baker Clarke Cooper Ward Hill Morris Bennett Fletcher Shah Ellis Holmes "
            "Barnes Palmer Chapman Fraser Murray Stewart Griffiths Okafor Khan Ahmed Marsh Lloyd Rowe Pearce Sutton "
            "Whitaker Ashworth"
        ),
    ),
    "us": Country(
        120,
        "USD",
        (18, 58),
        ("en",),
        (
            *_cities("America/New_York", "Boston Atlanta Philadelphia Charlotte Pittsburgh"),
            *_cities("America/Chicago", "Chicago Austin Minneapolis Nashville"),
            *_cities("America/Denver", "Denver Boulder"),
            *_cities("America/Los_Angeles", "Seattle Portland Sacramento San_Diego"),
        ),
        _names(
            "Ashley Jessica Amanda Brittany Megan Lauren Kayla Rachel Danielle Natalie Vanessa Monique Gabriela Amy "
            "Allison Erin Jasmine Tiffany Whitney Paige Renee Dana Leah"
        ),
        _names("Michael Ryan Brandon Jordan Tyler Marcus Kevin Nathan Luis Derek Andre"),
        _names(
            "Johnson Davis Anderson Thompson Garcia Martinez Robinson Lewis Young Allen King Scott Rivera Campbell "
            "Mitchell Parker Collins Edwards Reed Cook Bailey Cox Howard Brooks Price Jenkins Foster Hayes Simmons "
            "Washington Nguyen Kim Patterson"
        ),
    ),
    "ph": Country(
        80,
        "USD",
        (7, 18),
        ("tl",),
        _cities("Asia/Manila", "Manila Cebu Davao Iloilo Baguio Makati"),
        _names("Maria Angelica Kristine Jasmine Rowena Liza Marites Joy Bianca Camille Andrea Katrina Grace Mylene"),
        _names("Mark Paolo Jerome Miguel Carlo Rafael Jun Dennis"),
        _names(
            "Santos Reyes Cruz Bautista Ocampo Garcia Mendoza Torres Castillo Flores Villanueva Ramos Aquino Navarro "
            "Salazar Mercado Soriano Dizon Pascual Tolentino"
        ),
    ),
    "ro": Country(
        45,
        "EUR",
        (10, 24),
        ("ro",),
        _cities("Europe/Bucharest", "Bucharest Cluj Iași Timișoara Brașov"),
        _names("Ioana Andreea Elena Mihaela Alexandra Raluca Cristina Simona Oana Diana Roxana"),
        _names("Andrei Mihai Alexandru Radu Vlad Bogdan"),
        _names("Popescu Ionescu Popa Dumitru Stan Gheorghe Matei Marin Florea Constantin Munteanu Rusu Barbu Nistor"),
    ),
    "pl": Country(
        40,
        "EUR",
        (12, 28),
        ("pl",),
        _cities("Europe/Warsaw", "Warsaw Kraków Wrocław Gdańsk Poznań"),
        _names("Katarzyna Magdalena Agnieszka Joanna Monika Karolina Zuzanna Aleksandra Ewa Natalia"),
        _names("Piotr Tomasz Jakub Michał Paweł"),
        _names("Nowak Wójcik Kowalczyk Mazur Krawczyk Zając Dudek Wieczorek Pawlak Walczak Sikora Baran Duda Szewczyk"),
    ),
    "es": Country(
        40,
        "EUR",
        (14, 36),
        ("es",),
        _cities("Europe/Madrid", "Madrid Barcelona Valencia Sevilla Bilbao Málaga"),
        _names("Lucía María Carmen Marta Paula Laura Ana Raquel Beatriz Inés Nuria Pilar"),
        _names("Javier Carlos Álvaro Diego Sergio Pablo"),
        _names(
            "Fernández López Martínez Sánchez Pérez Gómez Ruiz Díaz Moreno Álvarez Romero Navarro Domínguez Vázquez"
        ),
    ),
    "de": Country(
        40,
        "EUR",
        (24, 58),
        ("de",),
        _cities("Europe/Berlin", "Berlin Hamburg München Köln Leipzig Freiburg"),
        _names("Anna Lena Katharina Julia Sabine Christina Nina Franziska Johanna Miriam Petra Svenja"),
        _names("Jonas Lukas Felix Tobias Markus Jan"),
        _names(
            "Müller Schmidt Fischer Weber Wagner Becker Hoffmann Koch Richter Klein Wolf Neumann Schwarz Krüger Vogt"
        ),
    ),
    "fr": Country(
        30,
        "EUR",
        (20, 48),
        ("fr",),
        _cities("Europe/Paris", "Paris Lyon Nantes Bordeaux Lille Grenoble"),
        _names("Camille Claire Sophie Julie Émilie Mathilde Hélène Aurélie Céline Manon"),
        _names("Julien Antoine Nicolas Étienne Hugo"),
        _names("Martin Bernard Dubois Laurent Lefèvre Moreau Girard Roux Fournier Mercier Blanc Garnier Faure"),
    ),
    "pt": Country(
        28,
        "EUR",
        (12, 30),
        ("pt",),
        _cities("Europe/Lisbon", "Lisboa Porto Coimbra Braga"),
        _names("Inês Mariana Catarina Sofia Rita Joana Beatriz Teresa"),
        _names("João Tiago Pedro Rui Miguel"),
        _names("Silva Ferreira Pereira Oliveira Rodrigues Martins Sousa Fernandes Gonçalves Carvalho Almeida Pinto"),
    ),
    "in": Country(
        28,
        "USD",
        (8, 22),
        ("hi",),
        _cities("Asia/Kolkata", "Mumbai Pune Bengaluru Delhi Chennai"),
        _names("Ananya Kavya Neha Pooja Divya Shreya Meera Ritu"),
        _names("Rahul Arjun Vikram Rohan Karan"),
        _names("Sharma Patel Iyer Nair Gupta Mehta Reddy Kulkarni Joshi Banerjee Desai Menon"),
    ),
    "ch": Country(
        24,
        "CHF",
        (35, 90),
        ("de",),
        _cities("Europe/Zurich", "Zürich Basel Bern Luzern St._Gallen"),
        _names("Nadja Corinne Ursina Seraina Andrea Regula Flavia Melanie"),
        _names("Reto Beat Luca Samuel Christoph"),
        _names("Meier Keller Huber Steiner Baumann Frei Gerber Graf Wyss Zimmermann Brunner Suter Kunz"),
    ),
    "ti": Country(
        15,
        "CHF",
        (35, 80),
        ("it",),
        _cities("Europe/Zurich", "Lugano Locarno Bellinzona"),
        _names("Chiara Nicoletta Lara Tania Sabrina Manuela"),
        _names("Mattia Ivan Fabrizio Samuele"),
        _names("Bernasconi Pedrazzini Cattori Ghielmetti Lepori Bianchetti Crivelli Quadri Soldati Camponovo"),
    ),
    "nl": Country(
        12,
        "EUR",
        (24, 52),
        ("nl",),
        _cities("Europe/Amsterdam", "Amsterdam Utrecht Rotterdam Haarlem"),
        _names("Sanne Lotte Femke Marieke Anouk"),
        _names("Bram Jeroen Daan"),
        _names("de_Vries Jansen Bakker Visser Smit Meijer Mulder Bos Dekker"),
    ),
    "ie": Country(
        12,
        "EUR",
        (22, 48),
        ("en",),
        _cities("Europe/Dublin", "Dublin Cork Galway Limerick"),
        _names("Aoife Niamh Ciara Siobhán Orla"),
        _names("Conor Cian Declan"),
        _names("Murphy Kelly Byrne Ryan O'Connor Doyle Nolan Gallagher Kavanagh"),
    ),
    "za": Country(
        16,
        "GBP",
        (10, 24),
        ("en",),
        _cities("Africa/Johannesburg", "Cape_Town Johannesburg Durban Stellenbosch"),
        _names("Lindiwe Thandi Anneke Nomsa Carla Zanele Michelle"),
        _names("Sipho Johan Themba"),
        _names("Nkosi Dlamini Botha Naidoo van_Wyk Mokoena Pillay Jacobs Khumalo"),
    ),
    "ca": Country(
        12,
        "CAD",
        (25, 60),
        ("en", "fr"),
        (*_cities("America/Toronto", "Toronto Ottawa Montréal"), *_cities("America/Vancouver", "Vancouver Victoria")),
        _names("Amélie Kelsey Simone Heather Chantal"),
        _names("Liam Mathieu Noah"),
        _names("Tremblay MacDonald Roy Gagnon Singh Campbell Bouchard Chan"),
    ),
    "ua": Country(
        14,
        "EUR",
        (9, 22),
        ("uk",),
        _cities("Europe/Kyiv", "Kyiv Lviv Odesa"),
        _names("Oksana Iryna Olena Daria Sofiia Nataliia"),
        _names("Dmytro Taras Andrii"),
        _names("Shevchenko Kovalenko Bondarenko Tkachenko Melnyk Marchenko Savchenko Lysenko"),
    ),
    "br": Country(
        10,
        "USD",
        (10, 26),
        ("pt",),
        _cities("America/Sao_Paulo", "São_Paulo Curitiba Florianópolis"),
        _names("Fernanda Juliana Letícia Camila"),
        _names("Rafael Gustavo Thiago"),
        _names("Souza Lima Barbosa Ribeiro Cardoso Teixeira Moura"),
    ),
    "au": Country(
        12,
        "AUD",
        (30, 70),
        ("en",),
        (*_cities("Australia/Sydney", "Sydney Newcastle"), *_cities("Australia/Melbourne", "Melbourne Hobart")),
        _names("Isla Matilda Jess Tegan Freya"),
        _names("Lachlan Angus Josh"),
        _names("Taylor Wilson Nguyen Harrison Kelly Davies McKenzie"),
    ),
    "se": Country(
        8,
        "SEK",
        (240, 560),
        ("sv",),
        _cities("Europe/Stockholm", "Stockholm Göteborg Malmö Uppsala"),
        _names("Elsa Maja Linnea Karin"),
        _names("Erik Oskar Nils"),
        _names("Andersson Johansson Nilsson Lindberg Bergström Sandberg"),
    ),
}
