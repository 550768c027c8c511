"""No truth, no send: what is known of a product, and how an import comes to know it."""

import asyncio
from collections.abc import Callable

import pytest

from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import UpdateProduct
from magazie.model.bundles import BundlePart, Parts
from tests.rules.shop_side import PIECE
from tests.rules.storeroom import MAIN, SIDE, Storeroom, in_storeroom


@in_storeroom({"P1": 10, "P2": 3}, linked=False)
async def test_rule_3_no_truth_no_send(room: Storeroom) -> None:
    await room.take_up("P1")
    await room.take_up("P2", lei=None)
    await room.receive("P2", 7)
    await room.flush()
    assert (room.shop.stocks_sent("P1"), room.shop.prices_sent("P1")) == ([], [10])
    assert (room.shop.stocks_sent("P2"), room.shop.prices_sent("P2")) == ([7], [])
    assert (await room.item("P1")).missing == "no_stock_known"
    assert (await room.item("P2", "price")).missing == "no_price"
    await room.receive("P1", 1)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [1]


@in_storeroom({"P1": 10, "P2": 0, "P3": 8}, linked=False)
async def test_rule_3_import_opens_what_the_shop_had_before_the_orders_held_here(
    room: Storeroom,
) -> None:
    room.shop.order(("P1", 4))
    gone = room.shop.order(("P3", 5))
    room.shop.cancel(gone)
    await room.import_items()
    room.know_imported()
    assert await room.on_hand("P1") == 10
    assert await room.available("P1") == 6
    assert await room.on_hand("P3") == 8
    assert (await room.item("P2")).value == 0, "nothing on the shelf is known to be nothing"
    await room.flush()
    assert [room.shop.stock(sku) for sku in ("P1", "P2", "P3")] == [6, 0, 8]


@pytest.mark.parametrize("happens", ["ordered", "edited", "cancelled"])
@in_storeroom({"P1": 10, "P2": 5}, linked=False)
async def test_rule_3_import_reads_again_what_an_order_touched_meanwhile(
    room: Storeroom, happens: str
) -> None:
    order = room.shop.order(("P1", 2))
    await room.read()
    acts: dict[str, Callable[[], object]] = {
        "ordered": lambda: room.shop.order(("P1", 3)),
        "edited": lambda: room.shop.edit(order, ("P1", 5)),
        "cancelled": lambda: room.shop.cancel(order),
    }
    # the first pages fill the listing; the next ones are what stock is opened from
    room.shop.after("product/read", lambda: room.shop.after("product/read", acts[happens]))
    await room.import_items()
    room.know_imported()
    assert await room.on_hand("P1") == 10
    await room.flush()
    assert room.shop.stock("P1") == await room.available("P1")


@in_storeroom({"P1": 10}, linked=False, poll_seconds=3600)
async def test_rule_3_import_reads_orders_after_the_page_that_it_opens_from(
    room: Storeroom,
) -> None:
    def order() -> None:
        room.shop.order(("P1", 3))

    # after the orders were read, and before the page that shows what is left
    room.shop.after("product/read", lambda: room.shop.before("product/read", order))
    await room.import_items()
    room.know_imported()
    assert room.shop.stock("P1") == 7
    assert await room.on_hand("P1") == 10
    assert await room.reserved("P1") == 3


@pytest.mark.parametrize(
    "point",
    [
        "SELECT count(*) >= 20 FROM listing",
        "SELECT count(*) > 0 FROM listing WHERE state = 'creating'",
        "SELECT count(*) > 0 FROM products",
        "SELECT count(*) > 0 FROM movements",
        "SELECT count(*) > 3 FROM ledger",
    ],
)
@in_storeroom({f"P{number}": 5.0 for number in range(1, 21)}, linked=False)
async def test_rule_3_import_goes_on_after_a_crash_and_opens_once(
    room: Storeroom, point: str
) -> None:
    room.shop.order(("P1", 2), ("P7", 1))
    importing = asyncio.ensure_future(room.import_items())
    while not room.peek(point):
        await asyncio.sleep(0.0005)
    await room.crash_and_restart()
    assert importing.cancelled()
    room.shop.order(("P2", 1))
    await room.until(lambda: room.peek("SELECT state = 'done' FROM jobs WHERE kind = 'import'") > 0)
    room.know_imported()
    assert {await room.on_hand(sku) for sku in room.product_ids} == {5}
    assert room.peek("SELECT count(*) FROM ledger") == len(room.product_ids) == 20
    await room.flush(wait_s=30)
    stock = {sku: await room.available(sku) for sku in room.product_ids}
    assert stock == {sku: room.shop.stock(sku) for sku in room.product_ids}


@pytest.mark.parametrize(("earlier", "on_hand"), [(None, 10), (MAIN, 6)])
@in_storeroom({"P1": 10}, linked=False)
async def test_rule_3_import_opens_nothing_for_orders_that_claim_elsewhere(
    room: Storeroom, earlier: str | None, on_hand: int
) -> None:
    await room.set_shop(stock_warehouse=earlier)
    room.shop.order(("P1", 4))
    await room.read()
    await room.set_shop(stock_warehouse=SIDE)
    await room.import_items()
    room.know_imported()
    # an order that was taken while the shop had no warehouse claims in the first it gets
    assert await room.on_hand("P1", SIDE) == on_hand
    assert await room.available("P1", SIDE) == 6
    await room.flush()
    assert room.shop.stock("P1") == 6, "what is sold is not sold again"


@in_storeroom({"P1": 3}, linked=False)
async def test_rule_3_import_of_an_oversold_item_opens_what_is_there(room: Storeroom) -> None:
    room.shop.order(("P1", 5))
    assert room.shop.stock("P1") == -2
    await room.import_items()
    room.know_imported()
    assert await room.on_hand("P1") == 3
    assert await room.reserved("P1") == 3
    assert len(await room.alerts("shortage")) == 1


@in_storeroom({"LEI": 1, "FARA-TVA": 1, "EURO": 1}, linked=False)
async def test_rule_3_only_prices_in_ron_with_vat_are_taken(room: Storeroom) -> None:
    catalogue = room.shop.engine.state.catalogue
    catalogue.by_sku("FARA-TVA")[0].vat_included = False
    catalogue.by_sku("EURO")[0].currency = "EUR"
    await room.import_items()
    room.know_imported()
    priced = {sku: (await room.item(sku, "price")).value for sku in room.product_ids}
    assert priced == {"LEI": 100_000, "FARA-TVA": None, "EURO": None}
    await room.set_price("FARA-TVA", 20)
    await room.flush()
    assert catalogue.by_sku("FARA-TVA")[0].base_price_e4 == round(200_000 / 1.21)


# --- rule 3: bundles ----------------------------------------------------------------------


async def _make_bundle(room: Storeroom, sku: str, **parts: float) -> None:
    its: Parts = tuple(
        BundlePart(room.product_ids[part], round(pieces * PIECE)) for part, pieces in parts.items()
    )
    await room.ask(ProductActor, room.product_ids[sku], UpdateProduct(bundle=its))


@in_storeroom({"P1": 10, "P2": 7, "P3": 99}, linked=False)
async def test_rule_3_of_a_bundle_nothing_is_sent_before_the_stock_of_each_part_is_known(
    room: Storeroom,
) -> None:
    for sku in ("P1", "P2", "P3"):
        await room.take_up(sku)
    await _make_bundle(room, "P3")
    await room.receive("P1", 10)
    await room.flush()
    assert room.shop.stocks_sent("P3") == [], "its parts are not known"
    await _make_bundle(room, "P3", P1=2, P2=1)
    await room.flush()
    assert room.shop.stocks_sent("P3") == [], "how many there are of one part is not known"
    assert (await room.item("P3")).missing == "bundle_unknown"
    await room.receive("P2", 7)
    await room.flush()
    assert room.shop.stocks_sent("P3") == [5]


@in_storeroom({"P1": 10, "P3": 99}, linked=False)
async def test_rule_3_a_line_on_a_bundle_waits_until_its_parts_are_known(room: Storeroom) -> None:
    for sku in ("P1", "P3"):
        await room.take_up(sku)
    await _make_bundle(room, "P3")
    await room.receive("P1", 10)
    order = room.shop.order(("P3", 2))
    await room.read()
    assert await room.held(order) == {}
    assert len(await room.alerts("unlinked_line")) == 1
    await _make_bundle(room, "P3", P1=2)
    await room.pass_time(1)
    assert await room.held(order) == {1: (4, 0)}
    assert [await room.reserved(sku) for sku in ("P1", "P3")] == [4, 0]
    assert await room.alerts("unlinked_line") == []


@in_storeroom({"P1": 10})
async def test_rule_3_a_safety_buffer_is_taken_off_what_is_sent(room: Storeroom) -> None:
    await room.set_shop(stock_buffer_milli=3 * PIECE)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [7]
    await room.adjust("P1", -8)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [7, 0]
