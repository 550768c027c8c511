"""Logging of a process that serves: one JSON object a line, without secrets."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog
from aiohttp.http_exceptions import HttpProcessingError

from magazie.actors.runtime.turn import RUNNING, current_turn

EventDict = MutableMapping[str, Any]

HIDDEN: Final = "…"

_SECRET_FIELD: Final = re.compile(
    r"(?i)password|passwd|secret|token|api_?key|authori[sz]ation|cookie|signature"
)
_SECRET_IN_TEXT: Final = re.compile(
    r"(?i)((?:password|passwd|secret\w*|token|api_?key|authori[sz]ation|cookie|signature)"
    r"""["']?\s*[=:]\s*["']?)(?:(?:bearer|basic)\s+)?[^\s"'&,;})\]]+"""
)
_BEARER: Final = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_NAMED_FIELD: Final = re.compile(r"(\w+)=%[sdr]")


def set_up_logs(level: str, stream: TextIO | None = None) -> None:
    """Send what this process logs, by structlog or the standard library, to one stream.

    Args:
        level: the least that is logged, a name such as ``info``.
        stream: standard error unless given.

    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        name_actor,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            pass_foreign_args=True,
            foreign_pre_chain=[part_fields, structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                hide_secrets,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=repr),
            ],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    server = logging.getLogger("aiohttp.server")
    if quieten_bad_requests not in server.filters:
        server.addFilter(quieten_bad_requests)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def quieten_bad_requests(record: logging.LogRecord) -> bool:
    """Note bytes that are no HTTP by their kind alone: anybody can send them, with any secret."""
    error = record.exc_info[1] if record.exc_info else None
    if not isinstance(error, HttpProcessingError):
        return True
    record.exc_info = record.exc_text = None
    record.levelno, record.levelname = logging.INFO, "INFO"
    record.reason = type(error).__name__
    return logging.getLogger().isEnabledFor(logging.INFO)


def part_fields(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Make fields of a standard record written as ``what_happened name=%s other=%s``."""
    text, values = str(event["_record"].msg), event.pop("positional_args", ())
    names = _NAMED_FIELD.findall(text)
    if names and isinstance(values, tuple) and len(names) == len(values):
        event["event"] = _NAMED_FIELD.sub("", text).strip()
        event.update({name: _plain(value) for name, value in zip(names, values, strict=True)})
    return event


def name_actor(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Say for which actor, order and request the line is, where an actor is at work."""
    turn = current_turn.get()
    if turn is None or turn.stage is not RUNNING:
        return event
    event.setdefault("actor", str(turn.mailbox))
    # what the task was started for is not what it is at work for now
    event.pop("request_id", None)
    if turn.trace is not None:
        event["request_id"] = turn.trace
    if turn.mailbox.kind.name == "OrderActor" and isinstance(turn.mailbox.key, tuple):
        event.setdefault("order", "/".join(str(part) for part in turn.mailbox.key[1:]))
    return event


def hide_secrets(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Leave no secret in a line: neither under a telling name nor within a text."""
    for name, value in event.items():
        if _SECRET_FIELD.search(name):
            event[name] = HIDDEN
        elif isinstance(value, str):
            event[name] = without_secrets(value)
        elif not isinstance(value, int | float | None):
            event[name] = without_secrets(repr(value))
    return event


def without_secrets(text: str) -> str:
    """The text with everything that looks like a secret taken out."""
    return _BEARER.sub(rf"\1 {HIDDEN}", _SECRET_IN_TEXT.sub(rf"\g<1>{HIDDEN}", text))


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | None) else str(value)
