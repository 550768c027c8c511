"""One activation of a key, found by its key."""

import asyncio
from typing import Any

import pytest

from magazie.actors.runtime import (
    AsyncioActor,
    AsyncioRegistry,
    Directory,
    RuntimeMetrics,
    UnregisteredActorError,
)
from tests.actors.runtime.keepers import Keeper, Store
from tests.actors.runtime.virtual_time import in_virtual_time


@in_virtual_time
async def test_a_thousand_first_messages_make_one_activation(
    keepers: Directory, store: Store, metrics: RuntimeMetrics
) -> None:
    async def send(number: int) -> int:
        found: int = await keepers.ask(Keeper, "key", number)
        return found

    answers = await asyncio.gather(*(send(number) for number in range(1000)))
    assert answers == list(range(1, 1001))
    assert store.starts == [("key", False)]
    assert store.values["key"] == list(range(1000))
    assert metrics.of(Keeper).activations == 1


@in_virtual_time
async def test_keys_and_classes_are_apart(keepers: Directory, store: Store) -> None:
    class Other(Keeper):
        pass

    keepers.register(Other, lambda key: Other(("other", key), store))
    for actor_class, key in ((Keeper, 1), (Keeper, 2), (Other, 1)):
        await keepers.ask(actor_class, key, f"{actor_class.__name__} {key}")
    assert store.values == {1: ["Keeper 1"], 2: ["Keeper 2"], ("other", 1): ["Other 1"]}
    assert (keepers.live(Keeper), keepers.live(Other)) == (2, 1)
    assert list(keepers.keys(Keeper)) == [1, 2]
    assert await keepers.stop([Other, Keeper], deadline=5.0) == []
    assert (keepers.live(Keeper), keepers.live(Other)) == (0, 0)


@in_virtual_time
async def test_a_reference_starts_its_actor(keepers: Directory, store: Store) -> None:
    ref = keepers.ref(Keeper, 1)
    await asyncio.sleep(1)
    assert store.starts == [(1, False)]
    assert ref == keepers.ref(Keeper, 1)
    assert await ref.ask("by ref") == 1
    ref.tell("told")
    assert await keepers.ask(Keeper, 1, "read") == ["by ref", "told"]


def test_a_class_must_be_registered_and_once(directory: Directory) -> None:
    with pytest.raises(UnregisteredActorError, match="Keeper is not registered"):
        directory.ask(Keeper, 1, "hello")
    with pytest.raises(UnregisteredActorError):
        directory.tell(Keeper, 1, "hello")
    directory.register(Keeper, lambda key: Keeper(key, Store()))
    with pytest.raises(ValueError, match="registered already"):
        directory.register(Keeper, lambda key: Keeper(key, Store()))


@in_virtual_time
async def test_an_actor_knows_its_mailbox_while_it_is_constructed(directory: Directory) -> None:
    class Early(AsyncioActor):
        def __init__(self, key: Any) -> None:
            super().__init__()
            self.me = self.actor_ref
            self.me.tell(f"{key} from the constructor")
            self.heard: list[Any] = []

        async def on_receive(self, message: Any) -> Any:
            self.heard.append(message)
            return self.heard

    directory.register(Early, Early)
    assert await directory.ask(Early, 1, "first") == ["first", "1 from the constructor"]
    assert await directory.ref(Early, 1).ask("third") == [
        "first",
        "1 from the constructor",
        "third",
    ]


@in_virtual_time
async def test_a_factory_that_gives_a_used_actor_is_refused(directory: Directory) -> None:
    store = Store()
    used = Keeper("used", store)
    directory.register(Keeper, lambda _: used)
    with pytest.raises(TypeError, match="an actor made before"):
        await directory.ask(Keeper, 1, "hello")


@in_virtual_time
async def test_actors_made_on_the_way_do_not_take_the_mailbox(directory: Directory) -> None:
    class Helper(AsyncioActor):
        async def on_receive(self, message: Any) -> Any:
            return f"helper got {message}"

    class Host(AsyncioActor):
        def __init__(self, *, alone: bool = False) -> None:
            self.helper = Helper.start()  # constructed before its host has a mailbox
            super().__init__()
            self.alone = alone

        async def on_start(self) -> None:
            if not self.alone:
                self.twin = Host.start(alone=True)

        async def on_receive(self, message: Any) -> Any:
            if self.alone:
                return f"twin got {message}"
            return [await self.helper.ask(message), await self.twin.ask(message)]

    class Derived(Host):
        pass

    directory.register(Host, lambda _: Derived())
    assert await directory.ask(Host, 1, "it") == ["helper got it", "twin got it"]
    await AsyncioRegistry.stop_all()


@in_virtual_time
async def test_a_long_queue_lets_others_have_their_turns(directory: Directory) -> None:
    handled_at_turn: list[int] = []
    turns = 0

    class Busy(AsyncioActor):
        mailbox_limit = 10_000

        async def on_receive(self, message: int) -> None:
            handled_at_turn.append(turns)

    async def count() -> None:
        nonlocal turns
        while len(handled_at_turn) < 1000:
            turns += 1
            await asyncio.sleep(0)

    directory.register(Busy, lambda _: Busy())
    for number in range(1000):
        directory.tell(Busy, 1, number)
    await count()
    assert max(handled_at_turn.count(turn) for turn in range(turns)) == 128
