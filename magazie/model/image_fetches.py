"""Why an image could not be fetched, and when that is worth another try."""

import enum
from typing import Final

_FIRST_WAIT_MS: Final = 60_000
_LONGEST_WAIT_MS: Final = 24 * 60 * 60_000
_MOST_DOUBLINGS: Final = 40  # beyond the longest wait, and keeps the shift small
_MOST_TRIES: Final = 8

THUMBNAIL_SIZES: Final = (160, 480)
"""Longest sides of the small copies of an image, in pixels."""


class ImageProblem(enum.StrEnum):
    """Why an image could not be fetched or used."""

    ADDRESS_REFUSED = "address_refused"
    NOT_FOUND = "not_found"
    SERVER_FAILED = "server_failed"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_AN_IMAGE = "not_an_image"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"


_PASSING: Final = frozenset(
    {ImageProblem.SERVER_FAILED, ImageProblem.UNREACHABLE, ImageProblem.TIMED_OUT}
)
"""Troubles of a server or a network, which end by themselves."""


class ImageRefusedError(Exception):
    """An image could not be fetched or used; ``detail`` is for the log."""

    def __init__(self, problem: ImageProblem, detail: str = "") -> None:
        super().__init__(f"{problem}: {detail}" if detail else problem.value)
        self.problem = problem


def next_try_ms(problem: ImageProblem, tries: int, now_ms: int) -> int | None:
    """When to try again after this many tries; None when only a person can help.

    The wait is one minute, doubled each time, at most a day. What a server's trouble explains
    is tried without end, anything else eight times, and a refused address never.
    """
    if problem is ImageProblem.ADDRESS_REFUSED:
        return None
    if problem not in _PASSING and tries >= _MOST_TRIES:
        return None
    wait_ms = _FIRST_WAIT_MS << min(max(tries - 1, 0), _MOST_DOUBLINGS)
    return now_ms + min(wait_ms, _LONGEST_WAIT_MS)
