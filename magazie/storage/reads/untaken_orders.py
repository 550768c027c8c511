"""Orders a shop showed and that were not taken, for a person to decide."""

import enum
import json
import sqlite3
from collections.abc import Iterable

import msgspec

from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch, maker


class UntakenReason(enum.StrEnum):
    """Why an order was not taken."""

    BEFORE_START = "before_start"
    UNDECODABLE = "undecodable"


class UntakenOrder(msgspec.Struct, frozen=True):
    """What is known of an order that is not in the books."""

    external_id: str
    reason: UntakenReason
    number: str
    placed_at_ms: int | None
    total_bani: int | None
    status: str
    problem: str
    seen_ms: int
    dismissed_by: str


FIELDS = {"placed_at": "ifnull(u.placed_at_ms, u.seen_ms)", "external_id": "u.external_id"}
_SOURCE = Source(
    "u.external_id, u.reason, u.number, u.placed_at_ms, u.total_bani, u.status, u.problem,"
    " u.seen_ms, u.dismissed_by",
    "untaken_orders AS u",
    FIELDS,
    unique=("external_id",),
)
_MAKE = maker(UntakenOrder)


def find_untaken(
    connection: sqlite3.Connection,
    shop: str,
    reason: UntakenReason | None,
    page: PageRequest,
    *,
    dismissed: bool | None = None,
) -> Page[UntakenOrder]:
    """One page of the shop's orders that were seen and not taken."""
    conditions = Conditions()
    conditions.add("u.shop = ?", shop)
    if dismissed is not None:
        conditions.add("u.dismissed_by <> ''" if dismissed else "u.dismissed_by = ''")
    conditions.equal("u.reason", reason)
    return fetch(connection, _SOURCE, conditions, page, make=_MAKE)


def numbers_of(
    connection: sqlite3.Connection, shop: str, external_ids: Iterable[str]
) -> dict[str, str]:
    """External id → number, of these orders where they wait to be taken."""
    rows = connection.execute(
        "SELECT external_id, number FROM untaken_orders WHERE shop = ?"
        " AND external_id IN (SELECT value FROM json_each(?))",
        (shop, json.dumps(list(external_ids))),
    ).fetchall()
    return dict(rows)
