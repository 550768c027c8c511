"""Whatever a shop makes of a write, there is one item, or a person is told why not."""

import pytest

from magazie.model.publish_details import PublishDetail, read, shop_said
from magazie.model.publishing import PublicationState, PublishProblem
from magazie.model.work_troubles import WorkTrouble
from magazie.simulators.gomag import FaultKind, Switches
from magazie.storage.jobs import JobState
from magazie.storage.products import load
from tests.cases.publish_room import (
    begin,
    change,
    ended,
    item,
    lay_out,
    make,
    publication,
    publish,
    skus,
)
from tests.rules.storeroom import HOUR, MINUTE, Storeroom, in_storeroom

WRITE, PRODUCTS = "product/write", "product/read"
LOST = [
    FaultKind.REFUSE,
    FaultKind.LOST_BEFORE,
    FaultKind.LOST_AFTER,
    FaultKind.HANG,
    FaultKind.THROTTLE,
    FaultKind.SERVER_ERROR,
    FaultKind.SERVER_ERROR_AFTER,
    FaultKind.HTML_PAGE,
    FaultKind.HTML_PAGE_AFTER,
    FaultKind.CUT_JSON,
    FaultKind.EMPTY_BODY,
    FaultKind.IGNORED,
    FaultKind.ITEM_MISSING,
    FaultKind.ITEM_SKIPPED,
]


@pytest.mark.parametrize("kind", LOST)
@in_storeroom({"P1": 5})
async def test_whatever_becomes_of_an_answer_there_is_one_item(
    room: Storeroom, kind: FaultKind
) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number}", ours["Căni"]) for number in range(3)]
    room.shop.fail(kind, WRITE, times=2)

    result = await publish(room, *cups)

    assert (result.published, result.refused) == (3, 0)
    assert skus(room) == ["CANA-0", "CANA-1", "CANA-2", "P1"]


@pytest.mark.parametrize("delay_s", [32.0, 45.0, 55.0, 75.0, 100.0])
@in_storeroom({"P1": 5})
async def test_what_lands_late_is_still_ours(room: Storeroom, delay_s: float) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number}", ours["Căni"]) for number in range(3)]
    room.shop.fail(FaultKind.LATE_LANDING, WRITE, delay_s=delay_s)

    result = await publish(room, *cups)

    assert (result.published, result.refused) == (3, 0)
    await room.pass_time(5 * MINUTE)
    assert skus(room) == ["CANA-0", "CANA-1", "CANA-2", "P1"]


@in_storeroom({"P1": 5})
async def test_it_is_ours_too_where_it_lands_between_the_look_and_the_next_try(
    room: Storeroom,
) -> None:
    ours = await lay_out(room)
    await publish(room, await make(room, "ALTA", ours["Căni"]))  # the shop was looked around in
    cup = await make(room, "CANA", ours["Căni"])
    room.shop.fail(FaultKind.LOST_BEFORE, WRITE)
    reads = 0

    def lands() -> None:
        nonlocal reads
        reads += 1
        if reads == 2:  # the first found the SKU free, the second nothing of the lost write
            room.shop.add("CANA")

    room.shop.after(PRODUCTS, lands, times=2)

    assert (await publish(room, cup)).published == 1

    assert skus(room) == ["ALTA", "CANA", "P1"]
    product = await room.look(lambda c: load(c, cup))
    assert product is not None
    assert [it.external_id for it in product.links] == [str(item(room, "CANA").id)]


@in_storeroom({"P1": 5})
async def test_what_the_shop_refuses_is_told_in_its_words(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number}", ours["Căni"]) for number in range(3)]
    room.shop.fail(FaultKind.ITEM_REFUSED, WRITE, sku="CANA-1", times=9)
    result = await publish(room, *cups)
    assert (result.published, result.refused) == (2, 1)
    told = await publication(room, cups[1])
    assert (told.problems, read(told.detail)) == ((PublishProblem.REFUSED,), shop_said("REFUSED"))
    await room.pass_time(2)
    assert (await publication(room, cups[1])).state is PublicationState.REFUSED, (
        "the same would be refused again"
    )
    await change(room, cups[1], name="Altă cană")
    await room.pass_time(2)
    assert (await publication(room, cups[1])).state is PublicationState.READY
    room.shop.heal()
    assert (await publish(room, *cups)).published == 3
    assert await room.alerts("publish_refused") == []


@in_storeroom({"P1": 5}, switches=Switches(write_refusal="envelope"))
async def test_one_refused_product_does_not_take_others_with_it(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number}", ours["Căni"]) for number in range(4)]
    room.shop.fail(FaultKind.ITEM_REFUSED, WRITE, sku="CANA-1", times=9)
    result = await publish(room, *cups)
    assert (result.published, result.refused) == (3, 1)
    assert (await publication(room, cups[1])).state is PublicationState.REFUSED


@in_storeroom({"P1": 5})
async def test_nor_where_the_shop_refuses_the_whole_list(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number}", ours["Căni"]) for number in range(4)]
    room.shop.fail(FaultKind.ENVELOPE_REFUSED, WRITE, sku="CANA-1", times=9)
    result = await publish(room, *cups)
    assert (result.published, result.refused) == (3, 1)
    told = await publication(room, cups[1])
    assert told.problems == (PublishProblem.REFUSED,)


@in_storeroom({"P1": 5})
async def test_what_never_shows_is_left_to_a_person(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"])
    room.shop.forget_requests()
    room.shop.keep_failing(FaultKind.IGNORED, WRITE)
    assert (await publish(room, cup)).refused == 1
    assert (await publication(room, cup)).problems == (PublishProblem.NOT_CONFIRMED,)
    assert len(room.shop.requests(WRITE)) == 3


@in_storeroom({"P1": 5})
async def test_a_job_waits_for_its_shop_and_then_says_so(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"])
    room.shop.cut()
    job_id = await begin(room, [cup])
    await room.pass_time(5 * MINUTE)
    room.shop.mend()
    assert (await ended(room, job_id)).state is JobState.DONE
    other = await make(room, "CANA-2", ours["Căni"])
    room.shop.cut()
    job = await ended(room, await begin(room, [other]))
    assert job.state is JobState.FAILED
    assert (await publication(room, other)).problems == (PublishProblem.NOT_SENT,)
    room.shop.mend()
    await room.pass_time(HOUR)
    assert "CANA-2" not in skus(room)
    assert (await publish(room, other)).published == 1


@in_storeroom({"P1": 5})
async def test_a_refused_key_ends_the_job_and_says_so(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"])
    room.shop.keep_failing(FaultKind.WRONG_KEY, WRITE)
    job = await ended(room, await begin(room, [cup]))
    assert job.state is JobState.FAILED
    told = await publication(room, cup)
    assert told.problems == (PublishProblem.NOT_SENT,)
    detail = read(told.detail)
    assert isinstance(detail, PublishDetail)
    assert detail.values["trouble"] == WorkTrouble.SHOP_REFUSES_KEY
    assert detail.values["reason"], "the shop's own words"
    assert [problem.trouble for problem in job.problems] == [WorkTrouble.SHOP_REFUSES_KEY]
    room.shop.heal()
    assert (await publish(room, cup)).published == 1


@in_storeroom({"P1": 5})
async def test_two_items_of_its_code_are_for_a_person(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"])
    room.shop.after(WRITE, lambda: room.shop.add("CANA"))
    assert (await publish(room, cup)).refused == 1
    assert (await publication(room, cup)).problems == (PublishProblem.SKU_TWICE,)
    product = await room.look(lambda c: load(c, cup))
    assert product is not None
    assert product.links == ()
