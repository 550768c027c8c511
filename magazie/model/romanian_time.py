"""Romanian local time at the rim, UTC milliseconds inside.

The Gomag API writes `YYYY-MM-DD HH:MM:SS` in Romanian local time without a zone and
`0000-00-00 00:00:00` for none. Our own API writes RFC 3339 with the offset of Bucharest.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

BUCHAREST: Final = ZoneInfo("Europe/Bucharest")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_SECONDS_END: Final = len("YYYY-MM-DDTHH:MM:SS")
# The second is what PHP makes of the first when it takes it for a date.
_NO_TIME: Final = frozenset({"", "0000-00-00 00:00:00", "0000-00-00", "-0001-11-30 00:00:00"})
_LOCAL: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_RFC3339: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:\.([0-9]{1,9}))?([Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


class TimeFormatError(ValueError):
    """The text is not a time in the expected form, or not one from 1970 to 9999."""


class LocalStamp(msgspec.Struct, frozen=True):
    """A local time as it was read; `ms` is UTC epoch milliseconds, None for no time."""

    ms: int | None
    raw: str


def parse_local(text: str | None, observed_ms: int) -> LocalStamp:
    """Read a Romanian local time without zone.

    An hour that occurs twice takes the offset that brings it nearest the observation; one that
    does not exist moves forward by the hour that was skipped.

    Args:
        text: `YYYY-MM-DD HH:MM:SS`, or one of the ways to say nothing.
        observed_ms: When it was read, UTC epoch milliseconds. Two observations of one ambiguous
            text may differ by an hour: keep the first.

    Raises:
        TimeFormatError: any other text.
    """
    raw = text or ""
    stripped = raw.strip()
    if stripped in _NO_TIME:
        return LocalStamp(None, raw)
    if not _LOCAL.fullmatch(stripped):
        raise TimeFormatError(f"{raw[:40]!r} is not a local time YYYY-MM-DD HH:MM:SS")
    try:
        first = datetime.fromisoformat(stripped).replace(tzinfo=BUCHAREST)
    except ValueError as error:
        raise TimeFormatError(f"{raw[:40]!r} is not a time of the calendar") from error
    early, late = _to_ms(first), _to_ms(first.replace(fold=1))
    # In the hour that does not exist the offset before the switch moves forward, and the other
    # one would move back: there `late` is the smaller.
    twice = late > early
    ms = late if twice and abs(late - observed_ms) < abs(early - observed_ms) else early
    return LocalStamp(_not_before_1970(ms, raw), raw)


def local_date(ms: int) -> date:
    """Return the Romanian calendar day of a moment."""
    return datetime.fromtimestamp(ms // 1000, BUCHAREST).date()


def local_day_bounds(day: date) -> tuple[int, int]:
    """Return the first millisecond of a Romanian day and of the next: 23, 24 or 25 hours apart."""
    following = day + timedelta(days=1)
    return (
        _to_ms(datetime.combine(day, time(), BUCHAREST)),
        _to_ms(datetime.combine(following, time(), BUCHAREST)),
    )


def format_rfc3339(ms: int) -> str:
    """Write a moment with the offset of Bucharest: `2026-11-25T10:00:00+02:00`.

    Milliseconds are written only where there are some.
    """
    seconds, milliseconds = divmod(ms, 1000)
    text = _to_the_second(seconds)
    if not milliseconds:
        return text
    return f"{text[:_SECONDS_END]}.{milliseconds:03d}{text[_SECONDS_END:]}"


@lru_cache(1024)  # what happens within a second is told of many times
def _to_the_second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, BUCHAREST).isoformat()


def parse_rfc3339(text: str) -> int:
    """Read an RFC 3339 time with offset into epoch milliseconds; what is finer is cut off.

    Raises:
        TimeFormatError: another form, no offset, no such day or hour, before 1970, or so late
            that Romania already writes the year 10000.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise TimeFormatError(
            f"{text[:40]!r} is not a time with offset such as 2026-11-25T10:00:00+02:00"
        )
    day, hour, fraction, offset = match.groups()
    try:
        whole = datetime.fromisoformat(f"{day}T{hour}{offset.upper()}")
    except ValueError as error:
        raise TimeFormatError(f"{text!r} is not a time of the calendar") from error
    milliseconds = int((fraction or "")[:3].ljust(3, "0"))
    ms = _to_ms(whole) + milliseconds
    if ms >= _END_MS:
        raise TimeFormatError(f"{text!r} is after 9999")
    return _not_before_1970(ms, text)


def _to_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


_END_MS: Final = _to_ms(datetime(9999, 12, 31, 22, tzinfo=UTC))
"""The year 10000 begins in Romania; no calendar here has it."""


def _not_before_1970(ms: int, text: str) -> int:
    if ms < 0:
        raise TimeFormatError(f"{text!r} is before 1970")
    return ms
