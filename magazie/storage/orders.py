"""Statements of the OrderActor: one order, its lines, payloads and timeline."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

import msgspec

from magazie.model.bundles import BundlePart
from magazie.model.orders import Fulfilment, Invoicing, LineKind, OrderDetails, OrderLine
from magazie.storage.joint import JointUnit
from magazie.storage.many_rows import ManyRows
from magazie.storage.order_parcels import INSERT_PARCEL
from magazie.storage.stock import StaleRevisionError

OrderKey = tuple[str, str, str]
"""(origin, source, external id): the natural key, enforced by the database."""


class Order(msgspec.Struct, frozen=True, gc=False):
    """An order as it stands in the books. Columns: see the migration."""

    id: int
    origin: str
    source: str
    external_id: str
    number: str
    warehouse: str | None
    placed_at_ms: int
    placed_raw: str
    taken_at_ms: int
    currency: str
    total_bani: int
    fulfilment: Fulfilment
    cancelled_by: str
    invoicing: Invoicing
    taken_status_id: str
    shop_status_id: str
    shop_status: str
    details: OrderDetails
    read_no: int
    digest: bytes
    claims_wanted: int
    claims_set: int
    version: int
    revision: int
    changed_ms: int
    lines: tuple[OrderLine, ...]

    @property
    def key(self) -> OrderKey:
        """The natural key, under which its actor is found."""
        return (self.origin, self.source, self.external_id)

    @property
    def is_cancelled(self) -> bool:
        """Whether it wants nothing any more."""
        return self.fulfilment is Fulfilment.CANCELLED

    @property
    def owes_claims(self) -> bool:
        """Whether its claims are not known to be set."""
        return self.claims_set < self.claims_wanted


class OrderKnownError(Exception):
    """Among orders that were to be stored together is one whose key is taken."""


class OrderEvent(msgspec.Struct, frozen=True, gc=False):
    """One line of an order's timeline; ``data`` is a JSON object."""

    kind: str
    data: str = "{}"


_COLUMNS = (
    "origin, source, external_id, number, warehouse, placed_at_ms, placed_raw, taken_at_ms,"
    " currency, total_bani, fulfilment, cancelled_by, invoicing, taken_status_id,"
    " shop_status_id, shop_status, details, read_no, digest, claims_wanted, claims_set,"
    " version, revision, changed_ms"
)
_LINE_COLUMNS = (
    "line, kind, item_id, sku, ean, name, product_id, quantity_milli, picked_milli,"
    " price_e4, base_price_e4, vat_rate_e2, released_milli"
)
_INSERT_ORDERS = ManyRows(
    f"INSERT INTO orders (id, {_COLUMNS})",
    25,
    "ON CONFLICT (origin, source, external_id) DO NOTHING",
)
_INTO_LINES = f"INSERT INTO order_lines (order_id, {_LINE_COLUMNS})"
_INSERT_LINES = ManyRows(_INTO_LINES, 14)
_UPSERT_LINES = ManyRows(
    _INTO_LINES,
    14,
    "ON CONFLICT (order_id, line) DO UPDATE SET item_id = excluded.item_id,"
    " sku = excluded.sku, ean = excluded.ean, name = excluded.name,"
    " product_id = excluded.product_id, quantity_milli = excluded.quantity_milli,"
    " picked_milli = excluded.picked_milli, price_e4 = excluded.price_e4,"
    " base_price_e4 = excluded.base_price_e4, vat_rate_e2 = excluded.vat_rate_e2,"
    " released_milli = excluded.released_milli",
)
_INSERT_PART = (
    "INSERT INTO order_line_parts (order_id, line, part_id, quantity_milli) VALUES (?, ?, ?, ?)"
)
_INSERT_PAYLOADS = ManyRows(
    "INSERT OR REPLACE INTO order_payloads (order_id, read_no, at_ms, payload)", 4
)
_encode = msgspec.json.Encoder().encode
_decode_details = msgspec.json.Decoder(OrderDetails).decode


class NewOrder(JointUnit[int | None]):
    """Stores a new order; answers its id, or None when its key is taken."""

    __slots__ = ("order", "payload")

    def __init__(self, order: Order, payload: bytes) -> None:
        """``payload`` is what the source said, as it said it."""
        self.order = order
        self.payload = payload

    @classmethod
    def run_together(
        cls, connection: sqlite3.Connection, units: Sequence[Self]
    ) -> list[int | None]:
        """Store them all, under ids that follow each other as SQLite would give them."""
        (highest,) = connection.execute("SELECT ifnull(max(id), 0) FROM orders").fetchone()
        taken = list(enumerate(units, start=highest + 1))
        stored = _INSERT_ORDERS.insert(
            connection, [_values(order_id, unit.order) for order_id, unit in taken]
        )
        if stored != len(units):
            if len(units) == 1:
                return [None]
            raise OrderKnownError("one of them is in the books")
        _INSERT_LINES.insert(
            connection,
            [_line_values(order_id, line) for order_id, unit in taken for line in unit.order.lines],
        )
        parcels = [
            (awb, order_id) for order_id, unit in taken if (awb := unit.order.details.carrier.awb)
        ]
        if parcels:
            connection.executemany(INSERT_PARCEL, parcels)
        parts = [row for order_id, unit in taken for row in _part_values(order_id, unit.order)]
        if parts:
            connection.executemany(_INSERT_PART, parts)
        _INSERT_PAYLOADS.insert(
            connection,
            [
                (order_id, unit.order.read_no, unit.order.taken_at_ms, unit.payload)
                for order_id, unit in taken
            ],
        )
        return [order_id for order_id, _ in taken]


def update(connection: sqlite3.Connection, order: Order, events: Iterable[OrderEvent]) -> None:
    """Store a changed order whole; ``order.revision`` is the one it is to have.

    Raises:
        StaleRevisionError: another activation wrote since.

    """
    cursor = connection.execute(
        "UPDATE orders SET number = ?, warehouse = ?, currency = ?, total_bani = ?,"
        " fulfilment = ?, cancelled_by = ?, invoicing = ?, shop_status_id = ?, shop_status = ?,"
        " details = ?, read_no = ?, digest = ?, claims_wanted = ?, claims_set = ?,"
        " version = ?, revision = ?, changed_ms = ? WHERE id = ? AND revision = ?",
        (
            order.number,
            order.warehouse,
            order.currency,
            order.total_bani,
            order.fulfilment,
            order.cancelled_by,
            order.invoicing,
            order.shop_status_id,
            order.shop_status,
            _encode(order.details),
            order.read_no,
            order.digest,
            order.claims_wanted,
            order.claims_set,
            order.version,
            order.revision,
            order.changed_ms,
            order.id,
            order.revision - 1,
        ),
    )
    if cursor.rowcount != 1:
        raise StaleRevisionError(f"order {order.id} at revision {order.revision - 1}")
    connection.executemany(
        "INSERT INTO order_events (order_id, at_ms, kind, data) VALUES (?, ?, ?, ?)",
        [(order.id, order.changed_ms, event.kind, event.data) for event in events],
    )


def write_lines(connection: sqlite3.Connection, order: Order) -> None:
    """Store all lines of a changed order."""
    _UPSERT_LINES.insert(connection, [_line_values(order.id, line) for line in order.lines])
    # a linked line keeps its parts: only those of lines linked since are new
    connection.executemany(
        f"{_INSERT_PART} ON CONFLICT DO NOTHING", list(_part_values(order.id, order))
    )


def mark_claims(connection: sqlite3.Connection, marks: Iterable[tuple[int, int]]) -> None:
    """(order, claims): the claims of this revision are set.

    True at any time later too, so it needs no guard: an order that has moved on to want
    other claims is left alone.
    """
    connection.executemany(
        "UPDATE orders SET claims_set = ?2 WHERE id = ?1 AND claims_wanted = ?2", marks
    )


def add_payload(
    connection: sqlite3.Connection, order_id: int, read_no: int, payload: bytes, now_ms: int
) -> None:
    """Keep what the source said, as it said it."""
    _INSERT_PAYLOADS.insert(connection, [(order_id, read_no, now_ms, payload)])


def load(connection: sqlite3.Connection, key: OrderKey) -> Order | None:
    """The order under this natural key."""
    row = connection.execute(
        f"SELECT id, {_COLUMNS} FROM orders WHERE origin = ? AND source = ? AND external_id = ?",
        key,
    ).fetchone()
    return _order(connection, row) if row is not None else None


def load_by_id(connection: sqlite3.Connection, order_id: int) -> Order | None:
    """The order with this id."""
    row = connection.execute(
        f"SELECT id, {_COLUMNS} FROM orders WHERE id = ?", (order_id,)
    ).fetchone()
    return _order(connection, row) if row is not None else None


def find_key(connection: sqlite3.Connection, order_id: int) -> OrderKey | None:
    """The natural key of the order with this id."""
    row: OrderKey | None = connection.execute(
        "SELECT origin, source, external_id FROM orders WHERE id = ?", (order_id,)
    ).fetchone()
    return row


def owing_keys(connection: sqlite3.Connection, limit: int) -> list[OrderKey]:
    """Orders whose claims are not known to be set, oldest first."""
    return connection.execute(
        "SELECT origin, source, external_id FROM orders INDEXED BY orders_owing"
        " WHERE claims_set < claims_wanted ORDER BY id LIMIT ?",
        (limit,),
    ).fetchall()


def without_warehouse(connection: sqlite3.Connection, limit: int) -> list[OrderKey]:
    """Open orders taken while their shop had no stock warehouse, where it has one now."""
    return connection.execute(
        "SELECT o.origin, o.source, o.external_id FROM orders AS o"
        " INDEXED BY orders_without_warehouse JOIN shops AS s ON s.name = o.source"
        " WHERE o.warehouse IS NULL AND o.origin = 'shop' AND s.stock_warehouse IS NOT NULL"
        " AND o.fulfilment = 'open' ORDER BY o.id LIMIT ?",
        (limit,),
    ).fetchall()


def parked_keys(connection: sqlite3.Connection, shop: str, item_id: str) -> list[OrderKey]:
    """Open orders of the shop with a line that waits for this item to be linked."""
    return connection.execute(
        "SELECT DISTINCT o.origin, o.source, o.external_id FROM order_lines AS l"
        " INDEXED BY order_lines_unlinked JOIN orders AS o ON o.id = l.order_id"
        " WHERE l.product_id IS NULL AND l.kind = 'product' AND l.quantity_milli > 0"
        " AND o.origin = 'shop' AND o.source = ? AND l.item_id = ?",
        (shop, item_id),
    ).fetchall()


def _order(connection: sqlite3.Connection, row: tuple[object, ...]) -> Order:
    lines = connection.execute(
        f"SELECT {_LINE_COLUMNS} FROM order_lines WHERE order_id = ? ORDER BY line",
        (row[0],),
    ).fetchall()
    values = list(row)
    values[11] = Fulfilment(str(row[11]))
    values[13] = Invoicing(str(row[13]))
    values[17] = _decode_details(row[17])  # type: ignore[arg-type]  # a BLOB column
    parts: dict[int, list[BundlePart]] = {}
    for number, part_id, quantity_milli in connection.execute(
        "SELECT line, part_id, quantity_milli FROM order_line_parts WHERE order_id = ?"
        " ORDER BY line, part_id",
        (row[0],),
    ).fetchall():
        parts.setdefault(number, []).append(BundlePart(part_id, quantity_milli))
    columns = [
        (LineKind(line[1]), *line[2:12], tuple(parts.get(line[0], ())), line[12]) for line in lines
    ]
    made = tuple(OrderLine(line[0], *its) for line, its in zip(lines, columns, strict=True))
    values.append(made)
    return Order(*values)  # type: ignore[arg-type]  # STRICT columns in this order


def _values(order_id: int, order: Order) -> tuple[object, ...]:
    # str(): what is more than a plain string sqlite3 takes through its adapters, at a price
    return (
        order_id,
        order.origin,
        order.source,
        order.external_id,
        order.number,
        order.warehouse,
        order.placed_at_ms,
        order.placed_raw,
        order.taken_at_ms,
        order.currency,
        order.total_bani,
        str(order.fulfilment),
        order.cancelled_by,
        str(order.invoicing),
        order.taken_status_id,
        order.shop_status_id,
        order.shop_status,
        _encode(order.details),
        order.read_no,
        order.digest,
        order.claims_wanted,
        order.claims_set,
        order.version,
        order.revision,
        order.changed_ms,
    )


def _part_values(order_id: int, order: Order) -> Iterator[tuple[int, int, int, int]]:
    for line in order.lines:
        for part in line.parts:
            yield order_id, line.line, part.product_id, part.quantity_milli


def _line_values(order_id: int, line: OrderLine) -> tuple[object, ...]:
    return (
        order_id,
        line.line,
        str(line.kind),
        line.item_id,
        line.sku,
        line.ean,
        line.name,
        line.product_id,
        line.quantity_milli,
        line.picked_milli,
        line.price_e4,
        line.base_price_e4,
        line.vat_rate_e2,
        line.released_milli,
    )
