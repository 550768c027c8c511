"""What a single setting may be, whether it stands in a file or comes through the API."""

import enum
import ipaddress
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from magazie.model.decimals import DecimalFormatError, parse_milli
from magazie.model.romanian_time import TimeFormatError, local_day_bounds, parse_rfc3339

LANGUAGES: Final = ("ro", "en")
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
DEFAULT_STATUS_MAP: Final[Mapping[str, str]] = {
    "taken": "Comanda preluata",
    "part_picked": "",
    "picked": "",
    "shipped": "",
    "invoiced": "Comanda Finalizata (Facturata)",
    "cancelled": "Anulata",
    "returned": "Returnata",
}
"""Our milestones and the shop's names for them; an empty name is not told."""

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_LONGEST_NAME: Final = 100
_LONGEST_PERIOD_S: Final = 3600
_HIGHEST_PORT: Final = 65535


class ShopKind(enum.StrEnum):
    """The program that a shop runs on."""

    GOMAG = "gomag"


class BadSettingError(ValueError):
    """A setting has a value it cannot have: what is wrong, and what is allowed."""

    def __init__(self, problem: str, allowed: str) -> None:
        super().__init__(f"{problem}; allowed: {allowed}")
        self.problem = problem
        self.allowed = allowed


def code(text: str) -> str:
    """A permanent id that stands in addresses: of a shop or a warehouse."""
    if not _CODE.fullmatch(text):
        raise BadSettingError(
            f"{text[:60]!r} cannot stand in an address",
            "1 to 40 letters a-z, digits, - and _, starting with a letter or digit",
        )
    return text


def name(text: str) -> str:
    """A name for people."""
    stripped = text.strip()
    if not stripped or len(stripped) > _LONGEST_NAME or not stripped.isprintable():
        raise BadSettingError("is no name", f"1 to {_LONGEST_NAME} characters on one line")
    return stripped


def web_address(text: str) -> str:
    """The address of a site, without a slash at its end."""
    try:
        parts = urlsplit(text)
        well_formed = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        parts, well_formed = urlsplit(""), False
    if (
        not well_formed
        or parts.scheme not in {"http", "https"}
        or parts.query
        or parts.fragment
        or parts.username is not None
        or not text.isprintable()
        or " " in text
    ):
        raise BadSettingError(
            f"{text[:100]!r} is no address of a site",
            "http:// or https://, a host, and at most a port and a path",
        )
    return text.rstrip("/")


def listen_address(text: str) -> tuple[str, int]:
    """Host and port to serve on; port 0 lets the system choose."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > _HIGHEST_PORT:
        raise BadSettingError(f"{text[:60]!r} is no host and port", "such as 127.0.0.1:8080")
    return host.removeprefix("[").removesuffix("]"), int(port)


def listen(text: str) -> str:
    """An address to serve on, as text."""
    listen_address(text)
    return text


def images_from(text: str, base_urls: Iterable[str]) -> str:
    """The address of a simulated shop on this machine, or nothing.

    Images come from nowhere else but the public internet, so this must be an address on
    loopback, and a shop of the same file must be served from it.
    """
    if text and not (_is_loopback(text) and text in set(base_urls)):
        raise BadSettingError(
            f"{text[:100]!r} is no simulated shop of this file",
            "the base_url of a shop here, such as http://127.0.0.1:9000",
        )
    return text


def _is_loopback(text: str) -> bool:
    try:
        parts = urlsplit(text)
        is_loopback = ipaddress.ip_address(parts.hostname or "").is_loopback
        has_port = parts.port is not None
    except ValueError:
        return False
    return is_loopback and has_port and parts.scheme == "http" and not parts.path


def shop_kind(text: str) -> str:
    """The program that a shop runs on."""
    return _one_of(text, ShopKind)


def language(text: str) -> str:
    """The language of the pages."""
    return _one_of(text, LANGUAGES)


def log_level(text: str) -> str:
    """The least that is logged."""
    return _one_of(text, LOG_LEVELS)


def warehouse(code_or_none: str | None, known: Iterable[str]) -> str | None:
    """A warehouse that exists, or none."""
    codes = tuple(known)
    if code_or_none is not None and code_or_none not in codes:
        raise BadSettingError(
            f"there is no warehouse {code_or_none[:60]!r}", ", ".join(codes) or "none is known yet"
        )
    return code_or_none


def period(seconds: int) -> int:
    """How often something is done, in seconds."""
    if not 1 <= seconds <= _LONGEST_PERIOD_S:
        raise BadSettingError(f"{seconds} seconds are out of range", f"1 to {_LONGEST_PERIOD_S}")
    return seconds


def quantity(value: object) -> int:
    """A number of pieces, 0 or more, in thousandths."""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        try:
            return parse_milli(str(value))
        except DecimalFormatError:
            pass
    raise BadSettingError(f"{str(value)[:40]!r} is no number of pieces", 'such as "2" or "0.5"')


def moment(value: object) -> int:
    """A day (its first moment in Romania) or a time with offset, in UTC epoch milliseconds."""
    try:
        if isinstance(value, datetime):
            return parse_rfc3339(value.isoformat())
        if isinstance(value, date):
            return local_day_bounds(value)[0]
        if isinstance(value, str):
            if "T" in value.upper():
                return parse_rfc3339(value)
            return local_day_bounds(date.fromisoformat(value))[0]
    except (TimeFormatError, ValueError, OverflowError):
        pass
    raise BadSettingError(
        f"{str(value)[:40]!r} is neither a day nor a time with offset",
        'such as "2026-01-01" or "2026-01-01T08:00:00+02:00"',
    )


def status_map(given: dict[str, str]) -> dict[str, str]:
    """The shop's names for our milestones; those not given keep their default."""
    for milestone in given:
        _one_of(milestone, DEFAULT_STATUS_MAP)
    return {
        milestone: given.get(milestone, default).strip()
        for milestone, default in DEFAULT_STATUS_MAP.items()
    }


def _one_of(text: str, allowed: Iterable[str]) -> str:
    words = tuple(allowed)
    if text not in words:
        raise BadSettingError(f"{text[:60]!r} is not known here", ", ".join(words))
    return text
