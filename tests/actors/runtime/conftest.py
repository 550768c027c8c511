import random
from collections.abc import Iterator

import pytest

from magazie.actors.runtime import AsyncioRegistry, Directory, RuntimeMetrics
from tests.actors.runtime.keepers import Store, keeping
from tests.actors.runtime.scripted import Scripted
from tests.actors.runtime.virtual_time import clock_ns


@pytest.fixture
def metrics() -> RuntimeMetrics:
    return RuntimeMetrics(clock_ns=clock_ns)


@pytest.fixture
def directory(metrics: RuntimeMetrics) -> Directory:
    return Directory(metrics=metrics, random=random.Random(1))


@pytest.fixture(autouse=True)
def _nothing_stays_registered() -> Iterator[None]:
    yield
    AsyncioRegistry._by_urn.clear()
    AsyncioRegistry._by_class.clear()


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def keepers(directory: Directory, store: Store) -> Directory:
    return keeping(store, directory)


@pytest.fixture
def scripted(directory: Directory) -> Directory:
    directory.register(Scripted, Scripted)
    return directory
