"""Products beside what publishing made of them in one shop."""

import enum
import sqlite3

import msgspec

from magazie.model.publish_details import items_with_it, kept
from magazie.model.publishing import PublishProblem
from magazie.model.romanian_letters import fold
from magazie.storage.publications import Publication
from magazie.storage.publications import load as load_publications
from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch
from magazie.storage.reads.publishing import Judge
from magazie.storage.reads.searching import define_folded


class ShopPresence(enum.StrEnum):
    """How a product stands in a shop: as its publication, if it was ever chosen for one."""

    ABSENT = "absent"
    LINKED = "linked"
    """An item of the shop is tied to it; it was never published from here."""
    WAITING = "waiting"
    SENDING = "sending"
    PUBLISHED = "published"
    REFUSED = "refused"
    READY = "ready"


class PublicationFilter(msgspec.Struct, frozen=True):
    """Which products; None filters nothing. ``problem`` is one that publishing has noted."""

    category_id: int | None = None
    text: str | None = None
    state: ShopPresence | None = None
    problem: PublishProblem | None = None
    batch: int | None = None


class PublicationRow(msgspec.Struct, frozen=True):
    """One product; ``problems`` are what stands against publishing it now."""

    product_id: int
    code: str
    name: str
    state: ShopPresence
    problems: tuple[PublishProblem, ...]
    detail: str
    items: tuple[str, ...]
    batch: int | None


_STATE = (
    "ifnull(u.state, CASE WHEN EXISTS (SELECT 1 FROM links AS k WHERE k.product_id = p.id"
    " AND k.shop = s.name AND k.state = 'linked') THEN 'linked' ELSE 'absent' END)"
)
FIELDS = {"id": "p.id", "code": "p.code_key", "name": "p.name"}
_SOURCE = Source(
    f"p.id, {_STATE}",
    "shops AS s CROSS JOIN products AS p"
    " LEFT JOIN publications AS u ON u.shop = s.name AND u.product_id = p.id",
    FIELDS,
    unique=("id",),
)


def find_publications(
    connection: sqlite3.Connection,
    shop: str,
    wanted: PublicationFilter,
    page: PageRequest,
    judge: Judge,
) -> Page[PublicationRow]:
    """One page of products; what was never chosen is judged as if it were now."""
    conditions = Conditions()
    conditions.equal("s.name", shop)
    conditions.equal("p.category_id", wanted.category_id)
    conditions.equal(_STATE, wanted.state)
    conditions.equal("u.batch", wanted.batch)
    if wanted.problem is not None:
        conditions.add(
            "EXISTS (SELECT 1 FROM json_each(u.problems) AS j WHERE j.value = ?)", wanted.problem
        )
    if wanted.text:
        define_folded(connection)
        for word in fold(wanted.text).split():
            conditions.add("instr(folded(p.code || ' ' || p.ean || ' ' || p.name), ?) > 0", word)
    found = fetch(connection, _SOURCE, conditions, page, make=lambda *columns: columns)
    known = load_publications(connection, shop, [product_id for product_id, _ in found.rows])
    rows = [
        _row(product_id, ShopPresence(state), known.get(product_id), judge)
        for product_id, state in found.rows
    ]
    return Page(tuple(row for row in rows if row is not None), found.after)


def _row(
    product_id: int, state: ShopPresence, known: Publication | None, judge: Judge
) -> PublicationRow | None:
    wish = judge.wish(product_id)
    if wish is None:
        return None
    return PublicationRow(
        product_id,
        wish.product.code,
        wish.product.name,
        state,
        known.problems if known is not None else wish.problems,
        known.detail if known is not None else kept(items_with_it(wish.in_the_way)),
        wish.items,
        known.batch if known is not None and known.batch else None,
    )
