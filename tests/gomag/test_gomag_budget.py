import asyncio
import random

import pytest
from gomag_doubles import VirtualLoop, run_virtual
from hypothesis import given, settings
from hypothesis import strategies as st

from magazie.gomag.budget import Bucket, RequestBudget
from magazie.gomag.tank import Tank
from magazie.ports import BudgetState, Urgency

READ, WRITE = Bucket.READ, Bucket.WRITE


def make_budget(seed: int = 1) -> RequestBudget:
    return RequestBudget(random.Random(seed))


def now() -> float:
    return asyncio.get_running_loop().time()


async def ask(
    budget: RequestBudget,
    bucket: Bucket = READ,
    urgency: Urgency = Urgency.ORDERS,
    *,
    log: list[str] | None = None,
    name: str = "",
    takes_s: float = 0.0,
) -> float:
    async with budget.permit(bucket, urgency) as permit:
        granted = now()
        if log is not None:
            log.append(name)
        await asyncio.sleep(takes_s)
        permit.answered()
    return granted


async def spend(budget: RequestBudget, count: int, bucket: Bucket = READ) -> None:
    for _ in range(count):
        await ask(budget, bucket)


def waiters(budget: RequestBudget) -> int:
    return sum(len(line) for queue in budget._queues.values() for line in queue.values())


def test_a_burst_goes_at_once_then_one_a_second() -> None:
    async def scenario() -> None:
        budget, start = make_budget(), now()
        reads = await asyncio.gather(*(ask(budget) for _ in range(45)))
        assert [round(at - start, 3) for at in reads] == [0.0] * 40 + [1.0, 2.0, 3.0, 4.0, 5.0]
        start = now()
        writes = await asyncio.gather(*(ask(budget, WRITE) for _ in range(12)))
        assert [round(at - start, 3) for at in writes] == [0.0] * 10 + [1.0, 2.0]

    run_virtual(scenario())


def test_an_idle_tank_fills_to_the_burst_only() -> None:
    async def scenario() -> None:
        budget = make_budget()
        await spend(budget, 40)
        assert budget.state().read_left == pytest.approx(0.0)
        await asyncio.sleep(10)
        assert budget.state().read_left == pytest.approx(10.0)
        await asyncio.sleep(1000)
        assert budget.state() == BudgetState(read_left=40.0, write_left=10.0, blocked_until_s=0.0)

    run_virtual(scenario())


@pytest.mark.parametrize(("bucket", "kept"), [(READ, 10), (WRITE, 4)])
@pytest.mark.parametrize("urgency", [Urgency.STATUS, Urgency.PUBLISH, Urgency.CATALOGUE])
def test_lower_classes_leave_the_reserve(bucket: Bucket, kept: int, urgency: Urgency) -> None:
    async def scenario() -> None:
        budget, start = make_budget(), now()
        tasks = [asyncio.create_task(ask(budget, bucket, urgency)) for _ in range(50)]
        await asyncio.sleep(0)
        state = budget.state()
        left = state.read_left if bucket is READ else state.write_left
        assert left == pytest.approx(kept)
        urgent = await asyncio.gather(*(ask(budget, bucket, Urgency.STOCK) for _ in range(kept)))
        assert all(at == start for at in urgent)
        assert sum(not task.done() for task in tasks) == 50 - (30 if bucket is READ else 6)
        for task in tasks:
            task.cancel()

    run_virtual(scenario())


def test_the_queue_is_by_urgency_then_first_come() -> None:
    async def scenario() -> None:
        budget, log = make_budget(), list[str]()
        await spend(budget, 40)
        order = [Urgency.CATALOGUE, Urgency.STOCK, Urgency.ORDERS, Urgency.PUBLISH, Urgency.STOCK]
        tasks = [
            asyncio.create_task(ask(budget, READ, urgency, log=log, name=f"{urgency.name}{index}"))
            for index, urgency in enumerate(order)
        ]
        await asyncio.gather(*tasks)
        assert log == ["ORDERS2", "STOCK1", "STOCK4", "PUBLISH3", "CATALOGUE0"]

    run_virtual(scenario())


def test_a_late_urgent_request_overtakes() -> None:
    async def scenario() -> None:
        budget, log = make_budget(), list[str]()
        await spend(budget, 40)
        slow = [
            asyncio.create_task(ask(budget, READ, Urgency.CATALOGUE, log=log, name="catalogue"))
            for _ in range(2)
        ]
        await asyncio.sleep(10.5)
        await ask(budget, READ, Urgency.ORDERS, log=log, name="orders")
        await asyncio.gather(*slow)
        assert log == ["orders", "catalogue", "catalogue"]

    run_virtual(scenario())


def test_writes_do_not_wait_for_reads() -> None:
    async def scenario() -> None:
        budget, start = make_budget(), now()
        await spend(budget, 40)
        read = asyncio.create_task(ask(budget))
        await asyncio.sleep(0)
        assert await ask(budget, WRITE, Urgency.STATUS) == start
        await read

    run_virtual(scenario())


def test_the_shops_header_lowers_the_own_count_and_never_raises_it() -> None:
    async def scenario() -> None:
        budget = make_budget()
        async with budget.permit(READ, Urgency.ORDERS) as permit:
            permit.learn({"api-ratelimit-read-remaining": "7"})
            permit.answered()
        assert budget.state().read_left == pytest.approx(7.0)
        assert budget.state().write_left == pytest.approx(10.0)
        async with budget.permit(READ, Urgency.ORDERS) as permit:
            permit.learn({"api-ratelimit-read-remaining": "39"})
            permit.answered()
        assert budget.state().read_left == pytest.approx(6.0)

    run_virtual(scenario())


def test_a_header_does_not_know_what_was_sent_after_it() -> None:
    async def scenario() -> None:
        budget = make_budget()
        async with (
            budget.permit(READ, Urgency.ORDERS) as first,
            budget.permit(READ, Urgency.ORDERS),
            budget.permit(READ, Urgency.ORDERS) as third,
        ):
            first.learn({"api-ratelimit-read-remaining": "20"})
            assert budget.state().read_left == pytest.approx(18.0)
            third.learn({"api-ratelimit-read-remaining": "18"})
            assert budget.state().read_left == pytest.approx(18.0)

    run_virtual(scenario())


def test_the_shops_own_rate_and_burst_are_taken_over() -> None:
    async def scenario() -> None:
        budget = make_budget()
        async with budget.permit(WRITE, Urgency.STOCK) as permit:
            permit.learn({"api-ratelimit-write": "2", "api-ratelimit-write-burst": "4"})
            permit.answered()
        assert budget.state().write_left == pytest.approx(4.0)
        await spend(budget, 4, WRITE)
        start = now()
        await spend(budget, 4, WRITE)
        assert now() - start == pytest.approx(2.0)
        # The reserve shrinks with the burst, so that the lower classes are not shut out.
        await ask(budget, WRITE, Urgency.CATALOGUE)

    run_virtual(scenario())


@pytest.mark.parametrize("text", ["", "x", "nan", "-3", "inf", "1e300", "٣ "])
def test_foolish_headers_change_nothing(text: str) -> None:
    async def scenario() -> None:
        budget = make_budget()
        async with budget.permit(READ, Urgency.ORDERS) as permit:
            for name in ("", "-burst"):
                permit.learn({f"api-ratelimit-read{name}": text})
            permit.answered()
        await asyncio.sleep(100)
        assert budget.state().read_left == pytest.approx(40.0)

    run_virtual(scenario())


def test_a_cancelled_waiter_leaves_nothing_behind() -> None:
    async def scenario() -> None:
        budget = make_budget()
        await spend(budget, 40)
        start = now()
        for _ in range(200):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001):
                    await ask(budget)
        assert waiters(budget) == 0
        assert not budget._in_flight
        assert await ask(budget) == pytest.approx(start + 1.0)
        assert budget.state().read_left == pytest.approx(0.0, abs=1e-5)

    run_virtual(scenario())


def test_a_waiter_cancelled_just_when_its_turn_comes_gives_the_token_back() -> None:
    async def scenario() -> None:
        budget = make_budget()
        await spend(budget, 39)
        task = asyncio.create_task(ask(budget))
        asyncio.get_running_loop().call_soon(task.cancel)
        blocker = asyncio.create_task(ask(budget, takes_s=0.5))
        await asyncio.gather(task, return_exceptions=True)
        await blocker
        assert not budget._in_flight
        assert waiters(budget) == 0

        await spend(budget, 1)
        # Granted while asleep, cancelled before it runs again.
        sleeper = asyncio.create_task(ask(budget))
        await asyncio.sleep(0)
        budget._tanks[READ].give_back(now())
        budget._serve()
        assert waiters(budget) == 0
        sleeper.cancel()
        await asyncio.gather(sleeper, return_exceptions=True)
        assert sleeper.cancelled()
        assert not budget._in_flight
        assert budget.state().read_left >= 1.0

    run_virtual(scenario())


def test_a_permit_counts_once() -> None:
    async def scenario() -> None:
        budget = make_budget()
        async with budget.permit(READ, Urgency.ORDERS) as permit:
            permit.failed()
            permit.answered()
            permit.throttled(500.0)
        assert 0.0 < budget.state().blocked_until_s - now() <= 1.0

    run_virtual(scenario())


def test_waiting_costs_no_turns_of_the_loop() -> None:
    async def scenario() -> int:
        budget = make_budget()
        await spend(budget, 40)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        before = loop.turns
        await asyncio.gather(*(ask(budget) for _ in range(100)))
        return loop.turns - before

    assert run_virtual(scenario()) <= 100 * 5


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    plan=st.lists(
        st.tuples(
            st.floats(0.0, 5.0),
            st.sampled_from(list(Bucket)),
            st.sampled_from(list(Urgency)),
            st.sampled_from(["answered", "failed", "throttled", "vanished", "impatient"]),
        ),
        max_size=60,
    ),
)
def test_whatever_happens_nobody_is_forgotten_and_no_more_is_sent_than_allowed(
    seed: int, plan: list[tuple[float, Bucket, Urgency, str]]
) -> None:
    sent: dict[Bucket, list[float]] = {bucket: [] for bucket in Bucket}

    async def one(budget: RequestBudget, bucket: Bucket, urgency: Urgency, fate: str) -> None:
        try:
            async with (
                asyncio.timeout(0.5 if fate == "impatient" else None),
                budget.permit(bucket, urgency) as permit,
            ):
                sent[bucket].append(now())
                await asyncio.sleep(0.2)
                if fate == "failed":
                    permit.failed()
                elif fate == "throttled":
                    permit.throttled(3.0)
                elif fate == "answered":
                    permit.answered()
        except TimeoutError:
            assert fate == "impatient"

    async def scenario() -> None:
        budget = make_budget(seed)
        tasks = []
        for wait_s, bucket, urgency, fate in plan:
            await asyncio.sleep(wait_s / 10)
            tasks.append(asyncio.create_task(one(budget, bucket, urgency, fate)))
        await asyncio.gather(*tasks)
        assert waiters(budget) == 0
        assert not budget._in_flight
        assert budget._probe is None

    run_virtual(scenario())
    for bucket, burst in ((READ, 40), (WRITE, 10)):
        times = sent[bucket]
        for first in range(len(times)):
            for last in range(first, len(times)):
                allowed = burst + (times[last] - times[first])
                assert last - first + 1 <= allowed + 1e-3


@given(st.floats(0.01, 50.0), st.floats(0.0, 1e7), st.floats(0.0, 10.0))
def test_a_tank_is_ready_when_it_says_so(rate_per_s: float, at: float, wait_s: float) -> None:
    tank = Tank(rate_per_s=rate_per_s, burst=7.0, reserve=2.0)
    for _ in range(20):
        at = tank.ready_at(at + wait_s, leave=0.0)
        assert tank.ready_at(at, leave=0.0) == at
        tank.take(at)
        assert tank.level(at) >= -1e-5


def test_a_class_that_only_fails_leaves_the_others_their_turn_to_try() -> None:
    async def scenario() -> None:
        budget, tries = make_budget(), []

        async def try_on(urgency: Urgency, bucket: Bucket) -> None:
            while len(tries) < 12:
                async with budget.permit(bucket, urgency) as permit:
                    tries.append(urgency)
                    permit.failed()

        async with asyncio.TaskGroup() as group:
            group.create_task(try_on(Urgency.ORDERS, READ))
            group.create_task(try_on(Urgency.STOCK, WRITE))
            group.create_task(try_on(Urgency.CATALOGUE, READ))
        rounds = [set(tries[at : at + 3]) for at in (3, 6, 9)]
        assert rounds == [{Urgency.ORDERS, Urgency.STOCK, Urgency.CATALOGUE}] * 3

    run_virtual(scenario())
