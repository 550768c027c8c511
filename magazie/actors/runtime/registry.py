"""Finds the actors that were started one by one, without a directory."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import pykka

if TYPE_CHECKING:
    from magazie.actors.runtime.actor import AsyncioActor
    from magazie.actors.runtime.ref import AsyncioActorRef

A = TypeVar("A", bound="AsyncioActor")


class AsyncioRegistry(pykka.ActorRegistry):
    """Pykka's registry in dictionaries: its list makes each removal a search.

    It belongs to the thread of the event loop. Actors of a `Directory` are found there, by
    their key.
    """

    _by_class: ClassVar[dict[type, dict[str, AsyncioActorRef[Any]]]] = {}
    _by_urn: ClassVar[dict[str, AsyncioActorRef[Any]]] = {}

    @classmethod
    def register(cls, actor_ref: AsyncioActorRef[A]) -> None:  # type: ignore[override] # holds this runtime's actors only
        """Take in the reference of an actor that has started."""
        cls._by_urn[actor_ref.actor_urn] = actor_ref
        cls._by_class.setdefault(actor_ref.actor_class, {})[actor_ref.actor_urn] = actor_ref

    @classmethod
    def unregister(cls, actor_ref: AsyncioActorRef[A]) -> None:  # type: ignore[override] # holds this runtime's actors only
        """Forget an actor; one that is not known is forgotten already."""
        if cls._by_urn.pop(actor_ref.actor_urn, None) is not None:
            del cls._by_class[actor_ref.actor_class][actor_ref.actor_urn]

    @classmethod
    def get_all(cls) -> list[pykka.ActorRef[Any]]:
        """Give all running actors, the oldest first."""
        return list(cls._by_urn.values())

    @classmethod
    def get_by_class(cls, actor_class: type[A]) -> list[AsyncioActorRef[A]]:  # type: ignore[override] # holds this runtime's actors only
        """Give all running actors of a class or of one derived from it."""
        return [
            ref
            for known, refs in cls._by_class.items()
            if issubclass(known, actor_class)
            for ref in refs.values()
        ]

    @classmethod
    def get_by_class_name(cls, actor_class_name: str) -> list[pykka.ActorRef[Any]]:
        """Give all running actors of the classes with a name."""
        return [
            ref
            for known, refs in cls._by_class.items()
            if known.__name__ == actor_class_name
            for ref in refs.values()
        ]

    @classmethod
    def get_by_urn(cls, actor_urn: str) -> AsyncioActorRef[Any] | None:
        """Give a running actor by its URN."""
        return cls._by_urn.get(actor_urn)

    @classmethod
    def stop_all(cls, *, block: bool = True, timeout: float | None = None) -> Awaitable[list[bool]]:  # type: ignore[override] # noqa: ARG003 - nothing blocks here
        """Stop all running actors, the youngest first and one after the other.

        Args:
            block: Pykka's choice between an answer and futures; here one awaitable serves.
            timeout: seconds for each of them.

        Returns:
            An awaitable of what each `stop()` gave.
        """
        return cls._stop_in_turn(timeout)

    @classmethod
    async def _stop_in_turn(cls, timeout: float | None) -> list[bool]:  # noqa: ASYNC109 - see stop_all
        return [await ref.stop(timeout=timeout) for ref in reversed(list(cls._by_urn.values()))]
