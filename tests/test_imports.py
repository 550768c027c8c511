"""Imports go downward only: commands, service; http and sync; actors; storage; ports; model.

Adapters stand on the ports and are put in by the service; the simulated partners know neither
them nor the service's inside, or both would share one misreading of the partner.
"""

import sys

import pytest

from tests.source_tree import Import, imports, imports_of, modules

# The longest name that fits a module is its room.
SETTINGS = {"settings", "setting_rules", "secret_refs"}
BELOW_ACTORS = {"files", "storage", "ports", "model", *SETTINGS}
BELOW_SYNC = {"actors", "actors.runtime", *BELOW_ACTORS}
INSIDE = {"actor_factories", "http", "sync", "gomag", "web", "outside", *BELOW_SYNC}

MAY_IMPORT: dict[str, set[str]] = {
    "model": set(),
    "ports": {"model"},
    "files": {"model"},
    "secret_refs": set(),
    "setting_rules": {"model"},
    "settings": {"model", *SETTINGS},
    "outside": {"ports", "model"},
    "storage": {"ports", "model", *SETTINGS},
    "actors.runtime": set(),
    "actors": {"actors.runtime", *BELOW_ACTORS},
    "sync": BELOW_SYNC,
    "http": BELOW_SYNC,
    "gomag": {"ports", "model"},
    "web": {"ports", "model"},
    "simulators": {"ports", "model"},
    "actor_factories": {"outside", *BELOW_SYNC},
    "service": INSIDE,
    "commands": {"service", "simulators", *INSIDE},
    "cli": {"commands", "service", *INSIDE},
}

THIRD_PARTY: dict[str, set[str]] = {
    "model": {"biip", "msgspec", "nh3"},
    "ports": {"msgspec"},
    "actors.runtime": {"pykka"},
}

# What values and rules have no use for: the outside world and its clock.
NOT_IN_MODEL = {
    *("asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "secrets"),
    *("selectors", "shutil", "socket", "sqlite3", "ssl", "subprocess", "tempfile"),
    *("threading", "time", "uuid"),
}

# Only the rim speaks HTTP; everything within says what it wants through a port.
SPEAK_HTTP = {"http", "gomag", "web", "simulators", "service", "commands"}


def room_of(module: str) -> str:
    name = module.removeprefix("magazie").removeprefix(".")
    fitting = [room for room in MAY_IMPORT if f"{name}.".startswith(f"{room}.")]
    return max(fitting, key=len, default="")


def everywhere(room: str) -> list[tuple[str, Import]]:
    return [
        (module, found)
        for module in modules()
        if room_of(module) == room
        for found in imports_of(module)
    ]


def top(name: str) -> str:
    return name.partition(".")[0]


def test_every_module_has_a_room() -> None:
    homeless = [module for module in modules() if module != "magazie" and not room_of(module)]

    assert homeless == [], "give each a line in MAY_IMPORT"


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_of_our_own_go_downward(room: str) -> None:
    allowed = MAY_IMPORT[room] | {room}
    wrong = [
        f"{module}:{found.line} imports {found.target}"
        for module, found in everywhere(room)
        if top(found.target) == "magazie" and room_of(found.target) not in allowed
    ]

    assert wrong == [], f"{room} may import {sorted(allowed)}"


@pytest.mark.parametrize("room", THIRD_PARTY)
def test_rooms_that_keep_to_few_packages(room: str) -> None:
    allowed = THIRD_PARTY[room] | sys.stdlib_module_names | {"magazie"}
    wrong = [
        f"{module}:{found.line} imports {found.target}"
        for module, found in everywhere(room)
        if top(found.target) not in allowed
    ]

    assert wrong == []


def test_the_model_is_without_outside_and_clock() -> None:
    wrong = [
        f"{module}:{found.line} imports {found.target}"
        for module, found in everywhere("model")
        if top(found.target) in NOT_IN_MODEL
    ]

    assert wrong == []


def test_only_the_rim_speaks_http() -> None:
    wrong = [
        f"{module}:{found.line} imports {found.target}"
        for room in MAY_IMPORT
        if room not in SPEAK_HTTP
        for module, found in everywhere(room)
        if top(found.target) in {"aiohttp", "yarl", "multidict"}
    ]

    assert wrong == []


def test_rooms_allow_no_cycle() -> None:
    left = {room: {other for other in MAY_IMPORT[room] if other != room} for room in MAY_IMPORT}
    while free := {room for room, needs in left.items() if not needs & left.keys()}:
        left = {room: needs for room, needs in left.items() if room not in free}

    assert left == {}


SAMPLE = """
import magazie.storage.writer
from magazie.model import codes, Nothing
from ..ports import Clock
from . import mailbox

def late():
    from magazie.http.problems import Problem
    if True:
        import aiohttp.web as web
"""


def test_every_kind_of_import_is_seen() -> None:
    known = frozenset({"magazie.model.codes", "magazie.actors.mailbox"})
    found = imports(SAMPLE, "magazie.actors.stock", is_package=False, known=known)

    assert sorted(found) == [
        (2, "magazie.storage.writer"),
        (3, "magazie.model"),
        (3, "magazie.model.codes"),
        (4, "magazie.ports"),
        (5, "magazie.actors.mailbox"),
        (8, "magazie.http.problems"),
        (10, "aiohttp.web"),
    ]


def test_a_package_counts_dots_from_itself() -> None:
    found = imports("from . import turn", "magazie.actors", is_package=True, known=frozenset())

    assert found == [(1, "magazie.actors")]
