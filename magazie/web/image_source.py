"""Fetches images from the web: within limits, and only from the public internet."""

import asyncio
from typing import Final, NamedTuple

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver
from yarl import URL

from magazie.model.image_fetches import ImageProblem, ImageRefusedError
from magazie.model.web_addresses import may_be_looked_up
from magazie.web.checked_resolver import AddressNotPublicError, CheckedResolver

_CHUNK: Final = 64 * 1024
_LONGEST_URL: Final = 4000
_CONNECTIONS: Final = 4
_OK: Final = 200
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_COME_BACK_LATER: Final = frozenset({408, 425, 429})
_SERVER_ERROR: Final = 500
_HEADERS: Final = {
    "User-Agent": "Magazie (product images)",
    "Accept": "image/webp,image/png,image/jpeg,image/gif;q=0.9",
    # a compressed answer could be small on the wire and endless here
    "Accept-Encoding": "identity",
}


class ImageLimits(msgspec.Struct, frozen=True):
    """How much one image may take. ``seconds`` is for all of it, redirects included."""

    most_bytes: int = 10 * 1024 * 1024
    seconds: float = 20.0
    redirects: int = 3


class _Door(NamedTuple):
    """One address that may be asked although it is not public."""

    host: str
    port: int


class WebImageSource:
    """Implements ``ImageSource`` with aiohttp. Sends no cookies and no credentials."""

    def __init__(
        self,
        *,
        simulator: str = "",
        limits: ImageLimits | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """``simulator`` is the one address that may be asked although it is not public.

        Args:
            simulator: ``http://HOST:PORT`` of a simulated shop; empty where there is none.
            limits: of one image.
            resolver: looks names up; what it answers is checked.

        """
        self._limits = limits or ImageLimits()
        self._resolver = CheckedResolver(resolver)
        self._simulator = _door_of(URL(simulator)) if simulator else None
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, url: str) -> bytes:
        """Follow redirects and read what is there.

        Raises:
            ImageRefusedError: see its problem.

        """
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._follow(url)
        except TimeoutError as error:
            raise ImageRefusedError(
                ImageProblem.TIMED_OUT, f"not within {self._limits.seconds:g} s"
            ) from error
        except (aiohttp.InvalidURL, AddressNotPublicError) as error:
            raise ImageRefusedError(ImageProblem.ADDRESS_REFUSED, str(error)) from error
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            if _was_refused(error):
                raise ImageRefusedError(ImageProblem.ADDRESS_REFUSED, str(error)) from error
            raise ImageRefusedError(
                ImageProblem.UNREACHABLE, f"{type(error).__name__}: {error}"
            ) from error

    async def close(self) -> None:
        """Close the connections; the next ``fetch`` would open new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _follow(self, text: str) -> bytes:
        url = self._checked(text)
        for _ in range(self._limits.redirects + 1):
            async with self._opened().get(url, allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    return await self._content(response)
                url = self._checked(response.headers.get("Location", ""), seen_from=url)
        raise ImageRefusedError(ImageProblem.TOO_MANY_REDIRECTS)

    def _checked(self, text: str, seen_from: URL | None = None) -> URL:
        """The address, if it may be asked: each hop is held to the same rule."""
        refused = ImageRefusedError(ImageProblem.ADDRESS_REFUSED, text[:200])
        if not text or len(text) > _LONGEST_URL:
            raise refused
        try:
            # joining a redirect's place to where it was met
            url = seen_from.join(URL(text)) if seen_from is not None else URL(text)
            door = _door_of(url)
        except ValueError as error:
            raise refused from error
        if url.scheme not in {"http", "https"} or url.user or url.password:
            raise refused
        if door == self._simulator and url.scheme == "http":
            return url
        # the host as it would be sent: with full-width digits and the like already folded
        if not may_be_looked_up(door.host):
            raise refused
        return url

    async def _content(self, response: aiohttp.ClientResponse) -> bytes:
        _check_status(response.status)
        most = self._limits.most_bytes
        if (response.content_length or 0) > most:
            raise ImageRefusedError(ImageProblem.TOO_LARGE, f"{response.content_length} bytes")
        content = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            content += chunk
            if len(content) > most:
                raise ImageRefusedError(ImageProblem.TOO_LARGE, f"more than {most} bytes")
        if not content:
            raise ImageRefusedError(ImageProblem.EMPTY)
        return bytes(content)

    def _opened(self) -> aiohttp.ClientSession:
        # made here because a session belongs to the loop that runs when it is made
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=_HEADERS,
                auto_decompress=False,
                trust_env=False,
                timeout=aiohttp.ClientTimeout(total=self._limits.seconds),
                connector=aiohttp.TCPConnector(
                    resolver=self._resolver, use_dns_cache=False, limit=_CONNECTIONS
                ),
            )
        return self._session


def _door_of(url: URL) -> _Door:
    return _Door(url.raw_host or "", url.port or 0)


def _check_status(status: int) -> None:
    if status == _OK:
        return
    if status >= _SERVER_ERROR or status in _COME_BACK_LATER:
        raise ImageRefusedError(ImageProblem.SERVER_FAILED, f"HTTP {status}")
    raise ImageRefusedError(ImageProblem.NOT_FOUND, f"HTTP {status}")


def _was_refused(error: BaseException) -> bool:
    """Whether our own resolver is behind a connector's error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AddressNotPublicError):
            return True
        cause = cause.__cause__ or getattr(cause, "os_error", None)
    return False
