"""Which category and attribute of a shop ours are."""

import enum
import sqlite3
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from magazie.actors.publishing_messages import MapAttributes, MapCategories
from magazie.actors.settings_book import Role
from magazie.actors.shop_publisher import ShopPublisher
from magazie.http.api.shop_paths import desk_of, shop_of
from magazie.http.api.texts import Line, Short
from magazie.http.endpoint import Answer, Call, LanguageQuery, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import IdText, RecordId, id_text
from magazie.http.problems import ProblemKind, invalid
from magazie.http.reason_language import in_reason_language
from magazie.storage.publish_maps import MappedAttribute, MappedCategory
from magazie.storage.reads.publish_maps import (
    AttributeInMap,
    CategoryInMap,
    MapState,
    attributes_in_map,
    categories_in_map,
)

_TAG = "shops"
_MOST: Final = 10_000


class AttributeType(enum.StrEnum):
    """What kind of values an attribute takes."""

    TEXT = "textinput"
    LONG_TEXT = "textarea"
    ONE_OF = "dropdown"
    SEVERAL_OF = "multipleselect"


class NewCategoryIn(msgspec.Struct, forbid_unknown_fields=True):
    """A category to be made in the shop, under the one of this id, or at the root."""

    name: Line
    parent: Short | None = None


class CategoryChoice(msgspec.Struct, forbid_unknown_fields=True):
    """One of our categories, and the shop's: by its id, or one to be made."""

    category: RecordId
    shop_category: Short | None = None
    create: NewCategoryIn | None = None


class CategoryMapIn(msgspec.Struct, forbid_unknown_fields=True):
    """The whole map; a category left out goes by its name again."""

    items: Annotated[list[CategoryChoice], Meta(max_length=_MOST)]


class NewAttributeIn(msgspec.Struct, forbid_unknown_fields=True):
    """An attribute to be made in the shop."""

    name: Line
    type: AttributeType = AttributeType.TEXT


class AttributeChoice(msgspec.Struct, forbid_unknown_fields=True):
    """One of our attributes, by name, and the shop's: by its id, or one to be made."""

    attribute: Line
    shop_attribute: Short | None = None
    create: NewAttributeIn | None = None


class AttributeMapIn(msgspec.Struct, forbid_unknown_fields=True):
    """The whole map; an attribute left out goes by its name again."""

    items: Annotated[list[AttributeChoice], Meta(max_length=_MOST)]


class CategoryMapped(msgspec.Struct, frozen=True):
    """One of our categories with its path of names, and where it lies in the shop.

    ``products`` counts those that stand in it; ``problem`` is why it could not be made, in the
    language that is asked for or in the shop's own words.
    """

    category: IdText
    path: tuple[str, ...]
    products: int
    state: MapState
    shop_category: str | None
    shop_path: tuple[str, ...]
    problem: str


class CategoryMap(msgspec.Struct, frozen=True):
    """All our categories. ``job``: the one that makes what is to be made."""

    items: list[CategoryMapped]
    job: IdText | None = None


class AttributeMapped(msgspec.Struct, frozen=True):
    """One of our attributes and the shop's; one without is not told to the shop."""

    attribute: str
    products: int
    state: MapState
    shop_attribute: str | None
    shop_name: str
    problem: str


class AttributeMap(msgspec.Struct, frozen=True):
    """All attributes that our products have. ``job``: as for categories."""

    items: list[AttributeMapped]
    job: IdText | None = None


@endpoint(
    "GET",
    "/api/v1/shops/{shop}/categories/map",
    role=Role.PICKER,
    tag=_TAG,
    summary="Show which of a shop's categories ours are",
    answers={200: CategoryMap},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_category_map(call: Call[NoBody, LanguageQuery]) -> Outcome:
    """Those that nobody mapped go by their names, where the shop has the same path of them."""
    return Answer(CategoryMap(await _categories(call)))


@endpoint(
    "PUT",
    "/api/v1/shops/{shop}/categories/map",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Map our categories to a shop's",
    answers={200: CategoryMap},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.NOT_READY),
    takes_key=True,
)
async def write_category_map(call: Call[CategoryMapIn, NoQuery]) -> Outcome:
    """Replaces the map. What is to be made in the shop is made by a job, each only once."""
    desk = desk_of(call)
    wanted = []
    for index, it in enumerate(call.body.items):
        if (it.shop_category is None) == (it.create is None):
            raise invalid(f"items[{index}]", "give either shop_category or create")
        name, parent = (it.create.name.strip(), it.create.parent) if it.create else ("", None)
        if it.create is not None and not name:
            raise invalid(f"items[{index}].create.name", "must not be empty")
        wanted.append(MappedCategory(int(it.category), it.shop_category, name, parent))
    message = MapCategories(tuple(wanted))
    is_to_make = await call.parts.directory.ask(ShopPublisher, desk.shop, message)
    job = id_text(await desk.start_maps()) if is_to_make else None
    return Answer(CategoryMap(await _categories(call), job))


@endpoint(
    "GET",
    "/api/v1/shops/{shop}/attributes/map",
    role=Role.PICKER,
    tag=_TAG,
    summary="Show which of a shop's attributes ours are",
    answers={200: AttributeMap},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_attribute_map(call: Call[NoBody, LanguageQuery]) -> Outcome:
    """Those that nobody mapped go by their name, where the shop has the same."""
    return Answer(AttributeMap(await _attributes(call)))


@endpoint(
    "PUT",
    "/api/v1/shops/{shop}/attributes/map",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Map our attributes to a shop's",
    answers={200: AttributeMap},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.NOT_READY),
    takes_key=True,
)
async def write_attribute_map(call: Call[AttributeMapIn, NoQuery]) -> Outcome:
    """Replaces the map. What is to be made in the shop is made by a job, each only once."""
    desk = desk_of(call)
    wanted = []
    for index, it in enumerate(call.body.items):
        if (it.shop_attribute is None) == (it.create is None):
            raise invalid(f"items[{index}]", "give either shop_attribute or create")
        name, kind = (it.create.name.strip(), it.create.type) if it.create else ("", "")
        if it.create is not None and not name:
            raise invalid(f"items[{index}].create.name", "must not be empty")
        wanted.append(MappedAttribute(it.attribute, it.shop_attribute, name, kind))
    message = MapAttributes(tuple(wanted))
    is_to_make = await call.parts.directory.ask(ShopPublisher, desk.shop, message)
    job = id_text(await desk.start_maps()) if is_to_make else None
    return Answer(AttributeMap(await _attributes(call), job))


async def _categories(call: Call[Any, Any]) -> list[CategoryMapped]:
    shop = shop_of(call).name

    def query(connection: sqlite3.Connection) -> list[CategoryInMap]:
        return categories_in_map(connection, shop)

    return [
        CategoryMapped(
            id_text(it.category_id),
            it.path,
            it.products,
            it.state,
            it.target_id,
            it.target_path,
            in_reason_language(it.problem, call.language),
        )
        for it in await call.parts.storage.read(query)
    ]


async def _attributes(call: Call[Any, Any]) -> list[AttributeMapped]:
    shop = shop_of(call).name

    def query(connection: sqlite3.Connection) -> list[AttributeInMap]:
        return attributes_in_map(connection, shop)

    return [
        AttributeMapped(
            it.name,
            it.products,
            it.state,
            it.target_id,
            it.target_name,
            in_reason_language(it.problem, call.language),
        )
        for it in await call.parts.storage.read(query)
    ]


ENDPOINTS = (read_category_map, write_category_map, read_attribute_map, write_attribute_map)
