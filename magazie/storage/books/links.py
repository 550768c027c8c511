"""Nomenclature: a code names one product, and a shop's item is tied to one."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator

from magazie.storage.books.findings import Fault, Finding, Proof, owed, proof
from magazie.storage.products import AdditionalCode, ProductDraft


def _codes(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Every product is found under its codes and under no others, in their comparable form."""
    further: defaultdict[int, list[AdditionalCode]] = defaultdict(list)
    for product_id, code in connection.execute("SELECT product_id, code FROM product_codes"):
        further[product_id].append(AdditionalCode(code))
    stored: defaultdict[int, set[str]] = defaultdict(set)
    for product_id, key in connection.execute("SELECT product_id, key FROM product_keys"):
        stored[product_id].add(key)
    for product_id, code, ean, code_key in connection.execute(
        "SELECT id, code, ean, code_key FROM products"
    ):
        draft = ProductDraft(code=code, ean=ean, name="", codes=tuple(further[product_id]))
        if not code_key or code_key != draft.code_key:
            text = f"code {code} is kept as {code_key!r}, its comparable form is {draft.code_key!r}"
            yield Fault("code_key", f"product:{product_id}", text)
        if stored[product_id] != draft.keys:
            found, due = _listed(stored[product_id]), _listed(draft.keys)
            text = f"is found under {found}, its codes make {due}"
            yield Fault("product_keys", f"product:{product_id}", text)


def _listed(keys: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(keys)) or "nothing"


PROOFS = (
    Proof("codes", _codes),
    proof(
        "code_twice",
        """
        SELECT 'product:' || min(id), 'its code ' || min(code) || ' is that of ' || count(*)
            || ' products'
        FROM products GROUP BY code_key HAVING count(*) > 1
        """,
    ),
    proof(
        "link_twice",
        """
        SELECT 'item:' || shop || '/' || external_id, 'is tied ' || count(*) || ' times'
        FROM links GROUP BY shop, external_id HAVING count(*) > 1
        """,
    ),
    proof(
        "link_generation",
        """
        SELECT 'item:' || shop || '/' || external_id, 'its generation is ' || generation
        FROM links WHERE generation < 1
        """,
    ),
    proof(
        "orphan",
        """
        SELECT 'item:' || k.shop || '/' || k.external_id, 'is tied to no product or no shop'
        FROM links AS k WHERE NOT EXISTS (SELECT 1 FROM products AS p WHERE p.id = k.product_id)
            OR NOT EXISTS (SELECT 1 FROM shops AS s WHERE s.name = k.shop)
        """,
    ),
    proof(
        "listing_untied",
        """
        SELECT 'item:' || g.shop || '/' || g.external_id, 'is ' || g.state || ' and was never tied'
        FROM listing AS g WHERE (g.state = 'linked' OR g.state = 'created') AND NOT EXISTS (
            SELECT 1 FROM links AS k WHERE k.shop = g.shop AND k.external_id = g.external_id)
        """,
    ),
    proof(
        "listing_in_conflict",
        """
        SELECT 'item:' || g.shop || '/' || g.external_id, 'is ' || g.decision || ' by '
            || g.decided_by || ' and waits for a decision'
        FROM listing AS g WHERE g.state = 'conflict' AND g.decision = 'ignore'
        """,
    ),
    owed(
        "owed_decision",
        """
        SELECT 'item:' || g.shop || '/' || g.external_id, 'its link was decided and is not made'
        FROM listing AS g INDEXED BY listing_decided WHERE g.decision <> '' AND g.decision = 'link'
            AND g.state <> 'linked' AND g.state <> 'gone'
        """,
    ),
    owed(
        "owed_import",
        """
        SELECT 'item:' || shop || '/' || external_id, sku || ' was being created by an import'
        FROM listing WHERE state = 'creating'
        """,
    ),
    owed(
        "owed_job",
        """
        SELECT 'job:' || id, kind || ' of ' || subject || ' is ' || state
        FROM jobs WHERE state = 'waiting' OR state = 'running'
        """,
    ),
)
