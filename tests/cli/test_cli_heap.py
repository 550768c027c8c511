"""Garbage in rings is looked for when nobody waits, and found all the same."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from magazie.commands import heap
from magazie.commands.heap import Look, Looks, look, quiet_heap
from magazie.http.traffic import Traffic


class Ring:
    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def unlooked() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def due(
    looks: Looks, now: float, *, answered: int, under_way: int = 0, new: int = 9, megabytes: int = 1
) -> Look:
    return looks.due(
        now, answered=answered, under_way=under_way, new=new, resident=megabytes * 1024 * 1024
    )


def asked_each_second(looks: Looks, seconds: range, *, busy: bool) -> list[tuple[int, Look]]:
    told = [(now, due(looks, now, answered=now if busy else 7)) for now in seconds]
    return [(now, reach) for now, reach in told if reach is not Look.NOT_NOW]


def test_a_quiet_service_looks_each_minute() -> None:
    looks = Looks(0.0)
    seen = asked_each_second(looks, range(1, 200), busy=False)
    assert seen == [(60, Look.AT_NEW), (120, Look.AT_NEW), (180, Look.AT_NEW)]


def test_a_busy_service_waits_for_a_quiet_moment_and_takes_it() -> None:
    looks = Looks(0.0)
    assert asked_each_second(looks, range(1, 600), busy=True) == []
    assert due(looks, 600, answered=599, under_way=1) is Look.NOT_NOW
    assert due(looks, 601, answered=599) is Look.AT_NEW


def test_what_a_busy_second_makes_is_passed_over_and_holds_up_nobody() -> None:
    looks = Looks(0.0)
    assert due(looks, 1, answered=1, new=10_001) is Look.PAST_NEW
    assert due(looks, 90, answered=1, new=10_001) is Look.PAST_NEW
    assert due(looks, 91, answered=1, new=10_000) is Look.AT_NEW


def test_a_service_that_is_never_quiet_looks_each_hour_and_each_week() -> None:
    looks = Looks(0.0)
    seen = asked_each_second(looks, range(1, 7 * 86_400 + 1), busy=True)
    assert [now for now, reach in seen if reach is Look.AT_ALL] == [7 * 86_400]
    assert [now for now, _ in seen][:3] == [3600, 7200, 10_800]


def test_a_quiet_service_looks_at_everything_each_day() -> None:
    looks = Looks(0.0)
    seen = asked_each_second(looks, range(1, 2 * 86_400 + 1), busy=False)
    whole = [now for now, reach in seen if reach is Look.AT_ALL]
    assert whole == [86_400, 2 * 86_400]


def test_all_of_a_process_that_grows_is_looked_at_however_busy_and_not_again_for_the_same() -> None:
    looks = Looks(0.0)
    sizes = [900, 1500, 800, 800 + 511, 800 + 513, 800 + 513 + 511, 800 + 513 + 513]
    seen = [
        due(looks, now, answered=now, under_way=3, new=50_000, megabytes=size)
        for now, size in enumerate(sizes)
    ]
    grown = [reach is Look.AT_ALL for reach in seen]
    assert grown == [False, True, False, False, True, False, True]


@pytest.mark.usefixtures("unlooked")
def test_a_look_drops_new_rings_and_only_a_whole_one_those_seen_before() -> None:
    seen_before = Ring()
    old = weakref.ref(seen_before)
    look(Look.AT_NEW)
    passed = weakref.ref(Ring())
    look(Look.PAST_NEW)
    new = weakref.ref(Ring())
    del seen_before
    look(Look.NOT_NOW)
    assert new() is not None
    look(Look.AT_NEW)
    assert new() is None
    assert old() is not None
    assert passed() is not None
    look(Look.AT_ALL)
    assert old() is None
    assert passed() is None


async def test_while_it_serves_only_quiet_moments_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap, "_QUIET_S", 0.001)
    traffic = Traffic()
    answers = traffic.route("GET", "/")
    now = [0.0]
    async with quiet_heap(traffic, lambda: now[0]):
        assert not gc.isenabled()
        lost = weakref.ref(Ring())
        now[0] = 100.0
        traffic.in_flight = 1
        await asyncio.sleep(0.05)
        assert lost() is not None  # somebody waits
        answers.count(200, 1000)
        traffic.in_flight = 0
        async with asyncio.timeout(10):
            while lost() is not None:
                await asyncio.sleep(0.001)
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


async def test_of_two_services_in_one_process_the_one_that_stays_goes_on_looking() -> None:
    async with quiet_heap(Traffic()):
        async with quiet_heap(Traffic()):
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
