"""Claims: what orders hold is exactly what their open lines want.

A claim carries the revision of the order's wants that it was made from. One of the present
revision must match the order's lines to the thousandth; an older one is allowed only while
the order owes its claims.
"""

import sqlite3
from collections.abc import Iterator
from typing import Final

from magazie.storage.books.findings import Fault, Finding, Proof, owed, proof

_AT_REST: Final = "(o.claims_set >= o.claims_wanted)"
_HAS_PARTS: Final = (
    "EXISTS (SELECT 1 FROM order_line_parts AS p WHERE p.order_id = l.order_id AND p.line = l.line)"
)


class _Goods:
    """What lines claim: their own product, or for a line on a bundle each of its parts."""

    def __init__(self, source: str, product: str, scaled: str) -> None:
        self.product = product
        self.ordered = (
            "(CASE WHEN o.fulfilment = 'cancelled' THEN 0 ELSE "
            f"{scaled.format('(l.quantity_milli - l.released_milli)')} END)"
        )
        self.picked = (
            f"(CASE WHEN {self.ordered} = 0 THEN 0 ELSE {scaled.format('l.picked_milli')} END)"
        )
        # a line that wants nothing needs no row of its own, but its product was told so
        lacks_claim = f"""({_AT_REST} AND o.warehouse IS NOT NULL AND ({self.ordered} > 0
            OR NOT EXISTS (SELECT 1 FROM claims AS a WHERE a.product_id = {product}
                AND a.warehouse = o.warehouse AND a.order_id = o.id)))"""
        self.breach = f"""(CASE
            WHEN c.line IS NULL THEN CASE WHEN {lacks_claim} THEN 'claim_missing' END
            WHEN c.placed_at_ms <> o.placed_at_ms THEN 'claim_age'
            WHEN c.revision > o.claims_wanted THEN 'claim_ahead'
            WHEN c.revision < o.claims_wanted THEN CASE WHEN {_AT_REST} THEN 'claim_behind' END
            WHEN c.ordered_milli <> {self.ordered} OR c.picked_milli <> {self.picked}
                THEN 'claim_differs'
            END)"""
        self.with_claims = f"""
            FROM {source}
            LEFT JOIN claims AS c ON c.product_id = {product} AND c.warehouse = o.warehouse
                AND c.order_id = o.id AND c.line = l.line
            WHERE l.product_id IS NOT NULL AND l.kind = 'product'
            """


_OWN: Final = _Goods(
    "orders AS o CROSS JOIN order_lines AS l ON l.order_id = o.id"
    f" AND (l.product_id IS NULL OR NOT {_HAS_PARTS})",
    "l.product_id",
    "{}",
)
_PARTS: Final = _Goods(
    "order_line_parts AS g CROSS JOIN order_lines AS l ON l.order_id = g.order_id"
    " AND l.line = g.line CROSS JOIN orders AS o ON o.id = g.order_id",
    "g.part_id",
    "(({} * g.quantity_milli + 999) / 1000)",  # as model.bundles.part_wanted
)

_TEXTS: Final = {
    "claim_missing": "{wanted} wanted, {picked} picked, and nothing is claimed",
    "claim_age": "the claim was placed at another time than the order",
    "claim_ahead": "the claim is of revision {revision}, the order wants revision {due}",
    "claim_behind": "the claim is of revision {revision}, revision {due} is noted as set",
    "claim_differs": "{wanted} wanted and {picked} picked, {ordered} and {held_picked} claimed",
}


def _lines_against_claims(connection: sqlite3.Connection) -> Iterator[Finding]:
    """One pass over all orders; only where it does not come out is it told apart."""
    claimed = 0
    for goods in (_OWN, _PARTS):
        matched, breaches = connection.execute(
            f"SELECT count(c.line), count({goods.breach}) {goods.with_claims}"
        ).fetchone()
        claimed += matched
        if breaches:
            yield from _breaches(connection, goods)
    (stored,) = connection.execute("SELECT count(*) FROM claims WHERE line > 0").fetchone()
    if claimed != stored:
        yield from _claims_without_lines(connection)


def _breaches(connection: sqlite3.Connection, goods: _Goods) -> Iterator[Finding]:
    query = f"""
        SELECT {goods.breach} AS breach, o.id, l.line, {goods.product}, milli({goods.ordered}),
            milli({goods.picked}), c.revision, o.claims_wanted, milli(c.ordered_milli),
            milli(c.picked_milli) {goods.with_claims} AND breach IS NOT NULL
        """
    for (
        kind,
        order,
        line,
        product,
        wanted,
        picked,
        revision,
        due,
        ordered,
        held,
    ) in connection.execute(query):
        text = _TEXTS[kind].format(
            wanted=wanted,
            picked=picked,
            revision=revision,
            due=due,
            ordered=ordered,
            held_picked=held,
        )
        yield Fault(kind, f"order:{order}/line:{line}/product:{product}", text)


def _claims_without_lines(connection: sqlite3.Connection) -> Iterator[Finding]:
    query = f"""
        SELECT c.order_id, c.line, c.product_id, c.warehouse, o.id
        FROM claims AS c LEFT JOIN orders AS o ON o.id = c.order_id
        LEFT JOIN order_lines AS l ON l.order_id = c.order_id AND l.line = c.line
        LEFT JOIN order_line_parts AS g ON g.order_id = c.order_id AND g.line = c.line
            AND g.part_id = c.product_id
        WHERE c.line > 0 AND (o.warehouse IS NOT c.warehouse OR l.kind <> 'product'
            OR (g.part_id IS NULL AND (l.product_id IS NOT c.product_id OR {_HAS_PARTS})))
        """
    for order, line, product, warehouse, found in connection.execute(query):
        if found is None:
            yield Fault("orphan", f"order:{order}", "has claims and is not there")
        else:
            subject = f"order:{order}/line:{line}/product:{product}"
            yield Fault(
                "claim_without_line", subject, f"is claimed in {warehouse}; no such line wants it"
            )


PROOFS = (
    proof(
        "claim_overfull",
        """
        SELECT 'order:' || order_id || '/line:' || line || '/product:' || product_id,
            milli(reserved_milli) || ' reserved, ' || milli(max(0, ordered_milli - shipped_milli))
            || ' still wanted'
        FROM claims WHERE reserved_milli > max(0, ordered_milli - shipped_milli)
        """,
    ),
    Proof("claim_lines", _lines_against_claims),
    proof(
        "orphan",
        """
        SELECT 'order:' || g.order_id, 'has claims and is not there'
        FROM claims AS g INDEXED BY claims_graves
        WHERE g.line = 0 AND NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.id = g.order_id)
        """,
    ),
    # the mark of a claim that was cancelled before it was made
    proof(
        "claim_grave",
        f"""
        SELECT 'order:' || g.order_id || '/product:' || g.product_id,
            'the mark of a cancelled claim in ' || g.warehouse || ' does not fit the order'
        FROM claims AS g INDEXED BY claims_graves JOIN orders AS o ON o.id = g.order_id
        WHERE g.line = 0 AND (g.ordered_milli > 0 OR g.placed_at_ms <> o.placed_at_ms
            OR g.warehouse IS NOT o.warehouse OR g.revision > o.claims_wanted
            OR (g.revision < o.claims_wanted AND {_AT_REST})
            OR NOT EXISTS (SELECT 1 FROM order_lines AS l LEFT JOIN order_line_parts AS p
                ON p.order_id = l.order_id AND p.line = l.line AND p.part_id = g.product_id
                WHERE l.order_id = g.order_id AND l.kind = 'product'
                AND (l.product_id = g.product_id OR p.part_id IS NOT NULL)))
        """,
    ),
    proof(
        "claim_counter",
        """
        SELECT 'order:' || id, 'claims of revision ' || claims_set || ' are noted as set, revision '
            || claims_wanted || ' is wanted'
        FROM orders WHERE claims_set < 0 OR claims_wanted < 1 OR claims_set > claims_wanted
        """,
    ),
    owed(
        "owed_claims",
        """
        SELECT 'order:' || id, 'order ' || number || ' from ' || source
            || ': claims of revision ' || claims_wanted || ' are not known to be set'
        FROM orders INDEXED BY orders_owing WHERE claims_set < claims_wanted
        """,
    ),
)
