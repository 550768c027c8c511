import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import msgspec

from magazie.model.orders import Address, Company, Fulfilment, Invoicing, OrderDetails
from tests.storage.schema import with_schema

NOW_MS = 1_795_000_000_000


@contextmanager
def empty_books() -> Iterator[sqlite3.Connection]:
    with with_schema() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")  # claims may stand without their orders
        connection.execute(
            "INSERT INTO warehouses VALUES ('principal', 'Depozit'), ('raft', 'Raft')"
        )
        yield connection


def add_product(connection: sqlite3.Connection, product_id: int) -> None:
    connection.execute(
        "INSERT INTO products (id, code, code_key, name, created_ms, changed_ms)"
        " VALUES (?1, 'P' || ?1, 'p' || ?1, 'Produs ' || ?1, ?2, ?2)",
        (product_id, NOW_MS),
    )


def add_balance(
    connection: sqlite3.Connection, product_id: int, warehouse: str, on_hand_milli: int
) -> None:
    connection.execute(
        "INSERT INTO balances VALUES (?, ?, ?)", (product_id, warehouse, on_hand_milli)
    )


def add_claim(
    connection: sqlite3.Connection,
    product_id: int,
    order_id: int,
    line: int,
    *,
    ordered: int,
    reserved: int,
    shipped: int = 0,
    revision: int = 1,
    warehouse: str = "principal",
) -> None:
    connection.execute(
        "INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
        (product_id, warehouse, order_id, line, NOW_MS, revision, ordered, shipped, reserved),
    )


def add_order(
    connection: sqlite3.Connection,
    number: str,
    lines: Iterable[tuple[int | None, int]] = (),
    *,
    source: str = "api",
    warehouse: str | None = "principal",
    fulfilment: Fulfilment = Fulfilment.OPEN,
    invoicing: Invoicing = Invoicing.NONE,
    claims: tuple[int, int] = (1, 1),
    customer: str = "Ana",
    company: str | None = None,
    placed_ms: int = NOW_MS,
    more: Mapping[str, str] | None = None,
) -> int:
    """``lines`` are (product, quantity in thousandths); ``claims`` is (wanted, set)."""
    wanted, are_set = claims
    details = OrderDetails(
        customer=Address(name=customer, **(more or {})),
        company=Company(company) if company is not None else None,
    )
    (order_id,) = connection.execute(
        "INSERT INTO orders (origin, source, external_id, number, warehouse, placed_at_ms,"
        " placed_raw, taken_at_ms, currency, total_bani, fulfilment, invoicing, details, digest,"
        " claims_wanted, claims_set, changed_ms) VALUES ('api', ?1, ?2, ?2, ?3, ?4, '', ?4,"
        " 'RON', 1000, ?5, ?6, ?7, x'', ?8, ?9, ?4) RETURNING id",
        (
            source,
            number,
            warehouse,
            placed_ms,
            fulfilment,
            invoicing,
            msgspec.json.encode(details),
            wanted,
            are_set,
        ),
    ).fetchone()
    connection.executemany(
        "INSERT INTO order_lines (order_id, line, kind, item_id, sku, ean, name, product_id,"
        " quantity_milli, price_e4) VALUES (?, ?, 'product', '', 'S', '', 'Produs', ?, ?, 10000)",
        [(order_id, number, *line) for number, line in enumerate(lines, start=1)],
    )
    return int(order_id)
