"""Large request bodies: written to a nameless temporary file while they arrive."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import IO, Any, Final

from aiohttp import web

from magazie.http.endpoint import Call
from magazie.http.problems import ProblemError, ProblemKind

_IN_MEMORY: Final = 1024 * 1024
_IDLE_S: Final = 30.0
"""A body of which nothing arrives for so long is given up."""
_WITHIN_S: Final = 600.0


@asynccontextmanager
async def spooled_body(call: Call[Any, Any], limit: int) -> AsyncIterator[IO[bytes]]:
    """The body as a file that goes with the block, or with the process.

    Raises:
        ProblemError: it is larger than the limit (what lies beyond is not read), or does not
            arrive.

    """
    length = call.request.content_length
    if length is not None and length > limit:
        raise _too_large(limit)
    # written to disk a megabyte at a time, and away from the loop
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed below
    try:
        await _receive(call, file, limit)
        yield file
    finally:
        file.close()


async def _receive(call: Call[Any, Any], file: IO[bytes], limit: int) -> None:
    total = 0
    try:
        async with asyncio.timeout(_WITHIN_S):
            async for piece in _pieces(call.request):
                total += len(piece)
                if total > limit:
                    raise _too_large(limit)
                await call.parts.offload(partial(file.write, piece))
    except TimeoutError as error:
        raise ProblemError(ProblemKind.MALFORMED, "the body did not arrive in time") from error
    except web.RequestPayloadError as error:
        raise ProblemError(ProblemKind.MALFORMED, f"the body is broken: {error}") from error


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    gathered = bytearray()
    while True:
        async with asyncio.timeout(_IDLE_S):
            piece = await request.content.readany()
        gathered += piece
        if len(gathered) >= _IN_MEMORY or not piece:
            if gathered:
                yield bytes(gathered)
            gathered.clear()
        if not piece:
            return


def _too_large(limit: int) -> ProblemError:
    return ProblemError(ProblemKind.TOO_LARGE, f"a file here has at most {limit} bytes")
