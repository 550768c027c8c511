"""Handles what waits in a mailbox, one message after the other."""

from __future__ import annotations

import asyncio
import functools
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Final

from pykka.messages import ProxyCall, ProxyGetAttr

from magazie.actors.runtime.folding import answer_alone, fold
from magazie.actors.runtime.kind import Route
from magazie.actors.runtime.lifecycle import go_wrong, lose, start, stop
from magazie.actors.runtime.metrics import LONG_TURN_NS
from magazie.actors.runtime.turn import DONE, RETURNED, RUNNING, current_trace, current_turn

if TYPE_CHECKING:
    from magazie.actors.runtime.actor import AsyncioActor
    from magazie.actors.runtime.mailbox import Mailbox

DRAIN_BUDGET: Final = 128
"""Turns after which the drain lets the event loop go round."""

NOTABLE_TURN_NS: Final = 1_000_000
"""A turn as long as this makes the drain look at the time before it begins the next."""

_STOP: Final = Route.STOP
_FOLD: Final = Route.FOLD


async def drain(mailbox: Mailbox) -> None:  # noqa: C901, PLR0912, PLR0915 - the hot loop: a call saved is worth a branch
    """Start the actor if need be, handle what waits, and end.

    The loop's own time is read once and after long turns only. Where a handler lets the loop go
    round, the deadlines' timer gets its turn and expires what waits here.
    """
    turns = 0
    answer: Any
    try:
        if not mailbox.started and not await start(mailbox):
            return
        kind, actor, items = mailbox.kind, mailbox.actor, mailbox.items
        now = mailbox.touched = kind.loop_time()
        if actor is None or items is None:
            return
        cells, routes, clock_ns, receive = kind.cells, kind.routes, kind.clock_ns, actor.on_receive
        kind.metrics.depth_counts[len(items).bit_length()] += 1
        began = clock_ns()
        while items:
            envelope = items.popleft()
            if envelope.deadline <= now and envelope.stage is not RETURNED:
                envelope.expire()
                continue
            message = envelope.message
            message_type = type(message)
            route = routes.get(message_type)
            cell = cells[message_type]
            wait_ns = began - envelope.sent_ns
            histogram = cell.wait
            histogram.total_ns += wait_ns
            histogram.counts[(wait_ns >> 10).bit_length()] += 1
            if route is _STOP:
                await stop(mailbox, envelope)
                return
            if (
                route is _FOLD
                and items
                and type(items[0].message) is message_type
                and envelope.stage is not RETURNED
            ):
                if not await fold(mailbox, actor, items, envelope, proven=turns > 0):
                    return
            else:
                cell.handled += 1
                envelope.stage = RUNNING
                current_turn.set(envelope)
                current_trace.set(envelope.trace)
                try:
                    if route is None:
                        answer = receive(message)
                    elif route is _FOLD:
                        answer = actor.on_fold([message])
                    else:
                        answer = _by_proxy(actor, message)
                    if type(answer) is CoroutineType:
                        answer = await answer
                    if route is _FOLD:
                        answer = answer_alone(answer)
                except BaseException as error:  # noqa: BLE001 - it is raised again where it must be
                    if not await go_wrong(mailbox, envelope, error, proven=turns > 0):
                        return
                else:
                    asker = envelope.reply_to
                    if asker is None:
                        envelope.stage = DONE
                    elif asker.done():
                        envelope.answer(answer)
                    else:
                        envelope.stage = DONE
                        del kind.pending[asker]
                        asker.set_result(answer)
            turns += 1
            ended = clock_ns()
            turn_ns = ended - began
            histogram = cell.turns
            histogram.total_ns += turn_ns
            histogram.counts[(turn_ns >> 10).bit_length()] += 1
            if turn_ns > NOTABLE_TURN_NS:
                now = kind.loop_time()
                if turn_ns > LONG_TURN_NS:
                    cell.long_turns += 1
            began = ended
            if not turns % DRAIN_BUDGET:
                await asyncio.sleep(0)
                began = clock_ns()
        mailbox.items = None
        if turns and mailbox.trouble is not None:
            mailbox.trouble.recover()
    except BaseException:
        lose(mailbox)
        raise
    finally:
        mailbox.task = None
        if mailbox.items and not mailbox.held:
            mailbox.wake()


def _by_proxy(actor: AsyncioActor, message: Any) -> Any:
    """Do what Pykka's proxies ask for."""
    *path, name = message.attr_path
    owner = functools.reduce(getattr, path, actor)
    if isinstance(message, ProxyCall):
        return getattr(owner, name)(*message.args, **message.kwargs)
    if isinstance(message, ProxyGetAttr):
        return getattr(owner, name)
    return setattr(owner, name, message.value)
