"""The sweep finds what is owed whatever happened, and goes on after trouble of its own."""

import sqlite3
from typing import Any

import pytest

from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import LinkParkedLines
from magazie.actors.runtime import Directory
from magazie.storage import idempotency
from magazie.storage.errors import TransactionLostError
from magazie.storage.idempotency import IdempotencyMark, StoredAnswer
from tests.rules.storeroom import HOUR, MINUTE, Storeroom, in_storeroom


@pytest.mark.parametrize("crashes", [True, False])
@in_storeroom({"NOU": 3}, linked=False)
async def test_a_line_whose_link_was_told_to_nobody_claims_all_the_same(
    room: Storeroom, *, crashes: bool
) -> None:
    order = room.shop.order(("NOU", 2))
    await room.read()
    lost, tell = [], Directory.tell

    def losing(self: Directory, actor: type[Any], key: Any, message: Any) -> None:
        if isinstance(message, LinkParkedLines) and not lost:
            lost.append(key)
        else:
            tell(self, actor, key, message)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(Directory, "tell", losing)
        await room.take_up("NOU")
        await room.pass_time(1)
    assert lost
    if crashes:
        await room.crash_and_restart()
    await room.receive("NOU", 3)
    await room.pass_time(MINUTE)
    assert await room.held(order) == {1: (2, 0)}
    assert await room.alerts("unlinked_line") == []


@in_storeroom({"P1": 5})
async def test_the_sweep_goes_on_after_trouble_of_its_own(room: Storeroom) -> None:
    troubles, owed, set_claims = [], [], OrderActor._set_claims

    def purge(*_: Any, **__: Any) -> int:
        troubles.append("the disk was full")
        raise TransactionLostError(troubles[0])

    async def too_late(self: OrderActor, order: Any) -> Any:
        if owed:
            return await set_claims(self, order)
        owed.append(order.id)
        return None

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(idempotency, "purge", purge)
        await room.pass_time(HOUR + MINUTE)
        assert troubles
        monkeypatch.setattr(OrderActor, "_set_claims", too_late)
        order = room.shop.order(("P1", 2))
        room.syncs["magazin"].hint()
        await room.pass_time(MINUTE)
    assert owed
    assert await room.held(order) == {1: (2, 0)}


@in_storeroom({"P1": 1})
async def test_kept_answers_are_forgotten_as_fast_as_a_program_makes_them(room: Storeroom) -> None:
    old_ms = room.clock.now_ms() - idempotency.KEPT_MS - 1

    def keep(connection: sqlite3.Connection) -> None:
        for number in range(2_500):
            mark = IdempotencyMark("erp", "POST", "/api/v1/orders", str(number), b"hash")
            idempotency.store(connection, mark, StoredAnswer(201, b"{}"), old_ms)

    await room.service.storage.write(keep)
    await room.pass_time(HOUR + MINUTE)
    assert await room.number("SELECT count(*) FROM idempotency") == 0


@in_storeroom({"P1": 1}, poll_seconds=3600)
async def test_days_that_were_read_leave_nothing_behind_in_a_reader(room: Storeroom) -> None:
    reader = room.syncs["magazin"].reader
    await room.pass_time(2 * HOUR)
    assert reader._miscounted == {}
