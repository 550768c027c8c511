"""The ways in which actors on an event loop go wrong, one test for each."""

import asyncio
import contextvars
import gc
import logging
import weakref
from typing import Any

import pykka
import pytest

from magazie.actors.runtime import (
    AsyncioActor,
    AsyncioFuture,
    AsyncioRegistry,
    Directory,
    MailboxFullError,
    RuntimeMetrics,
    TurnCancelledError,
    current_trace,
)
from tests.actors.runtime.scripted import Narrow, Scripted, awaits_nothing_and_fails, see
from tests.actors.runtime.virtual_time import in_virtual_time


async def test_01_awaiting_an_answer_lets_the_loop_go_round() -> None:
    async def slow(_: Scripted) -> None:
        await asyncio.sleep(0.05)

    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    ref = Scripted.start()
    await ref.ask(slow)
    counting.cancel()
    assert turns > 50


@in_virtual_time
async def test_02_a_cancelled_await_in_a_handler_fails_that_message_only() -> None:
    async def awaits_something_cancelled(_: Scripted) -> None:
        task = asyncio.ensure_future(asyncio.sleep(10))
        asyncio.get_running_loop().call_later(1, task.cancel)
        await task

    ref, bystander = Scripted.start(), Scripted.start()
    with pytest.raises(TurnCancelledError):
        await ref.ask(awaits_something_cancelled)
    assert await ref.ask("still here") == "still here"
    assert await bystander.ask("me too") == "me too"


@in_virtual_time
async def test_02_a_cancelled_drain_ends_its_actor_and_hangs_nobody() -> None:
    async def forever(_: Scripted) -> None:
        await asyncio.sleep(1000)

    ref, bystander = Scripted.start(), Scripted.start()
    running, waiting = ref.ask(forever), ref.ask("behind")
    await asyncio.sleep(1)
    ref.actor_inbox.task.cancel()
    for future in (running, waiting):
        with pytest.raises(pykka.ActorDeadError):
            await future
    assert not ref.is_alive()
    assert AsyncioRegistry.get_all() == [bystander]
    assert await bystander.ask("fine") == "fine"


@in_virtual_time
async def test_02_a_timeout_inside_a_handler_is_not_mistaken_for_the_end() -> None:
    async def gives_up(_: Scripted) -> str:
        try:
            async with asyncio.timeout(1):
                await asyncio.sleep(10)
        except TimeoutError:
            return "gave up"
        return "never"

    assert await Scripted.start().ask(gives_up) == "gave up"


@in_virtual_time
async def test_03_an_asker_that_is_gone_does_not_hurt_and_its_command_still_runs(
    scripted: Directory, metrics: RuntimeMetrics
) -> None:
    async def slow(actor: Scripted) -> str:
        await asyncio.sleep(1)
        actor.seen.append("ran")
        return "ran"

    running, waiting = scripted.ask(Scripted, 1, slow), scripted.ask(Scripted, 1, slow)
    failing = scripted.ask(Scripted, 1, awaits_nothing_and_fails)
    await asyncio.sleep(0.5)
    for future in (running, waiting, failing):
        future.cancel()
    await asyncio.sleep(2)
    assert await scripted.ask(Scripted, 1, "alive") == "alive"
    cell = metrics.of(Scripted).messages[type(slow)]
    assert cell.cancelled_askers == 3
    assert metrics.of(Scripted).drops == 1
    assert cell.handled == 3


async def test_03_settling_a_settled_future_is_a_no_op() -> None:
    future: AsyncioFuture[int] = AsyncioFuture()
    future.set(1)
    future.set(2)
    future.set_exception(ZeroDivisionError())
    assert await future == 1
    gone: AsyncioFuture[int] = AsyncioFuture()
    gone.cancel()
    gone.set(1)
    gone.set_exception(ZeroDivisionError())
    assert gone.cancelled()


@in_virtual_time
async def test_04_an_idle_actor_needs_no_task_and_lives_as_long_as_its_reference() -> None:
    ref = Scripted.start()
    await ref.ask("first")
    await asyncio.sleep(0)
    assert ref.actor_inbox.task is None
    assert ref.actor_inbox.items is None
    AsyncioRegistry.unregister(ref)
    gc.collect()
    assert await ref.ask(see) == ["first"]


@in_virtual_time
async def test_04_a_stopped_actor_is_freed_without_the_garbage_collector() -> None:
    found: list[weakref.ref[Scripted]] = []

    async def show(actor: Scripted) -> None:
        found.append(weakref.ref(actor))

    ref = Scripted.start()
    await ref.ask(show)
    gc.collect()
    gc.disable()
    try:
        await ref.stop()
        await asyncio.sleep(0)
        assert found[0]() is None
    finally:
        gc.enable()


@in_virtual_time
async def test_05_each_message_has_its_own_trace_and_nothing_else_of_its_sender() -> None:
    private: contextvars.ContextVar[str] = contextvars.ContextVar("private", default="nothing")

    async def context(_: Scripted) -> tuple[str | None, str]:
        await asyncio.sleep(0)
        return current_trace.get(), private.get()

    ref = Scripted.start()

    async def sender(trace: str | None) -> tuple[str | None, str]:
        current_trace.set(trace)
        private.set("the sender's own")
        found: tuple[str | None, str] = await ref.ask(context)
        return found

    traces = ["a", "b", None, "c"]
    found = await asyncio.gather(*(sender(trace) for trace in traces))
    assert found == [(trace, "nothing") for trace in traces]


@in_virtual_time
async def test_05_an_actor_starts_under_the_trace_of_what_started_it(
    directory: Directory,
) -> None:
    class Starting(AsyncioActor):
        async def on_start(self) -> None:
            self.trace = current_trace.get()

        async def on_receive(self, message: Any) -> Any:
            return self.trace

    directory.register(Starting, lambda _: Starting())
    current_trace.set("request 9")
    assert await directory.ask(Starting, 1, "hello") == "request 9"


@in_virtual_time
async def test_05_the_trace_travels_through_nested_asks_and_tells(scripted: Directory) -> None:
    async def note(actor: Scripted) -> None:
        actor.seen.append(current_trace.get())

    async def pass_on(_: Scripted) -> None:
        await scripted.ask(Scripted, "asked", note)
        scripted.tell(Scripted, "told", note)

    current_trace.set("request 7")
    await scripted.ask(Scripted, "first", pass_on)
    assert await scripted.ask(Scripted, "asked", see) == ["request 7"]
    assert await scripted.ask(Scripted, "told", see) == ["request 7"]


@in_virtual_time
async def test_07_half_changed_state_does_not_outlive_an_unexpected_error(
    scripted: Directory,
) -> None:
    async def change_half(actor: Scripted) -> None:
        actor.seen.append("half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await scripted.ask(Scripted, 1, change_half)
    assert await scripted.ask(Scripted, 1, see) == []


@in_virtual_time
async def test_08_a_typed_message_needs_no_proxy_and_does_not_hold_the_actor(
    directory: Directory,
) -> None:
    directory.register(Scripted, Scripted, idle_after=10.0)
    ref = directory.ref(Scripted, 1)
    assert await ref.ask("by message") == "by message"
    await asyncio.sleep(30)
    assert directory.passivate_idle() == 1
    assert ref.actor_inbox.actor is None
    assert await ref.ask("brings it back") == "brings it back"
    assert await ref.ask(see) == ["brings it back"]


@in_virtual_time
async def test_09_messages_sent_while_an_actor_closes_keep_their_order(
    directory: Directory,
) -> None:
    stored: list[int] = []

    class Closing(AsyncioActor):
        async def on_receive(self, message: int) -> None:
            stored.append(message)

        async def on_stop(self) -> None:
            await asyncio.sleep(5)

    directory.register(Closing, lambda _: Closing(), idle_after=10.0)
    await directory.ask(Closing, 1, 0)
    await asyncio.sleep(30)
    assert directory.passivate_idle() == 1
    sent = []
    for number in range(1, 8):
        sent.append(directory.ask(Closing, 1, number, timeout=100.0))
        await asyncio.sleep(1)
    await asyncio.gather(*sent)
    assert stored == list(range(8))
    assert directory.live(Closing) == 1


@in_virtual_time
async def test_10_a_full_mailbox_refuses_asks_and_buries_tells_but_takes_the_stop(
    directory: Directory, metrics: RuntimeMetrics
) -> None:
    async def sleep(_: Scripted) -> None:
        await asyncio.sleep(1)

    directory.register(Narrow, Narrow)
    ref = directory.ref(Narrow, 1)
    running = ref.ask(sleep)
    await asyncio.sleep(0.5)
    taken = [ref.ask(number) for number in range(3)]
    with pytest.raises(MailboxFullError):
        await ref.ask("no room")
    directory.tell(Narrow, 1, "no room either")
    ref.tell("no room either")
    stopped = ref.stop()
    await running
    assert await asyncio.gather(*taken) == [0, 1, 2]
    assert await stopped is True
    cell = metrics.of(Narrow).messages[str]
    assert cell.rejected_full == 3
    assert cell.dead_letters == 2
    assert metrics.of(Narrow).depth_max == 4  # the three and the stop


@in_virtual_time
async def test_10_a_sending_actor_does_not_fail_for_a_full_receiver(scripted: Directory) -> None:
    scripted.register(Narrow, Narrow)

    async def sleep(_: Scripted) -> None:
        await asyncio.sleep(1)

    async def tell_many(_: Scripted) -> str:
        for number in range(10):
            scripted.tell(Narrow, 1, number)
        return "sent"

    running = scripted.ask(Narrow, 1, sleep)
    await asyncio.sleep(0.5)
    assert await scripted.ask(Scripted, 1, tell_many) == "sent"
    await running
    assert await scripted.ask(Narrow, 1, see) == [0, 1, 2]


async def test_11_another_thread_sends_through_the_loop() -> None:
    loop = asyncio.get_running_loop()
    ref = Scripted.start()
    await asyncio.to_thread(loop.call_soon_threadsafe, ref.tell, "from a thread")
    assert await ref.ask(see) == ["from a thread"]


@in_virtual_time
async def test_12_stop_all_is_awaited_and_stops_one_after_the_other() -> None:
    order: list[str] = []

    class Slow(AsyncioActor):
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

        async def on_stop(self) -> None:
            order.append(f"{self.number} stops")
            await asyncio.sleep(1)
            order.append(f"{self.number} stopped")

    for number in range(3):
        Slow.start(number)
    assert await AsyncioRegistry.stop_all() == [True, True, True]
    assert order == [f"{number} {what}" for number in (2, 1, 0) for what in ("stops", "stopped")]


@in_virtual_time
async def test_13_a_failed_tell_leaves_no_exception_that_nobody_retrieves(
    scripted: Directory, caplog: pytest.LogCaptureFixture
) -> None:
    # A captured log record would hold the exception's frames, and with them the future.
    caplog.set_level(logging.CRITICAL, "magazie.actors.runtime.lifecycle")
    complaints: list[str] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: complaints.append(context["message"])
    )
    scripted.tell(Scripted, 1, awaits_nothing_and_fails)
    await asyncio.sleep(1)
    gc.collect()
    assert complaints == []
    scripted.ask(Scripted, 1, awaits_nothing_and_fails)
    await asyncio.sleep(1)
    gc.collect()
    assert complaints == ["AsyncioFuture exception was never retrieved"]


async def test_14_stop_iteration_reaches_the_asker_as_an_error_it_can_await() -> None:
    class Plain(AsyncioActor):
        def on_receive(self, message: Any) -> Any:
            return next(iter(()))

    ref = Plain.start()
    with pytest.raises(RuntimeError, match="StopIteration"):
        await ref.ask("next")
    assert ref.is_alive()


@in_virtual_time
async def test_15_an_idle_actor_is_thin(scripted: Directory) -> None:
    """The sum of what an idle actor's own objects hold; memory as a whole is for the bench."""
    await scripted.ask(Scripted, 1, "hello")
    await asyncio.sleep(0)
    mailbox = scripted.ref(Scripted, 1).actor_inbox
    assert not hasattr(mailbox, "__dict__")
    assert vars(mailbox.actor).keys() == {"actor_inbox", "key", "seen"}
    assert mailbox.task is None


async def test_dead_letters_are_logged_at_a_limited_rate(
    directory: Directory, caplog: pytest.LogCaptureFixture
) -> None:
    directory.register(Narrow, Narrow)
    await directory.stop([Narrow], deadline=1.0)
    with caplog.at_level(logging.WARNING):
        for number in range(1000):
            directory.tell(Narrow, 1, number)
    assert len(caplog.records) == 10
    assert "message=int actor=Narrow(1) reason=directory stopped" in caplog.records[0].getMessage()
