import asyncio
import random

import pytest
from gomag_doubles import run_virtual

from magazie.gomag.budget import Bucket, RequestBudget
from magazie.ports import Urgency

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


def test_after_a_refusal_everything_waits_and_one_tries() -> None:
    async def scenario() -> None:
        budget, start = make_budget(), now()
        async with budget.permit(READ, Urgency.ORDERS) as permit:
            permit.throttled(90.0)
        until = budget.state().blocked_until_s
        assert 90.0 <= until - start <= 91.0
        assert budget.state().read_left == pytest.approx(0.0)
        tasks = [
            asyncio.create_task(ask(budget, bucket, urgency, takes_s=3.0))
            for bucket in Bucket
            for urgency in (Urgency.CATALOGUE, Urgency.ORDERS)
        ]
        granted = await asyncio.gather(*tasks)
        first, *rest = sorted(granted)
        assert granted[1] == first == pytest.approx(until)  # the most urgent one
        assert all(at >= first + 3.0 for at in rest)
        assert budget.state().blocked_until_s == 0.0

    run_virtual(scenario())


def test_pauses_double_with_jitter_up_to_a_minute_and_success_forgets_them() -> None:
    async def scenario() -> list[float]:
        budget, pauses = make_budget(), list[float]()
        for _ in range(10):
            async with budget.permit(READ, Urgency.ORDERS) as permit:
                permit.failed()
            pauses.append(budget.state().blocked_until_s - now())
        await ask(budget)
        async with budget.permit(READ, Urgency.ORDERS) as permit:
            permit.failed()
        pauses.append(budget.state().blocked_until_s - now())
        return pauses

    pauses = run_virtual(scenario())
    for index, pause in enumerate(pauses[:10]):
        nominal = min(60.0, 2.0**index)
        assert nominal / 2 <= pause <= nominal
    assert len({round(pause, 6) for pause in pauses[6:10]}) == 4
    assert pauses[10] <= 1.0


def test_requests_already_on_the_way_do_not_double_the_pause() -> None:
    async def scenario() -> None:
        budget = make_budget()
        gate = asyncio.Event()

        async def refused() -> None:
            async with budget.permit(READ, Urgency.ORDERS) as permit:
                await gate.wait()
                permit.throttled(None)

        tasks = [asyncio.create_task(refused()) for _ in range(8)]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*tasks)
        assert budget.state().blocked_until_s - now() <= 1.0

    run_virtual(scenario())


def test_good_news_from_before_the_pause_does_not_end_it() -> None:
    async def scenario() -> None:
        budget = make_budget()
        async with budget.permit(READ, Urgency.ORDERS) as early:
            for _ in range(4):
                async with budget.permit(READ, Urgency.ORDERS) as permit:
                    permit.failed()
            early.answered()
        until = budget.state().blocked_until_s
        assert until > now()
        trying = asyncio.create_task(ask(budget, takes_s=1.0))
        await asyncio.sleep(0)
        assert await ask(budget) == pytest.approx(until + 1.0)
        assert await trying == pytest.approx(until)

        async with budget.permit(READ, Urgency.ORDERS) as early:
            for _ in range(4):
                async with budget.permit(READ, Urgency.ORDERS) as permit:
                    permit.failed()
            early.answered()
        async with budget.permit(READ, Urgency.ORDERS) as permit:
            permit.failed()
        assert budget.state().blocked_until_s - now() >= 8.0

    run_virtual(scenario())


def test_a_shorter_word_does_not_shorten_the_pause() -> None:
    async def scenario() -> None:
        budget = make_budget()
        async with budget.permit(READ, Urgency.ORDERS) as other:
            async with budget.permit(READ, Urgency.ORDERS) as permit:
                permit.throttled(90.0)
            until = budget.state().blocked_until_s
            other.throttled(5.0)
        assert budget.state().blocked_until_s == until

    run_virtual(scenario())


def test_a_late_word_of_the_shop_still_lengthens_the_pause() -> None:
    async def scenario() -> None:
        budget = make_budget()
        async with budget.permit(READ, Urgency.ORDERS) as late:
            async with budget.permit(READ, Urgency.ORDERS) as permit:
                permit.failed()
            await asyncio.sleep(5)
            await ask(budget)
            late.throttled(30.0)
        granted = await asyncio.gather(*(ask(budget, takes_s=1.0) for _ in range(3)))
        assert min(granted) - now() <= 0
        assert budget._failures == 0
        assert sorted(granted)[1] >= min(granted) + 1.0

    run_virtual(scenario())


def test_the_one_that_tries_may_vanish() -> None:
    async def scenario() -> None:
        budget = make_budget()
        async with budget.permit(READ, Urgency.ORDERS) as permit:
            permit.failed()
        trying = asyncio.create_task(ask(budget, takes_s=100.0))
        other = asyncio.create_task(ask(budget))
        await asyncio.sleep(2)
        assert not other.done()
        trying.cancel()
        assert await other == now()

    run_virtual(scenario())


def test_a_shop_word_is_followed_for_an_hour_at_most() -> None:
    async def scenario() -> None:
        budget = make_budget()
        async with budget.permit(READ, Urgency.ORDERS) as permit:
            permit.throttled(1e9)
        assert 3600.0 <= budget.state().blocked_until_s - now() <= 3601.0

    run_virtual(scenario())
