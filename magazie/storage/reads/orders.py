"""Orders as they are shown: with what each line holds in stock."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from magazie.model.bundles import bundles_in, held_bundles
from magazie.model.orders import Address, Company, Fulfilment, Invoicing, LineKind, OrderStatus
from magazie.model.romanian_letters import fold
from magazie.storage.orders import Order, load_by_id
from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch

FIELDS = {
    "id": "o.id",
    "placed_at": "o.placed_at_ms",
    "changed_at": "o.changed_ms",
    "number": "o.number",
    "total": "o.total_bani",
}
_SOURCE = Source("o.id", "orders AS o", FIELDS, unique=("id",))

_WANTED = "max(0, c.ordered_milli - c.shipped_milli)"
_CLAIM_OF_LINE = (
    "claims AS c ON c.product_id = l.product_id AND c.warehouse = o.warehouse"
    " AND c.order_id = o.id AND c.line = l.line"
)
_CLAIM_OF_PART = (
    "claims AS c ON c.product_id = p.part_id AND c.warehouse = o.warehouse"
    " AND c.order_id = o.id AND c.line = p.line"
)
_IS_SHORT = (
    "(EXISTS (SELECT 1 FROM order_lines AS l WHERE l.order_id = o.id AND l.product_id IS NULL"
    " AND l.kind = 'product' AND l.quantity_milli > 0)"
    f" OR EXISTS (SELECT 1 FROM order_lines AS l JOIN {_CLAIM_OF_LINE}"
    f" WHERE l.order_id = o.id AND {_WANTED} > c.reserved_milli)"
    f" OR EXISTS (SELECT 1 FROM order_line_parts AS p JOIN {_CLAIM_OF_PART}"
    f" WHERE p.order_id = o.id AND {_WANTED} > c.reserved_milli))"
)
_HAS_PARTS = (
    "EXISTS (SELECT 1 FROM order_line_parts AS p WHERE p.order_id = l.order_id AND p.line = l.line)"
)
# That the claims are set is noted a moment after they are: they themselves tell it first.
_IS_RESERVING = (
    "(o.claims_set < o.claims_wanted AND (EXISTS (SELECT 1 FROM order_lines AS l"
    f" LEFT JOIN {_CLAIM_OF_LINE} WHERE l.order_id = o.id AND l.product_id IS NOT NULL"
    f" AND l.kind = 'product' AND l.quantity_milli > 0 AND NOT {_HAS_PARTS}"
    " AND ifnull(c.revision, 0) < o.claims_wanted)"
    f" OR EXISTS (SELECT 1 FROM order_line_parts AS p LEFT JOIN {_CLAIM_OF_PART}"
    " WHERE p.order_id = o.id AND ifnull(c.revision, 0) < o.claims_wanted)))"
)
_IS_TAKEN_ONLY = f"(o.warehouse IS NULL OR {_IS_RESERVING})"
_OPEN = "o.invoicing <> 'all' AND o.fulfilment = 'open'"
# the same rules as model.orders.derive_status, turned into filters
_WITH_STATUS: Mapping[OrderStatus, str] = {
    OrderStatus.CANCELLED: "o.fulfilment = 'cancelled'",
    OrderStatus.INVOICED: "o.invoicing = 'all' AND o.fulfilment <> 'cancelled'",
    OrderStatus.PICKING: "o.invoicing <> 'all' AND o.fulfilment = 'picking'",
    OrderStatus.PICKED: "o.invoicing <> 'all' AND o.fulfilment = 'picked'",
    OrderStatus.SHIPPED: "o.invoicing <> 'all' AND o.fulfilment IN ('part_shipped', 'shipped')",
    OrderStatus.TAKEN: f"{_OPEN} AND {_IS_TAKEN_ONLY}",
    OrderStatus.SHORT: f"{_OPEN} AND NOT {_IS_TAKEN_ONLY} AND {_IS_SHORT}",
    OrderStatus.RESERVED: f"{_OPEN} AND NOT {_IS_TAKEN_ONLY} AND NOT {_IS_SHORT}",
}


def with_status(status: OrderStatus) -> str:
    """The condition on ``orders AS o`` that keeps those with the status."""
    return _WITH_STATUS[status]


class HeldLine(msgspec.Struct, frozen=True, gc=False):
    """What the stock says of one order line, in thousandths, at a revision of its claim."""

    reserved_milli: int
    shortage_milli: int
    shipped_milli: int = 0
    revision: int = 0


_NOT_HELD = HeldLine(0, 0)


class OrderRecord(msgspec.Struct, frozen=True):
    """An order and what its lines hold, by line number."""

    order: Order
    held: Mapping[int, HeldLine]

    @property
    def is_reserving(self) -> bool:
        """Whether goods are still being claimed for it."""
        order = self.order
        return order.owes_claims and any(
            self.held.get(line.line, _NOT_HELD).revision < order.claims_wanted
            for line in order.lines
            if line.product_id is not None
            and line.kind is LineKind.PRODUCT
            and line.quantity_milli > 0
        )


class OrderFilter(msgspec.Struct, frozen=True):
    """Which orders; None filters nothing. ``text`` is looked for in number and customer."""

    shop: str | None = None
    source: str | None = None
    number: str | None = None
    external_id: str | None = None
    awb: str | None = None
    status: OrderStatus | None = None
    fulfilment: Fulfilment | None = None
    invoicing: Invoicing | None = None
    product_id: int | None = None
    placed_from_ms: int | None = None
    placed_to_ms: int | None = None
    text: str | None = None


class _Parties(msgspec.Struct):
    """The people an order names."""

    customer: Address = Address()
    billing: Address = Address()
    shipping: Address = Address()
    company: Company | None = None


_decode_parties = msgspec.json.Decoder(_Parties).decode


def find_orders(
    connection: sqlite3.Connection, wanted: OrderFilter, page: PageRequest
) -> Page[OrderRecord]:
    """One page of orders."""
    conditions = _conditions(wanted)
    if wanted.text:
        needle = fold(wanted.text)
        connection.create_function(
            "names_party", 1, lambda details: names_party(details, needle), deterministic=True
        )
        conditions.add("(instr(lower(o.number), ?) > 0 OR names_party(o.details))", needle)
    found = fetch(connection, _SOURCE, conditions, page, make=int)
    return Page(_records(connection, found.rows), found.after)


def read_order(connection: sqlite3.Connection, order_id: int) -> OrderRecord | None:
    """The order with this id."""
    return next(iter(_records(connection, [order_id])), None)


def names_party(details: object, needle: str) -> bool:
    """Whether the customer, an address or the company of an order contains the folded text."""
    if not isinstance(details, bytes):
        return False
    parties = _decode_parties(details)
    texts = [parties.company.name, parties.company.tax_id] if parties.company else []
    for party in (parties.customer, parties.billing, parties.shipping):
        texts += [party.name, party.company, party.phone, party.email, party.city, party.address]
    return needle in fold("\n".join(texts))


def _conditions(wanted: OrderFilter) -> Conditions:
    conditions = Conditions()
    if wanted.shop is not None:
        conditions.add("o.origin = 'shop' AND o.source = ?", wanted.shop)
    conditions.equal("o.source", wanted.source)
    conditions.equal("o.number", wanted.number)
    conditions.equal("o.external_id", wanted.external_id)
    if wanted.awb is not None:
        conditions.add(
            "o.id IN (SELECT order_id FROM order_parcels WHERE awb = ?)", wanted.awb.strip()
        )
    conditions.equal("o.fulfilment", wanted.fulfilment)
    conditions.equal("o.invoicing", wanted.invoicing)
    if wanted.status is not None:
        conditions.add(_WITH_STATUS[wanted.status])
    if wanted.product_id is not None:
        conditions.add(
            "o.id IN (SELECT order_id FROM claims WHERE product_id = ?)", wanted.product_id
        )
    if wanted.placed_from_ms is not None:
        conditions.add("o.placed_at_ms >= ?", wanted.placed_from_ms)
    if wanted.placed_to_ms is not None:
        conditions.add("o.placed_at_ms < ?", wanted.placed_to_ms)
    return conditions


def _records(connection: sqlite3.Connection, order_ids: Sequence[int]) -> tuple[OrderRecord, ...]:
    held = _held_lines(connection, order_ids)
    orders = [load_by_id(connection, order_id) for order_id in order_ids]
    found = [order for order in orders if order is not None]
    for order in found:
        if any(line.parts for line in order.lines):
            held.setdefault(order.id, {}).update(_held_by_bundles(connection, order))
    return tuple(OrderRecord(order, held.get(order.id, {})) for order in found)


def _held_by_bundles(connection: sqlite3.Connection, order: Order) -> dict[int, HeldLine]:
    """What the parts of the order's lines on bundles hold, told in bundles."""
    rows = connection.execute(
        f"SELECT p.line, p.part_id, c.reserved_milli, {_WANTED} - c.reserved_milli,"
        " c.shipped_milli, c.revision FROM orders AS o"
        " CROSS JOIN order_line_parts AS p ON p.order_id = o.id"
        f" CROSS JOIN {_CLAIM_OF_PART} WHERE o.id = ?",
        (order.id,),
    ).fetchall()
    held = {}
    for line in order.lines:
        mine = {part_id: amounts for number, part_id, *amounts in rows if number == line.line}
        if not line.parts or not mine:
            continue
        reserved, shortage = held_bundles(
            0 if order.is_cancelled else line.wanted_milli,
            line.parts,
            {part_id: (amounts[0], amounts[1]) for part_id, amounts in mine.items()},
        )
        shipped = [
            bundles_in(mine[it.product_id][2], it) for it in line.parts if it.product_id in mine
        ]
        revisions = [amounts[3] for amounts in mine.values()]
        is_whole = len(mine) == len(line.parts)
        held[line.line] = HeldLine(
            reserved, shortage, min(shipped), min(revisions) if is_whole else 0
        )
    return held


def _held_lines(
    connection: sqlite3.Connection, order_ids: Iterable[int]
) -> dict[int, dict[int, HeldLine]]:
    rows = connection.execute(
        f"SELECT o.id, l.line, c.reserved_milli, {_WANTED} - c.reserved_milli, c.shipped_milli,"
        " c.revision FROM orders AS o CROSS JOIN order_lines AS l ON l.order_id = o.id"
        f" CROSS JOIN {_CLAIM_OF_LINE} WHERE o.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(order_ids)),),
    ).fetchall()
    held: dict[int, dict[int, HeldLine]] = {}
    for order_id, line, *amounts in rows:
        held.setdefault(order_id, {})[line] = HeldLine(*amounts)
    return held
