"""Hints from shops: something changed there. The body is never believed."""

import base64
import binascii
import hashlib
import hmac
from typing import Final

import msgspec
import structlog

from magazie.actors.settings_book import ShopSettings
from magazie.http.endpoint import Answer, Call, NoBody, Outcome, endpoint
from magazie.http.parts import Parts
from magazie.http.problems import ProblemError, ProblemKind
from magazie.secret_refs import SecretRef, SecretUnreadableError

MOST_BYTES: Final = 64 * 1024
_ACCEPTED = 202
_NOBODYS: Final = "no shop has this secret"

_log = structlog.get_logger(__name__)


class HintQuery(msgspec.Struct):
    """The secret, where it is not sent as a signature. What else a shop adds is ignored."""

    secret: str = ""


class HintTaken(msgspec.Struct, frozen=True):
    """The shop is read soon."""

    accepted: bool


@endpoint(
    "POST",
    "/webhooks/gomag/{shop}",
    role=None,
    tag="webhooks",
    summary="Hint that something changed in a shop",
    answers={202: HintTaken},
    problems=(ProblemKind.WRONG_SECRET, ProblemKind.TOO_LARGE),
    body_limit=MOST_BYTES,
    takes_bytes=True,
)
async def take_hint(call: Call[NoBody, HintQuery]) -> Outcome:
    """Give ``secret`` in the query, or ``X-Webhook-Signature``: base64 HMAC-SHA256 of the body.

    A wrong secret and an unknown shop get the same 401.
    """
    name, parts = call.path("shop"), call.parts
    shop = parts.book.shop(name)
    secrets = await parts.offload(lambda: _secrets_of(shop))
    signature = call.request.headers.get("X-Webhook-Signature", "")
    if shop is None or not is_right(secrets, call.query.secret, signature, call.raw):
        parts.traffic.webhooks_refused += 1
        raise ProblemError(ProblemKind.WRONG_SECRET, "the secret is not this shop's")
    _hint(parts, shop.name)
    return Answer(HintTaken(accepted=True), _ACCEPTED)


def is_right(secrets: tuple[str, ...], presented: str, signature: str, body: bytes) -> bool:
    """Whether a presented secret or a signature fits one of the secrets.

    Every comparison is made, whatever the ones before said, and takes the same time.
    """
    digest = _decoded(signature)
    is_one = False
    for secret in secrets or (_NOBODYS,):
        key = secret.encode()
        is_one |= hmac.compare_digest(key, presented.encode("utf-8", "replace"))
        is_one |= hmac.compare_digest(hmac.digest(key, body, hashlib.sha256), digest)
    return is_one and bool(secrets)


def _secrets_of(shop: ShopSettings | None) -> tuple[str, ...]:
    """The secrets that may be presented now. Reads files, so it blocks."""
    if shop is None:
        return ()
    found = []
    for secret in (shop.webhook_secret, shop.webhook_secret_previous):
        if secret is not None:
            found += _resolved(secret, shop.name)
    return tuple(found)


def _resolved(secret: SecretRef, shop: str) -> list[str]:
    try:
        return [secret.resolve()]
    except SecretUnreadableError as error:
        _log.error("webhook_secret_unreadable", shop=shop, reason=str(error))
        return []


def _decoded(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _hint(parts: Parts, shop: str) -> None:
    desk = parts.desks.find(shop)
    if desk is not None:  # a shop not served yet is read whole when it is
        desk.hint()


ENDPOINTS = (take_hint,)
