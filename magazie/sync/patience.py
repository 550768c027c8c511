"""Asking a shop again, later and later, while what goes wrong may pass."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from magazie.ports import OutcomeUnknown, Throttled, Unreachable
from magazie.sync.order_reader import ReadUnsettledError

logger = logging.getLogger(__name__)

TRIES_MOST: Final = 8
TRIES_UNREACHED: Final = 3
"""Of a shop that has not answered since the work began; once where a person waits for it."""
FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 60.0

T = TypeVar("T")
_PASSING: Final = (OutcomeUnknown, Throttled, Unreachable, ReadUnsettledError)
"""What may be over a moment later: an HTML page in place of rows is one of them."""


class Patience:
    """Reads of one shop. Only what may be repeated is asked through it."""

    def __init__(self, shop: str, *, has_answered: bool = False, by_hand: bool = False) -> None:
        """``has_answered``: whether the shop did a moment ago; ``by_hand``: a person waits."""
        self._shop = shop
        self._unreached = 1 if by_hand else TRIES_UNREACHED
        self._has_answered = has_answered

    async def ask(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask until it is answered.

        Raises:
            ShopError: it is refused, or was not answered for minutes.

        """
        attempt = 0
        while True:
            try:
                answer = await ask()
            except _PASSING as error:
                attempt += 1
                most = TRIES_MOST if self._has_answered else self._unreached
                if attempt >= (most if isinstance(error, Unreachable) else TRIES_MOST):
                    raise
                logger.warning("catalogue_waits shop=%s reason=%s", self._shop, error)
                await asyncio.sleep(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (attempt - 1)))
            else:
                self._has_answered = True
                return answer
