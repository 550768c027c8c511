import asyncio
from typing import Any, ClassVar

import pykka
import pytest
from msgspec.structs import replace

from magazie.actors.field_faults import FieldsRefusedError
from magazie.actors.movement_actor import AT_ONCE, MovementActor
from magazie.actors.movement_messages import (
    CreateMovement,
    MovementDiffersError,
    MovementNotFoundError,
    NewLine,
    ReadMovement,
    ResumeMovement,
)
from magazie.actors.movement_rules import MOST_LINES
from magazie.actors.news import RecordNews
from magazie.actors.runtime import AsyncioActor, Rejection
from magazie.actors.stock_actor import StockActor
from magazie.actors.stock_messages import LinePosted, PostMovementLine, ReadStock, ShelfState
from magazie.model.ids import encode_id
from magazie.storage import movements
from magazie.storage.idempotency import IdempotencyMark, StoredAnswer
from magazie.storage.movements import Movement, MovementKind, MovementState
from magazie.storage.stock import StaleRevisionError
from tests.actors.house import House

OPENING, RECEPTION, ADJUSTMENT, TRANSFER = MovementKind


def movement(kind: MovementKind, *lines: NewLine, **changes: Any) -> CreateMovement:
    given: dict[str, Any] = {"warehouse": "principal", "reference": "AV 7", "created_by": "ana"}
    return CreateMovement(kind=kind, lines=lines, **given | changes)


async def ledger(house: House) -> list[tuple[Any, ...]]:
    return await house.rows(
        "SELECT product_id, warehouse, leg, kind, delta_milli, on_hand_milli FROM ledger"
        " ORDER BY product_id, seq"
    )


def became(answer: Movement) -> list[tuple[bool, dict[str, int]]]:
    return [(line.posted, dict(line.on_hand_milli)) for line in answer.lines]


# --- what each kind does ---------------------------------------------------------------


async def test_each_kind_moves_goods_and_says_what_is_left(house: House) -> None:
    one, two = (await house.create("CAN-330")).id, (await house.create("CEAI-20")).id
    opened = await house.movement("1", movement(OPENING, NewLine(one, 10_000), NewLine(two, 0)))
    received = await house.movement(
        "2", movement(RECEPTION, NewLine(two, 1500, 25_407, "nota"), supplier="Lut SRL")
    )
    adjusted = await house.movement(
        "3", movement(ADJUSTMENT, NewLine(one, -4000), NewLine(one, 1000))
    )
    moved = await house.movement(
        "4", movement(TRANSFER, NewLine(one, 2500), to_warehouse="magazin")
    )

    assert became(opened) == [(True, {"principal": 10_000}), (True, {"principal": 0})]
    assert became(received) == [(True, {"principal": 1500})]
    assert became(adjusted) == [(True, {"principal": 6000}), (True, {"principal": 7000})]
    assert became(moved) == [(True, {"principal": 4500, "magazin": 2500})]
    assert all(
        it.state is MovementState.POSTED and not it.problems
        for it in (opened, received, adjusted, moved)
    )
    assert await ledger(house) == [
        (one, "principal", "in", "opening", 10_000, 10_000),
        (one, "principal", "out", "adjustment", -4000, 6000),
        (one, "principal", "in", "adjustment", 1000, 7000),
        (one, "principal", "out", "transfer", -2500, 4500),
        (one, "magazin", "in", "transfer", 2500, 2500),
        (two, "principal", "in", "opening", 0, 0),
        (two, "principal", "in", "reception", 1500, 1500),
    ]
    stored = await house.storage.read(lambda c: movements.load(c, ("test", "2")))
    assert stored == received
    (line,) = received.lines
    assert (received.supplier, line.note, line.unit_cost_e4) == ("Lut SRL", "nota", 25_407)


async def test_a_document_is_told_when_stored_and_when_posted(house: House) -> None:
    one = (await house.create("CAN-330")).id
    house.news.clear()
    made = await house.movement("1", movement(RECEPTION, NewLine(one, 1000)))
    name = encode_id(made.id)
    assert house.heard(RecordNews) == [
        RecordNews("movement", name, 1),
        RecordNews("movement", name, 2),
    ]


# --- the same again --------------------------------------------------------------------


async def test_the_same_again_is_answered_the_same_and_moves_nothing(house: House) -> None:
    one = (await house.create("CAN-330")).id
    message = movement(RECEPTION, NewLine(one, 1000))
    first = await house.movement("1", message)
    await house.movement("2", movement(RECEPTION, NewLine(one, 5000)))

    assert await house.movement("1", message) == first
    assert await house.movement("1", ReadMovement()) == first
    house.restart()
    await house.seed()
    assert await house.movement("1", replace(message, created_by="ion")) == first
    assert await house.movement("1", ResumeMovement()) == first
    assert len(await ledger(house)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"kind": ADJUSTMENT},
        {"warehouse": "magazin"},
        {"reference": "AV 8"},
        {"supplier": "x"},
        {"lines": ()},
    ],
)
async def test_another_content_under_the_key_is_refused(
    house: House, change: dict[str, Any]
) -> None:
    one = (await house.create("CAN-330")).id
    message = movement(RECEPTION, NewLine(one, 1000))
    await house.movement("1", message)
    with pytest.raises(MovementDiffersError):
        await house.movement("1", replace(message, **change))
    with pytest.raises(MovementDiffersError):
        await house.movement("1", replace(message, lines=(NewLine(one, 1001),)))
    assert len(await ledger(house)) == 1


async def test_the_same_at_once_is_one_document(house: House) -> None:
    one = (await house.create("CAN-330")).id
    message = movement(RECEPTION, NewLine(one, 1000))
    answers = await asyncio.gather(*(house.movement("1", message) for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert len(await ledger(house)) == 1


# --- refused before anything is stored -------------------------------------------------


async def nothing_stored(house: House) -> bool:
    return await house.rows("SELECT 1 FROM movements UNION ALL SELECT 1 FROM ledger") == []


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        (RECEPTION, {"warehouse": "none"}, "warehouse"),
        (RECEPTION, {"to_warehouse": "magazin"}, "to_warehouse"),
        (TRANSFER, {}, "to_warehouse"),
        (TRANSFER, {"to_warehouse": "none"}, "to_warehouse"),
        (TRANSFER, {"to_warehouse": "principal"}, "to_warehouse"),
        (RECEPTION, {"reference": " "}, "reference"),
        (RECEPTION, {"reference": "x" * 201}, "reference"),
        (RECEPTION, {"supplier": "x" * 201}, "supplier"),
        (RECEPTION, {"lines": ()}, "lines"),
        (RECEPTION, {"lines": (NewLine(1, 1),) * (MOST_LINES + 1)}, "lines"),
    ],
)
async def test_a_head_that_cannot_be_is_refused(
    house: House, kind: MovementKind, changes: dict[str, Any], field: str
) -> None:
    one = (await house.create("CAN-330")).id
    message = replace(movement(kind, NewLine(one, 1000)), **changes)
    with pytest.raises(FieldsRefusedError) as caught:
        await house.movement("1", message)
    assert field in {fault.field for fault in caught.value.faults}
    assert await nothing_stored(house)


@pytest.mark.parametrize(
    ("kind", "quantity", "problem"),
    [
        (OPENING, -1, "negative"),
        (RECEPTION, 0, "more than 0"),
        (RECEPTION, -1, "more than 0"),
        (TRANSFER, 0, "more than 0"),
        (ADJUSTMENT, 0, "not be 0"),
        (ADJUSTMENT, 10**9 + 1, "at most"),
        (ADJUSTMENT, -(10**9) - 1, "at most"),
        (OPENING, 10**9 + 1, "at most"),
    ],
)
async def test_quantities_are_held_to_their_kind(
    house: House, kind: MovementKind, quantity: int, problem: str
) -> None:
    one = (await house.create("CAN-330")).id
    to = {"to_warehouse": "magazin"} if kind is TRANSFER else {}
    with pytest.raises(FieldsRefusedError) as caught:
        await house.movement("1", movement(kind, NewLine(one, quantity), **to))
    (fault,) = caught.value.faults
    assert fault.field == "lines[0].quantity"
    assert problem in fault.message
    assert await nothing_stored(house)


async def test_every_line_at_fault_is_named(house: House) -> None:
    one = (await house.create("CAN-330")).id
    with pytest.raises(FieldsRefusedError) as caught:
        await house.movement(
            "1",
            movement(
                OPENING,
                NewLine(one, 1),
                NewLine(77, 1),
                NewLine(one, 1),
                NewLine(one, 1, unit_cost_e4=-1, note="x" * 501),
            ),
        )
    assert {fault.field for fault in caught.value.faults} == {
        "lines[1].product",
        "lines[2].product",
        "lines[3].product",
        "lines[3].unit_cost",
        "lines[3].note",
    }
    assert await nothing_stored(house)


async def test_known_stock_is_not_opened_again(house: House) -> None:
    one, two = (await house.create("CAN-330")).id, (await house.create("CEAI-20")).id
    await house.movement("1", movement(OPENING, NewLine(one, 0)))
    with pytest.raises(FieldsRefusedError) as caught:
        await house.movement("2", movement(OPENING, NewLine(two, 1), NewLine(one, 1)))
    assert [fault.field for fault in caught.value.faults] == ["lines[1].product"]
    elsewhere = await house.movement("2", movement(OPENING, NewLine(one, 1), warehouse="magazin"))
    assert became(elsewhere) == [(True, {"magazin": 1})]


@pytest.mark.parametrize("kind", [ADJUSTMENT, TRANSFER])
async def test_goods_that_are_not_there_do_not_leave(house: House, kind: MovementKind) -> None:
    one, two = (await house.create("CAN-330")).id, (await house.create("CEAI-20")).id
    await house.movement("1", movement(OPENING, NewLine(one, 3000), NewLine(two, 3000)))
    to = {"to_warehouse": "magazin"} if kind is TRANSFER else {}
    sign = 1 if kind is TRANSFER else -1
    lines = (NewLine(one, sign * 2000), NewLine(two, sign * 3000), NewLine(one, sign * 1001))
    with pytest.raises(FieldsRefusedError) as caught:
        await house.movement("2", movement(kind, *lines, **to))

    assert {fault.field for fault in caught.value.faults} == {
        "lines[0].quantity",
        "lines[2].quantity",
    }
    assert "only 3 on hand" in caught.value.faults[0].message
    assert len(await ledger(house)) == 2
    exact = (*lines[:2], NewLine(one, sign * 1000))
    assert (await house.movement("2", movement(kind, *exact, **to))).problems == ()


async def test_goods_that_come_later_in_the_document_cannot_leave_before(house: House) -> None:
    one = (await house.create("CAN-330")).id
    with pytest.raises(FieldsRefusedError):
        await house.movement("1", movement(ADJUSTMENT, NewLine(one, -1000), NewLine(one, 1000)))
    fine = await house.movement("2", movement(ADJUSTMENT, NewLine(one, 1000), NewLine(one, -1000)))
    assert became(fine) == [(True, {"principal": 1000}), (True, {"principal": 0})]


async def test_a_document_stored_behind_its_back_is_found_after_a_reload(house: House) -> None:
    one = (await house.create("CAN-330")).id
    message = movement(RECEPTION, NewLine(one, 1000))
    with pytest.raises(MovementNotFoundError):
        await house.movement("1", ReadMovement())
    other = await house.movement("2", message)
    stored = replace(other, id=other.id + 1, idempotency_key="1")
    await house.write(lambda c: movements.insert(c, stored))

    with pytest.raises(StaleRevisionError):
        await house.movement("1", message)
    assert len(await ledger(house)) == 1
    assert (await house.movement("1", message)).id == stored.id


async def test_what_is_not_there_is_not_read(house: House) -> None:
    for message in (ReadMovement(), ResumeMovement()):
        with pytest.raises(MovementNotFoundError):
            await house.movement("1", message)


# --- a stock that does not do as asked -------------------------------------------------


class OddStock(AsyncioActor):
    """Passes on to the real stock, unless told to behave otherwise for a product."""

    house: ClassVar[House]
    moods: ClassVar[dict[int, str]] = {}
    under_way: ClassVar[int] = 0
    most_under_way: ClassVar[int] = 0

    def __init__(self, product_id: int) -> None:
        super().__init__()
        self.product_id = product_id

    async def on_receive(self, message: Any) -> Any:
        if isinstance(message, ReadStock):
            return (ShelfState("principal", 10**9, 0),)
        assert isinstance(message, PostMovementLine)
        kind = type(self)
        kind.under_way += 1
        kind.most_under_way = max(kind.under_way, kind.most_under_way)
        try:
            return await self._post(message)
        finally:
            kind.under_way -= 1

    async def _post(self, message: PostMovementLine) -> LinePosted:
        mood = self.moods.get(self.product_id)
        if mood == "slow":
            await asyncio.sleep(0.2)
        if mood == "broken":
            raise RuntimeError("no disk")
        if mood == "refusing":
            raise Rejection("at most 0 can leave")
        posted = await self.house.directory.ask(StockActor, self.product_id, message)
        if mood == "forgetful":
            raise RuntimeError("posted, and the answer is lost")
        assert isinstance(posted, LinePosted)
        return posted


@pytest.fixture
def odd(house: House) -> House:
    OddStock.house, OddStock.moods, OddStock.most_under_way = house, {}, 0
    house.stock_actor = OddStock
    house.directory.register(OddStock, OddStock)
    return house


def mend(house: House) -> None:
    """The process ended; the next one has a stock that works."""
    house.stock_actor = StockActor
    house.restart()


async def test_a_line_refused_late_stays_out_for_good_and_alerts(odd: House) -> None:
    one, two = (await odd.create("CAN-330")).id, (await odd.create("CEAI-20")).id
    OddStock.moods[one] = "refusing"
    message = movement(ADJUSTMENT, NewLine(one, -1000), NewLine(two, 2000))
    answer = await odd.movement("1", message)

    assert answer.state is MovementState.POSTED
    assert became(answer) == [(False, {}), (True, {"principal": 2000})]
    assert answer.problems == ((1, "at most 0 can leave"),)
    assert await odd.open_alerts() == {("movement_line_refused", f"movement:{answer.id}/line:1")}
    mend(odd)
    await odd.seed()
    assert await odd.movement("1", message) == answer
    assert await odd.movement("1", ResumeMovement()) == answer
    assert [row[0] for row in await ledger(odd)] == [two]


@pytest.mark.parametrize("mood", ["broken", "forgetful"])
async def test_what_could_not_be_posted_is_owed_and_posted_once(odd: House, mood: str) -> None:
    one, two = (await odd.create("CAN-330")).id, (await odd.create("CEAI-20")).id
    OddStock.moods[one] = mood
    message = movement(RECEPTION, NewLine(one, 1000), NewLine(two, 2000))
    answer = await odd.movement("1", message)

    assert answer.state is MovementState.POSTING
    assert [line.posted for line in answer.lines] == [False, True]
    assert await odd.storage.read(lambda c: movements.owing_keys(c, 9)) == [("test", "1")]
    mend(odd)
    await odd.seed()
    resumed = await odd.movement("1", ResumeMovement())

    assert resumed.state is MovementState.POSTED
    assert became(resumed) == [(True, {"principal": 1000}), (True, {"principal": 2000})]
    assert sorted(row[0] for row in await ledger(odd)) == sorted([one, two])
    assert await odd.storage.read(lambda c: movements.owing_keys(c, 9)) == []
    assert await odd.open_alerts() == set()
    assert await odd.movement("1", message) == resumed


async def test_a_repeated_request_goes_on_where_the_first_ended(odd: House) -> None:
    one = (await odd.create("CAN-330")).id
    OddStock.moods[one] = "broken"
    message = movement(OPENING, NewLine(one, 1000))
    assert (await odd.movement("1", message)).state is MovementState.POSTING
    OddStock.moods.clear()
    assert became(await odd.movement("1", message)) == [(True, {"principal": 1000})]


async def test_a_slow_stock_leaves_lines_owed_when_the_time_is_up(odd: House) -> None:
    one = (await odd.create("CAN-330")).id
    OddStock.moods[one] = "slow"
    message = movement(RECEPTION, NewLine(one, 1000))
    with pytest.raises(pykka.Timeout):
        await odd.directory.ask(MovementActor, ("test", "1"), message, timeout=0.05)
    assert await odd.storage.read(lambda c: movements.owing_keys(c, 9)) == [("test", "1")]
    resumed = await odd.movement("1", ResumeMovement())
    assert resumed.state is MovementState.POSTED
    assert len(await ledger(odd)) == 1


async def test_many_lines_do_not_all_wait_at_once(odd: House) -> None:
    ids = [(await odd.create(f"P-{number}")).id for number in range(AT_ONCE + 20)]
    answer = await odd.movement(
        "1", movement(RECEPTION, *(NewLine(product_id, 1000) for product_id in ids))
    )
    assert answer.state is MovementState.POSTED
    assert 1 < OddStock.most_under_way <= AT_ONCE
    assert len(await ledger(odd)) == len(ids)


async def test_a_stock_that_cannot_be_read_stores_nothing(odd: House) -> None:
    one = (await odd.create("CAN-330")).id

    class Unreadable(OddStock):
        async def on_receive(self, message: Any) -> Any:
            raise RuntimeError("no disk")

    odd.stock_actor = Unreadable
    odd.directory.register(Unreadable, Unreadable)
    with pytest.raises(RuntimeError, match="no disk"):
        await odd.movement("1", movement(ADJUSTMENT, NewLine(one, -1000)))
    assert await nothing_stored(odd)


# --- kept answers ----------------------------------------------------------------------


async def test_an_answer_is_kept_once_nothing_is_owed(odd: House) -> None:
    one = (await odd.create("CAN-330")).id
    mark = IdempotencyMark("erp", "POST", "/api/v1/stock/movements", "1", b"1")

    def encode(made: Movement) -> StoredAnswer:
        return StoredAnswer(201, made.state.encode())

    message = movement(RECEPTION, NewLine(one, 1000), mark=mark, encode=encode)
    OddStock.moods[one] = "broken"
    assert (await odd.movement("1", message)).state is MovementState.POSTING
    assert await odd.rows("SELECT * FROM idempotency") == []

    OddStock.moods.clear()
    assert (await odd.movement("1", message)).state is MovementState.POSTED
    assert await odd.movement("1", message) == StoredAnswer(201, b"posted")
    assert await odd.rows("SELECT status, answer FROM idempotency") == [(201, b"posted")]
