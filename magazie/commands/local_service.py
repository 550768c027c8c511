"""Finds the service that runs in a data folder, and asks it through its API."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

import aiohttp
import msgspec

from magazie.commands.failure import CommandError
from magazie.commands.local_access import LocalAccess, read_local_access
from magazie.storage.errors import DataFolderInUseError
from magazie.storage.lock import ProcessLock

T = TypeVar("T")

_LOOK_AGAIN_S: Final = 0.2
_ANSWERS_WITHIN: Final = aiohttp.ClientTimeout(total=30, connect=5)
_BAD_REQUEST: Final = 400
_NOT_AUTHENTICATED: Final = 401

STARTS_WITHIN_S: Final = 20.0
"""How long the holder of a folder may take until it can be asked."""


class _FieldError(msgspec.Struct):
    field: str = ""
    message: str = ""


class _Problem(msgspec.Struct):
    """A refusal, as the API words it."""

    title: str = ""
    detail: str = ""
    errors: list[_FieldError] = []


class LocalService:
    """The API of the service that runs in a folder. Use it as an async context."""

    def __init__(self, access: LocalAccess) -> None:
        """Nothing is sent until ``ask``."""
        self._access = access
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        context = _trusting(self._access.certificate) if self._access.certificate else True
        self._session = aiohttp.ClientSession(
            timeout=_ANSWERS_WITHIN,
            headers={"Authorization": f"Bearer {self._access.token}", "Accept-Language": "en"},
            connector=aiohttp.TCPConnector(ssl=context),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def is_up(self) -> bool:
        """Whether it serves and knows our token."""
        try:
            status, _ = await self._send("GET", "/api/v1/jobs?limit=1", None)
        except (aiohttp.ClientError, TimeoutError):
            return False
        return status != _NOT_AUTHENTICATED

    async def ask(self, method: str, path: str, kind: type[T], body: object = None) -> T:
        """Send one request and read the answer.

        Raises:
            CommandError: it was refused, or there was no answer.

        """
        try:
            status, answer = await self._send(method, path, body)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CommandError(
                f"The service at {self._access.url} did not answer "
                f"({error or type(error).__name__}). Look at its log, then try again."
            ) from error
        if status >= _BAD_REQUEST:
            raise CommandError(f"The service refused: {_words_of(status, answer)}")
        return msgspec.json.decode(answer, type=kind)

    async def _send(self, method: str, path: str, body: object) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("used outside its context")
        sent = msgspec.json.encode(body) if body is not None else None
        headers = {"Content-Type": "application/json"} if sent is not None else {}
        async with self._session.request(
            method, self._access.url + path, data=sent, headers=headers
        ) as response:
            return response.status, await response.read()


@asynccontextmanager
async def running_service(folder: Path) -> AsyncIterator[LocalService | None]:
    """The service that runs in this folder, which need not exist; None where none does.

    Raises:
        CommandError: a process holds the folder and cannot be asked.

    """
    loop = asyncio.get_running_loop()
    until_s = loop.time() + STARTS_WITHIN_S
    while (holder := _holder(folder)) is not None:
        access = read_local_access(folder)
        if access is not None:
            async with LocalService(access) as service:
                if await service.is_up():
                    yield service
                    return
        if loop.time() >= until_s:
            who = f"process {holder.pid}" if holder.pid is not None else "another process"
            raise CommandError(
                f"The data folder {folder} is in use by {who}, which does not answer. "
                "If it is starting or stopping, try again; else look at its log or end it."
            )
        await asyncio.sleep(_LOOK_AGAIN_S)
    yield None


def _holder(folder: Path) -> DataFolderInUseError | None:
    if not folder.is_dir():
        return None
    try:
        with ProcessLock(folder):
            return None
    except DataFolderInUseError as error:
        return error


def _trusting(certificate: str) -> ssl.SSLContext:
    """Accept this one certificate, whatever name it is for and whoever signed it."""
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _words_of(status: int, answer: bytes) -> str:
    try:
        problem = msgspec.json.decode(answer, type=_Problem)
    except msgspec.MsgspecError:
        return f"HTTP {status}"
    if problem.errors:
        return "; ".join(f"{error.field}: {error.message}" for error in problem.errors)
    return problem.detail or problem.title or f"HTTP {status}"
