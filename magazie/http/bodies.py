"""Reading request bodies, no further than allowed."""

import asyncio
from typing import Final

from aiohttp import web

from magazie.http.problems import ProblemError, ProblemKind

_WITHIN_S: Final = 30.0
"""A body that trickles in longer is given up."""


async def read_body(request: web.Request, limit: int) -> bytes:
    """Read the whole body.

    Raises:
        ProblemError: it is larger than the limit (what lies beyond is not read), or does not
            arrive.

    """
    length = request.content_length
    if length is not None and length > limit:
        raise _too_large(limit)
    content = request.content
    if content.is_eof():  # it came with the head, which is the rule
        body = content.read_nowait() if content.total_bytes else b""
    else:
        body = await _read_rest(request, limit)
    if len(body) > limit:
        raise _too_large(limit)
    return body


def check_json(request: web.Request) -> None:
    """See that the body says it is JSON, or says nothing.

    Raises:
        ProblemError: it is of another type.

    """
    stated = request.headers.get("Content-Type")
    if stated is None or stated.startswith("application/json"):
        return
    if request.content_type != "application/json":
        raise ProblemError(
            ProblemKind.UNSUPPORTED_MEDIA, "the body must be of type application/json"
        )


async def _read_rest(request: web.Request, limit: int) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(_WITHIN_S):
            while chunk := await request.content.readany():
                body += chunk
                if len(body) > limit:
                    raise _too_large(limit)
    except TimeoutError as error:
        raise ProblemError(ProblemKind.MALFORMED, "the body did not arrive in time") from error
    except web.RequestPayloadError as error:
        raise ProblemError(ProblemKind.MALFORMED, f"the body is broken: {error}") from error
    return bytes(body)


def _too_large(limit: int) -> ProblemError:
    return ProblemError(ProblemKind.TOO_LARGE, f"a body here has at most {limit} bytes")
