"""The brake does not hold what a person asked for in bulk, and holds everything else as before."""

import io

from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import EditProduct, SetPrice
from magazie.files.imports import FileOptions
from magazie.model.file_columns import FileKind
from tests.rules.shop_side import LEU
from tests.rules.storeroom import MAIN, MINUTE, SHOP, SIDE, Storeroom, in_storeroom
from tests.rules.test_idea_2_brake_and_start import MANY, SOME, _empty, _sent

OTHERS = tuple(f"P{number}" for number in range(26, 41))
UNDER_WAY = "SELECT count(*) FROM jobs WHERE state = 'waiting' OR state = 'running'"


async def _switch(room: Storeroom, skus: tuple[str, ...], *, stock: bool) -> None:
    sync = room.syncs[SHOP]
    products = tuple(room.product_ids[sku] for sku in skus)
    order = sync.switch_arguments(products=products, wanted=None, stock=stock, price=None)
    await sync.start_switches(order)
    await room.until(lambda: room.peek(UNDER_WAY) == 0)


async def _reprice(room: Storeroom, skus: tuple[str, ...], lei: float, place: str = MAIN) -> None:
    """As bulk edits and files of prices do it."""
    for sku in skus:
        message = EditProduct(selling_prices={place: round(lei * LEU)}, by_person=True)
        await room.ask(ProductActor, room.product_ids[sku], message)


async def _file(room: Storeroom, kind: FileKind, lei: float) -> None:
    text = "cod;preț\n" + "".join(f"{sku};{lei}\n" for sku in SOME)
    options = FileOptions(warehouse=MAIN)
    await room.service.take(io.BytesIO(text.encode()), kind, options, "ana")
    await room.until(lambda: room.peek(UNDER_WAY) == 0)


def _prices(room: Storeroom, skus: tuple[str, ...]) -> set[float]:
    return {room.shop.price(sku) for sku in skus}


@in_storeroom(MANY)
async def test_what_is_taken_back_in_at_once_goes_out_though_it_is_zero(room: Storeroom) -> None:
    await _switch(room, SOME, stock=False)
    await _empty(room, SOME)
    await room.flush()
    assert _sent(room.shop) == {}

    await _switch(room, SOME, stock=True)
    await room.flush()

    assert _sent(room.shop) == dict.fromkeys(SOME, 0)
    assert await room.alerts("held_sends") == []


@in_storeroom(MANY)
async def test_what_is_taken_back_in_one_by_one_is_held(room: Storeroom) -> None:
    await _switch(room, SOME, stock=False)
    await _empty(room, SOME)

    for sku in SOME:
        await room.switch(sku, stock=True)
    await room.flush()

    assert _sent(room.shop) == {}
    assert await room.alerts("held_sends") == [SHOP]


@in_storeroom(MANY)
async def test_a_consent_outlives_a_restart(room: Storeroom) -> None:
    await _switch(room, SOME, stock=False)
    await _empty(room, SOME)
    room.shop.cut()
    await _switch(room, SOME, stock=True)
    await _reprice(room, SOME, 7)
    await room.crash()
    room.shop.mend()
    await room.start()
    await room.pass_time(3 * MINUTE)

    assert _sent(room.shop) == dict.fromkeys(SOME, 0)
    assert _prices(room, SOME) == {7}
    assert await room.alerts("held_sends") == []


@in_storeroom(MANY)
async def test_an_emptying_that_comes_after_the_consent_is_held(room: Storeroom) -> None:
    """The consent was to the five pieces that there were."""
    await _switch(room, SOME, stock=False)
    await _switch(room, SOME, stock=True)
    await _empty(room, SOME)
    await room.flush()

    assert set(_sent(room.shop).values()) <= {5}
    assert await room.alerts("held_sends") == [SHOP]


@in_storeroom(MANY)
async def test_a_consent_to_empty_is_no_consent_to_empty_again(room: Storeroom) -> None:
    await _switch(room, SOME, stock=False)
    await _empty(room, SOME)
    await _switch(room, SOME, stock=True)
    await room.flush()
    await room.receive_all(SOME, 5)
    await room.flush()
    assert _sent(room.shop) == dict.fromkeys(SOME, 5)

    await _empty(room, SOME)
    await room.flush()
    await room.crash_and_restart()
    await room.pass_time(3 * MINUTE)

    assert _sent(room.shop) == dict.fromkeys(SOME, 5)
    assert await room.alerts("held_sends") == [SHOP]


@in_storeroom(MANY)
async def test_a_file_of_prices_goes_out(room: Storeroom) -> None:
    await _file(room, FileKind.PRICES, 8)
    await room.flush()

    assert _prices(room, SOME) == {8}
    assert await room.alerts("held_sends") == []


@in_storeroom(MANY)
async def test_prices_in_a_file_of_products_are_held(room: Storeroom) -> None:
    await _file(room, FileKind.PRODUCTS, 8)
    await room.flush()

    assert _prices(room, SOME) == {10}
    assert await room.alerts("held_sends") == [SHOP]


@in_storeroom(MANY)
async def test_a_mistake_beside_what_was_asked_for_is_held(room: Storeroom) -> None:
    for sku in SOME:
        await room.set_price(sku, 1)
    await _reprice(room, OTHERS, 9)
    await room.flush()

    assert (_prices(room, OTHERS), _prices(room, SOME)) == ({9}, {10})
    assert (await room.outbox()).held == len(SOME)
    await _reprice(room, SOME, 8)
    await room.flush()
    assert _prices(room, SOME) == {8}, "a person said otherwise since"
    assert await room.alerts("held_sends") == []


@in_storeroom(MANY)
async def test_a_price_that_was_asked_for_once_may_be_a_mistake_later(room: Storeroom) -> None:
    await _reprice(room, SOME, 8)
    await room.flush()
    await _reprice(room, SOME, 12)
    await room.flush()
    assert _prices(room, SOME) == {12}

    for sku in SOME:
        await room.set_price(sku, 8)
    await room.flush()

    assert _prices(room, SOME) == {12}


@in_storeroom(MANY)
async def test_a_source_chosen_by_mistake_is_held_whoever_set_its_prices(room: Storeroom) -> None:
    await _reprice(room, tuple(MANY), 3, SIDE)
    await room.set_shop(price_warehouse=SIDE)
    await room.flush()

    assert _prices(room, tuple(MANY)) == {10}
    assert await room.alerts("held_sends") == [SHOP]


@in_storeroom(MANY)
async def test_a_single_price_takes_the_place_of_the_consented_one(room: Storeroom) -> None:
    await _reprice(room, SOME, 8)
    for sku in SOME:
        message = SetPrice(warehouse=MAIN, price_e4=6 * LEU)
        await room.ask(ProductActor, room.product_ids[sku], message)
    await room.flush()

    assert _prices(room, SOME) == {10}


@in_storeroom(MANY)
async def test_a_consent_ends_with_the_generation_it_was_given_under(room: Storeroom) -> None:
    for sku in SOME:
        message = SetPrice(warehouse=SIDE, price_e4=3 * LEU)
        await room.ask(ProductActor, room.product_ids[sku], message)
    await _reprice(room, SOME, 3)
    await room.set_shop(price_warehouse=SIDE)
    await room.flush()

    assert _prices(room, SOME) == {10}, "the same value, from a source nobody agreed to"
    assert await room.alerts("held_sends") == [SHOP]
