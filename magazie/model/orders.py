"""What an order is: its parts, its lines over time, its states. Rules without I/O."""

import enum
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec
from msgspec.structs import replace

from magazie.model.bundles import Parts, part_wanted


class LineKind(enum.StrEnum):
    """Whether a line moves goods."""

    PRODUCT = "product"
    SERVICE = "service"


class Fulfilment(enum.StrEnum):
    """How far the goods are."""

    OPEN = "open"
    PICKING = "picking"
    PICKED = "picked"
    PART_SHIPPED = "part_shipped"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class Invoicing(enum.StrEnum):
    """How far the papers are."""

    NONE = "none"
    PART = "part"
    ALL = "all"


class OrderStatus(enum.StrEnum):
    """One word for people, derived from the axes and never stored."""

    TAKEN = "taken"
    RESERVED = "reserved"
    SHORT = "short"
    PICKING = "picking"
    PICKED = "picked"
    SHIPPED = "shipped"
    INVOICED = "invoiced"
    CANCELLED = "cancelled"


class Address(msgspec.Struct, frozen=True, gc=False):
    """Where goods or papers go; texts as the source wrote them, letters in comma form."""

    name: str = ""
    company: str = ""
    phone: str = ""
    email: str = ""
    county: str = ""
    city: str = ""
    address: str = ""
    postcode: str = ""
    country: str = ""


class Company(msgspec.Struct, frozen=True, gc=False):
    """The legal person on a bill."""

    name: str
    tax_id: str = ""
    registration: str = ""
    bank: str = ""
    iban: str = ""


class Discount(msgspec.Struct, frozen=True, gc=False):
    """A positive amount taken off the whole order."""

    name: str
    value_bani: int
    voucher: str = ""


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """How the order travels and what that costs."""

    name: str = ""
    fee_bani: int = 0
    locker_id: str = ""
    due_ms: int | None = None


class Payment(msgspec.Struct, frozen=True, gc=False):
    """How the customer pays; shops give a free name, no key."""

    name: str = ""
    online: bool = False
    completed: bool = False


class Carrier(msgspec.Struct, frozen=True, gc=False):
    """Who carries the parcel, and its number (AWB) there; empty until the source tells."""

    name: str = ""
    awb: str = ""


class OrderDetails(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What an order says beside its lines; stored as one document."""

    customer: Address = Address()
    billing: Address = Address()
    shipping: Address = Address()
    company: Company | None = None
    discounts: tuple[Discount, ...] = ()
    delivery: Delivery = Delivery()
    payment: Payment = Payment()
    observation: str = ""
    sales_channel: str = ""
    customer_id: str = ""
    carrier: Carrier = Carrier()


class OrderLine(msgspec.Struct, frozen=True, gc=False):
    """One line, numbered here at intake for good. ``price_e4`` is the final gross unit price.

    A line the source dropped stays with quantity 0. ``parts`` are what a line on a bundle claims:
    the bundle's parts as they were when the line was linked. ``released_milli`` was not found by
    a picker and is let go: ordered, and wanted no more.
    """

    line: int
    kind: LineKind
    item_id: str
    sku: str
    ean: str
    name: str
    product_id: int | None
    quantity_milli: int
    picked_milli: int
    price_e4: int
    base_price_e4: int | None
    vat_rate_e2: int | None
    parts: Parts = ()
    released_milli: int = 0

    @property
    def wanted_milli(self) -> int:
        """How much is to leave in all."""
        return self.quantity_milli - self.released_milli

    @property
    def is_parked(self) -> bool:
        """Goods of which we do not know the product: the line waits for a link."""
        return self.product_id is None and self.kind is LineKind.PRODUCT and self.quantity_milli > 0


class SeenLine(Protocol):
    """A line as a later read of the source shows it."""

    @property
    def kind(self) -> LineKind: ...  # noqa: D102 - as OrderLine
    @property
    def item_id(self) -> str: ...  # noqa: D102
    @property
    def sku(self) -> str: ...  # noqa: D102
    @property
    def ean(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def quantity_milli(self) -> int: ...  # noqa: D102
    @property
    def price_e4(self) -> int: ...  # noqa: D102
    @property
    def base_price_e4(self) -> int | None: ...  # noqa: D102
    @property
    def vat_rate_e2(self) -> int | None: ...  # noqa: D102


def follow_lines(known: Sequence[OrderLine], seen: Sequence[SeenLine]) -> tuple[OrderLine, ...]:
    """Bring known lines to what was seen now.

    Shops give no line ids: a line is the k-th occurrence of its item id, else of its SKU, and
    of its name where it has neither. All item ids are found first: a line that only shares
    the SKU does not take the place of the item's own. Numbers never change and are never
    given again; a linked line keeps its product; new lines come unlinked; lines no longer
    there keep quantity 0.
    """
    free = {line.line: line for line in known}
    found: dict[int, OrderLine] = {}
    for key_of in (_item_key, _sku_key, _name_key):
        waiting: defaultdict[_LineKey | None, deque[OrderLine]] = defaultdict(deque)
        for old in free.values():
            waiting[key_of(old)].append(old)
        for place, line in enumerate(seen):
            key = key_of(line)
            if place not in found and key is not None and waiting[key]:
                found[place] = free.pop(waiting[key].popleft().line)
    result = {
        number: replace(old, quantity_milli=0, released_milli=0) for number, old in free.items()
    }
    following = max((line.line for line in known), default=0) + 1
    for place, line in enumerate(seen):
        before = found.get(place)
        number = following if before is None else before.line
        following += before is None
        result[number] = _as_seen(number, line, before)
    return tuple(result[number] for number in sorted(result))


_LineKey = tuple[LineKind, str]


def _item_key(line: SeenLine) -> _LineKey | None:
    return (line.kind, line.item_id) if line.item_id else None


def _sku_key(line: SeenLine) -> _LineKey | None:
    return (line.kind, line.sku) if line.sku else None


def _name_key(line: SeenLine) -> _LineKey | None:
    return None if line.item_id or line.sku else (line.kind, line.name)


def _as_seen(number: int, seen: SeenLine, old: OrderLine | None) -> OrderLine:
    return OrderLine(
        line=number,
        kind=seen.kind,
        item_id=seen.item_id,
        sku=seen.sku,
        ean=seen.ean,
        name=seen.name,
        product_id=old.product_id if old is not None else None,
        quantity_milli=seen.quantity_milli,
        picked_milli=old.picked_milli if old is not None else 0,
        price_e4=seen.price_e4,
        base_price_e4=seen.base_price_e4,
        vat_rate_e2=seen.vat_rate_e2,
        parts=old.parts if old is not None else (),
        released_milli=min(old.released_milli, seen.quantity_milli) if old is not None else 0,
    )


def claims_of(
    lines: Iterable[OrderLine], *, cancelled: bool
) -> dict[int, dict[int, tuple[int, int]]]:
    """What the order should claim: product → line → (ordered, picked), in thousandths.

    Every product that any line ever named appears, so that what is no longer wanted is
    released. A cancelled order wants nothing.
    """
    claims: dict[int, dict[int, tuple[int, int]]] = {}
    for line in lines:
        if line.product_id is None or line.kind is not LineKind.PRODUCT:
            continue
        if line.parts:
            _claim_parts(claims, line, wants=not cancelled)
            continue
        mine = claims.setdefault(line.product_id, {})
        if line.wanted_milli and not cancelled:
            mine[line.line] = (line.wanted_milli, line.picked_milli)
    return claims


def _claim_parts(
    claims: dict[int, dict[int, tuple[int, int]]], line: OrderLine, *, wants: bool
) -> None:
    for part in line.parts:
        mine = claims.setdefault(part.product_id, {})
        if line.wanted_milli and wants:
            mine[line.line] = (
                part_wanted(line.wanted_milli, part),
                part_wanted(line.picked_milli, part),
            )


def derive_status(
    fulfilment: Fulfilment,
    invoicing: Invoicing,
    *,
    claims_owed: bool,
    shortage_milli: int,
    parked_lines: int,
) -> OrderStatus:
    """One word for people."""
    if fulfilment is Fulfilment.CANCELLED:
        return OrderStatus.CANCELLED
    if invoicing is Invoicing.ALL:
        return OrderStatus.INVOICED
    plain = _PLAIN.get(fulfilment)
    if plain is not None:
        return plain
    if claims_owed:
        return OrderStatus.TAKEN
    return OrderStatus.SHORT if shortage_milli or parked_lines else OrderStatus.RESERVED


_PLAIN: Mapping[Fulfilment, OrderStatus] = {
    Fulfilment.PICKING: OrderStatus.PICKING,
    Fulfilment.PICKED: OrderStatus.PICKED,
    Fulfilment.PART_SHIPPED: OrderStatus.SHIPPED,
    Fulfilment.SHIPPED: OrderStatus.SHIPPED,
}
