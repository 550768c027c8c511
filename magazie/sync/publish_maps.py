"""Making in a shop the categories and attributes that are mapped to ones it does not have yet."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from magazie.actors.catalogue_messages import StoreTree
from magazie.actors.publishing_messages import FindToMake, SettleMade, ToMake
from magazie.actors.runtime import Directory
from magazie.actors.shop_catalogue import ShopCatalogue
from magazie.actors.shop_publisher import ShopPublisher
from magazie.ports import (
    NewAttribute,
    NewCategory,
    OutcomeUnknown,
    Refused,
    ShopAttribute,
    ShopCategory,
    ShopPort,
)
from magazie.storage.publish_maps import MappedAttribute, MappedCategory
from magazie.sync.job_runner import Progress

T = TypeVar("T")

_NOT_SEEN = "the shop did not say no, and does not show it: look there, then save the map again"


class MapResult(msgspec.Struct, frozen=True):
    """How many categories and attributes are in the shop now, and how many could not be made."""

    made: int
    left: int


class PublishMaps:
    """One shop's. What is there already is taken, never made twice; repeating changes nothing."""

    def __init__(self, shop: str, *, port: ShopPort, directory: Directory) -> None:
        """``port`` is the shop."""
        self._shop = shop
        self._port = port
        self._directory = directory

    async def run(self, progress: Progress) -> MapResult:
        """Make what is wanted and not there.

        The shop tells no ids of what it makes: its tree is read before and after.

        Raises:
            ShopError: the shop cannot be read, or nothing was written.

        """
        wanted: ToMake = await self._directory.ask(ShopPublisher, self._shop, FindToMake())
        total = len(wanted.categories) + len(wanted.attributes)
        await progress(0, total)
        categories = await self._make_categories(wanted.categories)
        await progress(len(categories), total)
        attributes = await self._make_attributes(wanted.attributes)
        await self._directory.ask(
            ShopPublisher, self._shop, SettleMade(tuple(categories), tuple(attributes))
        )
        made = sum(it.target_id is not None for it in categories)
        made += sum(it.target_id is not None for it in attributes)
        return MapResult(made, total - made)

    async def _make_categories(self, wanted: Sequence[MappedCategory]) -> list[MappedCategory]:
        if not wanted:
            return []
        known = await self._read_categories()
        refused: dict[int, str] = {}
        asked: set[tuple[str | None, str]] = set()
        for one in wanted:
            place = (one.new_parent, one.new_name)
            if _category(known, one) is None and place not in asked:
                asked.add(place)
                new = NewCategory(one.new_name, one.new_parent)
                problem = await _made(self._port.create_category, new)
                if problem:
                    refused[one.category_id] = problem
        if asked:
            known = await self._read_categories()
        return [
            replace(one, target_id=found, problem="")
            if (found := _category(known, one)) is not None
            else replace(one, problem=refused.get(one.category_id, _NOT_SEEN))
            for one in wanted
        ]

    async def _make_attributes(self, wanted: Sequence[MappedAttribute]) -> list[MappedAttribute]:
        if not wanted:
            return []
        known = await self._read_attributes()
        refused: dict[str, str] = {}
        asked: set[str] = set()
        for one in wanted:
            if _attribute(known, one) is None and one.new_name not in asked:
                asked.add(one.new_name)
                new = NewAttribute(one.new_name, "", one.new_type)
                problem = await _made(self._port.create_attribute, new)
                if problem:
                    refused[one.name] = problem
        if asked:
            known = await self._read_attributes()
        return [
            replace(one, target_id=found, problem="")
            if (found := _attribute(known, one)) is not None
            else replace(one, problem=refused.get(one.name, _NOT_SEEN))
            for one in wanted
        ]

    async def _read_categories(self) -> tuple[ShopCategory, ...]:
        found = await self._port.categories()
        await self._directory.ask(ShopCatalogue, self._shop, StoreTree(found, None))
        return found

    async def _read_attributes(self) -> tuple[ShopAttribute, ...]:
        found = await self._port.attributes()
        await self._directory.ask(ShopCatalogue, self._shop, StoreTree(None, found))
        return found


async def _made(create: Callable[[T], Awaitable[None]], new: T) -> str:
    """Ask for it once; why the shop refused, or nothing: then a reading tells."""
    try:
        await create(new)
    except Refused as error:
        return str(error)
    except OutcomeUnknown:
        return ""
    return ""


def _category(known: Sequence[ShopCategory], wanted: MappedCategory) -> str | None:
    """The first category of this name under this parent."""
    for one in known:
        parent = one.path[-2][0] if len(one.path) > 1 else None
        if (parent, one.name.strip()) == (wanted.new_parent, wanted.new_name):
            return one.id
    return None


def _attribute(known: Sequence[ShopAttribute], wanted: MappedAttribute) -> str | None:
    return next((one.id for one in known if one.name.strip() == wanted.new_name), None)
