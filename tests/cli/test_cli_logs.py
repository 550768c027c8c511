import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from aiohttp.http_exceptions import BadHttpMessage, HttpProcessingError, LineTooLong

from magazie.commands.logs import set_up_logs, without_secrets


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logs("info", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_both_kinds_of_logging_give_fields(lines: io.StringIO) -> None:
    structlog.contextvars.bind_contextvars(request_id="r1")
    structlog.get_logger("ours").info("order_taken", number="17")
    logging.getLogger("theirs").warning("read_failed shop=%s attempts=%d", "magazin", 3)
    logging.getLogger("theirs").warning("shop request", extra={"status": 500})

    first, second, third = read(lines)
    assert (first["event"], first["number"], first["request_id"]) == ("order_taken", "17", "r1")
    assert (second["event"], second["shop"], second["attempts"]) == ("read_failed", "magazin", 3)
    assert (third["event"], third["status"], third["level"]) == ("shop request", 500, "warning")
    assert {line["logger"] for line in read(lines)} == {"ours", "theirs"}


def test_what_is_no_http_is_noted_without_what_it_said(lines: io.StringIO) -> None:
    server = logging.getLogger("aiohttp.server")
    for error in (
        BadHttpMessage("Invalid header token:\n\n  b'Cookie\\x00: magazie_session=abc123'"),
        LineTooLong("b'magazie_session=abc123'", "8190"),
    ):
        try:
            raise error
        except HttpProcessingError:
            server.exception("Error handling request from %s", "10.0.0.7")

    assert "abc123" not in lines.getvalue()
    assert [(line["level"], line["event"], line["reason"]) for line in read(lines)] == [
        ("info", "Error handling request from 10.0.0.7", "BadHttpMessage"),
        ("info", "Error handling request from 10.0.0.7", "LineTooLong"),
    ]


def test_what_is_below_the_level_is_left_out(lines: io.StringIO) -> None:
    structlog.get_logger("ours").debug("noise")
    logging.getLogger("theirs").debug("noise")

    assert lines.getvalue() == ""


def test_errors_come_with_their_trace(lines: io.StringIO) -> None:
    try:
        int("api_key=abc123")
    except ValueError:
        logging.getLogger("theirs").exception("failed job=%s", 4)

    (line,) = read(lines)
    assert line["job"] == 4
    assert "ValueError" in line["exception"]
    assert "abc123" not in line["exception"]


def test_secrets_are_dropped_wherever_they_stand(lines: io.StringIO) -> None:
    structlog.get_logger("ours").info(
        "called",
        api_key="abc123",
        webhook_secret=b"abc123",
        headers={"Apikey": "abc123", "Accept": "x"},
        url="http://a.ro/webhooks/gomag/m?secret=abc123&x=1",
        note="sent Authorization: Bearer abc123def",
    )

    assert "abc123" not in lines.getvalue()
    (line,) = read(lines)
    assert line["url"] == "http://a.ro/webhooks/gomag/m?secret=…&x=1"


@pytest.mark.parametrize(
    "text",
    [
        "the token is not known here",
        "order 17 of magazin: 3 lines",
        "http://127.0.0.1:8080/api/v1/tokens",
        "no secret was given",
    ],
)
def test_ordinary_texts_stay(text: str) -> None:
    assert without_secrets(text) == text
