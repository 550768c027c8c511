"""Runs commands as a person does: those that serve in a process of their own."""

import io
import json
import logging
import os
import re
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from magazie.cli import main
from tests.source_tree import ROOT

STARTS_WITHIN_S = 30.0
ENDS_WITHIN_S = 10.0

CONFIG = """
[service]
listen = "127.0.0.1:0"
data_dir = "data"
[[warehouses]]
code = "principal"
name = "Depozit"
"""
SHOP = """
[[shops]]
name = "magazin"
base_url = "{url}"
shop_url = "https://www.magazin-demo.example"
api_key = "demo-cheie-gomag"
stock_warehouse = "principal"
price_warehouse = "principal"
"""


class Running:
    """A command that serves."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.errors = (folder / f"stderr-{time.monotonic_ns()}").open("w+")
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, str(ROOT / "run.py"), *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=environment(),
        )
        self.printed = b""
        self.url = ""

    @property
    def pid(self) -> int:
        return self.process.pid

    def ready(self, within_s: float = STARTS_WITHIN_S) -> "Running":
        """Wait for the ready line."""
        until = time.monotonic() + within_s
        assert self.process.stdout is not None
        output = self.process.stdout.fileno()
        while True:
            found = re.search(rb"^ready (\S+)\n", self.printed, re.MULTILINE)
            if found:
                self.url = found[1].decode()
                return self
            left = until - time.monotonic()
            assert left > 0, f"not ready within {within_s} s; {self.log()}"
            if select.select([output], [], [], left)[0]:
                chunk = os.read(output, 65536)
                assert chunk, f"ended with {self.process.wait()}; {self.log()}"
                self.printed += chunk

    def end(self, number: int = signal.SIGTERM) -> int:
        """End it, and give its exit code."""
        self.process.send_signal(number)
        return self.process.wait(ENDS_WITHIN_S)

    def log(self) -> str:
        self.errors.flush()
        return Path(self.errors.name).read_text()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.errors.close()


class Ended(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def run(folder: Path, *arguments: str, stdin: str = "") -> Ended:
    """Run a command to its end, in this process: starting another takes most of a second."""
    output, errors = io.StringIO(), io.StringIO()
    mask = os.umask(0o022)
    given, sys.stdin = sys.stdin, io.StringIO(stdin)
    try:
        with chdir(folder), redirect_stdout(output), redirect_stderr(errors):
            try:
                code = main(arguments)
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else 1
    finally:
        os.umask(mask)
        sys.stdin = given
        logging.getLogger().handlers.clear()
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()
    return Ended(code, output.getvalue(), errors.getvalue())


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": "", "COLUMNS": "160"}


def ask(url: str, token: str = "", body: object = None) -> tuple[int, Any]:
    """One request of a client; status and what was answered."""
    assert url.startswith("http://127.0.0.1:")
    request = urllib.request.Request(url)  # noqa: S310 - looked at above
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - looked at above
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"null")
