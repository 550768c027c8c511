"""Images that products lack, and how far fetching them is."""

import sqlite3

import msgspec

from magazie.model.image_fetches import ImageProblem
from magazie.storage.image_fetches import MISSING
from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch, maker


class ImageCounts(msgspec.Struct, frozen=True):
    """Addresses of images: fetched ones, failed ones that a product lacks, never tried ones."""

    fetched: int
    failed: int
    waiting: int


class MissingImage(msgspec.Struct, frozen=True):
    """An image that a product lacks. ``due_ms`` None: it is not tried again by itself.

    ``problem`` None: it was not tried yet.
    """

    product_id: int
    url: str
    problem: ImageProblem | None
    tries: int
    due_ms: int | None


class MissingImageFilter(msgspec.Struct, frozen=True):
    """Which images; ``gave_up`` chooses those that are, or are not, tried no more."""

    product_id: int | None = None
    problem: ImageProblem | None = None
    gave_up: bool | None = None


FIELDS = {"url": "m.url", "product": "m.product_id"}
_SOURCE = Source(
    "m.product_id, m.url, nullif(f.problem, ''), ifnull(f.tries, 0), f.due_ms",
    MISSING,
    FIELDS,
    unique=("url", "product"),
)
_MAKE = maker(MissingImage)


def find_missing_images(
    connection: sqlite3.Connection, wanted: MissingImageFilter, page: PageRequest
) -> Page[MissingImage]:
    """One page of images that are not here."""
    conditions = Conditions()
    conditions.equal("m.product_id", wanted.product_id)
    conditions.equal("f.problem", wanted.problem)
    if wanted.gave_up is not None:
        gave_up = "f.problem <> '' AND f.due_ms IS NULL"
        conditions.add(gave_up if wanted.gave_up else f"ifnull({gave_up}, 0) = 0")
    return fetch(connection, _SOURCE, conditions, page, make=_MAKE)


def count_images(connection: sqlite3.Connection) -> ImageCounts:
    """How far fetching is."""
    (fetched,) = connection.execute(
        "SELECT count(*) FROM image_fetches WHERE media <> ''"
    ).fetchone()
    failed, waiting = connection.execute(
        "SELECT count(f.problem), count(*) - count(f.problem)"
        " FROM (SELECT DISTINCT url FROM missing_images) AS m"
        " LEFT JOIN image_fetches AS f ON f.url = m.url WHERE f.url IS NULL OR f.media = ''"
    ).fetchone()
    return ImageCounts(fetched, failed, waiting)
