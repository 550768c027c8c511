"""An actor that keeps what it is sent, and a store that outlives it."""

import asyncio
from collections import defaultdict
from typing import Any

from magazie.actors.runtime import AsyncioActor, Directory


class Fails(Exception):
    pass


class Store:
    """What outlives activations."""

    def __init__(self) -> None:
        self.values: dict[Any, list[Any]] = defaultdict(list)
        self.starts: list[tuple[Any, bool]] = []
        self.failures: list[Any] = []
        self.starts_that_fail = 0
        self.pinned: set[Any] = set()


class Keeper(AsyncioActor):
    """Stores what it is sent; fails at `Fails`, unless told in a tuple to take time."""

    def __init__(self, key: Any, store: Store) -> None:
        super().__init__()
        self.key = key
        self.store = store
        self.loaded: list[Any] | None = None

    async def on_start(self) -> None:
        self.store.starts.append((self.key, self.reloading))
        await asyncio.sleep(0.001)
        if self.store.starts_that_fail:
            self.store.starts_that_fail -= 1
            raise Fails("cannot load")
        self.loaded = list(self.store.values[self.key])

    async def on_receive(self, message: Any) -> Any:
        assert self.loaded is not None
        if message is Fails:
            raise Fails("as told")
        if message == "read":
            return list(self.loaded)
        await asyncio.sleep(0.001)
        self.store.values[self.key].append(message)
        self.loaded.append(message)
        return len(self.loaded)

    async def on_failure(self, *_: Any) -> None:
        await asyncio.sleep(0.001)
        self.store.failures.append(self.key)

    def may_passivate(self) -> bool:
        return self.key not in self.store.pinned


def keeping(store: Store, directory: Directory, **terms: Any) -> Directory:
    def keeper(key: Any) -> Keeper:
        return Keeper(key, store)

    directory.register(Keeper, keeper, **terms)
    return directory
