"""The maps of categories and attributes as people see them: what lies where, and what is amiss."""

import enum
import sqlite3

import msgspec

from magazie.storage import categories, publish_maps
from magazie.storage.reads.publishing import Judge, Path


class MapState(enum.StrEnum):
    """How one of ours stands in a shop."""

    CHOSEN = "chosen"
    BY_NAME = "by_name"
    PENDING = "pending"
    """It is to be made in the shop, or could not be."""
    GONE = "gone"
    UNMAPPED = "unmapped"


class CategoryInMap(msgspec.Struct, frozen=True):
    """One of our categories; paths are names, root first."""

    category_id: int
    path: Path
    products: int
    state: MapState
    target_id: str | None
    target_path: Path
    problem: str


class AttributeInMap(msgspec.Struct, frozen=True):
    """One of our attributes."""

    name: str
    products: int
    state: MapState
    target_id: str | None
    target_name: str
    problem: str


def categories_in_map(connection: sqlite3.Connection, shop: str) -> list[CategoryInMap]:
    """All our categories, by their paths."""
    judge = Judge(connection, shop, price_warehouse=None, media_url="")
    problems = {it.category_id: it.problem for it in publish_maps.categories(connection, shop)}
    counts = dict(
        connection.execute(
            "SELECT category_id, count(*) FROM products WHERE category_id IS NOT NULL"
            " GROUP BY category_id"
        ).fetchall()
    )
    found = []
    for one in categories.load_all(connection):
        target = judge.target(one.id)
        state = MapState.UNMAPPED
        if target is not None:
            state = MapState.CHOSEN if target.is_chosen else MapState.BY_NAME
            state = MapState.PENDING if target.target_id is None else state
            state = MapState.GONE if target.is_gone else state
        found.append(
            CategoryInMap(
                one.id,
                judge.own_path(one.id),
                counts.get(one.id, 0),
                state,
                target.target_id if target is not None else None,
                target.path if target is not None else (),
                problems.get(one.id, ""),
            )
        )
    return sorted(found, key=lambda it: it.path)


def attributes_in_map(connection: sqlite3.Connection, shop: str) -> list[AttributeInMap]:
    """The attributes that products have or that are mapped, by name."""
    judge = Judge(connection, shop, price_warehouse=None, media_url="")
    chosen = {it.name: it for it in publish_maps.attributes(connection, shop)}
    counts = dict(
        connection.execute(
            "SELECT j.value ->> 'name', count(*) FROM products AS p, json_each(p.attributes) AS j"
            " WHERE p.attributes <> '[]' GROUP BY j.value ->> 'name'"
        ).fetchall()
    )
    found = []
    for name in sorted({*chosen, *counts}):
        there, mapped = judge.attribute(name), chosen.get(name)
        if mapped is None:
            state = MapState.BY_NAME if there is not None else MapState.UNMAPPED
        elif mapped.target_id is None:
            state = MapState.PENDING
        else:
            state = MapState.CHOSEN if there is not None else MapState.GONE
        found.append(
            AttributeInMap(
                name,
                counts.get(name, 0),
                state,
                there.id if there is not None else None,
                there.name if there is not None else "",
                mapped.problem if mapped is not None else "",
            )
        )
    return found
