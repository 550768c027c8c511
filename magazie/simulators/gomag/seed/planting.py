"""Planting in a shop what an import must see through, at places that are then known."""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

from magazie.simulators.gomag.odd_pictures import LOCAL_FILE, PRIVATE_ADDRESS, OddPicture
from magazie.simulators.gomag.planted import KnownGoods, Plant, Planted, PlantKind
from magazie.simulators.gomag.records import Product
from magazie.simulators.gomag.seed.barcodes import JUNK, check_digit
from magazie.simulators.gomag.state import ShopState

LEAST_PRODUCTS = 300
"""A shop with fewer has no room for everything that is planted."""

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_PLACEHOLDERS = ("0", "-", "", "0000000000000")
_PLACEHOLDER_EANS = ("0", "-", "0000000000000") * 2
_JUNK_EANS = (
    "https://exemplu.example/p/12",
    "https://exemplu.example/p/34",
    "https://exemplu.example/p/56",
    "N/A",
    "594ABC0000017",
)
_TWINS: tuple[tuple[PlantKind, Callable[[str], str]], ...] = (
    (PlantKind.SKU_CASE, str.lower),
    (PlantKind.SKU_CASE, str.title),
    (PlantKind.SKU_CASE, str.swapcase),
    (PlantKind.SKU_SPACES, lambda sku: f" {sku}"),
    (PlantKind.SKU_SPACES, lambda sku: f"{sku} "),
    (PlantKind.SKU_SPACES, lambda sku: sku.replace("-", " - ")),
    (PlantKind.SKU_NO_BREAK_SPACE, lambda sku: f"{sku}{_NO_BREAK_SPACE}"),
    (PlantKind.SKU_NO_BREAK_SPACE, lambda sku: sku.replace("-", f"{_NO_BREAK_SPACE}-")),
    (PlantKind.SKU_FULL_WIDTH, lambda sku: sku.translate(_FULL_WIDTH)),
    (PlantKind.SKU_FULL_WIDTH, lambda sku: sku[:4].translate(_FULL_WIDTH) + sku[4:]),
    (PlantKind.SKU_REPEATED, str),
    (PlantKind.SKU_REPEATED, str),
)
_SCRIPTS = (
    "<p>Bun.</p><script>alert('magazin')</script>",
    '<p>Bun.</p><img src="x" onerror="alert(1)">',
    '<p><a href="javascript:alert(1)">Detalii</a></p>',
    '<p>Bun.</p><iframe src="https://exemplu.example/"></iframe><style>p{display:none}</style>',
)
_ODD_PICTURES: tuple[tuple[PlantKind, OddPicture, int], ...] = (
    (PlantKind.PICTURE_MISSING, OddPicture.MISSING, 3),
    (PlantKind.PICTURE_EMPTY, OddPicture.EMPTY, 2),
    (PlantKind.PICTURE_WEB_PAGE, OddPicture.WEB_PAGE, 2),
    (PlantKind.PICTURE_CUT, OddPicture.CUT, 1),
    (PlantKind.PICTURE_TOO_LARGE, OddPicture.TOO_LARGE, 1),
    (PlantKind.PICTURE_STALLS, OddPicture.STALLS, 1),
    (PlantKind.PICTURE_TO_LOOPBACK, OddPicture.TO_LOOPBACK, 1),
    (PlantKind.PICTURE_TO_PRIVATE, OddPicture.TO_PRIVATE, 1),
    (PlantKind.PICTURE_TO_ITSELF, OddPicture.TO_ITSELF, 1),
)
_FOREIGN_PICTURES = (
    (PlantKind.PICTURE_PRIVATE, PRIVATE_ADDRESS),
    (PlantKind.PICTURE_FILE, LOCAL_FILE),
)
_BUNDLES = ((1_000, 1_000), (2_000, 1_000), (1_000, 3_000, 1_000))


class Planter:
    """Makes a shop odd in every way of ``PlantKind``, and in none of them elsewhere."""

    def __init__(self, state: ShopState, random: Random) -> None:
        self._state = state
        self._catalogue = state.catalogue
        self._plants: list[Plant] = []
        self._known: list[KnownGoods] = []
        self._eans = _fresh_eans(state)
        self._tidy()
        self._room = self._plain_products(random)

    def plant(self) -> Planted:
        """Plant everything, each oddity on products of its own."""
        self._plant_twins()
        self._plant_codes()
        self._plant_known()
        self._plant_conflicts()
        self._plant_pictures()
        self._plant_bundles()
        for script in _SCRIPTS:
            product = self._next()
            product.description = script
            self._note(PlantKind.DESCRIPTION_SCRIPT, script, product)
        self._note_families()
        return Planted(plants=tuple(self._plants), known=tuple(self._known))

    def _tidy(self) -> None:
        """Take away what chance made odd in the ways that are planted."""
        shared = Counter(product.ean for product in self._catalogue.products.values())
        for product in self._catalogue.products.values():
            if product.ean in JUNK or shared[product.ean] > 1:
                self._catalogue.relabel(product, "")
            product.bundle = []
            product.images = [
                name for name in product.images if not name.startswith(OddPicture.MISSING)
            ]

    def _plain_products(self, random: Random) -> Iterator[Product]:
        """Products that are not versions, on sale for lei, in a random order."""
        groups = Counter(product.parent for product in self._catalogue.products.values())
        plain = [
            product
            for product in self._catalogue.products.values()
            if groups[product.parent] == 1
            and product.enabled
            and product.stock_managed
            and product.currency == "RON"
            and product.categories
        ]
        random.shuffle(plain)
        return iter(plain)

    def _next(self) -> Product:
        return next(self._room)

    def _note(self, kind: PlantKind, detail: str, *products: Product) -> None:
        ids = tuple(product.id for product in products)
        self._plants.append(Plant(kind=kind, products=ids, detail=detail))

    def _know(self, code: str, ean: str) -> None:
        name = f"Din depozit {len(self._known) + 1}"
        self._known.append(KnownGoods(code=code, ean=ean, name=name))

    def _label(self, ean: str) -> Product:
        product = self._next()
        self._catalogue.relabel(product, ean)
        return product

    def _plant_twins(self) -> None:
        for kind, spelled in _TWINS:
            older, newer = sorted((self._label(""), self._label("")), key=lambda p: p.id)
            sku = spelled(older.sku)
            self._catalogue.rename(newer, sku)
            self._note(kind, sku, older, newer)

    def _plant_codes(self) -> None:
        for _ in range(3):
            ean = next(self._eans)
            pair = sorted((self._label(ean), self._label(ean)), key=lambda p: p.id)
            self._note(PlantKind.EAN_SHARED, ean, *pair)
        for sku in _PLACEHOLDERS:
            product = self._label("")
            self._catalogue.rename(product, sku)
            self._note(PlantKind.SKU_PLACEHOLDER, sku, product)
        for kind, eans in (
            (PlantKind.EAN_PLACEHOLDER, _PLACEHOLDER_EANS),
            (PlantKind.EAN_JUNK, _JUNK_EANS),
        ):
            for ean in eans:
                self._note(kind, ean, self._label(ean))

    def _plant_known(self) -> None:
        for _ in range(3):
            product = self._label("")
            self._know(product.sku, "")
            self._note(PlantKind.KNOWN_BY_SKU, product.sku, product)
        for _ in range(3):
            ean = next(self._eans)
            self._know(f"DEP-{ean[-5:]}", ean)
            self._note(PlantKind.KNOWN_BY_EAN, ean, self._label(ean))
        for _ in range(2):
            ean = next(self._eans)
            product = self._label(ean)
            self._know(product.sku, ean)
            self._note(PlantKind.KNOWN_BY_BOTH, product.sku, product)
        for number, (kind, lost) in enumerate(
            ((PlantKind.UPC, 1), (PlantKind.UPC_LOST_ZERO, 2)) * 2
        ):
            digits = f"0071234{number:05d}"
            ean = digits + check_digit(digits)
            self._know(f"DEP-UPC-{number + 1}", ean)
            self._note(kind, ean[lost:], self._label(ean[lost:]))

    def _plant_conflicts(self) -> None:
        for _ in range(4):
            ean = next(self._eans)
            product = self._label(ean)
            self._know(product.sku, "")
            self._know(f"DEP-{ean[-5:]}", ean)
            self._note(PlantKind.CONFLICT, ean, product)

    def _plant_pictures(self) -> None:
        for kind, odd, count in _ODD_PICTURES:
            for _ in range(count):
                product = self._next()
                name = f"{odd}-{product.id}.png"
                product.images.append(name)
                self._note(kind, name, product)
        for kind, address in _FOREIGN_PICTURES:
            product = self._next()
            product.images.append(address)
            self._note(kind, address, product)
        for _ in range(2):
            product = self._next()
            name = f"{product.slug}-1.png"
            product.images = [name, name]
            self._note(PlantKind.PICTURE_REPEATED, name, product)

    def _plant_bundles(self) -> None:
        for quantities in _BUNDLES:
            bundle = self._next()
            bundle.bundle = [(self._next().sku, quantity) for quantity in quantities]
            self._note(PlantKind.BUNDLE, bundle.sku, bundle)
        bundle, unknown = self._next(), "NU-SE-VINDE"
        bundle.bundle = [(self._next().sku, 1_000), (unknown, 1_000)]
        self._note(PlantKind.BUNDLE_UNKNOWN_PART, unknown, bundle)

    def _note_families(self) -> None:
        groups: dict[int, list[Product]] = {}
        for product in self._catalogue.products.values():
            groups.setdefault(product.parent, []).append(product)
        for versions in groups.values():
            if len(versions) > 1:
                self._note(PlantKind.FAMILY, versions[0].group_key, *versions)


def _fresh_eans(state: ShopState) -> Iterator[str]:
    """Codes with right check digits that no product of the shop has."""
    for number in range(10**6):
        digits = f"594123{number:06d}"
        ean = digits + check_digit(digits)
        if not state.catalogue.by_ean(ean):
            yield ean
