"""Which samples of a read-back count: of rows unchanged since, and twice of the same value."""

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.outbox_messages import CompareReadBack, ReadBackSample
from tests.rules.shop_side import LEU, PIECE
from tests.rules.storeroom import HOUR, SHOP, Storeroom, in_storeroom

NOW_ON = 10**6
"""Far behind every order read of these tests."""


async def _compare(
    room: Storeroom, pieces: float, *, read: int, began_ms: int | None = None, lei: float = 10
) -> int:
    """A read of the shop shows so many; answers the acknowledgements that are given up.

    ``read`` numbers both the newest order read and the newest whole one.
    """
    sample = ReadBackSample(
        room.shop.item_id("P1"),
        round(pieces * PIECE),
        round(lei * LEU),
        stock_managed=True,
        backorders=False,
    )
    began = room.clock.now_ms() if began_ms is None else began_ms
    message = CompareReadBack(began, NOW_ON + read, NOW_ON + read, (sample,))
    given_up: int = await room.ask(GomagOutbox, SHOP, message)
    return given_up


@in_storeroom({"P1": 10})
async def test_rule_9_a_difference_counts_once_the_same_value_was_seen_twice(
    room: Storeroom,
) -> None:
    await room.pass_time(1)
    shown = [(7, 1), (6, 2), (7, 3), (10, 4), (7, 5)]
    assert [await _compare(room, pieces, read=read) for pieces, read in shown] == [0] * 5
    assert await _compare(room, 7, read=5) == 0, "no whole read between"
    assert await _compare(room, 7, read=6) == 1
    assert (await room.item("P1")).acked_value is None


@in_storeroom({"P1": 10})
async def test_rule_9_a_row_that_was_acknowledged_since_the_read_began_does_not_count(
    room: Storeroom,
) -> None:
    await room.pass_time(1)
    began_ms = room.clock.now_ms()
    assert await _compare(room, 10, read=1) == 0
    await room.receive("P1", 5)
    await room.flush()
    assert (await room.item("P1")).acked_value == 15 * PIECE
    for read in (2, 3, 4):
        assert await _compare(room, 10, read=read, began_ms=began_ms) == 0
    assert room.peek("SELECT count(*) FROM outbox_items WHERE drift_value IS NOT NULL") == 0
    assert room.shop.stocks_sent("P1") == [15]


@in_storeroom({"P1": 10})
async def test_rule_9_differences_count_towards_another_program_only_in_a_row(
    room: Storeroom,
) -> None:
    await room.pass_time(1)
    reads = iter(range(1, 100))

    async def differ_once() -> None:
        assert await _compare(room, 7, read=next(reads)) == 0
        assert await _compare(room, 7, read=next(reads)) == 1
        await room.flush()

    for _ in range(2):
        await differ_once()
    assert await _compare(room, 10, read=next(reads)) == 0
    for _ in range(2):
        await differ_once()
        assert await room.alerts("item_parked") == []
    await differ_once()
    assert await room.alerts("item_parked") == [f"{SHOP}/{room.shop.item_id('P1')}"]
    assert room.shop.stocks_sent("P1") == [10] * 4


@in_storeroom({"P1": 10})
async def test_rule_9_a_price_that_the_shop_keeps_without_vat_is_not_compared(
    room: Storeroom,
) -> None:
    room.shop.engine.state.catalogue.by_sku("P1")[0].vat_included = False
    await room.set_price("P1", 20)
    await room.flush()
    await room.pass_time(10 * HOUR)
    assert room.shop.prices_sent("P1") == [20]
    assert await room.alerts("item_parked") == []
