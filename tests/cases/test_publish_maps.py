"""Categories and attributes that are made in the shop on request: each once, whatever happens."""

import pytest

from magazie.actors.publishing_messages import MapAttributes, MapCategories
from magazie.actors.shop_publisher import ShopPublisher
from magazie.simulators.gomag import FaultKind, Switches
from magazie.storage.jobs import JobState
from magazie.storage.products import Attribute
from magazie.storage.publish_maps import (
    MappedAttribute,
    MappedCategory,
    attributes,
    categories,
)
from tests.cases.publish_room import (
    category_names,
    change,
    ended,
    item,
    lay_out,
    make,
    publish,
    values_of,
)
from tests.rules.storeroom import SHOP, Storeroom, in_storeroom

WRITES = "category/write"


def named(room: Storeroom, name: str) -> list[int]:
    """The shop's categories of this name."""
    known = room.shop.engine.state.catalogue.categories.values()
    return [it.id for it in known if it.name == name]


async def wish(room: Storeroom, category_id: int, name: str, parent: str | None = None) -> None:
    """The office maps a category to one that is to be made."""
    wanted = MappedCategory(category_id, None, name, parent)
    assert await room.ask(ShopPublisher, SHOP, MapCategories((wanted,)))


async def made(room: Storeroom) -> list[MappedCategory]:
    """The map after its job."""
    job = await ended(room, await room.syncs[SHOP].start_maps())
    assert job.state is JobState.DONE, job.problems
    return await room.look(lambda c: categories(c, SHOP))


@in_storeroom({"P1": 5})
async def test_a_category_is_made_where_it_is_wanted(room: Storeroom) -> None:
    ours = await lay_out(room)
    (kitchen,) = named(room, "Bucătărie")
    await wish(room, ours["Altele"], "Diverse", str(kitchen))
    (mapped,) = await made(room)
    (diverse,) = named(room, "Diverse")
    assert (mapped.target_id, mapped.problem) == (str(diverse), "")
    cup = await make(room, "CANA", ours["Altele"])
    assert (await publish(room, cup)).published == 1
    assert category_names(room, item(room, "CANA")) == [("Bucătărie", "Diverse")]
    assert len(named(room, "Diverse")) == 1


@in_storeroom({"P1": 5})
async def test_what_the_shop_has_is_taken(room: Storeroom) -> None:
    ours = await lay_out(room)
    await wish(room, ours["Altele"], "Grădină")
    room.shop.forget_requests()
    (mapped,) = await made(room)
    assert mapped.target_id == str(named(room, "Grădină")[0])
    assert room.shop.requests(WRITES) == []


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.LOST_BEFORE,
        FaultKind.LOST_AFTER,
        FaultKind.SERVER_ERROR_AFTER,
        FaultKind.HTML_PAGE_AFTER,
        FaultKind.ITEM_MISSING,
        FaultKind.IGNORED,
    ],
)
@in_storeroom({"P1": 5}, switches=Switches(repeated_category="made_again"))
async def test_whatever_becomes_of_the_answer_it_is_made_once(
    room: Storeroom, kind: FaultKind
) -> None:
    ours = await lay_out(room)
    await wish(room, ours["Altele"], "Diverse")
    room.shop.fail(kind, WRITES)
    (mapped,) = await made(room)
    if mapped.target_id is None:
        assert "does not show it" in mapped.problem
        (mapped,) = await made(room)  # a person looks, and asks again
    assert mapped.target_id == str(named(room, "Diverse")[0])
    assert len(named(room, "Diverse")) == 1


@in_storeroom({"P1": 5})
async def test_a_refusal_is_told_on_the_map(room: Storeroom) -> None:
    ours = await lay_out(room)
    await wish(room, ours["Altele"], "Diverse")
    room.shop.fail(FaultKind.ITEM_REFUSED, WRITES)
    (mapped,) = await made(room)
    assert (mapped.target_id, "REFUSED" in mapped.problem) == (None, True)


@in_storeroom({"P1": 5})
async def test_killed_in_its_midst_nothing_is_made_twice(room: Storeroom) -> None:
    ours = await lay_out(room)
    await wish(room, ours["Altele"], "Diverse")
    crashed = False

    def note() -> None:
        nonlocal crashed
        crashed = True

    room.shop.after(WRITES, note)
    job_id = await room.syncs[SHOP].start_maps()
    await room.until(lambda: crashed)
    await room.crash_and_restart()
    assert (await ended(room, job_id)).state is JobState.DONE
    assert len(named(room, "Diverse")) == 1
    (mapped,) = await room.look(lambda c: categories(c, SHOP))
    assert mapped.target_id is not None


@in_storeroom({"P1": 5})
async def test_an_attribute_is_made_and_told_under_the_shops_name(room: Storeroom) -> None:
    ours = await lay_out(room)
    wanted = MappedAttribute("Culoarea", None, "Culoare", "dropdown")
    assert await room.ask(ShopPublisher, SHOP, MapAttributes((wanted,)))
    await made(room)
    (mapped,) = await room.look(lambda c: attributes(c, SHOP))
    assert mapped.target_id is not None
    cup = await make(room, "CANA", ours["Căni"])
    await change(room, cup, attributes=(Attribute("Culoarea", ("Roșu",)),))
    await publish(room, cup)
    assert values_of(room, item(room, "CANA")) == {"Culoare": ("Roșu",)}
