"""A product that becomes a bundle at the very moment an order or a document names it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from magazie.actors.field_faults import FieldsRefusedError
from magazie.actors.movement_actor import MovementActor
from magazie.actors.movement_messages import CreateMovement, NewLine
from magazie.actors.stock_actor import StockActor
from magazie.storage.movements import MovementKind
from magazie.storage.orders import NewOrder
from magazie.storage.storage import Storage
from tests.cases.test_bundles import bundle
from tests.rules.room_books import MAIN
from tests.rules.storeroom import Storeroom, in_storeroom

Meanwhile = Callable[[], Awaitable[None]]


def before_once(
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    name: str,
    is_it: Callable[..., bool],
    act: Meanwhile,
) -> None:
    """Act just before the first call of a method that ``is_it`` says yes to."""
    original, done = getattr(owner, name), []

    async def replaced(self: Any, *arguments: Any) -> Any:
        if not done and is_it(self, *arguments):
            done.append(True)
            await act()
        return await original(self, *arguments)

    monkeypatch.setattr(owner, name, replaced)


async def set_up(room: Storeroom) -> None:
    """P1: 10 on hand, P2: 3 on hand, P3: nothing is known of its stock."""
    for sku in ("P1", "P2", "P3"):
        await room.take_up(sku)
    await room.receive("P1", 10)
    await room.receive("P2", 3)
    await room.read()


async def becomes(room: Storeroom) -> None:
    await bundle(room, "P3", ("P1", 2), ("P2", 1))


async def refused(room: Storeroom) -> None:
    with pytest.raises(FieldsRefusedError, match="orders hold it"):
        await becomes(room)


@in_storeroom({"P1": 10, "P2": 3, "P3": 0}, linked=False)
async def test_a_bundle_made_before_the_order_is_stored_has_its_parts_claimed(
    room: Storeroom,
) -> None:
    await set_up(room)
    with pytest.MonkeyPatch.context() as monkeypatch:
        before_once(
            monkeypatch,
            Storage,
            "write",
            lambda _self, unit: isinstance(unit, NewOrder),
            lambda: becomes(room),
        )
        order = room.shop.order(("P3", 2), ("P1", 1))
        await room.read()
    await room.pass_time(30)
    assert [await room.reserved(sku) for sku in ("P1", "P2", "P3")] == [5, 2, 0]
    assert await room.alerts("shortage") == []
    await room.crash_and_restart()
    room.shop.cancel(order)
    await room.read()
    assert [await room.reserved(sku) for sku in ("P1", "P2", "P3")] == [0, 0, 0]


@in_storeroom({"P1": 10, "P2": 3, "P3": 0}, linked=False)
async def test_an_order_that_is_about_to_claim_keeps_its_product_from_becoming_a_bundle(
    room: Storeroom,
) -> None:
    await set_up(room)
    product = room.product_ids["P3"]
    with pytest.MonkeyPatch.context() as monkeypatch:
        before_once(
            monkeypatch,
            StockActor,
            "on_fold",
            lambda self, _messages: self._product_id == product,
            lambda: refused(room),
        )
        order = room.shop.order(("P3", 2))
        await room.read()
    assert await room.held(order) == {1: (0, 2)}
    room.shop.cancel(order)
    await room.read()
    await refused(room)  # the shop may bring it back, and then it claims P3 itself
    room.shop.move(order, 1)
    await room.read()
    await room.receive("P3", 2)
    assert await room.held(order) == {1: (2, 0)}


@in_storeroom({"P1": 10, "P2": 3, "P3": 0}, linked=False)
async def test_an_order_without_a_warehouse_keeps_its_product_from_becoming_a_bundle(
    room: Storeroom,
) -> None:
    await set_up(room)
    await room.set_shop(stock_warehouse=None)
    order = room.shop.order(("P3", 2))
    await room.read()
    await refused(room)
    await room.set_shop(stock_warehouse=MAIN)
    await room.pass_time(30)
    assert await room.held(order) == {1: (0, 2)}


@in_storeroom({"P1": 10, "P2": 3, "P3": 0}, linked=False)
async def test_a_document_is_refused_whose_product_became_a_bundle_meanwhile(
    room: Storeroom,
) -> None:
    await set_up(room)
    line = NewLine(room.product_ids["P3"], 1000)
    with pytest.MonkeyPatch.context() as monkeypatch:
        before_once(
            monkeypatch, MovementActor, "_not_there", lambda *_: True, lambda: becomes(room)
        )
        with pytest.raises(FieldsRefusedError, match="is a bundle"):
            await room.move(MovementKind.RECEPTION, [line])
    assert room.peek("SELECT count(*) FROM ledger WHERE product_id = ?", line.product_id) == 0


@in_storeroom({"P1": 10, "P2": 3, "P3": 0}, linked=False)
async def test_a_document_that_is_being_posted_keeps_its_product_from_becoming_a_bundle(
    room: Storeroom,
) -> None:
    await set_up(room)
    line = NewLine(room.product_ids["P3"], 1000)
    with pytest.MonkeyPatch.context() as monkeypatch:
        before_once(monkeypatch, StockActor, "_post", lambda *_: True, lambda: refused(room))
        document = CreateMovement(
            kind=MovementKind.RECEPTION,
            warehouse=MAIN,
            reference="x",
            lines=(line,),
            created_by="test",
        )
        posted = await room.ask(MovementActor, ("test", "late"), document)
    assert [line.posted for line in posted.lines] == [True]
    assert await room.on_hand("P3") == 1
