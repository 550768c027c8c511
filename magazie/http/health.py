"""Whether the process lives, and whether it is ready for requests."""

import asyncio
import sqlite3
from typing import Final

import msgspec

from magazie.actors.settings_book import Role
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.parts import Parts
from magazie.http.problems import ProblemKind

_TAG = "operations"
_READY, _NOT_READY = 200, 503
_STORAGE_WITHIN_S: Final = 2.0


class Health(msgspec.Struct, frozen=True):
    """The process lives."""

    status: str


class PartState(msgspec.Struct, frozen=True):
    """One part; ``problem`` is empty where it is ready."""

    part: str
    is_ready: bool
    problem: str


class Readiness(msgspec.Struct, frozen=True):
    """Whether every part is ready."""

    is_ready: bool
    parts: list[PartState]


@endpoint(
    "GET",
    "/healthz",
    role=None,
    tag=_TAG,
    summary="See that the process lives",
    answers={200: Health},
    is_watched=False,
)
async def read_health(_call: Call[NoBody, NoQuery]) -> Outcome:
    """Answers as long as the event loop turns."""
    return Answer(Health("ok"))


@endpoint(
    "GET",
    "/readyz",
    role=Role.PICKER,
    tag=_TAG,
    summary="See which part is not ready",
    answers={200: Readiness, 503: Readiness},
    problems=(ProblemKind.NOT_READY,),
    is_watched=False,
)
async def read_readiness(call: Call[NoBody, NoQuery]) -> Outcome:
    """503 while a part is not ready; it is named."""
    states = [await _storage_state(call.parts)]
    for check in call.parts.readiness:
        problem = check.problem()
        states.append(PartState(check.name, problem is None, problem or ""))
    is_ready = all(state.is_ready for state in states)
    return Answer(Readiness(is_ready, states), _READY if is_ready else _NOT_READY)


async def _storage_state(parts: Parts) -> PartState:
    try:
        async with asyncio.timeout(_STORAGE_WITHIN_S):
            await parts.storage.read(_probe)
    except Exception as error:  # noqa: BLE001 - whatever it is, the storage does not answer
        problem = "does not answer in time" if isinstance(error, TimeoutError) else str(error)
        return PartState("storage", False, problem or type(error).__name__)  # noqa: FBT003
    return PartState("storage", True, "")  # noqa: FBT003 - the field beside its name


def _probe(connection: sqlite3.Connection) -> None:
    connection.execute("SELECT 1 FROM settings LIMIT 1").fetchall()


ENDPOINTS = (read_health, read_readiness)
