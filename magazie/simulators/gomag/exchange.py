from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct

from magazie.simulators.gomag.forms import form_fields

Pairs = tuple[tuple[str, str], ...]


class FateKind(StrEnum):
    """What the transport does with an answer."""

    ANSWER = "answer"
    """Deliver it."""
    REFUSE = "refuse"
    """Nobody listens: the connection is never made and nothing is applied."""
    DROP_BEFORE = "drop_before"
    """The connection breaks after the request was sent; nothing was applied."""
    DROP_AFTER = "drop_after"
    """The request was applied, then the connection breaks: the answer is lost."""
    HANG = "hang"
    """No answer ever comes; the caller's own deadline ends it."""


class Fate(Struct, frozen=True):
    """How an answer travels: kind, and the delay before it in milliseconds."""

    kind: FateKind = FateKind.ANSWER
    delay_ms: int = 0


class SimRequest(Struct, frozen=True):
    """One HTTP request as the shop sees it.

    ``form`` may be given already decoded; without it the fields are read from ``body`` by the
    Content-Type header.
    """

    method: str
    path: str
    query: Pairs = ()
    headers: Pairs = ()
    body: bytes = b""
    form: dict[str, str] | None = None

    @classmethod
    def to(
        cls,
        method: str,
        url: str,
        *,
        query: Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        form: Iterable[tuple[str, str]] | None = None,
    ) -> Self:
        """Make a request of the parts that HTTP clients have; host and scheme are dropped."""
        parts = urlsplit(url)
        return cls(
            method=method,
            path=unquote(parts.path),
            query=(*parse_qsl(parts.query, keep_blank_values=True), *query),
            headers=tuple((headers or {}).items()),
            form=None if form is None else dict(form),
        )

    def header(self, name: str) -> str | None:
        """Return the first header of that name, whatever its case, or None."""
        return _find(self.headers, name)

    def parameters(self) -> dict[str, str]:
        """Return the query as PHP keeps it: the last of a repeated name."""
        return dict(self.query)

    def fields(self) -> dict[str, str]:
        """Return the form fields; empty when the body is no form."""
        if self.form is not None:
            return self.form
        return form_fields(self.header("Content-Type") or "", self.body)


class SimResponse(Struct, frozen=True):
    """The shop's answer and its fate on the way back."""

    status: int
    headers: Pairs = ()
    body: bytes = b""
    fate: Fate = Fate()

    def header(self, name: str) -> str | None:
        """Return the first header of that name, whatever its case, or None."""
        return _find(self.headers, name)


def _find(headers: Pairs, name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)
