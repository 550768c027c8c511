"""Statements of the ImageActor, and what of images is still to be done."""

import sqlite3
from collections.abc import Collection, Iterator

import msgspec

MISSING = "missing_images AS m LEFT JOIN image_fetches AS f ON f.url = m.url"
"""Every image that a product lacks, with what came of fetching it."""


_LAST = "\U0010ffff"
"""Sorts behind every letter."""


class ImageFetch(msgspec.Struct, frozen=True):
    """What came of fetching an address. ``due_ms`` None: it is not tried again by itself."""

    url: str
    tries: int
    media: str
    problem: str
    due_ms: int | None
    changed_ms: int


class UntoldImage(msgspec.Struct, frozen=True):
    """A product that does not show yet what came of an image."""

    product_id: int
    url: str
    media: str
    problem: str


def load(connection: sqlite3.Connection, url: str) -> ImageFetch | None:
    """What came of this address so far."""
    row = connection.execute(
        "SELECT url, tries, media, problem, due_ms, changed_ms FROM image_fetches WHERE url = ?",
        (url,),
    ).fetchone()
    return ImageFetch(*row) if row is not None else None


def store(connection: sqlite3.Connection, fetch: ImageFetch) -> None:
    """Keep what came of an address."""
    connection.execute(
        "INSERT INTO image_fetches (url, tries, media, problem, due_ms, changed_ms)"
        " VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET tries = excluded.tries, media = excluded.media,"
        " problem = excluded.problem, due_ms = excluded.due_ms, changed_ms = excluded.changed_ms",
        (fetch.url, fetch.tries, fetch.media, fetch.problem, fetch.due_ms, fetch.changed_ms),
    )


def forget(connection: sqlite3.Connection, url: str, media: str) -> None:
    """Let an address be fetched anew whose image was this one."""
    connection.execute("DELETE FROM image_fetches WHERE url = ? AND media = ?", (url, media))


def make_due(connection: sqlite3.Connection, product_id: int | None, now_ms: int) -> int:
    """Let what failed be tried anew, for one product or for all; answers how many addresses."""
    cursor = connection.execute(
        "UPDATE image_fetches SET tries = 0, due_ms = ?, changed_ms = ?"
        " WHERE problem <> '' AND EXISTS (SELECT 1 FROM missing_images AS m"
        " WHERE m.url = image_fetches.url AND (?3 IS NULL OR m.product_id = ?3))",
        (now_ms, now_ms, product_id),
    )
    return cursor.rowcount


def due_urls(
    connection: sqlite3.Connection,
    now_ms: int,
    limit: int,
    *,
    running: Collection[str] = (),
    not_from: Collection[str] = (),
) -> list[str]:
    """Addresses that are to be fetched now, without those under way or that begin so."""
    marks = ", ".join("?" * len(running))
    found: list[str] = []
    for low, high in _elsewhere(not_from):
        rows = connection.execute(
            f"SELECT DISTINCT m.url FROM {MISSING} WHERE m.url >= ? AND m.url < ?"
            " AND (f.url IS NULL OR (f.media = '' AND f.due_ms <= ?))"
            f" AND m.url NOT IN ({marks}) LIMIT ?",
            (low, high, now_ms, *running, limit - len(found)),
        ).fetchall()
        found += [url for (url,) in rows]
    return found


def _elsewhere(sites: Collection[str]) -> Iterator[tuple[str, str]]:
    """The ranges of texts that begin with none of these: a backlog of one site is not read."""
    low = ""
    for site in sorted(sites):
        yield low, site
        low = max(low, site + _LAST)
    yield low, _LAST


def kept_images(
    connection: sqlite3.Connection, after: int, limit: int
) -> list[tuple[int, str, str]]:
    """(product, url, media) of images with an address that are here, by product.

    Reads all of ``limit`` products behind the one given.
    """
    return connection.execute(
        "SELECT p.id, ifnull(image.value ->> 'url', ''), ifnull(image.value ->> 'media', '')"
        " FROM (SELECT id, images FROM products WHERE id > ? AND images <> '[]'"
        " ORDER BY id LIMIT ?) AS p, json_each(p.images) AS image ORDER BY p.id",
        (after, limit),
    ).fetchall()


def next_due_ms(connection: sqlite3.Connection, now_ms: int) -> int | None:
    """When the next address after now is to be tried again, if one is."""
    row = connection.execute(
        "SELECT f.due_ms FROM image_fetches AS f INDEXED BY image_fetches_due"
        " WHERE f.due_ms > ? AND EXISTS (SELECT 1 FROM missing_images AS m WHERE m.url = f.url)"
        " ORDER BY f.due_ms LIMIT 1",
        (now_ms,),
    ).fetchone()
    return row[0] if row is not None else None


def untold(
    connection: sqlite3.Connection, *, url: str | None, after: tuple[str, int], limit: int
) -> list[UntoldImage]:
    """Products that are to be told what came of an image, of all addresses or of one.

    They come by address and product; ``after`` are those of the last one that was given.
    """
    rows = connection.execute(
        "SELECT m.product_id, m.url, f.media, f.problem"
        " FROM missing_images AS m JOIN image_fetches AS f ON f.url = m.url"
        " WHERE (f.media <> '' OR f.problem <> m.problem)"
        f"{' AND m.url = ?4' if url is not None else ''}"
        " AND (m.url, m.product_id) > (?1, ?2) ORDER BY m.url, m.product_id LIMIT ?3",
        (*after, limit, *([url] if url is not None else [])),
    ).fetchall()
    return [UntoldImage(*row) for row in rows]
