"""Statements of the ShopPublisher: which category or attribute of a shop one of ours is."""

import json
import sqlite3
from collections.abc import Iterable

import msgspec


class MappedCategory(msgspec.Struct, frozen=True):
    """One of our categories in a shop: there (``target_id``), or to be made as ``new_name``."""

    category_id: int
    target_id: str | None
    new_name: str = ""
    new_parent: str | None = None
    problem: str = ""


class MappedAttribute(msgspec.Struct, frozen=True):
    """One of our attributes in a shop: there, or to be made as ``new_name`` of ``new_type``."""

    name: str
    target_id: str | None
    new_name: str = ""
    new_type: str = ""
    problem: str = ""


class ShopAttributeNames(msgspec.Struct, frozen=True):
    """What a shop calls an attribute."""

    id: str
    key: str
    name: str
    type: str


def categories(connection: sqlite3.Connection, shop: str) -> list[MappedCategory]:
    """The whole map of categories."""
    rows = connection.execute(
        "SELECT category_id, target_id, new_name, new_parent, problem FROM category_map"
        " WHERE shop = ? ORDER BY category_id",
        (shop,),
    ).fetchall()
    return [MappedCategory(*row) for row in rows]


def attributes(connection: sqlite3.Connection, shop: str) -> list[MappedAttribute]:
    """The whole map of attributes."""
    rows = connection.execute(
        "SELECT name, target_id, new_name, new_type, problem FROM attribute_map"
        " WHERE shop = ? ORDER BY name",
        (shop,),
    ).fetchall()
    return [MappedAttribute(*row) for row in rows]


def replace_categories(
    connection: sqlite3.Connection, shop: str, wanted: Iterable[MappedCategory]
) -> None:
    """Store the map in place of the one there was."""
    connection.execute("DELETE FROM category_map WHERE shop = ?", (shop,))
    connection.executemany(
        "INSERT INTO category_map (shop, category_id, target_id, new_name, new_parent, problem)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(shop, *msgspec.structs.astuple(one)) for one in wanted],
    )


def replace_attributes(
    connection: sqlite3.Connection, shop: str, wanted: Iterable[MappedAttribute]
) -> None:
    """Store the map in place of the one there was."""
    connection.execute("DELETE FROM attribute_map WHERE shop = ?", (shop,))
    connection.executemany(
        "INSERT INTO attribute_map (shop, name, target_id, new_name, new_type, problem)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(shop, *msgspec.structs.astuple(one)) for one in wanted],
    )


def settle_category(connection: sqlite3.Connection, shop: str, made: MappedCategory) -> None:
    """Note that a category was made, or why not; a map that was changed meanwhile stays."""
    connection.execute(
        "UPDATE category_map SET target_id = ?, problem = ? WHERE shop = ? AND category_id = ?"
        " AND target_id IS NULL AND new_name = ? AND new_parent IS ?",
        (made.target_id, made.problem, shop, made.category_id, made.new_name, made.new_parent),
    )


def settle_attribute(connection: sqlite3.Connection, shop: str, made: MappedAttribute) -> None:
    """Note that an attribute was made, or why not; a map that was changed meanwhile stays."""
    connection.execute(
        "UPDATE attribute_map SET target_id = ?, problem = ? WHERE shop = ? AND name = ?"
        " AND target_id IS NULL AND new_name = ?",
        (made.target_id, made.problem, shop, made.name, made.new_name),
    )


def shop_category(
    connection: sqlite3.Connection, shop: str, category_id: str
) -> tuple[tuple[str, ...], bool] | None:
    """(names from the root down, whether it is gone) of a shop's category."""
    row = connection.execute(
        "SELECT path, gone FROM shop_categories WHERE shop = ? AND id = ?", (shop, category_id)
    ).fetchone()
    return (tuple(json.loads(row[0])), bool(row[1])) if row is not None else None


def shop_attribute(
    connection: sqlite3.Connection, shop: str, attribute_id: str
) -> ShopAttributeNames | None:
    """A shop's attribute that is there."""
    row = connection.execute(
        "SELECT id, key, name, type FROM shop_attributes WHERE shop = ? AND id = ? AND gone = 0",
        (shop, attribute_id),
    ).fetchone()
    return ShopAttributeNames(*row) if row is not None else None
