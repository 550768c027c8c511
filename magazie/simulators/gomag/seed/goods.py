"""What a made-up Romanian shop sells. Everything here is invented."""

from msgspec import Struct

FOOD_VAT_E2 = 1100
USUAL_VAT_E2 = 2100

COLOURS = ("Roșu", "Albastru", "Verde smarald", "Negru", "Alb", "Gri-închis", "Galben muștar")
SIZES = ("XS", "S", "M", "L", "XL", "XXL")
VOLUMES = ("250 ml", "330 ml", "500 ml", "1 l", "2,5 l")
MATERIALS = (
    "Bumbac",
    "Inox",
    "Ceramică",
    "Sticlă",
    "Lemn de fag",
    "Oțel carbon",
    "Lână",
    "Plastic",
)
ORIGINS = ("România", "Germania", "Italia", "Polonia", "Republica Moldova", "Turcia")
BRANDS = (
    "Argeș", "Casa Bunicii", "Țesătorul", "Oltina", "Brăduț", "Făgurel", "Mureşana", "Cărbunele",
    "Nord & Sud", "Ursulețul", "Vatra", "Izvorul Rece", "Livada Înaltă", "Scripcariu", "Zmeura",
    "Pro-Grădina", "Trei Stejari", "Lut și Foc", "Ață & Ac", "Stâna Veche",
)  # fmt: skip
ADJECTIVES = (
    "Clasic", "Rustic", "Ușor", "Premium", "de sărbătoare", "pentru începători", "Înalt", "Compact",
    "Țărănesc", "Elegant", "cu capac", "Natur", "Dublu", "XXL", "reciclat", "Retro",
)  # fmt: skip
SENTENCES = (
    "Făcut cu grijă în atelierele noastre, din materii prime alese.",
    "Rezistă la folosire zilnică și se curăță ușor.",
    "Îl poți dărui: vine într-o cutie frumoasă.",
    "Culoarea poate să difere puțin față de fotografie.",
    "Garanție 24 de luni; retur în 14 zile.",
    "Păstraţi într-un loc răcoros, ferit de lumină.",
)
DELIVERY_TIMES = ("", "24-48 ore", "2-3 zile", "5 zile lucrătoare")


class Shelf(Struct, frozen=True):
    """A leaf of the category tree and what is found there. Prices in bani."""

    path: tuple[str, ...]
    nouns: tuple[str, ...]
    cheapest: int
    dearest: int
    axis: str = ""
    """What versions differ in: ``culoare``, ``marime``, ``volum``, or nothing."""
    vat_e2: int = USUAL_VAT_E2
    unit: str = "buc"


SHELVES = (
    Shelf(
        ("Bucătărie", "Vase de gătit", "Oale și cratițe"),
        ("Oală", "Cratiță", "Ceaun"),
        4900,
        39900,
        "volum",
    ),
    Shelf(("Bucătărie", "Vase de gătit", "Tigăi"), ("Tigaie", "Tigaie wok"), 5900, 29900),
    Shelf(
        ("Bucătărie", "Veselă", "Căni"),
        ("Cană", "Cană emailată", "Set cană &amp; farfurioară"),
        1900,
        8900,
        "culoare",
    ),
    Shelf(
        ("Bucătărie", "Veselă", "Farfurii"),
        ("Farfurie întinsă", "Farfurie adâncă"),
        1500,
        7900,
        "culoare",
    ),
    Shelf(
        ("Bucătărie", "Ustensile", "Accesorii"),
        ("Polonic", "Tel", "Spatulă", "Răzătoare"),
        990,
        5900,
    ),
    Shelf(("Casă", "Textile", "Prosoape"), ("Prosop", "Set prosoape"), 2900, 14900, "culoare"),
    Shelf(
        ("Casă", "Textile", "Lenjerii de pat"),
        ("Lenjerie de pat", "Cearşaf cu elastic"),
        9900,
        39900,
        "culoare",
    ),
    Shelf(
        ("Casă", "Textile", "Țesături la metru"),
        ("Pânză topită", "Țesătură in"),
        2500,
        9900,
        "",
        USUAL_VAT_E2,
        "m",
    ),
    Shelf(
        ("Casă", "Curățenie", "Detergenți"),
        ("Detergent vase", "Soluție geamuri"),
        990,
        4900,
        "volum",
    ),
    Shelf(("Casă", "Curățenie", "Accesorii"), ("Lavetă", "Mop", "Găleată"), 790, 8900),
    Shelf(("Grădină", "Unelte", "Tăiere"), ("Foarfecă de vie", "Fierăstrău"), 3900, 24900),
    Shelf(("Grădină", "Unelte", "Săpat"), ("Cazma", "Greblă", "Sapă"), 2900, 15900),
    Shelf(("Grădină", "Plante", "Semințe"), ("Semințe roșii", "Semințe țelină"), 390, 1900),
    Shelf(
        ("Alimente", "Ceai și cafea", "Ceaiuri"),
        ("Ceai de tei", "Ceai de măceșe"),
        1200,
        4900,
        "",
        FOOD_VAT_E2,
    ),
    Shelf(
        ("Alimente", "Ceai și cafea", "Cafea boabe"),
        ("Cafea", "Cafea decofeinizată"),
        4900,
        14900,
        "",
        FOOD_VAT_E2,
        "kg",
    ),
    Shelf(
        ("Alimente", "Cămară", "Miere și dulceață"),
        ("Miere de salcâm", "Dulceață de vişine"),
        1900,
        6900,
        "",
        FOOD_VAT_E2,
    ),
    Shelf(
        ("Alimente", "Cămară", "La cântar"),
        ("Făină de secară", "Nuci", "Fasole boabe"),
        900,
        5900,
        "",
        FOOD_VAT_E2,
        "kg",
    ),
    Shelf(
        ("Cărți și papetărie", "Cărți", "Copii"),
        ("Carte de colorat", "Povești"),
        1900,
        6900,
        "",
        FOOD_VAT_E2,
    ),
    Shelf(
        ("Cărți și papetărie", "Cărți", "Beletristică"),
        ("Roman", "Nuvele"),
        2900,
        9900,
        "",
        FOOD_VAT_E2,
    ),
    Shelf(("Cărți și papetărie", "Papetărie", "Caiete"), ("Caiet", "Agendă"), 590, 8900, "culoare"),
    Shelf(("Îmbrăcăminte", "Femei", "Rochii"), ("Rochie", "Fustă"), 8900, 44900, "marime"),
    Shelf(("Îmbrăcăminte", "Femei", "Ii"), ("Ie", "Ie brodată"), 14900, 69900, "marime"),
    Shelf(("Îmbrăcăminte", "Bărbați", "Cămăși"), ("Cămașă", "Cămaşă in"), 9900, 29900, "marime"),
    Shelf(("Îmbrăcăminte", "Bărbați", "Tricouri"), ("Tricou", "Maiou"), 3900, 12900, "marime"),
    Shelf(("Animale", "Câini", "Accesorii"), ("Lesă", "Zgardă", "Castron"), 1500, 12900, "marime"),
)

LEFTOVER_CATEGORIES = ("", "test-11", " Oferte ", "Reduceri & Lichidări")
"""Roots that shops gather: nameless, trials, names with stray spaces."""
