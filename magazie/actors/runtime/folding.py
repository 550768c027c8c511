"""Hands an actor the adjacent messages of one type together."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Final

from magazie.actors.runtime.errors import Rejection, TurnCancelledError
from magazie.actors.runtime.lifecycle import as_failure, fail
from magazie.actors.runtime.turn import (
    DONE,
    RETURNED,
    RUNNING,
    Envelope,
    current_trace,
    current_turn,
)

if TYPE_CHECKING:
    from magazie.actors.runtime.actor import AsyncioActor
    from magazie.actors.runtime.mailbox import Mailbox

logger = logging.getLogger(__name__)

FOLDED_AT_MOST: Final = 128
"""Messages handed over together, as many as a drain handles before the event loop goes round."""


class Batch:
    """The message of a turn that handles several."""


_BATCH = Batch()


async def fold(
    mailbox: Mailbox,
    actor: AsyncioActor,
    items: deque[Envelope],
    first: Envelope,
    *,
    proven: bool,
) -> bool:
    """Handle a message and those of its type right behind it; tell whether the actor lives on.

    A batch that fails is taken apart: its messages return to the front of the mailbox, marked
    to be handled alone, so that the error reaches only the asker whose message causes it.

    Args:
        mailbox: the actor's.
        actor: who handles them.
        items: what waits behind the first.
        first: what is to be handled.
        proven: the activation handled something before without failing.
    """
    run = _take_run(mailbox, items, first)
    turn = Envelope(
        _BATCH,
        mailbox,
        first.sent_ns,
        # It waits with all its askers, and until the last of them gives up.
        max([envelope.deadline for envelope in run]),
        parents=tuple(run),
        trace=first.trace,
    )
    turn.stage = RUNNING
    current_turn.set(turn)
    current_trace.set(turn.trace)
    try:
        answers: Any = actor.on_fold([envelope.message for envelope in run])
        if type(answers) is CoroutineType:
            answers = await answers
        _check(answers, len(run))
    except BaseException as error:  # as_failure raises again what is not the handler's
        failure = as_failure(error)
        if not isinstance(failure, TurnCancelledError):
            logger.warning("batch_failed messages=%d actor=%s", len(run), mailbox, exc_info=failure)
            turn.stage = DONE
            for envelope in run:
                envelope.stage = RETURNED
            items.extendleft(reversed(run))
            return True
        answers = [failure] * len(run)
    turn.stage = DONE
    unexpected = _answer(mailbox, run, answers)
    if not unexpected:
        return True
    proven = proven or len(unexpected) < len(run)
    return await _fail_each(mailbox, unexpected, proven=proven)


def answer_alone(answers: Sequence[object]) -> object:
    """Give the answer to a message that was handled alone.

    Raises:
        Exception: what was answered is an error.
        ValueError: there is not one answer.
    """
    _check(answers, 1)
    answer = answers[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def _check(answers: Sequence[object], count: int) -> None:
    if len(answers) != count:
        raise ValueError(f"on_fold gave {len(answers)} answers to {count} messages")


def _take_run(mailbox: Mailbox, items: deque[Envelope], first: Envelope) -> list[Envelope]:
    """Take the messages of the first one's type that wait right behind it."""
    kind = mailbox.kind
    message_type = type(first.message)
    now = kind.loop_time()
    now_ns = kind.clock_ns()
    wait = kind.cells[message_type].wait
    first.stage = RUNNING
    run = [first]
    while items and type(items[0].message) is message_type and len(run) < FOLDED_AT_MOST:
        envelope = items.popleft()
        if envelope.deadline <= now:
            envelope.expire()
            continue
        envelope.stage = RUNNING
        wait_ns = now_ns - envelope.sent_ns
        wait.total_ns += wait_ns
        wait.counts[(wait_ns >> 10).bit_length()] += 1
        run.append(envelope)
    return run


def _answer(
    mailbox: Mailbox, run: list[Envelope], answers: Sequence[object]
) -> list[tuple[Envelope, Exception]]:
    """Give each asker its answer or rejection; give back the errors nobody expected."""
    pending = mailbox.kind.pending
    cell = mailbox.kind.cells[type(run[0].message)]
    cell.handled += len(run)
    unexpected: list[tuple[Envelope, Exception]] = []
    for envelope, answer in zip(run, answers, strict=True):
        if not isinstance(answer, Exception):
            asker = envelope.reply_to
            if asker is None or asker.done():
                envelope.answer(answer)
            else:  # what answer() does, the most common case, without the calls
                envelope.stage = DONE
                del pending[asker]
                asker.set_result(answer)
        elif isinstance(answer, Rejection):
            cell.rejections += 1
            envelope.refuse(answer)
        else:
            unexpected.append((envelope, answer))
    return unexpected


async def _fail_each(
    mailbox: Mailbox, unexpected: list[tuple[Envelope, Exception]], *, proven: bool
) -> bool:
    """Deal with errors nobody expected; tell whether the actor lives on."""
    for index, (envelope, error) in enumerate(unexpected):
        if not await fail(mailbox, envelope, error, proven=proven):
            for other, its_error in unexpected[index + 1 :]:
                mailbox.kind.cells[type(other.message)].failures += 1
                other.refuse(its_error)
            return False
    return True
