"""Slowing down who guesses passwords."""

from collections.abc import Callable
from typing import Final

import msgspec

FREE_BY_NAME: Final = 5
"""Wrong passwords for one name before it must wait."""
FREE_BY_ADDRESS: Final = 20
"""Wrong passwords from one address, whatever the names."""
_FIRST_WAIT_S: Final = 2.0
_LONGEST_WAIT_S: Final = 300.0
_FORGOTTEN_AFTER_S: Final = 900.0
_MOST_REMEMBERED: Final = 10_000


class _Failures(msgspec.Struct):
    count: int
    last_s: float


class LoginThrottle:
    """Counts wrong passwords by name and by address; each further one doubles the wait."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        """``now_s`` only ever rises."""
        self._now_s = now_s
        self._by_name: dict[str, _Failures] = {}
        self._by_address: dict[str, _Failures] = {}

    def wait_s(self, name: str, address: str) -> float:
        """Seconds until the next try is looked at; 0 when it is now."""
        return max(
            self._wait(self._by_name.get(name), FREE_BY_NAME),
            self._wait(self._by_address.get(address), FREE_BY_ADDRESS),
        )

    def failed(self, name: str, address: str) -> None:
        """Count a wrong password."""
        self._count(self._by_name, name)
        self._count(self._by_address, address)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the wrong passwords for the name: its owner is here, so this was none."""
        self._by_name.pop(name, None)
        failures = self._by_address.get(address)
        if failures is not None:
            failures.count = max(0, failures.count - 1)

    def _wait(self, failures: _Failures | None, free: int) -> float:
        if failures is None or failures.count < free:
            return 0.0
        wait = min(_FIRST_WAIT_S * 2.0 ** min(failures.count - free, 16), _LONGEST_WAIT_S)
        return max(0.0, failures.last_s + wait - self._now_s())

    def _count(self, known: dict[str, _Failures], key: str) -> None:
        now = self._now_s()
        failures = known.pop(key, None)
        if failures is None or now - failures.last_s > _FORGOTTEN_AFTER_S:
            failures = _Failures(0, now)
        failures.count += 1
        failures.last_s = now
        known[key] = failures  # the latest stand last, so the oldest go first
        if len(known) > _MOST_REMEMBERED:
            del known[next(iter(known))]
