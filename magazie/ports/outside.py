"""Time and transport, as the inside asks for them."""

from collections.abc import Mapping
from typing import Protocol

import msgspec


class Clock(Protocol):
    """The wall clock; sleeping is the event loop's."""

    def now_ms(self) -> int:
        """UTC now, in epoch milliseconds."""


class HttpRequest(msgspec.Struct, frozen=True):
    """One outgoing request. ``form`` is sent url-encoded; both empty means a bare GET."""

    method: str
    url: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = {}
    form: tuple[tuple[str, str], ...] = ()
    timeout_s: float = 30.0


class HttpResponse(msgspec.Struct, frozen=True):
    """An answer as it arrived. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TransportError(Exception):
    """The request got no complete answer."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        """``sent`` False only when it is sure that no byte of it reached the other side."""
        super().__init__(reason)
        self.sent = sent


class Transport(Protocol):
    """Carries requests; raises only ``TransportError``."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Send and wait for the whole answer, at most ``request.timeout_s``."""
