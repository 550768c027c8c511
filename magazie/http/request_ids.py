"""The id that follows a request through logs and actors."""

import re
from typing import Final

import structlog
from aiohttp import web

from magazie.actors.runtime import current_trace
from magazie.model.ids import IdSource, encode_id

HEADER: Final = "X-Request-Id"
_SANE: Final = re.compile(r"[A-Za-z0-9._:/=+-]{1,64}")


def take_request_id(request: web.Request, ids: IdSource) -> str:
    """Take the caller's id where it is sane, else a new one, for all that follows here."""
    stated = request.headers.get(HEADER)
    if stated is not None and _SANE.fullmatch(stated):
        request_id = stated
    else:
        request_id = encode_id(ids.next_id())
    current_trace.set(request_id)
    structlog.contextvars.bind_contextvars(request_id=request_id)
    return request_id
