"""A client of the API, as another program writes one."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import urlencode

import aiohttp

TIMEOUT = aiohttp.ClientTimeout(total=20)
AGAIN_AFTER_S = 0.05
_OVERLOADED = 503
_INTERNAL = 500
_CONFLICT = 409
_OK = 300


class Reply(NamedTuple):
    """What the service answered."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def is_done(self) -> bool:
        return self.status < _OK

    @property
    def problem(self) -> str:
        """The last part of a problem's type; empty for a success."""
        if self.is_done or not isinstance(self.body, dict):
            return ""
        return str(self.body.get("type", "")).rpartition(":")[2]

    @property
    def fields(self) -> list[str]:
        return [error["field"] for error in self.body.get("errors", [])]


class Client:
    """Asks with one token; ``insist`` does what a careful client does about broken answers."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self.session = session
        self.url = url
        self.headers = {"Authorization": f"Bearer {token}"}
        self.broken = 0
        """Requests that met no proper answer, and were sent again."""
        self.failures: list[str] = []
        """Answers that say the service itself is at fault: there must be none."""

    async def ask(
        self, method: str, path: str, body: object = None, *, key: str | None = None
    ) -> Reply:
        """One request.

        Raises:
            aiohttp.ClientError, TimeoutError: no answer.

        """
        headers = dict(self.headers)
        if key is not None:
            headers["Idempotency-Key"] = key
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        async with self.session.request(
            method, self.url + path, data=data, headers=headers
        ) as answer:
            raw = await answer.read()
            reply = Reply(answer.status, json.loads(raw) if raw else None, answer.headers)
        if reply.status == _INTERNAL:
            self.failures.append(f"{method} {path}: {reply.body}")
        return reply

    async def insist(
        self, method: str, path: str, body: object = None, *, key: str | None = None
    ) -> Reply:
        """The same request again and again until it is answered with a yes or a no."""
        while True:
            try:
                reply = await self.ask(method, path, body, key=key)
            except (aiohttp.ClientError, TimeoutError):
                self.broken += 1
            else:
                waits = reply.status == _OVERLOADED or reply.problem == "still_running"
                if not waits:
                    return reply
                self.broken += 1
            await asyncio.sleep(AGAIN_AFTER_S)

    async def get(self, path: str, **query: object) -> Any:
        """Read one thing."""
        reply = await self.ask("GET", path + (f"?{urlencode(query)}" if query else ""))
        assert reply.status == 200, reply
        return reply.body

    async def post(self, path: str, body: object = None) -> Any:
        """Do something that must succeed."""
        reply = await self.ask("POST", path, body)
        assert reply.is_done, reply
        return reply.body

    async def all(self, path: str, **query: object) -> list[Any]:
        """Every page of a list."""
        found: list[Any] = []
        page = await self.get(path, limit=200, **query)
        found += page["items"]
        while page["next"] is not None:
            page = await self.get(path, limit=200, cursor=page["next"], **query)
            found += page["items"]
        return found


@asynccontextmanager
async def client_of(url: str, token: str) -> AsyncIterator[Client]:
    """A client with connections of its own."""
    async with aiohttp.ClientSession(
        timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        yield Client(session, url, token)
