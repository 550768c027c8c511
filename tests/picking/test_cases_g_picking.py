"""Cases from the field, G: picking by scanning, and B8 and B9, where picking meets the order."""

import asyncio

import pytest

from magazie.actors.picking_messages import ScanCode
from magazie.model.orders import Fulfilment
from magazie.model.picking import Rest
from tests.picking.picking_room import P1, P2, PickingRoom, session_id

E1, E2 = "2000000001012", "2000000001029"


async def picking(room: PickingRoom, number: str, *lines: tuple[int, int]) -> tuple[int, int]:
    order = await room.order(number, *lines)
    return order, session_id(await room.open("T1", order))


async def scans(room: PickingRoom, session: int, *codes: str) -> list[str]:
    return [await room.scan(session, code) for code in codes]


async def test_g1_a_wrong_product_changes_nothing(room: PickingRoom) -> None:
    _, session = await picking(room, "1", (P1, 3))
    before = await room.state(session)
    assert await scans(room, session, E1, E2, "XXXX", E1) == [
        "counted",
        "not_in_order",
        "unknown_code",
        "counted",
    ]
    after = await room.state(session)
    assert await room.counts(session) == {1: "2"}
    assert [it.line for it in after.orders[0].lines] == [it.line for it in before.orders[0].lines]


async def test_g2_one_too_many_is_refused_and_filling_up_is_exact(room: PickingRoom) -> None:
    _, session = await picking(room, "1", (P1, 2))
    assert await scans(room, session, E1, E1, E1) == ["counted", "counted", "over"]
    _, other = await picking_elsewhere(room, "2", (P1, 2))
    assert await room.scan(other, E1, "T2") == "counted"
    assert await room.scan(other, E1, "T2", pieces=32) == "over"
    assert await room.scan(other, E1, "T2", pieces=1) == "counted"
    assert await room.counts(other) == {1: "2"}
    assert await room.scan(other, E1, "T2") == "over"


async def picking_elsewhere(
    room: PickingRoom, number: str, *lines: tuple[int, int]
) -> tuple[int, int]:
    order = await room.order(number, *lines)
    return order, session_id(await room.open("T2", order))


async def test_g3_the_server_knows_repeats_by_their_id_alone(room: PickingRoom) -> None:
    _, session = await picking(room, "1", (P1, 5))
    assert await room.scan(session, E1, op="twice") == "counted"
    assert await room.scan(session, E1, op="twice") == "counted"
    assert await room.counts(session) == {1: "1"}
    _, other = await picking_elsewhere(room, "2", (P1, 5))
    for number in range(5):
        room.clock.ms += 150
        assert await room.scan(other, E1, "T2", op=f"quick-{number}") == "counted"
    assert await room.counts(other) == {1: "5"}


@pytest.mark.parametrize(
    "code",
    [
        "\r2000000001012\n",
        "2000000001012\t",
        "2000000001012\\n",
        "*CAN-330*",
        "]E02000000001012",
        "\x022000000001012\x03",
    ],
)
async def test_g5_what_a_reader_adds(room: PickingRoom, code: str) -> None:
    _, session = await picking(room, "1", (P1, 1))
    assert await room.scan(session, code) == "counted"


async def test_g9_a_pack_of_six(room: PickingRoom) -> None:
    _, session = await picking(room, "1", (P1, 8))
    counts = []
    for code in ("CAN-BAX", "CAN-BAX", E1, E1):
        outcome = await room.scan(session, code)
        counts.append((outcome, (await room.counts(session))[1]))
    assert counts == [("counted", "6"), ("over", "6"), ("counted", "7"), ("counted", "8")]


async def test_g10_several_codes_and_the_log_keeps_which(room: PickingRoom) -> None:
    _, session = await picking(room, "1", (P1, 3))
    codes = [E1, "furnizor 77", "COD-VECHI"]
    assert await scans(room, session, *codes) == ["counted"] * 3
    assert await room.counts(session) == {1: "3"}
    logged = await room.rows("SELECT code, pick FROM picking_operations WHERE kind = 'scan'")
    assert logged == [(code, 1) for code in codes]


async def test_g11_two_pickers_on_one_order(room: PickingRoom) -> None:
    order, session = await picking(room, "560", (P1, 2))
    assert session_id(await room.open("T2", order)) == session
    outcomes = [
        outcome
        for _ in range(2)
        for outcome in await asyncio.gather(
            room.scan(session, E1, "T1"), room.scan(session, E1, "T2")
        )
    ]
    assert sorted(outcomes) == ["counted", "counted", "owned_by_other", "owned_by_other"]
    assert await room.counts(session) == {1: "2"}


async def test_g11_take_over_keeps_the_count_and_shuts_the_first_out(room: PickingRoom) -> None:
    order, session = await picking(room, "560", (P1, 2))
    await room.scan(session, E1)
    taken = await room.take_over("T2", order)
    assert (taken.shown.owner, taken.shown.owner_name) == ("T2", "om T2")
    answer = await room.do(session, "T1", ScanCode(E1))
    assert (answer["outcome"], answer["owner"], answer["owner_name"]) == (
        "owned_by_other",
        "T2",
        "om T2",
    )
    assert await room.counts(session) == {1: "1"}
    assert await room.scan(session, E1, "T2") == "counted"
    assert (await room.complete(session, "T1"))["outcome"] == "owned_by_other"
    assert (await room.complete(session, "T2"))["outcome"] == "completed"


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_g12_replay_after_a_lost_connection(room: PickingRoom, *, is_cancelled: bool) -> None:
    order, session = await picking(room, "1", (P1, 3))
    kept = [("a", E1), ("b", E1), ("c", E2)]
    # the first reached the server, its answer did not reach the terminal
    assert await room.scan(session, E1, op="a") == "counted"
    if is_cancelled:
        await room.cancel("1")
    for _ in range(2):  # reconnects twice
        outcomes = [await room.scan(session, code, op=op) for op, code in kept]
        late = ["order_cancelled"] * 2 if is_cancelled else ["counted", "not_in_order"]
        assert outcomes == ["counted", *late]
    assert await room.counts(session) == {1: "1" if is_cancelled else "2"}
    if is_cancelled:
        assert await room.put_back(session, 1, 1) == "put_back"
        assert (await room.complete(session))["outcome"] == "completed"
        assert await room.fulfilment(order) is Fulfilment.CANCELLED


@pytest.mark.parametrize(("rest", "claimed"), [(Rest.KEEP, (5, 3, 5)), (Rest.RELEASE, (3, 3, 3))])
async def test_g14_short_pick(room: PickingRoom, rest: Rest, claimed: tuple[int, int, int]) -> None:
    order, session = await picking(room, "1", (P1, 5))
    await scans(room, session, E1, E1, E1)
    assert (await room.complete(session))["outcome"] == "incomplete"
    assert await room.short(session, 1, 2, rest) == "short_picked"
    assert (await room.complete(session))["outcome"] == "completed"
    stored = await room.stored(order)
    assert (stored.fulfilment, stored.lines[0].picked_milli) == (Fulfilment.PICKED, 3000)
    assert await room.claims(order) == {1: claimed}
    kinds = await room.rows("SELECT kind FROM order_events WHERE order_id = ?", order)
    assert kinds[-1] == ("part_picked",)


async def test_g14_what_is_released_serves_who_waits(room: PickingRoom) -> None:
    _, session = await picking(room, "1", (P1, 998))
    waiting = await room.order("2", (P1, 4))
    assert await room.claims(waiting) == {1: (4, 0, 2)}
    await room.short(session, 1, 998, Rest.RELEASE)
    await room.complete(session)
    assert await room.claims(waiting) == {1: (4, 0, 4)}


async def test_g15_undo_of_the_last_scan(room: PickingRoom) -> None:
    _, session = await picking(room, "1", (P1, 2))
    await scans(room, session, E1, E1)
    counts = []
    for op in ("u1", "u1", "u2", "u3"):
        outcome = await room.undo(session, op=op)
        counts.append((outcome, (await room.counts(session))[1]))
    assert counts == [
        ("undone", "1"),
        ("undone", "1"),  # the same operation again
        ("undone", "0"),
        ("nothing_to_undo", "0"),
    ]


async def test_b8_an_order_edited_while_it_is_picked(room: PickingRoom) -> None:
    order, session = await picking(room, "525", (P1, 3), (P2, 1))
    await scans(room, session, E1, E1)
    await room.edit("525", {1: 1})
    line = (await room.state(session)).orders[0].lines[1]
    assert (line.ordered, line.picked, line.to_put_back) == ("1", "2", "1")
    await room.scan(session, E2)
    answer = await room.complete(session)
    assert answer["outcome"] == "incomplete"
    assert [(it["line"], it["why"]) for it in answer["lines"]] == [(1, "to_put_back")]
    assert await room.put_back(session, 1, 2) == "put_back"
    assert await room.scan(session, E1) == "counted"
    assert (await room.complete(session))["outcome"] == "completed"
    assert await room.claims(order) == {1: (1, 1, 1), 2: (1, 1, 1)}


async def test_b9_an_order_cancelled_while_it_is_picked(room: PickingRoom) -> None:
    order, session = await picking(room, "526", (P1, 2))
    free_before = await available(room)
    await room.scan(session, E1)
    await room.cancel("526")
    assert (await room.state(session)).orders[0].status == "cancelled"
    assert await room.scan(session, E1) == "order_cancelled"
    assert await room.counts(session) == {1: "1"}
    assert await available(room) == free_before + 2
    answer = await room.complete(session)
    assert [it["why"] for it in answer["lines"]] == ["to_put_back"]
    await room.put_back(session, 1, 1)
    assert (await room.complete(session))["outcome"] == "completed"
    assert await available(room) == free_before + 2
    assert await room.fulfilment(order) is Fulfilment.CANCELLED


async def available(room: PickingRoom) -> int:
    ((on_hand,),) = await room.rows(
        "SELECT on_hand_milli FROM balances WHERE product_id = ? AND warehouse = 'principal'", P1
    )
    ((reserved,),) = await room.rows(
        "SELECT ifnull(sum(reserved_milli), 0) FROM claims WHERE product_id = ?", P1
    )
    return int(on_hand - reserved) // 1000
