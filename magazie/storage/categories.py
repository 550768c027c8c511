"""Statements for the tree of categories."""

import sqlite3

import msgspec


class Category(msgspec.Struct, frozen=True):
    """A node of the tree; its name is unique under its parent."""

    id: int
    parent_id: int | None
    name: str


def find(connection: sqlite3.Connection, parent_id: int | None, name: str) -> Category | None:
    """The category of this name under this parent."""
    row = connection.execute(
        "SELECT id FROM categories WHERE ifnull(parent_id, 0) = ifnull(?, 0) AND name = ?",
        (parent_id, name),
    ).fetchone()
    return Category(row[0], parent_id, name) if row is not None else None


def exists(connection: sqlite3.Connection, category_id: int) -> bool:
    """Whether there is a category with this id."""
    row = connection.execute("SELECT 1 FROM categories WHERE id = ?", (category_id,)).fetchone()
    return row is not None


def add(connection: sqlite3.Connection, category: Category) -> bool:
    """Add a category; False when its name is taken under its parent."""
    cursor = connection.execute(
        "INSERT INTO categories (id, parent_id, name) VALUES (?, ?, ?)"
        " ON CONFLICT (ifnull(parent_id, 0), name) DO NOTHING",
        (category.id, category.parent_id, category.name),
    )
    return cursor.rowcount == 1


def load_all(connection: sqlite3.Connection) -> list[Category]:
    """The whole tree, by name."""
    rows = connection.execute(
        "SELECT id, parent_id, name FROM categories ORDER BY name, id"
    ).fetchall()
    return [Category(*row) for row in rows]
