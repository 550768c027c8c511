"""How long to wait before trying again. Attempts are counted from 0: the first repetition."""

import random
from typing import Final

_PARK_BASE_MS: Final = 60_000
_PARK_CAP_MS: Final = 6 * 60 * 60_000
_MOST_DOUBLINGS: Final = 40  # beyond any cap, and keeps the shift small


def delay_ms(attempt: int, *, base_ms: int, cap_ms: int, random: random.Random) -> int:
    """Return a wait for a network retry, anywhere up to base·2ⁿ or the cap ("full jitter").

    Spreading over the whole span keeps many clients from coming back at the same moment. The
    wait is at least one millisecond.
    """
    return 1 + random.randrange(_doubled(attempt, base_ms, cap_ms))


def park_delay_ms(attempt: int) -> int:
    """Return the wait of a parked row: one minute, doubled each time, at most six hours."""
    return _doubled(attempt, _PARK_BASE_MS, _PARK_CAP_MS)


def _doubled(attempt: int, base_ms: int, cap_ms: int) -> int:
    return min(cap_ms, base_ms << min(attempt, _MOST_DOUBLINGS))
