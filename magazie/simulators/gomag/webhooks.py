"""A caller of webhooks. Gomag documents none (A31): this is NOT a Gomag contract.

A receiver may take such a call as a hint that something changed, and must not need it: calls come
late, twice, out of order or never, and stop after a row of failures.
"""

import base64
import hashlib
import hmac
from heapq import heappop, heappush
from itertools import count
from random import Random

import msgspec
from msgspec import Struct

from magazie.simulators.gomag.exchange import Pairs
from magazie.simulators.gomag.order_records import Order

_SUCCESS = range(200, 300)


class WebhookSettings(Struct, frozen=True, kw_only=True):
    """How calls are made: rates from 0 to 1, times in milliseconds."""

    enabled: bool = False
    secret: str = ""
    """Signs bodies (base64 of HMAC-SHA256 in ``X-Webhook-Signature``); empty = no signature."""
    lost: float = 0.0
    doubled: float = 0.0
    shortest_delay_ms: int = 200
    longest_delay_ms: int = 3_000
    events: tuple[str, ...] = ("created", "updated")
    retry_ms: int = 60_000
    attempts: int = 3
    failures_allowed: int = 5
    """Failures in a row after which no more calls are made."""


class WebhookDelivery(Struct, frozen=True, order=True):
    """One call to make."""

    due_ms: int
    id: int
    attempt: int
    headers: Pairs
    body: bytes


class WebhookPlan:
    """Which calls are due, and how the receiver's answers change that."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._ids = count(1)
        self._pending: list[WebhookDelivery] = []
        self._failures = 0
        self.settings = WebhookSettings()
        self.disabled = False
        """Switched off by failures; ``configure`` switches it on again."""
        self.made = 0
        """Calls handed out so far."""

    def configure(self, settings: WebhookSettings) -> None:
        """Take new settings, forget failures and what was pending."""
        self.settings = settings
        self.disabled = False
        self._failures = 0
        self._pending.clear()

    def order_changed(self, order: Order, event: str, now_ms: int) -> None:
        """Plan the calls that tell of an order, or lose them."""
        settings = self.settings
        if not settings.enabled or self.disabled or event not in settings.events:
            return
        if self._random.random() < settings.lost:
            return
        body = msgspec.json.encode(
            {"event": f"order.{event}", "order": {"id": str(order.id), "number": order.number}}
        )
        copies = 2 if self._random.random() < settings.doubled else 1
        for _ in range(copies):
            delay = self._random.randint(settings.shortest_delay_ms, settings.longest_delay_ms)
            self._plan(now_ms + delay, 1, body)

    def next_due_ms(self) -> int | None:
        """Return when the earliest call is due, or None."""
        return self._pending[0].due_ms if self._pending else None

    def take_due(self, now_ms: int) -> list[WebhookDelivery]:
        """Hand out the calls that are due; tell ``answered`` how each went."""
        due: list[WebhookDelivery] = []
        while self._pending and self._pending[0].due_ms <= now_ms:
            due.append(heappop(self._pending))
        self.made += len(due)
        return due

    def answered(self, delivery: WebhookDelivery, status: int | None, now_ms: int) -> None:
        """Take the receiver's HTTP status, None where there was no answer."""
        if status in _SUCCESS:
            self._failures = 0
            return
        self._failures += 1
        if self._failures >= self.settings.failures_allowed:
            self.disabled = True
            self._pending.clear()
        elif delivery.attempt < self.settings.attempts:
            self._plan(now_ms + self.settings.retry_ms, delivery.attempt + 1, delivery.body)

    def _plan(self, due_ms: int, attempt: int, body: bytes) -> None:
        headers: Pairs = (
            ("Content-Type", "application/json"),
            ("User-Agent", "magazie-simulator"),
            ("X-Simulator-Note", "not a Gomag contract"),
        )
        if self.settings.secret:
            digest = hmac.new(self.settings.secret.encode(), body, hashlib.sha256).digest()
            headers += (("X-Webhook-Signature", base64.b64encode(digest).decode()),)
        heappush(self._pending, WebhookDelivery(due_ms, next(self._ids), attempt, headers, body))
