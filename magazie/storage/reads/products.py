"""Products as they are shown, found by code, words, category, shop."""

import sqlite3

import msgspec

from magazie.model.publishing import PublishProblem
from magazie.model.romanian_letters import fold
from magazie.model.scanned_codes import scan_keys
from magazie.storage.products import Product, load
from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch
from magazie.storage.reads.searching import define_folded


class ProductFilter(msgspec.Struct, frozen=True):
    """Which products; None filters nothing.

    ``code`` is any code of the product, as typed or scanned. ``text`` is looked for in code,
    EAN, name and brand. ``shop`` keeps what is linked to an item of that shop.
    """

    code: str | None = None
    text: str | None = None
    category_id: int | None = None
    brand: str | None = None
    family: str | None = None
    shop: str | None = None
    external_id: str | None = None
    has_problems: bool | None = None
    problem: PublishProblem | None = None
    """One of publishing: to ``shop`` where that is given."""
    changed_from_ms: int | None = None


FIELDS = {"id": "p.id", "code": "p.code_key", "name": "p.name", "changed_at": "p.changed_ms"}
_SOURCE = Source("p.id", "products AS p", FIELDS, unique=("id",))


def find_products(
    connection: sqlite3.Connection, wanted: ProductFilter, page: PageRequest
) -> Page[Product]:
    """One page of products."""
    conditions = Conditions()
    if wanted.code is not None:
        keys = sorted(scan_keys(wanted.code))
        marks = ", ".join("?" * len(keys))
        conditions.add(
            f"p.id IN (SELECT product_id FROM product_keys WHERE key IN ({marks}))", *keys
        )
    conditions.equal("p.category_id", wanted.category_id)
    conditions.equal("p.brand", wanted.brand)
    conditions.equal("p.family", wanted.family)
    if wanted.problem is not None:
        _add_problem(conditions, wanted)
    if wanted.problem is None or wanted.external_id is not None:
        _add_link(conditions, wanted)
    if wanted.has_problems is not None:
        has = "" if wanted.has_problems else "NOT "
        conditions.add(
            f"{has}(p.problems <> '[]' OR EXISTS (SELECT 1 FROM publications AS u"
            " WHERE u.product_id = p.id AND u.problems <> '[]'))"
        )
    if wanted.changed_from_ms is not None:
        conditions.add("p.changed_ms >= ?", wanted.changed_from_ms)
    if wanted.text:
        define_folded(connection)
        for word in fold(wanted.text).split():
            conditions.add(
                "instr(folded(p.code || ' ' || p.ean || ' ' || p.name || ' ' || p.brand), ?) > 0",
                word,
            )
    found = fetch(connection, _SOURCE, conditions, page, make=int)
    products = [load(connection, product_id) for product_id in found.rows]
    return Page(tuple(product for product in products if product is not None), found.after)


def _add_problem(conditions: Conditions, wanted: ProductFilter) -> None:
    clause = (
        "EXISTS (SELECT 1 FROM publications AS u, json_each(u.problems) AS j"
        " WHERE u.product_id = p.id AND j.value = ?"
    )
    values: list[str] = [str(wanted.problem)]
    if wanted.shop is not None:
        clause += " AND u.shop = ?"
        values.append(wanted.shop)
    conditions.add(f"{clause})", *values)


def _add_link(conditions: Conditions, wanted: ProductFilter) -> None:
    clause = "p.id IN (SELECT k.product_id FROM links AS k WHERE k.state <> 'untied'"
    values = []
    if wanted.shop is not None:
        clause += " AND k.shop = ?"
        values.append(wanted.shop)
    if wanted.external_id is not None:
        clause += " AND k.external_id = ?"
        values.append(wanted.external_id)
    if values:
        conditions.add(f"{clause})", *values)
