"""One shop's address, key and budget: requests out, judged answers back.

Reads are harmless, so they are repeated when no proper answer came. Writes never are: whether
to send again is decided where it is known what the shop last acknowledged.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from magazie.gomag.budget import Bucket, Permit, RequestBudget
from magazie.gomag.envelope import Answer, open_answer, retry_after_s
from magazie.ports import (
    BudgetState,
    HttpRequest,
    HttpResponse,
    NotApplied,
    OutcomeUnknown,
    ShopError,
    Throttled,
    Transport,
    TransportError,
    Unauthorized,
    Unreachable,
    Urgency,
)

USER_AGENT = "Magazie/0.1 (shop connector)"
"""Gomag refuses requests without a User-Agent of their own (Gomag API note: "Transport")."""

READ_RETRIES = 3

_HIDDEN = "[key]"
_logger = logging.getLogger(__name__)
_T = TypeVar("_T")


class GomagClient:
    """Sends to one shop; raises only ``ShopError``, never with the key in its text."""

    def __init__(
        self,
        *,
        name: str,
        base_url: str,
        shop_url: str,
        api_key: Callable[[], str],
        transport: Transport,
        random: random.Random,
        read_timeout_s: float,
        write_timeout_s: float,
    ) -> None:
        """``api_key`` is asked at each request, so a changed key needs no restart."""
        self._name = name
        self._base_url = base_url.strip().rstrip("/")
        self._shop_url = shop_url.strip().rstrip("/")
        self._api_key = api_key
        self._transport = transport
        self._budget = RequestBudget(random)
        self._read_timeout_s = read_timeout_s
        self._write_timeout_s = write_timeout_s

    def budget(self) -> BudgetState:
        """What is left of the shop's request budget."""
        return self._budget.state()

    async def read(
        self,
        path: str,
        query: Sequence[tuple[str, str]],
        decode: Callable[[Answer], _T],
        *,
        urgency: Urgency,
        retries: int = READ_RETRIES,
    ) -> _T:
        """Read, again after noise, 5xx and timeouts; the budget's pauses are the back-off.

        Args:
            path: As in ``order/read``.
            query: Parameters; Gomag ignores those it does not know.
            decode: Makes a value of the answer; its ``Unreadable`` counts as noise.
            urgency: Place in the queue.
            retries: Repetitions at most.

        Raises:
            ShopError: as ``open_answer``; ``Unreachable`` when no connection opened.
        """
        request = HttpRequest(
            method="GET",
            url=self._url(path),
            query=tuple(query),
            timeout_s=self._read_timeout_s,
        )
        while True:
            try:
                return await self._exchange(path, request, Bucket.READ, urgency, decode)
            except OutcomeUnknown:
                if retries <= 0:
                    raise
                retries -= 1

    async def write(
        self,
        path: str,
        field: str,
        payload: object,
        decode: Callable[[Answer], _T],
        *,
        urgency: Urgency,
    ) -> _T:
        """Send ``payload`` as JSON in the form field ``field``, once.

        Raises:
            NotApplied: surely nothing changed at the shop.
            OutcomeUnknown: something may have.
        """
        request = HttpRequest(
            method="POST",
            url=self._url(path),
            form=((field, msgspec.json.encode(payload).decode()),),
            timeout_s=self._write_timeout_s,
        )
        return await self._exchange(path, request, Bucket.WRITE, urgency, decode)

    async def _exchange(
        self,
        path: str,
        request: HttpRequest,
        bucket: Bucket,
        urgency: Urgency,
        decode: Callable[[Answer], _T],
    ) -> _T:
        key = self._read_key()
        async with self._budget.permit(bucket, urgency) as permit:
            exchange = _Exchange(self._name, path, permit, key)
            try:
                return exchange.judge(await self._send(request, key, exchange), decode)
            except ShopError as error:
                exchange.settle(error)
                raise
            finally:
                exchange.log(self._budget.state())

    async def _send(self, request: HttpRequest, key: str, exchange: "_Exchange") -> HttpResponse:
        headers = {
            "Apikey": key,
            "ApiShop": self._shop_url,
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
        }
        try:
            return await self._transport.send(msgspec.structs.replace(request, headers=headers))
        except TransportError as error:
            reason, sent = exchange.hide(str(error)), error.sent
        # Outside the except block, so that the transport's error is not even the context:
        # what a transport knows of the request includes the key.
        raise OutcomeUnknown(reason) if sent else Unreachable(reason)

    def _read_key(self) -> str:
        try:
            key = self._api_key().strip()
        except (LookupError, OSError, ValueError) as error:
            raise Unauthorized(f"the API key cannot be read: {type(error).__name__}") from None
        if not key or not key.isascii() or not key.isprintable():
            raise Unauthorized("the API key is empty or holds characters no header may carry")
        return key

    def _url(self, path: str) -> str:
        return f"{self._base_url}/api/v1/{path}/json"


class _Exchange:
    """One request on its way: what it taught the budget, and what the log says of it."""

    def __init__(self, shop: str, path: str, permit: Permit, key: str) -> None:
        self._shop = shop
        self._path = path
        self._permit = permit
        self._key = key
        self._began = asyncio.get_running_loop().time()
        self._response: HttpResponse | None = None
        self._problem = "cut short"
        self._noise = ""

    def hide(self, text: str) -> str:
        return text.replace(self._key, _HIDDEN)

    def judge(self, response: HttpResponse, decode: Callable[[Answer], _T]) -> _T:
        self._response = response
        self._permit.learn(response.headers)
        answer = open_answer(response, hide=self.hide)
        self._noise = answer.noise
        value = decode(answer)
        self._permit.answered()
        self._problem = ""
        return value

    def settle(self, error: ShopError) -> None:
        self._problem = f"{type(error).__name__}: {error}"
        if isinstance(error, Throttled):
            self._permit.throttled(error.retry_after_s)
        elif isinstance(error, NotApplied) and not isinstance(error, Unreachable):
            self._permit.answered()
        else:
            headers = {} if self._response is None else self._response.headers
            self._permit.failed(retry_after_s(headers))

    def log(self, budget: BudgetState) -> None:
        level = logging.WARNING if self._problem or self._noise else logging.DEBUG
        _logger.log(
            level,
            "shop request",
            extra={
                "shop": self._shop,
                "path": self._path,
                "status": None if self._response is None else self._response.status,
                "duration_ms": round((asyncio.get_running_loop().time() - self._began) * 1000),
                "read_left": int(budget.read_left),
                "write_left": int(budget.write_left),
                "problem": self._problem,
                "noise": self._noise,
            },
        )
