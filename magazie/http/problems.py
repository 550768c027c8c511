"""Everything that can go wrong for a caller, as RFC 9457 tells it."""

import enum
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from magazie.actors.field_faults import FieldFault

CONTENT_TYPE = "application/problem+json"


class ProblemKind(enum.StrEnum):
    """The last part of a problem's ``type``, which is ``urn:magazie:problem:KIND``."""

    MALFORMED = "malformed"
    NOT_AUTHENTICATED = "not_authenticated"
    WRONG_LOGIN = "wrong_login"
    WRONG_SECRET = "wrong_secret"  # noqa: S105 - a word, not a secret
    NOT_ALLOWED = "not_allowed"
    FOREIGN_ORIGIN = "foreign_origin"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    CONFLICT = "conflict"
    EXISTS = "exists"
    ORDER_DIFFERS = "order_differs"
    ORDER_CLOSED = "order_closed"
    EDITED_IN_SHOP = "edited_in_shop"
    NOT_ENOUGH_STOCK = "not_enough_stock"
    STILL_RUNNING = "still_running"
    VERSION_DIFFERS = "version_differs"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA = "unsupported_media"
    INVALID = "invalid"
    KEY_REUSED = "key_reused"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    INTERNAL = "internal"
    SHOP_FAILED = "shop_failed"
    OVERLOADED = "overloaded"
    OUTCOME_UNKNOWN = "outcome_unknown"
    NOT_READY = "not_ready"


class _Standing(NamedTuple):
    status: int
    title: str


_STANDINGS: Mapping[ProblemKind, _Standing] = {
    ProblemKind.MALFORMED: _Standing(400, "The request cannot be read"),
    ProblemKind.NOT_AUTHENTICATED: _Standing(401, "A token or a login is needed"),
    ProblemKind.WRONG_LOGIN: _Standing(401, "Wrong name or password"),
    ProblemKind.WRONG_SECRET: _Standing(401, "The secret is wrong"),
    ProblemKind.NOT_ALLOWED: _Standing(403, "The role does not allow this"),
    ProblemKind.FOREIGN_ORIGIN: _Standing(403, "The request comes from another site"),
    ProblemKind.NOT_FOUND: _Standing(404, "There is no such thing"),
    ProblemKind.METHOD_NOT_ALLOWED: _Standing(405, "The address does not take this method"),
    ProblemKind.CONFLICT: _Standing(409, "It cannot be done as things stand"),
    ProblemKind.EXISTS: _Standing(409, "It is there already"),
    ProblemKind.ORDER_DIFFERS: _Standing(409, "The order is here with another content"),
    ProblemKind.ORDER_CLOSED: _Standing(409, "The order can no longer be changed so"),
    ProblemKind.EDITED_IN_SHOP: _Standing(409, "The order is changed in its shop"),
    ProblemKind.NOT_ENOUGH_STOCK: _Standing(409, "There are not enough goods"),
    ProblemKind.STILL_RUNNING: _Standing(409, "The same request is still running"),
    ProblemKind.VERSION_DIFFERS: _Standing(412, "It was changed since it was read"),
    ProblemKind.TOO_LARGE: _Standing(413, "The body is too large"),
    ProblemKind.UNSUPPORTED_MEDIA: _Standing(415, "The body is of a type not taken here"),
    ProblemKind.INVALID: _Standing(422, "Some fields are wrong"),
    ProblemKind.KEY_REUSED: _Standing(422, "The Idempotency-Key belongs to another request"),
    ProblemKind.TOO_MANY_ATTEMPTS: _Standing(429, "Too many attempts"),
    ProblemKind.INTERNAL: _Standing(500, "The service failed"),
    ProblemKind.SHOP_FAILED: _Standing(502, "The shop did not do what was asked"),
    ProblemKind.OVERLOADED: _Standing(503, "The service is too busy"),
    ProblemKind.OUTCOME_UNKNOWN: _Standing(503, "It is not known yet whether it was done"),
    ProblemKind.NOT_READY: _Standing(503, "The service is not ready"),
}


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every answer that is not a success."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldFault, ...] = ()


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(
        self,
        kind: ProblemKind,
        detail: str,
        *,
        errors: tuple[FieldFault, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """``detail`` is for the caller, so it tells nothing of the inside."""
        super().__init__(detail)
        self.kind = kind
        self.errors = errors
        self.headers = headers or {}

    @property
    def status(self) -> int:
        """The HTTP status."""
        return _STANDINGS[self.kind].status

    def problem(self) -> Problem:
        """The body of the answer."""
        standing = _STANDINGS[self.kind]
        return Problem(
            type=f"urn:magazie:problem:{self.kind}",
            title=standing.title,
            status=standing.status,
            detail=str(self),
            errors=self.errors,
        )


def invalid(field: str, message: str) -> ProblemError:
    """One field is wrong."""
    return ProblemError(ProblemKind.INVALID, message, errors=(FieldFault(field, message),))


def not_found(what: str) -> ProblemError:
    """There is no such thing; ``what`` names its kind, such as "order"."""
    return ProblemError(ProblemKind.NOT_FOUND, f"no such {what}")
