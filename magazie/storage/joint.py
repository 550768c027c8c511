"""Units of one kind that are run at one stroke: the same work, a statement for many rows."""

import sqlite3
from collections.abc import Sequence
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class JointUnit(Generic[T]):
    """A unit that may be run together with units of its class that stand next to it.

    Together they share a savepoint. Whatever ``run_together`` raises undoes all of them, and
    each is then run alone, so that only the one at fault fails.
    """

    __slots__ = ()

    def __call__(self, connection: sqlite3.Connection) -> T:
        """Run this one alone."""
        (result,) = self.run_together(connection, (self,))
        return result

    @classmethod
    def run_together(cls, connection: sqlite3.Connection, units: Sequence[Self]) -> list[T]:
        """Run units in their order.

        Returns:
            The result of each.

        Raises:
            Exception: One of them fails, or they do not go together.
        """
        raise NotImplementedError
