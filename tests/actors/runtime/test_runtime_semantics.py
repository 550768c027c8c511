"""What Pykka promises, held against its own threads and against the event loop."""

import logging
from typing import Any

import pykka
import pytest

from tests.actors.runtime.runtimes import RUNTIMES, Runtime


@pytest.fixture(params=RUNTIMES)
async def runtime(request: pytest.FixtureRequest) -> Any:
    chosen = RUNTIMES[request.param]
    yield chosen
    await chosen.stop_all()
    assert chosen.registry.get_all() == []


class Playback:
    pykka_traversable = True

    def __init__(self) -> None:
        self.volume = 3

    def louder(self, by: int) -> int:
        self.volume += by
        return self.volume


@pytest.fixture
def recorder(runtime: Runtime) -> Any:
    """An actor class that notes what happens to it and does what it is told."""

    class Recorder(runtime.actor):  # type: ignore[misc, name-defined] # the class is the parameter
        def __init__(self, log: list[Any]) -> None:
            super().__init__()
            self.log = log
            self.color = "green"
            self.playback = Playback()
            self._secret = 1

        def on_start(self) -> None:
            self.log.append("start")

        def on_stop(self) -> None:
            self.log.append("stop")

        def on_failure(self, exception_type: Any, exception_value: Any, traceback: Any) -> None:
            self.log.append(
                ("failure", exception_type, str(exception_value), traceback is not None)
            )

        def on_receive(self, message: Any) -> Any:
            match message:
                case BaseException():
                    self.log.append("raise")
                    raise message
                case ("wait", gate):
                    return gate.wait()
                case ("identity", value):
                    return value
                case "end":
                    self.stop()
                case _:
                    self.log.append(message)
                    return message
            return None

        def add(self, one: int, *, other: int) -> int:
            return one + other

        def blow(self) -> None:
            raise KeyError("blown")

    return Recorder


async def test_messages_of_one_sender_are_handled_in_order(runtime: Runtime, recorder: Any) -> None:
    log: list[Any] = []
    ref = recorder.start(log)
    for number in range(500):
        ref.tell(number)
    assert await runtime.result(ref.ask("last", block=False)) == "last"
    assert log == ["start", *range(500), "last"]


async def test_the_next_message_waits_for_the_one_being_handled(
    runtime: Runtime, recorder: Any
) -> None:
    log: list[Any] = []
    gate = runtime.gate()
    ref = recorder.start(log)
    waiting = ref.ask(("wait", gate), block=False)
    after = ref.ask("after", block=False)
    await gate.reached()
    assert log == ["start"]
    gate.open()
    await runtime.result(waiting)
    assert await runtime.result(after) == "after"


async def test_messages_and_answers_are_not_copied(runtime: Runtime, recorder: Any) -> None:
    value = ["the same"]
    ref = recorder.start([])
    assert await runtime.result(ref.ask(("identity", value), block=False)) is value


async def test_on_start_runs_without_a_message(runtime: Runtime) -> None:
    gate = runtime.gate()

    class Starting(runtime.actor):  # type: ignore[misc, name-defined] # the class is the parameter
        def on_start(self) -> Any:
            return gate.wait()

    Starting.start()
    await gate.reached()
    gate.open()


async def test_a_failing_ask_answers_its_asker_and_the_actor_goes_on(
    runtime: Runtime, recorder: Any
) -> None:
    log: list[Any] = []
    ref = recorder.start(log)
    with pytest.raises(ZeroDivisionError, match="half done"):
        await runtime.result(ref.ask(ZeroDivisionError("half done"), block=False))
    assert ref.is_alive()
    assert await runtime.result(ref.ask("next", block=False)) == "next"
    assert log == ["start", "raise", "next"]


async def test_a_failing_tell_ends_the_actor_with_on_failure_and_without_on_stop(
    runtime: Runtime, recorder: Any, caplog: pytest.LogCaptureFixture
) -> None:
    log: list[Any] = []
    gate = runtime.gate()
    ref = recorder.start(log)
    waiting = ref.ask(("wait", gate), block=False)
    ref.tell(ZeroDivisionError("told"))
    behind = ref.ask("behind", block=False)
    gate.open()
    await runtime.result(waiting)
    with pytest.raises(pykka.ActorDeadError, match="stopped before handling"):
        await runtime.result(behind)
    assert log == ["start", "raise", ("failure", ZeroDivisionError, "told", True)]
    assert not ref.is_alive()
    assert ref not in runtime.registry.get_all()
    assert [record.levelno for record in caplog.records if record.exc_info] == [logging.ERROR]


async def test_a_dead_actor_says_so(runtime: Runtime, recorder: Any) -> None:
    ref = recorder.start([])
    assert await runtime.result(ref.stop(block=False)) is True
    assert not ref.is_alive()
    with pytest.raises(pykka.ActorDeadError, match="not found"):
        ref.tell("late")
    with pytest.raises(pykka.ActorDeadError, match="not found"):
        await runtime.result(ref.ask("late", block=False))
    with pytest.raises(pykka.ActorDeadError, match="not found"):
        ref.proxy()
    assert await runtime.result(ref.stop(block=False)) is False


async def test_an_actor_whose_start_fails_is_dead_and_on_failure_is_not_called(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    called: list[str] = []
    gate = runtime.gate()

    class Failing(runtime.actor):  # type: ignore[misc, name-defined] # the class is the parameter
        def on_start(self) -> Any:
            waited = gate.wait()
            if waited is None:
                raise OSError("no disk")

            async def then_fail() -> None:
                await waited
                raise OSError("no disk")

            return then_fail()

        def on_failure(self, *_: Any) -> None:
            called.append("on_failure")

        def on_receive(self, message: Any) -> None:
            called.append("on_receive")

    ref = Failing.start()
    waiting = ref.ask("hello", block=False)
    gate.open()
    with pytest.raises(pykka.ActorDeadError):
        await runtime.result(waiting)
    assert called == []
    assert not ref.is_alive()
    assert [record.levelno for record in caplog.records if record.exc_info] == [logging.ERROR]


async def test_stop_lets_what_came_before_be_handled_and_refuses_what_came_after(
    runtime: Runtime, recorder: Any
) -> None:
    log: list[Any] = []
    gate = runtime.gate()
    ref = recorder.start(log)
    waiting = ref.ask(("wait", gate), block=False)
    before = ref.ask("before", block=False)
    stopped = ref.stop(block=False)
    stopped_again = ref.stop(block=False)
    after = ref.ask("after", block=False)
    ref.tell("told after")
    gate.open()
    await runtime.result(waiting)
    assert await runtime.result(before) == "before"
    assert await runtime.result(stopped) is True
    assert await runtime.result(stopped_again) is True
    with pytest.raises(pykka.ActorDeadError):
        await runtime.result(after)
    assert log == ["start", "before", "stop"]


async def test_an_actor_can_stop_itself(runtime: Runtime, recorder: Any) -> None:
    log: list[Any] = []
    ref = recorder.start(log)
    ref.tell("end")
    assert await runtime.result(ref.stop(block=False)) is True
    assert log == ["start", "stop"]


async def test_a_message_nobody_expects_is_logged_and_answered_with_none(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    ref = runtime.actor.start()
    assert await runtime.result(ref.ask("what?", block=False)) is None
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_a_proxy_calls_methods_and_reads_attributes(runtime: Runtime, recorder: Any) -> None:
    proxy = recorder.start([]).proxy()
    assert await runtime.result(proxy.add(1, other=2)) == 3
    assert await runtime.result(proxy.color) == "green"
    assert await runtime.result(proxy.playback.louder(4)) == 7
    assert await runtime.result(proxy.playback.volume) == 7
    with pytest.raises(KeyError, match="blown"):
        await runtime.result(proxy.blow())
    with pytest.raises(AttributeError):
        proxy.unknown  # noqa: B018 - reading it is what fails


async def test_a_proxy_sets_attributes_in_order_with_other_messages(
    runtime: Runtime, recorder: Any
) -> None:
    proxy = recorder.start([]).proxy()
    await runtime.call(lambda: setattr(proxy, "color", "red"))
    assert await runtime.result(proxy.color) == "red"


async def test_a_deferred_call_is_a_tell(runtime: Runtime, recorder: Any) -> None:
    log: list[Any] = []
    ref = recorder.start(log)
    proxy = ref.proxy()
    assert proxy.add.defer(1, other=2) is None
    assert await runtime.result(proxy.add(1, other=1)) == 2
    proxy.blow.defer()
    assert await runtime.result(ref.stop(block=False)) in {True, False}
    assert log == ["start", ("failure", KeyError, "'blown'", True)]


async def test_the_registry_finds_actors(runtime: Runtime, recorder: Any) -> None:
    class Other(recorder):  # type: ignore[misc] # the class is a fixture
        pass

    first, second, other = recorder.start([]), recorder.start([]), Other.start([])
    assert runtime.registry.get_all() == [first, second, other]
    assert runtime.registry.get_by_urn(second.actor_urn) == second
    assert runtime.registry.get_by_urn("urn:nobody") is None
    assert runtime.registry.get_by_class(recorder) == [first, second, other]
    assert runtime.registry.get_by_class(Other) == [other]
    assert runtime.registry.get_by_class_name("Other") == [other]
    assert len({ref.actor_urn for ref in (first, second, other)}) == 3
    await runtime.result(first.stop(block=False))
    assert runtime.registry.get_all() == [second, other]


async def test_a_broadcast_reaches_those_it_names(runtime: Runtime, recorder: Any) -> None:
    class Other(recorder):  # type: ignore[misc] # the class is a fixture
        pass

    log: list[Any] = []
    other_log: list[Any] = []
    refs = [recorder.start(log), Other.start(other_log)]
    runtime.registry.broadcast("to all")
    runtime.registry.broadcast("to others", target_class="Other")
    runtime.registry.broadcast("to others too", target_class=Other)
    for ref in refs:
        await runtime.result(ref.ask("done", block=False))
    assert log == ["start", "to all", "done"]
    assert other_log == ["start", "to all", "to others", "to others too", "done"]


async def test_stop_all_stops_the_youngest_first(runtime: Runtime) -> None:
    stopped: list[int] = []

    class Numbered(runtime.actor):  # type: ignore[misc, name-defined] # the class is the parameter
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

        def on_stop(self) -> None:
            stopped.append(self.number)

    for number in range(5):
        Numbered.start(number)
    assert await runtime.stop_all() == [True] * 5
    assert stopped == [4, 3, 2, 1, 0]


async def test_futures_are_mapped_filtered_reduced_and_joined(runtime: Runtime) -> None:
    numbers, ten = runtime.future(), runtime.future()
    mapped = ten.map(lambda value: value + 1)
    filtered = numbers.filter(lambda value: value > 1)
    reduced = numbers.reduce(lambda one, other: one + other, 100)
    bare_reduced = numbers.reduce(lambda one, other: one + other)
    joined = ten.join(numbers)
    failed = ten.map(lambda value: value / 0)
    numbers.set([1, 2, 3])
    ten.set(10)
    assert await runtime.result(mapped) == 11
    assert await runtime.result(filtered) == [2, 3]
    assert await runtime.result(reduced) == 106
    assert await runtime.result(bare_reduced) == 6
    assert await runtime.result(joined) == [10, [1, 2, 3]]
    with pytest.raises(ZeroDivisionError):
        await runtime.result(failed)


async def test_a_future_carries_an_exception_and_can_be_read_twice(runtime: Runtime) -> None:
    failed, read_twice = runtime.future(), runtime.future()
    try:
        {}["gone"]
    except KeyError:
        failed.set_exception()
    read_twice.set(5)
    with pytest.raises(KeyError, match="gone"):
        await runtime.result(failed)
    assert await runtime.result(read_twice) == 5
    assert await runtime.result(read_twice) == 5


async def test_a_future_not_settled_in_time_times_out(runtime: Runtime) -> None:
    future = runtime.future()
    with pytest.raises(pykka.Timeout):
        await runtime.in_time(future, 0.01)
    future.set(1)
    assert await runtime.result(future) == 1
    assert await runtime.in_time(future, 0.01) == 1
