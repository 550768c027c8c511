"""If-Match and ETag: changing only what is as the caller last read it."""

import re
from typing import Final

from aiohttp import web

from magazie.http.problems import ProblemError, ProblemKind

_TAG: Final = re.compile(r'(?:W/)?"?([0-9]{1,18})"?')
_ANY: Final = "*"


def etag(version: int) -> str:
    """The ETag of a record at this version."""
    return f'"{version}"'


def expected_version(request: web.Request) -> int | None:
    """The version named by If-Match; None where any will do.

    Raises:
        ProblemError: it names something that no record of ours can be at.

    """
    stated = request.headers.get("If-Match")
    if stated is None or stated.strip() == _ANY:
        return None
    found = _TAG.fullmatch(stated.strip())
    if found is None:
        raise ProblemError(
            ProblemKind.VERSION_DIFFERS, 'If-Match names one version, as in the ETag: "12"'
        )
    return int(found[1])
