"""Claims on the stock: which command counts, what it is answered, and whose goods are taken."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import OrderHeld, SetPicked
from magazie.actors.stock_actor import StockActor
from magazie.actors.stock_messages import ClaimHeld, SetClaim
from magazie.model.claims import Claim, ClaimLine, Draft, NotEnoughGoodsError, Shelf
from magazie.model.orders import Fulfilment
from magazie.storage import stock as rows
from magazie.storage.errors import TransactionLostError
from magazie.storage.storage import Storage
from tests.rules.room_books import key_of
from tests.rules.shop_side import PIECE
from tests.rules.storeroom import MAIN, MINUTE, SHOP, Storeroom, in_storeroom
from tests.storage.schema import with_schema

OWING = "SELECT count(*) FROM orders WHERE claims_set < claims_wanted"
HELD = "SELECT sum(reserved_milli) / 1000 FROM claims"

# --- claims_are_absolute ------------------------------------------------------------------


async def _set_claim(room: Storeroom, order_id: int, revision: int, pieces: float) -> ClaimHeld:
    order = await room.find(order_id)
    assert order is not None
    lines = {1: (round(pieces * PIECE), 0)}
    claim = SetClaim(order.id, MAIN, order.placed_at_ms, revision, lines)
    held: ClaimHeld = await room.ask(StockActor, room.product_ids["P1"], claim)
    return held


@pytest.mark.parametrize("crashes", [False, True])
@in_storeroom({"P1": 3})
async def test_claims_are_absolute_so_an_equal_revision_gets_its_answer_again(
    room: Storeroom, *, crashes: bool
) -> None:
    order, gone = room.shop.order(("P1", 4)), room.shop.order(("P1", 1))
    room.shop.cancel(gone)
    await room.read()
    if crashes:
        await room.crash_and_restart()
    written = room.peek("SELECT revision FROM stocks")
    again = await _set_claim(room, order, 1, 9)
    assert (again.revision, again.lines) == (1, {1: (3 * PIECE, PIECE)})
    assert (await _set_claim(room, gone, 1, 1)).lines == {}
    assert await room.held(order) == {1: (3, 1)}
    assert room.peek("SELECT revision FROM stocks") == written


def test_claims_are_absolute_in_the_books_whatever_their_owner_knows() -> None:
    earlier, later = (Claim(1, 5, number, {1: ClaimLine(PIECE)}) for number in (2, 3))
    with with_schema() as books:
        books.execute("PRAGMA foreign_keys = OFF")
        rows.write_claims(books, 7, (), [(MAIN, later)])
        for known, fresh in (([(MAIN, earlier)], []), ([], [(MAIN, earlier)])):
            with pytest.raises(rows.StaleClaimError):
                rows.write_claims(books, 7, known, fresh)
        assert rows.load_claim(books, 7, MAIN, 1) == later


# --- resting states -----------------------------------------------------------------------


@in_storeroom({"P1": 10, "P2": 10}, poll_seconds=3600)
async def test_claims_are_owed_until_the_last_of_them_is_known_to_be_set(room: Storeroom) -> None:
    set_claims = StockActor.on_fold

    async def fail(stock: StockActor, messages: Sequence[SetClaim]) -> Sequence[ClaimHeld]:
        if stock._product_id == room.product_ids["P2"]:
            raise OSError("no claim can be stored")
        return await set_claims(stock, messages)

    order = room.shop.order(("P1", 4), ("P2", 3))
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(StockActor, "on_fold", fail)
        await room.read()
        await room.pass_time(MINUTE)
        assert await room.held(order) == {1: (4, 0)}
        assert room.peek(OWING) == 1
    await room.pass_time(2 * MINUTE)
    assert await room.held(order) == {1: (4, 0), 2: (3, 0)}
    assert room.peek(OWING) == 0


# --- persist, change, answer --------------------------------------------------------------


@in_storeroom({"P1": 10})
async def test_persist_change_answer_so_a_unit_that_failed_has_changed_nothing(
    room: Storeroom,
) -> None:
    """Claims decided together fail together once; each is then decided anew, and stored."""
    write = Storage.write
    lost: list[rows.NewClaims] = []

    async def lose_one(storage: Storage, unit: Any) -> Any:
        if isinstance(unit, rows.NewClaims) and len(unit.claims) > 1 and not lost:
            lost.append(unit)
            raise TransactionLostError("the disk was full for a moment")
        return await write(storage, unit)

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(Storage, "write", lose_one)
        answers = await _place(room, 4)
    assert lost, "no claims were decided together"
    assert [answer.held for answer in answers] == [{1: (PIECE, 0)}] * 4
    assert room.peek(HELD) == 4
    await room.crash_and_restart()
    assert (await room.reserved("P1"), room.peek(OWING)) == (4, 0)


@in_storeroom({"P1": 10})
async def test_persist_change_answer_so_only_the_culprit_of_a_batch_fails(room: Storeroom) -> None:
    claim_rows = rows._claim_rows

    def fail(product_id: int, claims: Iterable[tuple[str, Claim]]) -> Any:
        found = list(claims)
        if any(claim.order_id == 3 for _, claim in found):
            raise OSError("of the third order nothing can be stored")
        return claim_rows(product_id, found)

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(rows, "_claim_rows", fail)
        answers = await _place(room, 4)
        await room.pass_time(1)
    assert [answer.reserving for answer in answers] == [False, False, True, False]
    assert (room.peek(HELD), room.peek(OWING)) == (3, 1)
    await room.pass_time(MINUTE)
    assert (room.peek(HELD), room.peek(OWING)) == (4, 0)


@in_storeroom({"P1": 10})
async def test_persist_change_answer_so_nobody_is_answered_before_the_commit(
    room: Storeroom,
) -> None:
    for number in range(1, 9):
        placed = await room.place(str(number), ("P1", 1))
        assert (placed.order.id, placed.held) == (number, {1: (PIECE, 0)})
        assert room.peek("SELECT count(*) FROM orders") == room.peek(HELD) == number
        await room.receive("P1", 1)
        assert room.peek("SELECT on_hand_milli / 1000 FROM balances") == 10 + number


async def _place(room: Storeroom, orders: int) -> list[OrderHeld]:
    """Other programs send so many orders of one piece at once."""
    return await asyncio.gather(*(room.place(str(each), ("P1", 1)) for each in range(orders)))


# --- reserved_goods_can_leave -------------------------------------------------------------


@in_storeroom({"P1": 8})
async def test_reserved_goods_can_leave_and_a_loss_robs_nobody_of_what_is_picked(
    room: Storeroom,
) -> None:
    old = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(1)
    new = room.shop.order(("P1", 4))
    await room.read()
    picked = SetPicked(person="ion", fulfilment=Fulfilment.PICKING, lines={1: (3 * PIECE, False)})
    await room.ask(OrderActor, key_of(SHOP, new), picked)
    await room.adjust("P1", -3)
    assert [await room.held(order) for order in (old, new)] == [{1: (2, 2)}, {1: (3, 1)}]


def test_reserved_goods_can_leave_and_only_those_of_the_line() -> None:
    draft = Draft(Shelf(on_hand_milli=9 * PIECE))
    draft.set_claim(1, 100, 1, {1: (2 * PIECE, 0), 2: (3 * PIECE, 0)})
    with pytest.raises(NotEnoughGoodsError):
        draft.ship(1, 1, 3 * PIECE)
    with pytest.raises(NotEnoughGoodsError):
        draft.ship(2, 1, PIECE)
    assert draft.on_hand_milli == 9 * PIECE
