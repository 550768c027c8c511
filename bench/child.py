"""A server in a process of its own: its ready line, what it says of itself, its end.

The parent writes a line to ask how the child stands, and closes the pipe to end it.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from bench.lag import LagProbe, Standing

ROOT = Path(__file__).resolve().parent.parent


class Child:
    """A started program of this folder that serves on a port."""

    def __init__(self, module: str, *arguments: str) -> None:
        """Start it; use it as a context, so that it ends."""
        self._process = subprocess.Popen(  # noqa: S603 - a module of this folder
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate(timeout=30)

    def ask(self, question: bytes = b"?") -> bytes:
        """Send a line and read one."""
        pipe = self._process.stdin
        assert pipe is not None
        pipe.write(question + b"\n")
        pipe.flush()
        return self.line()

    def line(self) -> bytes:
        """The next line it prints."""
        pipe = self._process.stdout
        assert pipe is not None
        line = pipe.readline()
        if not line:
            raise SystemExit(f"{self._process.args!r} ended early")
        return line


class Server(Child):
    """A child that serves."""

    def __init__(self, module: str, *arguments: str) -> None:
        """Start it and wait until it is ready."""
        super().__init__(module, *arguments)
        word, port = self.line().split()
        assert word == b"ready"
        self.port = int(port)

    def standing(self) -> Standing:
        """How it fared since it was last asked."""
        return msgspec.json.decode(self.ask(), type=Standing)


@contextmanager
def answering_parent(ended: asyncio.Event) -> Iterator[None]:
    """In a child: answer the parent's lines; set ``ended`` when it closes the pipe."""
    loop = asyncio.get_running_loop()
    probe = LagProbe()
    stdin, stdout = sys.stdin.fileno(), sys.stdout.fileno()

    def read() -> None:
        if os.read(stdin, 4096):
            os.write(stdout, msgspec.json.encode(probe.take()) + b"\n")
        else:
            loop.remove_reader(stdin)
            ended.set()

    loop.add_reader(stdin, read)
    try:
        yield
    finally:
        loop.remove_reader(stdin)
        probe.close()


def say_ready(port: int) -> None:
    """In a child: tell the parent where it serves."""
    os.write(sys.stdout.fileno(), b"ready %d\n" % port)
