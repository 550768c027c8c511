"""What a shop's catalogue holds. Prices in 1/10000, stock and weight in thousandths."""

from enum import StrEnum

from msgspec import Struct, field


class StockStatus(StrEnum):
    """What a product page says of availability."""

    IN_STOCK = "instock"
    NOT_IN_STOCK = "notinstock"
    PREORDER = "preorder"
    ORDER = "order"


class Category(Struct):
    """One node of the category tree; ``parent`` is 0 for a root."""

    id: int
    name: str
    parent: int
    depth: int
    position: int


class Attribute(Struct, kw_only=True):
    """A characteristic; values are free text kept on each product."""

    id: int
    key: str
    type: str
    name: str
    is_version: bool = False
    position: int = 0
    options: dict[str, None] = field(default_factory=dict)
    """Values seen so far, in order of appearance."""


class Brand(Struct):
    """A maker; ``image`` is a picture's name or empty."""

    id: int
    name: str
    slug: str
    image: str


class AttributeValue(Struct, frozen=True):
    """One characteristic of one product."""

    attribute: int
    values: tuple[str, ...]
    of_version: bool = False


class Product(Struct, kw_only=True):
    """A sellable row. Every version is one; siblings share ``parent`` and ``group_key``."""

    id: int
    sku: str
    name: str
    slug: str
    parent: int
    group_key: str = ""
    ean: str = ""
    brand: str | None = None
    description: str = ""
    short_description: str = ""
    html_title: str = ""
    html_description: str = ""
    search_keys: str = ""
    feed_description: str = ""
    categories: dict[int, int] = field(default_factory=dict)
    """Leaf category by index; the indices have gaps."""
    attributes: list[AttributeValue] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    """Names of pictures the shop serves, or whole addresses."""
    image_sources: list[str] = field(default_factory=list)
    """Addresses that pictures were imported from."""
    bundle: list[tuple[str, int]] = field(default_factory=list)
    """Parts of a set: SKU and quantity in thousandths."""
    weight_milli: int = 0
    enabled: bool = True
    stock_managed: bool = True
    backorders: bool = False
    stock_milli: int = 0
    stock_status: StockStatus = StockStatus.IN_STOCK
    base_price_e4: int = 0
    special_price_e4: int | None = None
    list_price_e4: int | None = None
    vat_included: bool = True
    vat_e2: int = 2100
    currency: str = "RON"
    ecotax_e4: int = 0
    unit: str = "buc"
    delivery_time: str = ""
    delivery_time_type: str = "text"
    created: str = ""
    updated: str = ""

    @property
    def price_e4(self) -> int:
        """What a buyer pays: the promotional price while there is one."""
        return self.base_price_e4 if self.special_price_e4 is None else self.special_price_e4
