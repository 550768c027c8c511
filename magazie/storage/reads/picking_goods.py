"""What a terminal shows of products, and the codes by which they are scanned."""

import json
import sqlite3
from collections.abc import Iterable

import msgspec

from magazie.model.finder import Named, ThingKind
from magazie.model.romanian_letters import comma_letters
from magazie.model.tracking import Tracking


class PickedGoods(msgspec.Struct, frozen=True, gc=False):
    """A product as a picker sees it. ``image`` is the hash of its first picture that is here."""

    product_id: int
    code: str
    name: str
    image: str
    location: str
    unit: str
    named: tuple[Named, ...]
    tracking: Tracking = Tracking.NONE


class _Picture(msgspec.Struct):
    media: str = ""


_decode_pictures = msgspec.json.Decoder(tuple[_Picture, ...]).decode


def read_goods(
    connection: sqlite3.Connection, product_ids: Iterable[int]
) -> dict[int, PickedGoods]:
    """Product id → what is shown of it; products that are not there are left out."""
    wanted = json.dumps(sorted(product_ids))
    codes: dict[int, list[tuple[str, int]]] = {}
    for product_id, code, pieces_milli in connection.execute(
        "SELECT product_id, code, pieces_milli FROM product_codes"
        " WHERE product_id IN (SELECT value FROM json_each(?)) ORDER BY code",
        (wanted,),
    ).fetchall():
        codes.setdefault(product_id, []).append((code, pieces_milli))
    rows = connection.execute(
        "SELECT id, code, ean, name, images, location, unit, tracking FROM products"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (wanted,),
    ).fetchall()
    return {
        product_id: PickedGoods(
            product_id,
            code,
            comma_letters(name),
            _first_picture(images),
            location,
            unit,
            tuple(
                Named(ThingKind.PRODUCT, product_id, text, pieces_milli)
                for text, pieces_milli in ((code, 1000), (ean, 1000), *codes.get(product_id, ()))
                if text
            ),
            Tracking(tracking),
        )
        for product_id, code, ean, name, images, location, unit, tracking in rows
    }


def _first_picture(images: str) -> str:
    return next((each.media for each in _decode_pictures(images) if each.media), "")
