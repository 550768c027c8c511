from collections.abc import Callable
from random import Random

from msgspec import Struct

from magazie.simulators.gomag.catalogue import slug
from magazie.simulators.gomag.figures import without_vat
from magazie.simulators.gomag.records import (
    Attribute,
    AttributeValue,
    Product,
    StockStatus,
)
from magazie.simulators.gomag.romanian_time import local_text
from magazie.simulators.gomag.seed.barcodes import JUNK, BarcodeMaker
from magazie.simulators.gomag.seed.goods import (
    ADJECTIVES,
    BRANDS,
    COLOURS,
    DELIVERY_TIMES,
    LEFTOVER_CATEGORIES,
    MATERIALS,
    ORIGINS,
    SENTENCES,
    SHELVES,
    SIZES,
    VOLUMES,
    Shelf,
)
from magazie.simulators.gomag.state import ShopState

_DAY_MS = 86_400_000
_CEDILLA = str.maketrans("șțȘȚ", "şţŞŢ")
_LARGEST_FAMILY = 5
_AXES = {
    "culoare": ("Culoare", COLOURS),
    "marime": ("Mărime", SIZES),
    "volum": ("Volum", VOLUMES),
}
_FRACTIONAL = frozenset({"kg", "m"})


class _Family(Struct, kw_only=True):
    """What the versions of one product share."""

    shelf: Shelf
    name: str
    code: str
    brand: str | None
    base_price_e4: int
    leaf: int
    created: str
    updated: str
    description: str


class CatalogueSeed:
    """Fills a shop's shelves from a seed, with the untidiness that real ones have."""

    def __init__(self, state: ShopState, random: Random, now_ms: int) -> None:
        self._state = state
        self._random = random
        self._now_ms = now_ms
        self._barcodes = BarcodeMaker(random)
        self._leaves: dict[tuple[str, ...], int] = {}
        self._attributes: dict[str, Attribute] = {}
        self._last_ean = ""

    def fill(self, products: int) -> None:
        """Make the tree, attributes and brands, then so many sellable products."""
        self._grow_tree()
        self._make_attributes()
        self._found_brands()
        made = 0
        number = 0
        while made < products:
            number += 1
            made += self._make_family(number, products - made)

    def repeat_skus(self, count: int) -> None:
        """Give so many products the SKU of an older one."""
        products = list(self._state.catalogue.products.values())
        for newer in self._random.sample(products[1:], count):
            older = self._random.choice([p for p in products if p.id < newer.id])
            self._state.catalogue.rename(newer, older.sku)

    def _grow_tree(self) -> None:
        catalogue = self._state.catalogue
        for shelf in SHELVES:
            self._leaves[shelf.path] = catalogue.category_at(shelf.path, reuse=True)
        for name in LEFTOVER_CATEGORIES:
            catalogue.add_category(name, 0, position=9)

    def _make_attributes(self) -> None:
        plain = (
            ("material", "Material", "multipleselect"),
            ("tara", "Țara de origine", "dropdown"),
            ("observatii", "Observații", "textarea"),
        )
        for key, name, kind in plain:
            self._attributes[key] = self._state.catalogue.attribute(key=key, name=name, kind=kind)
        for key, (name, _) in _AXES.items():
            made = self._state.catalogue.attribute(key=key, name=name)
            made.is_version = True
            self._attributes[key] = made
        nameless = self._state.catalogue.attribute(key="vechi", name="Atribut #6")
        nameless.key = ""

    def _found_brands(self) -> None:
        for name in BRANDS:
            brand = self._state.catalogue.brand_named(name)
            if self._chance(0.6):
                brand.image = f"{brand.slug}-logo.png"

    def _make_family(self, number: int, room: int) -> int:
        random = self._random
        shelf = random.choice(SHELVES)
        size = 1
        if shelf.axis and self._chance(0.45):
            size = min(room, random.randint(2, _LARGEST_FAMILY))
        if self._chance(0.3):  # products deleted long ago
            self._state.catalogue.skip_ids(random.randint(1, 4))
        family = self._family(shelf, number)
        if size == 1:
            self._state.catalogue.add(self._product(family, family.code, family.name))
            return 1
        values = random.sample(_AXES[shelf.axis][1], size)
        parent = 0
        for value in values:
            sku = f"{family.code}-{slug(value).upper()[:6]}"
            product = self._product(family, sku, f"{family.name}, {value}")
            parent = parent or product.id
            product.parent = parent
            product.group_key = family.code
            self._value(product, shelf.axis, value, of_version=True)
            self._state.catalogue.add(product)
        return size

    def _family(self, shelf: Shelf, number: int) -> _Family:
        random = self._random
        noun = random.choice(shelf.nouns)
        brand = random.choice(BRANDS)
        name = self._spelled(f"{noun} {random.choice(ADJECTIVES)} {brand}")
        created_ms = self._now_ms - random.randint(40, 1_500) * _DAY_MS
        updated_ms = self._now_ms - random.randint(0, 40) * _DAY_MS - random.randrange(_DAY_MS)
        return _Family(
            shelf=shelf,
            name=name,
            code=f"{slug(noun).replace('-', '')[:4].upper()}-{number:05d}",
            brand=brand if self._chance(0.93) else random.choice((None, "")),
            base_price_e4=self._price_e4(shelf),
            leaf=self._leaves[shelf.path],
            created=local_text(created_ms),
            updated=local_text(max(created_ms, updated_ms)),
            description=self._description(name),
        )

    def _product(self, family: _Family, sku: str, name: str) -> Product:
        random = self._random
        shelf = family.shelf
        product_id = self._state.catalogue.next_product_id()
        product = Product(
            id=product_id,
            sku=sku,
            name=name,
            slug=f"{slug(name)}-{product_id}",
            parent=product_id,
            group_key=sku if self._chance(0.7) else "",
            ean=self._ean(),
            brand=family.brand,
            description=family.description,
            short_description="" if self._chance(0.5) else f"<p>{name}</p>\r\n",
            search_keys=slug(name).replace("-", " "),
            weight_milli=random.choice((0, 120, 350, 800, 1_250, 4_000)),
            enabled=self._chance(0.95),
            base_price_e4=family.base_price_e4,
            vat_e2=shelf.vat_e2,
            unit=shelf.unit,
            delivery_time=random.choice(DELIVERY_TIMES),
            created=family.created,
            updated=family.updated,
        )
        self._price(product)
        self._stock(product)
        self._place(product, family.leaf)
        self._describe(product)
        return product

    def _price_e4(self, shelf: Shelf) -> int:
        whole_lei = self._random.randint(shelf.cheapest, shelf.dearest) // 100
        return whole_lei * 10_000 + self._random.choice((9_900, 9_900, 9_900, 5_000, 0))

    def _price(self, product: Product) -> None:
        kinds = ("plain", "promotion", "net", "euro")
        kind = self._random.choices(kinds, (84, 12, 3, 1))[0]
        if kind == "promotion":
            product.special_price_e4 = product.base_price_e4 * 85 // 100
        elif kind == "net":  # with the decimals that taking VAT out leaves
            product.vat_included = False
            product.base_price_e4 = without_vat(product.base_price_e4, product.vat_e2)
        elif kind == "euro":
            product.currency = "EUR"
            product.base_price_e4 //= 5

    def _stock(self, product: Product) -> None:
        random = self._random
        if self._chance(0.12):
            product.stock_milli = 0
        elif product.unit in _FRACTIONAL:
            product.stock_milli = random.randint(1, 600) * 100
        else:
            product.stock_milli = random.choice((1, 2, 3, 5, 8, 12, 20, 45, 111)) * 1_000
        if self._chance(0.05):
            product.stock_managed = False
        if self._chance(0.04):  # sold before it is there
            product.backorders = True
            product.stock_status = random.choice((StockStatus.PREORDER, StockStatus.ORDER))
        elif product.stock_milli == 0 and product.stock_managed:
            product.stock_status = StockStatus.NOT_IN_STOCK

    def _place(self, product: Product, leaf: int) -> None:
        random = self._random
        if self._chance(0.01):  # in no category
            return
        # Keys that count up from 0 are told as a list, all others as a map.
        first = 0 if self._chance(0.08) else random.randint(1, 4)
        product.categories[first] = leaf
        if self._chance(0.2):
            gap = 1 if first == 0 else random.randint(1, 7)
            product.categories[first + gap] = random.choice(list(self._leaves.values()))

    def _describe(self, product: Product) -> None:
        random = self._random
        self._value(product, "tara", random.choice(ORIGINS))
        if self._chance(0.5):
            self._value(product, "material", *random.sample(MATERIALS, random.randint(1, 2)))
        if self._chance(0.05):
            self._value(product, "observatii", "A se feri de îngheț.\r\nNu se returnează.")
        if self._chance(0.01):
            parts = list(self._state.catalogue.products.values())[-2:]
            product.bundle = [(part.sku, 1_000) for part in parts]
        pictures = random.choice((0, 1, 1, 1, 2, 3))
        product.images = [f"{product.slug}-{i + 1}.png" for i in range(pictures)]
        if self._chance(0.005):  # a picture that is gone
            product.images.append(f"lipsa-{product.id}.png")

    def _value(self, product: Product, key: str, *values: str, of_version: bool = False) -> None:
        attribute = self._attributes[key]
        product.attributes.append(AttributeValue(attribute.id, values, of_version))
        self._state.catalogue.note_values(attribute.id, values)

    def _ean(self) -> str:
        makers: tuple[Callable[[], str], ...] = (
            self._barcodes.ean13,
            str,
            lambda: self._random.choice(JUNK),
            lambda: self._last_ean,
            self._barcodes.ean8,
            self._barcodes.upc,
        )
        make = self._random.choices(makers, (790, 120, 35, 5, 25, 25))[0]
        self._last_ean = make()
        return self._last_ean

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _spelled(self, text: str) -> str:
        """Write some texts with the old cedilla letters, as half the keyboards did."""
        return text.translate(_CEDILLA) if self._chance(0.2) else text

    def _description(self, name: str) -> str:
        if self._chance(0.1):
            return ""
        first, second = self._random.sample(SENTENCES, 2)
        text = self._spelled(f"<p><strong>{name}</strong></p>\r\n<p>{first} {second}</p>\r\n")
        if self._chance(0.3):  # pasted from an editor that writes entities
            return "".join(c if c.isascii() else f"&#{ord(c)};" for c in text) + "&nbsp;"
        return text
