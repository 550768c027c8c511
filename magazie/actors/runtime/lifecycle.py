"""How an actor begins and the ways it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from magazie.actors.runtime.errors import Rejection, TurnCancelledError
from magazie.actors.runtime.turn import DONE, RUNNING, Envelope, current_trace, current_turn

if TYPE_CHECKING:
    from magazie.actors.runtime.mailbox import Mailbox

logger = logging.getLogger(__name__)


class Activate:
    """The message of the turn in which an actor is loaded."""


_ACTIVATE = Activate()


async def start(mailbox: Mailbox) -> bool:
    """Make the actor if there is none and run its `on_start`; tell whether it can work."""
    kind = mailbox.kind
    waiting = tuple(mailbox.items or ())
    turn = Envelope(_ACTIVATE, mailbox, 0, parents=waiting)
    turn.trace = waiting[0].trace if waiting else None
    turn.stage = RUNNING
    current_turn.set(turn)
    current_trace.set(turn.trace)
    began = kind.clock_ns()
    try:
        actor = mailbox.actor
        if actor is None:
            actor = mailbox.actor = kind.supervisor.build(mailbox)
        loading: Any = actor.on_start()
        if type(loading) is CoroutineType:
            await loading
    except BaseException as error:
        failure = as_failure(error)
        end(mailbox)
        kind.supervisor.leaving(mailbox)
        if isinstance(failure, Rejection):
            kind.supervisor.refused(mailbox, failure)
            return False
        logger.error("actor_start_failed actor=%s", mailbox, exc_info=failure)  # noqa: TRY400 - the failure may wrap the error
        kind.metrics.failed_activations += 1
        kind.supervisor.dropped(mailbox, failure, starting=True, proven=False)
        return False
    turn.stage = DONE
    mailbox.started = True
    kind.metrics.live += 1
    kind.metrics.activations += 1
    kind.metrics.activation.record(kind.clock_ns() - began)
    return True


def as_failure(error: BaseException) -> Exception:
    """Give what an asker is told about an error in a handler.

    Raises:
        BaseException: the error itself, if it is meant for the Task and not for the asker.
    """
    if isinstance(error, Exception):
        return error
    if not isinstance(error, asyncio.CancelledError):
        raise error
    task = asyncio.current_task()
    if task is None or task.cancelling():
        raise error
    # Nobody cancelled this Task: something that the handler awaited was cancelled.
    failure = TurnCancelledError("what the handler awaited was cancelled")
    failure.__cause__ = error
    return failure


async def go_wrong(
    mailbox: Mailbox, envelope: Envelope, error: BaseException, *, proven: bool
) -> bool:
    """Deal with what a handler raised; tell whether the actor lives on.

    Args:
        mailbox: the actor's.
        envelope: what was handled.
        error: what was raised.
        proven: the activation handled something before without failing.
    """
    if isinstance(error, Rejection):
        mailbox.kind.cells[type(envelope.message)].rejections += 1
        envelope.refuse(error)
        return True
    return await fail(mailbox, envelope, as_failure(error), proven=proven)


async def fail(mailbox: Mailbox, envelope: Envelope, error: Exception, *, proven: bool) -> bool:
    """Answer an unexpected exception and end the activation if its supervisor says so."""
    kind = mailbox.kind
    kind.cells[type(envelope.message)].failures += 1
    drops = kind.supervisor.drops_on_failure(asked=envelope.reply_to is not None)
    logger.log(
        logging.ERROR if drops else logging.INFO,
        "handler_failed message=%s dropped=%s",
        envelope,
        drops,
        exc_info=error,
    )
    envelope.refuse(error)
    actor = mailbox.actor
    if not drops or actor is None:
        return True
    kind.supervisor.leaving(mailbox)
    await _last_hook(mailbox, lambda: actor.on_failure(type(error), error, error.__traceback__))
    end(mailbox)
    kind.metrics.drops += 1
    kind.supervisor.dropped(mailbox, error, starting=False, proven=proven)
    return False


async def stop(mailbox: Mailbox, envelope: Envelope) -> None:
    """End the actor as it was told to."""
    actor = mailbox.actor
    if actor is not None:
        mailbox.kind.supervisor.leaving(mailbox)
        await _last_hook(mailbox, actor.on_stop)
    end(mailbox)
    mailbox.kind.supervisor.stopped(mailbox)
    envelope.answer(value=True)


def lose(mailbox: Mailbox) -> None:
    """Answer all askers of an actor whose Task was cancelled in the middle."""
    end(mailbox)
    kind = mailbox.kind
    if kind.loop.is_closed():
        return
    turn = current_turn.get()
    if turn is not None:
        for envelope in (turn, *turn.parents):
            if envelope.mailbox is mailbox and envelope.stage is RUNNING:
                envelope.refuse(mailbox.dead())
    kind.supervisor.leaving(mailbox)
    kind.supervisor.lost(mailbox)


def end(mailbox: Mailbox) -> None:
    """Let go of the actor; without this only the garbage collector would find the two."""
    if mailbox.started:
        mailbox.started = False
        mailbox.kind.metrics.live -= 1
    mailbox.actor = None


async def _hook(hook: Callable[[], Any]) -> None:
    result = hook()
    if type(result) is CoroutineType:
        await result


async def _last_hook(mailbox: Mailbox, hook: Callable[[], Any]) -> None:
    """Run a hook of an actor that ends in any case."""
    try:
        await _hook(hook)
    except BaseException as error:
        logger.error("hook_failed actor=%s", mailbox, exc_info=as_failure(error))  # noqa: TRY400 - the failure may wrap the error
