"""Shop times: Romanian local text without a zone, as the shop stores and compares them."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

NO_TIME = "0000-00-00 00:00:00"
"""How the shop writes a time that is not set."""

_BUCHAREST = ZoneInfo("Europe/Bucharest")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORMAT = "%Y-%m-%d %H:%M:%S"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")


def local_text(moment_ms: int) -> str:
    """Return the wall clock in Bucharest at a UTC moment, e.g. ``2026-10-25 03:30:00``."""
    moment = _EPOCH + timedelta(milliseconds=moment_ms)
    return moment.astimezone(_BUCHAREST).strftime(_FORMAT)


def http_date(moment_ms: int) -> str:
    """Return the moment as an HTTP Date header writes it."""
    moment = _EPOCH + timedelta(milliseconds=moment_ms)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()]
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    month = names[moment.month - 1]
    return f"{day}, {moment.day:02d} {month} {moment.year} {moment:%H:%M:%S} GMT"


def is_day(text: str) -> bool:
    """Tell whether a filter looks like a day; ``2024-00-00`` does, and shops accept it."""
    return _DAY.fullmatch(text) is not None


def is_moment(text: str) -> bool:
    """Tell whether a text is a shop time; an hour the clock skipped still is one."""
    return _MOMENT.fullmatch(text) is not None
