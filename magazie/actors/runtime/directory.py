"""Finds the actor of a key, and starts it when it is first needed."""

from __future__ import annotations

import asyncio
import random as randomness
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, TypeVar

from magazie.actors.runtime.actor import AsyncioActor
from magazie.actors.runtime.backoff import BackOff
from magazie.actors.runtime.errors import UnregisteredActorError
from magazie.actors.runtime.future import AsyncioFuture
from magazie.actors.runtime.kind import Runtime
from magazie.actors.runtime.metrics import RuntimeMetrics
from magazie.actors.runtime.population import Population, Terms
from magazie.actors.runtime.ref import AsyncioActorRef

A = TypeVar("A", bound=AsyncioActor)
K = TypeVar("K", bound=Hashable)


class _Populations(dict[type[AsyncioActor], Population]):
    def __missing__(self, actor_class: type[AsyncioActor]) -> Population:
        raise UnregisteredActorError(f"{actor_class.__name__} is not registered")


class Directory:
    """The only one that starts the actors of entities, and so one for each key at most.

    An actor is started by the first message to its key and loads in `on_start` while messages
    wait; it is let go when it was idle long enough, and the next message brings it back. All of
    it belongs to one event loop, the one that runs when the first message is sent.

    Args:
        metrics: what is counted.
        default_timeout: seconds an ask may take when its asker does not say.
        random: spreads the restarts of actors that failed together.
        backoff: how failing actors are left alone.
    """

    def __init__(
        self,
        *,
        metrics: RuntimeMetrics,
        default_timeout: float = 5.0,
        random: randomness.Random,
        backoff: BackOff | None = None,
    ) -> None:
        self._metrics = metrics
        self._default_timeout = default_timeout
        self._random = random
        self._backoff = backoff or BackOff()
        self._runtime: Runtime | None = None
        self._populations = _Populations()

    def register(
        self,
        actor_class: type[A],
        factory: Callable[[K], A],
        *,
        idle_after: float | None = None,
        max_live: int | None = None,
    ) -> None:
        """Say how actors of a class are made and how long they are kept.

        Args:
            actor_class: the class; its `mailbox_limit` and `folds` are read now.
            factory: makes the actor of a key. It only constructs: loading is for `on_start`.
            idle_after: seconds without work after which an actor may be let go; `None` keeps it.
            max_live: actors to hold at most. The longest idle makes room for a newcomer; if
                none of them can go, the newcomer is let in all the same, and counted.

        Raises:
            ValueError: the class is registered already.
        """
        if actor_class in self._populations:
            raise ValueError(f"{actor_class.__name__} is registered already")
        terms = Terms(factory, idle_after, max_live, self._backoff)
        population = Population(actor_class, terms, self._bound_runtime, self._random)
        self._populations[actor_class] = population

    def ask(
        self,
        actor_class: type[AsyncioActor],
        key: Hashable,
        message: object,
        *,
        timeout: float | None = None,
    ) -> AsyncioFuture[Any]:
        """Send a message to the actor of a key now and give a future of its answer.

        Args:
            actor_class: a registered class.
            key: which of its actors.
            message: what it is to handle.
            timeout: seconds it may take; an ask made while handling a message ends no later
                than that message.

        Returns:
            A future that also carries what went wrong; see `Mailbox.ask`.

        Raises:
            UnregisteredActorError: the class is not registered.
        """
        population = self._populations[actor_class]
        mailbox = population.mailboxes.get(key)
        if mailbox is None:
            mailbox = population.open(key)
        return mailbox.ask(message, timeout)

    def tell(self, actor_class: type[AsyncioActor], key: Hashable, message: object) -> None:
        """Send a message to the actor of a key now and hear no more of it.

        What cannot be delivered is counted as a dead letter; the sender never fails for it.

        Raises:
            UnregisteredActorError: the class is not registered.
        """
        population = self._populations[actor_class]
        mailbox = population.mailboxes.get(key)
        if mailbox is None:
            mailbox = population.open(key)
        mailbox.tell(message)

    def ref(self, actor_class: type[A], key: Hashable) -> AsyncioActorRef[A]:
        """Give a reference to the actor of a key, and start the actor if it is not in memory.

        Raises:
            UnregisteredActorError: the class is not registered.
        """
        mailbox = self._populations[actor_class].open(key)
        mailbox.ensure_started()
        return AsyncioActorRef(mailbox)

    def live(self, actor_class: type[AsyncioActor]) -> int:
        """Give how many actors of a class are held, those about to start included."""
        return len(self._populations[actor_class].mailboxes)

    def keys(self, actor_class: type[AsyncioActor]) -> Iterator[Hashable]:
        """Go through the keys of the actors that are held now."""
        return iter(list(self._populations[actor_class].mailboxes))

    def passivate_idle(self) -> int:
        """Let go of actors that were idle long enough; give how many.

        To be called about once a minute. An actor at work, with waiting messages, or whose
        `may_passivate` says no, stays. At most some thousands of a class go in one call.
        """
        return sum(population.passivate_idle() for population in self._populations.values())

    async def stop(self, order: Sequence[type[AsyncioActor]], *, deadline: float) -> list[str]:
        """Stop all actors, class by class; each handles what waits for it first.

        Asks to a class that is stopping answer `pykka.ActorDeadError`; classes later in the
        order still work and start actors.

        Args:
            order: which class stops first; those not named come last, the latest registered
                first.
            deadline: seconds from now after which what is still at work is cancelled.

        Returns:
            The names of the actors that had to be cancelled.
        """
        ends_at = asyncio.get_running_loop().time() + deadline
        rest = [named for named in reversed(self._populations) if named not in order]
        leftovers: list[str] = []
        for actor_class in [*order, *rest]:
            leftovers += await self._populations[actor_class].stop(ends_at)
        if self._runtime is not None:
            self._runtime.deadlines.close()
        return leftovers

    def _bound_runtime(self) -> Runtime:
        if self._runtime is None:
            loop = asyncio.get_running_loop()
            self._runtime = Runtime(loop, self._metrics, self._default_timeout)
        return self._runtime
