"""What the last import or dry run of a shop did, or would do, item by item."""

import json
import sqlite3

import msgspec

from magazie.model.matching import MatchAction, MatchReason, Verdict
from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch


class PlanRow(msgspec.Struct, frozen=True):
    """One item, and the verdict on it."""

    external_id: str
    sku: str
    ean: str
    name: str
    verdict: Verdict
    planned_ms: int


class PlanFilter(msgspec.Struct, frozen=True):
    """Which items; None filters nothing."""

    action: MatchAction | None = None
    reason: MatchReason | None = None


FIELDS = {"external_id": "p.external_id", "sku": "g.sku", "name": "g.name"}
_SOURCE = Source(
    "p.external_id, g.sku, g.ean, g.name, p.action, p.reason, p.product_id, p.products, p.items,"
    " p.detail, p.planned_ms",
    "import_plan AS p JOIN listing AS g ON g.shop = p.shop AND g.external_id = p.external_id",
    FIELDS,
    unique=("external_id",),
)


def find_plan(
    connection: sqlite3.Connection, shop: str, wanted: PlanFilter, page: PageRequest
) -> Page[PlanRow]:
    """One page of the plan."""
    conditions = Conditions()
    conditions.add("p.shop = ?", shop)
    conditions.equal("p.action", wanted.action)
    conditions.equal("p.reason", wanted.reason)
    return fetch(connection, _SOURCE, conditions, page, make=_make)


def plan_of(connection: sqlite3.Connection, shop: str, external_id: str) -> Verdict | None:
    """What was last said of one item."""
    row = connection.execute(
        "SELECT action, reason, product_id, products, items, detail FROM import_plan"
        " WHERE shop = ? AND external_id = ?",
        (shop, external_id),
    ).fetchone()
    return _verdict(*row) if row is not None else None


def _make(
    external_id: str,
    sku: str,
    ean: str,
    name: str,
    action: str,
    reason: str,
    product_id: int | None,
    products: str,
    items: str,
    detail: str,
    planned_ms: int,
) -> PlanRow:
    verdict = _verdict(action, reason, product_id, products, items, detail)
    return PlanRow(external_id, sku, ean, name, verdict, planned_ms)


def _verdict(
    action: str, reason: str, product_id: int | None, products: str, items: str, detail: str
) -> Verdict:
    return Verdict(
        MatchAction(action),
        MatchReason(reason),
        product_id,
        tuple(json.loads(products)),
        tuple(json.loads(items)),
        detail,
    )
