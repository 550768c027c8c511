"""A loop whose time jumps, a transport that plays a script, and a shop on both."""

import asyncio
import json
import random
import selectors
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st

from magazie.gomag.envelope import RefusedAnswer
from magazie.gomag.shop import GomagShop
from magazie.ports import HttpRequest, HttpResponse, Refused, ShopError

T = TypeVar("T")
KEY = "k3y-0f-th3-sh0p-9f8e7d6c"
NOW_MS = 1_795_600_000_000
FIXTURES = Path(__file__).parent / "fixtures"


class JumpingSelector(selectors.SelectSelector):
    """Never waits: hands the wait to the loop's clock."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everything waits and nothing will ever happen")
        self.loop.now += timeout
        self.loop.turns += 1
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.now = 1000.0
        self.turns = 0
        selector = JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now


def run_virtual(coroutine: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)


Step = HttpResponse | Exception
Reply = Callable[[HttpRequest], Step | Awaitable[Step]]


class ScriptedTransport:
    """Answers from a list, the last entry for ever, or from a function; keeps what it saw."""

    def __init__(self, *steps: Step, reply: Reply | None = None, latency_s: float = 0.0) -> None:
        self.steps = list(steps)
        self.reply = reply
        self.latency_s = latency_s
        self.requests: list[HttpRequest] = []
        self.times: list[float] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        self.times.append(asyncio.get_running_loop().time())
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        if self.reply is not None:
            step = self.reply(request)
            if isinstance(step, Awaitable):
                step = await step
        else:
            step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def ok(body: object, headers: Mapping[str, str] | None = None) -> HttpResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return HttpResponse(status=200, headers=dict(headers or {}), body=raw)


def html(status: int = 200, text: str = "<html><body>Mentenanță</body></html>") -> HttpResponse:
    headers = {"content-type": "text/html; charset=UTF-8"}
    return HttpResponse(status=status, headers=headers, body=text.encode())


def make_shop(
    transport: ScriptedTransport, *, seed: int = 1, api_key: Callable[[], str] = lambda: KEY
) -> GomagShop:
    return GomagShop(
        name="magazin",
        base_url="https://api.example/",
        shop_url="https://www.exemplu.example/",
        api_key=api_key,
        transport=transport,
        random=random.Random(seed),
    )


def kind_of(error: ShopError) -> type[ShopError]:
    """Which failure of the port it is; with the shop's own envelope kept, it is the same."""
    return Refused if isinstance(error, RefusedAnswer) else type(error)


def raw(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
