"""Statements of the ShopPublisher: how far each product is in a shop."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from magazie.model.publishing import Content, PublicationState, PublishProblem, Sending


class Publication(msgspec.Struct, frozen=True):
    """One product in one shop, as publishing left it.

    ``batch`` is the job it was last chosen for, ``detail`` more of why it is not there (see
    ``model.publish_details``, as it is kept), ``content`` what the shop last took of us,
    ``sent`` what is on its way or was last refused.
    """

    product_id: int
    state: PublicationState
    batch: int
    problems: tuple[PublishProblem, ...] = ()
    detail: str = ""
    external_id: str | None = None
    content: Content | None = None
    sent: Sending | None = None
    attempts: int = 0


class BatchCounts(msgspec.Struct, frozen=True):
    """How far the products are that were chosen for a job."""

    total: int
    open: int
    published: int


_COLUMNS: Final = "product_id, state, batch, problems, detail, external_id, content, sent, attempts"
_decode_problems = msgspec.json.Decoder(tuple[PublishProblem, ...]).decode
_decode_content = msgspec.json.Decoder(Content).decode
_decode_sending = msgspec.json.Decoder(Sending).decode


def store(
    connection: sqlite3.Connection, shop: str, found: Iterable[Publication], now_ms: int
) -> None:
    """Store these, in place of what was known of their products."""
    connection.executemany(
        f"INSERT INTO publications (shop, {_COLUMNS}, changed_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " state = excluded.state, batch = excluded.batch, problems = excluded.problems,"
        " detail = excluded.detail, external_id = excluded.external_id,"
        " content = excluded.content, sent = excluded.sent, attempts = excluded.attempts,"
        " changed_ms = excluded.changed_ms",
        [
            (
                shop,
                one.product_id,
                one.state,
                one.batch,
                msgspec.json.encode(one.problems).decode(),
                one.detail,
                one.external_id,
                _text(one.content),
                _text(one.sent),
                one.attempts,
                now_ms,
            )
            for one in found
        ],
    )


def load(
    connection: sqlite3.Connection, shop: str, product_ids: Sequence[int]
) -> dict[int, Publication]:
    """What is known of these products; those never chosen are left out."""
    found = {}
    for product_id in product_ids:
        row = connection.execute(
            f"SELECT {_COLUMNS} FROM publications WHERE shop = ? AND product_id = ?",
            (shop, product_id),
        ).fetchone()
        if row is not None:
            found[product_id] = _publication(row)
    return found


def in_state(
    connection: sqlite3.Connection,
    shop: str,
    state: PublicationState,
    *,
    batch: int | None = None,
    limit: int = -1,
) -> list[Publication]:
    """Those in a state, of one job or all, the least tried first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM publications WHERE shop = ?1 AND state = ?2"
        " AND (?3 IS NULL OR batch = ?3) ORDER BY attempts, product_id LIMIT ?4",
        (shop, state, batch, limit),
    ).fetchall()
    return [_publication(row) for row in rows]


def tried_with_code(
    connection: sqlite3.Connection, shop: str, batch: int, product_id: int, keys: Iterable[str]
) -> Publication | None:
    """Another product of the job that one of these keys finds, and that was tried in vain.

    What was sent of it may be there all the same.
    """
    row = connection.execute(
        f"SELECT {', '.join(f'u.{name}' for name in _COLUMNS.split(', '))}"
        " FROM product_keys AS k JOIN publications AS u ON u.shop = ?1"
        " AND u.product_id = k.product_id WHERE k.key IN (SELECT value FROM json_each(?4))"
        " AND k.product_id <> ?3 AND u.state = 'waiting' AND u.attempts > 0 AND u.batch = ?2"
        " ORDER BY u.product_id LIMIT 1",
        (shop, batch, product_id, json.dumps(sorted(keys))),
    ).fetchone()
    return _publication(row) if row is not None else None


def chosen_products(
    connection: sqlite3.Connection, shop: str, *, only_refused: bool = False
) -> list[int]:
    """Every product that was ever chosen, or those of them that are refused."""
    rows = connection.execute(
        "SELECT product_id FROM publications WHERE shop = ? AND (? = 0 OR state = 'refused')"
        " ORDER BY product_id",
        (shop, only_refused),
    ).fetchall()
    return [product_id for (product_id,) in rows]


def count_batch(connection: sqlite3.Connection, shop: str, batch: int) -> BatchCounts:
    """How far a job is."""
    row = connection.execute(
        "SELECT count(*), ifnull(sum(state = 'waiting' OR state = 'sending'), 0),"
        " ifnull(sum(state = 'published'), 0) FROM publications WHERE shop = ? AND batch = ?",
        (shop, batch),
    ).fetchone()
    return BatchCounts(*row)


def not_published(
    connection: sqlite3.Connection, shop: str, batch: int
) -> list[tuple[int, str, tuple[PublishProblem, ...], str]]:
    """(product, its code, problems, the shop's words) of what a job was refused."""
    rows = connection.execute(
        "SELECT u.product_id, p.code, u.problems, u.detail FROM publications AS u"
        " JOIN products AS p ON p.id = u.product_id"
        " WHERE u.shop = ? AND u.batch = ? AND u.state = 'refused' ORDER BY p.code_key",
        (shop, batch),
    ).fetchall()
    return [
        (product_id, code, _decode_problems(problems), detail)
        for product_id, code, problems, detail in rows
    ]


def of_products(
    connection: sqlite3.Connection, product_ids: Iterable[int]
) -> dict[int, list[tuple[str, Publication]]]:
    """(shop, how far it is there) of products, by shop; those never chosen are left out."""
    found: dict[int, list[tuple[str, Publication]]] = {}
    for product_id in product_ids:
        rows = connection.execute(
            f"SELECT shop, {_COLUMNS} FROM publications WHERE product_id = ? ORDER BY shop",
            (product_id,),
        ).fetchall()
        if rows:
            found[product_id] = [(row[0], _publication(row[1:])) for row in rows]
    return found


def _text(value: Content | Sending | None) -> str | None:
    return msgspec.json.encode(value).decode() if value is not None else None


def _publication(row: tuple[object, ...]) -> Publication:
    product_id, state, batch, problems, detail, external_id, content, sent, attempts = row
    return msgspec.convert(
        {
            "product_id": product_id,
            "state": state,
            "batch": batch,
            "problems": _decode_problems(str(problems)),
            "detail": detail,
            "external_id": external_id,
            "content": _decode_content(str(content)) if content is not None else None,
            "sent": _decode_sending(str(sent)) if sent is not None else None,
            "attempts": attempts,
        },
        Publication,
    )
