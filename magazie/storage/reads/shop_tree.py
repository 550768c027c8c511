"""A shop's categories and attributes, with how many items use them."""

import json
import sqlite3

import msgspec

OPTIONS_MOST = 200
"""Values of one attribute that are shown; those that most items have come first."""


class CategoryRow(msgspec.Struct, frozen=True):
    """One category; ``items`` counts those below it too. ``path`` is names, root first."""

    id: str
    name: str
    parent_id: str | None
    path: tuple[str, ...]
    place: int
    is_gone: bool
    items: int


class OptionRow(msgspec.Struct, frozen=True):
    """A value that items have for an attribute."""

    value: str
    items: int


class AttributeRow(msgspec.Struct, frozen=True):
    """One attribute with the values that items have: its options cannot be read at the shop."""

    id: str
    key: str
    name: str
    type: str
    is_version: bool
    is_gone: bool
    items: int
    options: tuple[OptionRow, ...]


def find_categories(connection: sqlite3.Connection, shop: str) -> list[CategoryRow]:
    """The whole tree, parents before children; what is gone comes where it stood."""
    rows = connection.execute(
        "SELECT c.id, c.name, c.parent_id, c.path, c.place, c.gone, (SELECT count(*)"
        " FROM listing_categories AS u JOIN listing AS g ON g.shop = u.shop"
        " AND g.external_id = u.external_id AND g.state <> 'gone'"
        " WHERE u.shop = c.shop AND u.category_id = c.id)"
        " FROM shop_categories AS c WHERE c.shop = ? ORDER BY c.place, c.id",
        (shop,),
    ).fetchall()
    return [
        CategoryRow(id_, name, parent, tuple(json.loads(path)), place, bool(gone), items)
        for id_, name, parent, path, place, gone, items in rows
    ]


def find_attributes(connection: sqlite3.Connection, shop: str) -> list[AttributeRow]:
    """The shop's attributes by name, those that only items name included."""
    known = {
        row[0]: row
        for row in connection.execute(
            "SELECT id, key, name, type, is_version, gone FROM shop_attributes WHERE shop = ?",
            (shop,),
        ).fetchall()
    }
    for attribute_id, name in connection.execute(
        "SELECT attribute_id, max(name) FROM listing_attributes WHERE shop = ?"
        " GROUP BY attribute_id",
        (shop,),
    ).fetchall():
        known.setdefault(attribute_id, (attribute_id, "", name, "", 0, 0))
    wanted = sorted(known.values(), key=lambda row: (row[2], row[0]))
    return [_attribute(connection, shop, row) for row in wanted]


def _attribute(
    connection: sqlite3.Connection, shop: str, row: tuple[str, str, str, str, int, int]
) -> AttributeRow:
    (items,) = connection.execute(
        "SELECT count(DISTINCT external_id) FROM listing_attributes"
        " WHERE shop = ? AND attribute_id = ?",
        (shop, row[0]),
    ).fetchone()
    options = connection.execute(
        "SELECT value, count(*) AS n FROM listing_attributes WHERE shop = ? AND attribute_id = ?"
        " GROUP BY value ORDER BY n DESC, value LIMIT ?",
        (shop, row[0], OPTIONS_MOST),
    ).fetchall()
    id_, key, name, kind, is_version, gone = row
    return AttributeRow(
        id_,
        key,
        name,
        kind,
        bool(is_version),
        bool(gone),
        items,
        tuple(OptionRow(*option) for option in options),
    )
