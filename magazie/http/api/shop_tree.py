"""What a shop's catalogue is made of: its categories and its attributes."""

import sqlite3

import msgspec

from magazie.actors.settings_book import Role
from magazie.http.api.shop_paths import shop_of
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.problems import ProblemKind
from magazie.storage.reads.shop_tree import (
    AttributeRow,
    CategoryRow,
    find_attributes,
    find_categories,
)

_TAG = "shops"


class ShopCategoryShown(msgspec.Struct, frozen=True):
    """A category of the shop. ``path`` is names, root first; ``items`` counts those below too.

    One that is gone stays for what refers to it.
    """

    id: str
    name: str
    parent_id: str | None
    path: tuple[str, ...]
    position: int
    is_gone: bool
    items: int


class ShopCategories(msgspec.Struct, frozen=True):
    """The whole tree, parents before children."""

    items: list[ShopCategoryShown]


class ShopOption(msgspec.Struct, frozen=True):
    """A value that items of the shop have, and how many."""

    value: str
    items: int


class ShopAttributeShown(msgspec.Struct, frozen=True):
    """An attribute of the shop. Its options cannot be read there: they are gathered from items.

    ``key`` is empty where the shop gave none; so is ``type`` of one that only items name.
    """

    id: str
    key: str
    name: str
    type: str
    is_version: bool
    is_gone: bool
    items: int
    options: tuple[ShopOption, ...]


class ShopAttributes(msgspec.Struct, frozen=True):
    """All attributes of the shop, by name."""

    items: list[ShopAttributeShown]


@endpoint(
    "GET",
    "/api/v1/shops/{shop}/categories",
    role=Role.PICKER,
    tag=_TAG,
    summary="Show a shop's category tree",
    answers={200: ShopCategories},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_categories(call: Call[NoBody, NoQuery]) -> Outcome:
    """As the last reading of the catalogue found it; empty before the first."""
    shop = shop_of(call).name

    def query(connection: sqlite3.Connection) -> list[CategoryRow]:
        return find_categories(connection, shop)

    found = await call.parts.storage.read(query)
    return Answer(
        ShopCategories(
            [
                ShopCategoryShown(
                    row.id, row.name, row.parent_id, row.path, row.place, row.is_gone, row.items
                )
                for row in found
            ]
        )
    )


@endpoint(
    "GET",
    "/api/v1/shops/{shop}/attributes",
    role=Role.PICKER,
    tag=_TAG,
    summary="Show a shop's attributes",
    answers={200: ShopAttributes},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_attributes(call: Call[NoBody, NoQuery]) -> Outcome:
    """Each with the values that most items have, 200 at most."""
    shop = shop_of(call).name

    def query(connection: sqlite3.Connection) -> list[AttributeRow]:
        return find_attributes(connection, shop)

    found = await call.parts.storage.read(query)
    return Answer(ShopAttributes([_attribute(row) for row in found]))


def _attribute(row: AttributeRow) -> ShopAttributeShown:
    return ShopAttributeShown(
        row.id,
        row.key,
        row.name,
        row.type,
        row.is_version,
        row.is_gone,
        row.items,
        tuple(ShopOption(option.value, option.items) for option in row.options),
    )


ENDPOINTS = (read_categories, read_attributes)
