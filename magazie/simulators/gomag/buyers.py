"""People and firms who order, made up."""

from collections.abc import Mapping
from random import Random

from magazie.simulators.gomag.catalogue import slug
from magazie.simulators.gomag.order_records import Buyer, Company, Customer

_FIRST = (
    "Ana", "Ștefan", "Măriuca", "Ionuț", "Țuca", "Gheorghiţă", "Ruxandra", "Călin", "Smaranda",
    "Vlăduț", "Sânziana", "Octavian", "Ilinca", "Mircea", "Ileana-Maria", "Dănuț",
)  # fmt: skip
_LAST = (
    "Popescu", "Ionescu", "Ţepeş", "Brătianu", "Mureșan", "Lăcătușu", "Știrbei", "Câmpeanu",
    "Vasilescu", "Dobrogeanu", "Şerban", "Țăranu", "Niculae", "Bălan", "Rădulescu-Motru",
)  # fmt: skip
_STREETS = (
    "Str. Mihai Eminescu", "Bd. Unirii", "Calea Moşilor", "Str. Ştefan cel Mare", "Aleea Căuzași",
    "Str. Horea", "Șos. Pantelimon", "Str. Nicolae Bălcescu", "Intrarea Țesătorilor",
)  # fmt: skip
_PLACES = (
    ("București", "Bucuresti", "010011"), ("Sector 3", "Bucureşti", "030167"),
    ("Cluj-Napoca", "Cluj", "400001"), ("Iași", "Iasi", "700001"), ("Iaşi", "Iaşi", ""),
    ("Târgu Mureș", "Mureș", "540001"), ("Tîrgu Mureş", "Mures", ""),
    ("Constanța", "Constanța", "900001"), ("Brașov", "Brasov", "500001"),
    ("Timișoara", "Timiș", "300001"), ("Vălenii de Munte", "Prahova", "106400"),
    ("Sfântu Gheorghe", "Covasna", "520001"), ("Voluntari", "Ilfov", "077190"),
)  # fmt: skip
_FIRMS = (
    "Brutăria Spicul", "Atelier Țesut", "Farmacia Șoimului", "Construct Făgăraș",
    "Cafeneaua Zorilor", "Grădina Băneasa", "Editura Vântul", "Servicii Ştiinţifice",
)  # fmt: skip
_TAX_KEY = (7, 5, 3, 2, 1, 7, 5, 3, 2)

_FIRM_SHARE = 0.18
_ACCOUNT_SHARE = 0.5


def random_buyer(random: Random, customers: Mapping[int, Customer]) -> Buyer:
    """Draw who orders: half the time an account of the shop, else a guest."""
    if customers and random.random() < _ACCOUNT_SHARE:
        return customers[random.choice(list(customers))].buyer
    return new_buyer(random)


def new_buyer(random: Random, customer_id: int = 0) -> Buyer:
    """Make up a private person or, less often, a firm."""
    firstname, lastname = random.choice(_FIRST), random.choice(_LAST)
    city, region, zipcode = random.choice(_PLACES)
    company = None
    if random.random() < _FIRM_SHARE:
        company = _company(random)
    return Buyer(
        firstname=firstname,
        lastname=lastname,
        phone=f"07{random.randrange(10**8):08d}",
        email=f"{slug(firstname)}.{slug(lastname)}{random.randrange(100)}@posta.example",
        address=f"{random.choice(_STREETS)} nr. {random.randint(1, 140)}",
        city=city,
        region=region,
        zipcode=zipcode,
        company=company,
        customer_id=customer_id,
    )


def _company(random: Random) -> Company:
    code = _tax_code(random)
    county, serial, year = random.randint(1, 40), random.randint(10, 9999), random.randint(95, 124)
    return Company(
        name=f"{random.choice(_FIRMS)} SRL",
        code=random.choice((f"RO{code}", f"RO {code}", code)),
        registration=f"J{county}/{serial}/{1900 + year}",
        bank=random.choice(("Banca Exemplu", "")),
        iban="",
    )


def _tax_code(random: Random) -> str:
    """Return a Romanian tax code whose check digit is right."""
    digits = f"{random.randint(10**6, 10**7 - 1)}"
    padded = digits.rjust(len(_TAX_KEY), "0")
    total = sum(int(digit) * weight for digit, weight in zip(padded, _TAX_KEY, strict=True))
    return f"{digits}{total * 10 % 11 % 10}"
