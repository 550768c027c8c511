from collections.abc import Collection
from enum import StrEnum
from random import Random

from msgspec import Struct


class FaultKind(StrEnum):
    """What can go wrong. "After" kinds strike when the write has been applied."""

    REFUSE = "refuse"
    """Nobody listens; the connection is refused."""
    LOST_BEFORE = "lost_before"
    """The connection breaks, nothing was applied."""
    LOST_AFTER = "lost_after"
    """The write is applied, its answer is lost."""
    HANG = "hang"
    """No answer, nothing applied."""
    LATE_LANDING = "late_landing"
    """No answer; the write is applied ``delay_ms`` later."""
    THROTTLE = "throttle"
    """428 although there was budget."""
    OTHER_PROGRAM = "other_program"
    """Another program has just spent ``calls`` of the budget."""
    WRONG_KEY = "wrong_key"
    """The key is answered as wrong."""
    SERVER_ERROR = "server_error"
    """5xx page, nothing applied."""
    SERVER_ERROR_AFTER = "server_error_after"
    """5xx page, the write was applied."""
    HTML_PAGE = "html_page"
    """HTTP 200 with an HTML page, nothing applied."""
    HTML_PAGE_AFTER = "html_page_after"
    """HTTP 200 with an HTML page, the write was applied."""
    SLOW = "slow"
    """The answer comes ``delay_ms`` later; the write is applied at once."""
    JSON_AS_HTML = "json_as_html"
    """Good JSON told to be text/html."""
    PHP_WARNING = "php_warning"
    """A PHP warning in front of the JSON."""
    BOM = "bom"
    """A byte order mark in front of the JSON."""
    CUT_JSON = "cut_json"
    """The JSON ends in the middle."""
    EMPTY_BODY = "empty_body"
    """HTTP 200 and nothing."""
    BROKEN_UTF8 = "broken_utf8"
    """A letter of several bytes lost all but its first."""
    IGNORED = "ignored"
    """A write is acknowledged and not applied."""
    ENVELOPE_REFUSED = "envelope_refused"
    """The whole list is refused (with ``sku``: only a list that names it)."""
    ITEM_REFUSED = "item_refused"
    """One item is refused, the others are applied; the rate is per item."""
    ITEM_MISSING = "item_missing"
    """One item is applied and absent from the answer."""
    ITEM_SKIPPED = "item_skipped"
    """One item is neither applied nor in the answer."""
    PAGE_REPEATS = "page_repeats"
    """A later page shows the rows of the one before."""
    PAGE_DRIFTS = "page_drifts"
    """A later page begins some rows too early or too late."""


ITEM_KINDS = frozenset({FaultKind.ITEM_REFUSED, FaultKind.ITEM_MISSING, FaultKind.ITEM_SKIPPED})
PAGE_KINDS = frozenset({FaultKind.PAGE_REPEATS, FaultKind.PAGE_DRIFTS})
WRITE_KINDS = ITEM_KINDS | {
    FaultKind.IGNORED,
    FaultKind.ENVELOPE_REFUSED,
    FaultKind.LATE_LANDING,
    FaultKind.SERVER_ERROR_AFTER,
    FaultKind.HTML_PAGE_AFTER,
}
BESIDE_OTHERS = frozenset({FaultKind.SLOW, FaultKind.OTHER_PROGRAM})
"""Kinds that strike together with another one."""


class FaultRule(Struct, kw_only=True):
    """When a fault strikes.

    ``path`` is a part of the address ("" = any), ``rate`` a probability from 0 to 1, ``times`` how
    often it still may (None = until cleared), ``sku`` narrows it to writes that name that SKU,
    ``page`` to reads of that page (0 = any).
    """

    kind: FaultKind
    path: str = ""
    rate: float = 1.0
    times: int | None = None
    sku: str = ""
    delay_ms: int = 0
    calls: int = 5
    page: int = 0


class Target(Struct, frozen=True, kw_only=True):
    """What a request offers to the faults."""

    path: str
    is_api: bool
    """False for pictures, which only faults that name their address strike."""
    is_write: bool
    page: int
    skus: Collection[str]


class FaultBoard:
    """The faults set for a shop: rates that stay, and one-shot ones that are used up."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.rules: list[FaultRule] = []

    def add(self, rule: FaultRule) -> None:
        """Set a fault; earlier ones are tried first."""
        self.rules.append(rule)

    def set_rate(self, rule: FaultRule) -> None:
        """Set a lasting fault in place of the one of that kind and address; rate 0 only ends it."""
        self.rules = [
            r
            for r in self.rules
            if r.times is not None or (r.kind, r.path) != (rule.kind, rule.path)
        ]
        if rule.rate > 0:
            self.rules.append(rule)

    def clear(self, kind: FaultKind | None = None) -> None:
        """Take off one kind of fault, or all."""
        self.rules = [r for r in self.rules if kind is not None and r.kind is not kind]

    def strike(self, target: Target) -> dict[FaultKind, FaultRule]:
        """Draw the faults of one request: one at most, and those that strike beside others."""
        struck: dict[FaultKind, FaultRule] = {}
        taken = False
        for rule in list(self.rules):
            beside = rule.kind in BESIDE_OTHERS
            if rule.kind in ITEM_KINDS or rule.kind in struck or (taken and not beside):
                continue
            if _fits(rule, target) and self._falls(rule):
                struck[rule.kind] = rule
                taken = taken or not beside
        return struck

    def strike_item(self, path: str, sku: str) -> FaultKind | None:
        """Draw the fault of one item of a write."""
        for rule in list(self.rules):
            if rule.kind not in ITEM_KINDS or rule.path not in path:
                continue
            if (not rule.sku or rule.sku == sku) and self._falls(rule):
                return rule.kind
        return None

    def drift(self) -> int:
        """Return by how many rows a page that drifts is off."""
        return self._random.choice((-3, -2, -1, 1, 2, 3))

    def _falls(self, rule: FaultRule) -> bool:
        if rule.rate < 1 and self._random.random() >= rule.rate:
            return False
        if rule.times is not None:
            rule.times -= 1
            if rule.times <= 0:
                self.rules.remove(rule)
        return True


def _fits(rule: FaultRule, target: Target) -> bool:
    if rule.path not in target.path or (rule.sku and rule.sku not in target.skus):
        return False
    if not target.is_api and not rule.path:
        return False
    if rule.page and (target.is_write or target.page != rule.page):
        return False
    if rule.kind in PAGE_KINDS:
        return not target.is_write and target.page > 1
    return target.is_write or rule.kind not in WRITE_KINDS
