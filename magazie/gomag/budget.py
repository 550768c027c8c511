"""How often a shop may be asked, and who goes first.

Gomag keeps one leaky bucket for reads and one for writes per shop, shared by every program
that uses the shop (Gomag API note: "Rate limits"). So what we count ourselves is only an
upper bound, and the shop's last header lowers it. After a refusal or trouble the whole shop
pauses, then exactly one request tries; the others wait for what it learns.
"""

import asyncio
import enum
import math
import random
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager

from magazie.gomag.tank import Tank
from magazie.ports import BudgetState, Urgency

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_LONGEST_ASKED_PAUSE_S = 3600.0
_MOST_DOUBLINGS = 16
_LARGEST_HEADER = 1_000_000.0


class Bucket(enum.StrEnum):
    """Which of a shop's two budgets a request draws on."""

    READ = "read"
    WRITE = "write"


class Permit:
    """The right to send one request; tells the budget what came of it, once."""

    def __init__(self, budget: "RequestBudget", bucket: Bucket, serial: int, window: int) -> None:
        """Made by ``RequestBudget`` alone."""
        self.bucket = bucket
        self.serial = serial
        self.window = window
        self._budget = budget
        self._settled = False

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take over what the answer's headers say of the budget."""
        self._budget.learn(self, headers)

    def answered(self) -> None:
        """The shop's program answered, with yes or no: the way is free."""
        if self._settle():
            self._budget.reopen(self)

    def throttled(self, retry_after_s: float | None) -> None:
        """The shop said that this bucket is empty."""
        if self._settle():
            self._budget.drain(self)
            self._budget.pause(self, retry_after_s)

    def failed(self, retry_after_s: float | None = None) -> None:
        """No answer, or none that the shop's program gave."""
        if self._settle():
            self._budget.pause(self, retry_after_s)

    def release(self) -> None:
        """End a permit nothing was learnt from."""
        if self._settle():
            self._budget.forget(self)

    def _settle(self) -> bool:
        first, self._settled = not self._settled, True
        return first


_Waiter = asyncio.Future[Permit]
_Head = tuple[Urgency, int, Bucket]


class RequestBudget:
    """The two buckets of one shop, the queue before them and the pause of the whole shop.

    Within a bucket the queue is strict: by urgency, then first come. Classes after stock and
    price leave a reserve. While requests try one by one whether the shop answers again, each
    class gets its turn: one that only ever fails must not keep the others from trying.
    Everything runs on the event loop's clock.
    """

    def __init__(self, random: random.Random) -> None:
        """``random`` spreads the pauses."""
        self._random = random
        self._tanks = {
            Bucket.READ: Tank(rate_per_s=1.0, burst=40.0, reserve=10.0),
            Bucket.WRITE: Tank(rate_per_s=1.0, burst=10.0, reserve=4.0),
        }
        self._queues: dict[Bucket, dict[Urgency, dict[int, _Waiter]]] = {
            bucket: {urgency: {} for urgency in Urgency} for bucket in Bucket
        }
        self._in_flight: dict[int, Permit] = {}
        self._serial = 0
        self._window = 0
        self._failures = 0
        self._blocked_until = 0.0
        self._trying = False
        self._probe: Permit | None = None
        self._tried: set[tuple[Bucket, Urgency]] = set()
        self._timer: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def permit(self, bucket: Bucket, urgency: Urgency) -> AsyncIterator[Permit]:
        """Wait for the turn; whatever ends the block gives the place back."""
        permit = await self._acquire(bucket, urgency)
        try:
            yield permit
        finally:
            permit.release()

    def state(self) -> BudgetState:
        """What is left now."""
        now = asyncio.get_running_loop().time()
        return BudgetState(
            read_left=self._tanks[Bucket.READ].level(now),
            write_left=self._tanks[Bucket.WRITE].level(now),
            blocked_until_s=self._blocked_until if self._blocked_until > now else 0.0,
        )

    # --- told by permits ------------------------------------------------------------------

    def learn(self, permit: Permit, headers: Mapping[str, str]) -> None:
        """Lower the own count to the shop's, less what was sent after ``permit``."""
        now = asyncio.get_running_loop().time()
        for bucket, tank in self._tanks.items():
            name = f"api-ratelimit-{bucket.value}"
            rate, burst = _number(headers.get(name)), _number(headers.get(f"{name}-burst"))
            if rate and burst and burst >= 1.0:
                tank.resize(now, rate_per_s=rate, burst=burst)
            remaining = _number(headers.get(f"{name}-remaining"))
            if remaining is not None:
                later = sum(
                    1
                    for other in self._in_flight.values()
                    if other.bucket is bucket and other.serial > permit.serial
                )
                tank.lower(now, remaining - later)

    def drain(self, permit: Permit) -> None:
        """Count the permit's bucket as empty."""
        self._tanks[permit.bucket].lower(asyncio.get_running_loop().time(), 0.0)

    def reopen(self, permit: Permit) -> None:
        """Lift the state of trouble, unless the good news is older than the trouble."""
        self._in_flight.pop(permit.serial, None)
        if permit.window == self._window:
            self._failures = 0
            self._trying = False
            self._probe = None
            self._tried.clear()
        self._serve()

    def pause(self, permit: Permit, asked_s: float | None) -> None:
        """Stop the whole shop for a while, by its own word where that is longer.

        News of requests sent before the last pause does not lengthen the back-off.
        """
        self._in_flight.pop(permit.serial, None)
        until = now = asyncio.get_running_loop().time()
        if permit.window == self._window:
            self._failures += 1
            until = now + self._back_off_s()
        if asked_s is not None:
            asked_s = min(asked_s, _LONGEST_ASKED_PAUSE_S) + self._random.uniform(0.0, 1.0)
            until = max(until, now + asked_s)
        if until > now:
            self._blocked_until = max(self._blocked_until, until)
            self._window += 1
            self._trying = True
            self._probe = None
        self._serve()

    def forget(self, permit: Permit) -> None:
        """Drop a permit without news; if it was the one that tries, another may."""
        self._in_flight.pop(permit.serial, None)
        if self._probe is permit:
            self._probe = None
        self._serve()

    # --- the queue ------------------------------------------------------------------------

    async def _acquire(self, bucket: Bucket, urgency: Urgency) -> Permit:
        waiter: _Waiter = asyncio.get_running_loop().create_future()
        self._serial += 1
        serial = self._serial
        line = self._queues[bucket][urgency]
        line[serial] = waiter
        self._serve()
        try:
            return await waiter
        except asyncio.CancelledError:
            line.pop(serial, None)
            if waiter.done() and not waiter.cancelled():
                permit = waiter.result()
                self._tanks[bucket].give_back(asyncio.get_running_loop().time())
                permit.release()
            else:
                self._serve()
            raise

    def _serve(self) -> None:
        """Grant what can be granted now, and set the timer for the next time."""
        now = asyncio.get_running_loop().time()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while True:
            heads = self._turns() if self._trying else self._firsts()
            if not heads or self._probe is not None:
                return
            ready_at = [(self._ready_at(now, urgency, bucket)) for urgency, _, bucket in heads]
            granted = next(
                (head for head, at in zip(heads, ready_at, strict=True) if at <= now), None
            )
            if granted is None:
                self._timer = asyncio.get_running_loop().call_at(min(ready_at), self._serve)
                return
            self._grant(now, *granted)

    def _firsts(self) -> list[_Head]:
        """Of each bucket whoever is first of the most urgent class that waits."""
        heads = [min(its) for bucket in Bucket if (its := list(self._heads(bucket)))]
        return sorted(heads)

    def _turns(self) -> list[_Head]:
        """Whoever is first of any class, those before the rest whose class has not tried."""
        heads = [head for bucket in Bucket for head in self._heads(bucket)]
        if all((bucket, urgency) in self._tried for urgency, _, bucket in heads):
            self._tried.clear()
        return sorted(heads, key=lambda head: ((head[2], head[0]) in self._tried, head))

    def _heads(self, bucket: Bucket) -> Iterator[_Head]:
        """The first of each class that waits for the bucket."""
        for urgency, line in self._queues[bucket].items():
            for serial, waiter in line.items():
                if not waiter.done():
                    yield urgency, serial, bucket
                    break

    def _ready_at(self, now: float, urgency: Urgency, bucket: Bucket) -> float:
        tank = self._tanks[bucket]
        leave = tank.reserve if urgency > Urgency.STOCK else 0.0
        return max(self._blocked_until, tank.ready_at(now, leave=leave))

    def _grant(self, now: float, urgency: Urgency, serial: int, bucket: Bucket) -> None:
        self._tanks[bucket].take(now)
        permit = Permit(self, bucket, serial, self._window)
        self._in_flight[serial] = permit
        if self._trying:
            self._probe = permit
            self._tried.add((bucket, urgency))
        self._queues[bucket][urgency].pop(serial).set_result(permit)

    def _back_off_s(self) -> float:
        doublings = min(self._failures - 1, _MOST_DOUBLINGS)
        pause = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0**doublings)
        return pause * self._random.uniform(0.5, 1.0)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and 0.0 <= value <= _LARGEST_HEADER else None
