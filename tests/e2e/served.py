"""``magazie serve`` as a process of its own: started, killed and started again on one folder."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from magazie.service import DATABASE
from tests.source_tree import ROOT

STARTS_WITHIN_S = 30.0
ENDS_WITHIN_S = 10.0
RUN = (str(ROOT / "run.py"),)

_BELOW_THE_PORTS_OF_CLIENTS = range(20_000, 32_000)


class NotReadyError(AssertionError):
    """The process ended, or took too long, before it said that it was ready."""


class Served:
    """One data folder and the process that serves it, whichever one that is at the moment."""

    def __init__(self, folder: Path, settings: str, *, program: Sequence[str] = RUN) -> None:
        """``settings`` is a settings file without its ``[service]``."""
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data_dir = folder / "data"
        self.database = self.data_dir / DATABASE
        self.log_file = folder / "serve.log"
        self.starts = 0
        self._program = tuple(program)
        self._process: asyncio.subprocess.Process | None = None
        (folder / "magazie.toml").write_text(
            f'[service]\nlisten = "127.0.0.1:{self.port}"\ndata_dir = "data"\n{settings}',
            encoding="utf-8",
        )

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._process is not None, "not started"
        return self._process

    @property
    def is_up(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def spawn(self) -> None:
        """Start the process, without waiting until it serves."""
        assert not self.is_up
        self.starts += 1
        self._process = await self._run("serve")

    async def ready(self) -> None:
        """Wait for the ready line.

        Raises:
            NotReadyError: it does not come.

        """
        stdout = self.process.stdout
        assert stdout is not None
        try:
            line = await asyncio.wait_for(stdout.readline(), STARTS_WITHIN_S)
        except TimeoutError as error:
            raise NotReadyError(f"not within {STARTS_WITHIN_S} s; {self.log_tail()}") from error
        if line.decode() != f"ready {self.url}\n":
            raise NotReadyError(f"said {line!r}; {self.log_tail()}")

    async def start(self) -> float:
        """Start, wait until it serves, and answer how many seconds that took."""
        began = time.monotonic()
        await self.spawn()
        await self.ready()
        return time.monotonic() - began

    async def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        assert await self._ended() == -signal.SIGKILL, self.log_tail()

    async def stop(self) -> float:
        """End it with SIGTERM; it must end well. Answers how many seconds that took."""
        began = time.monotonic()
        self.process.terminate()
        code = await asyncio.wait_for(self._ended(), ENDS_WITHIN_S)
        assert code == 0, f"ended with {code}; {self.log_tail()}"
        return time.monotonic() - began

    async def command(self, *arguments: str) -> tuple[int, str, str]:
        """Run another command of the program to its end: exit code, output, errors."""
        process = await self._run(*arguments, stderr=asyncio.subprocess.PIPE)
        output, errors = await process.communicate()
        assert process.returncode is not None
        return process.returncode, output.decode(), errors.decode()

    async def make_token(self, role: str = "admin") -> str:
        code, output, errors = await self.command("token", "add", f"e2e-{role}", "--role", role)
        assert code == 0, errors
        return output.split()[-1]

    async def close(self) -> None:
        """Leave no process behind."""
        if self.is_up:
            self.process.kill()
        if self._process is not None:
            await self._ended()

    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8") if self.log_file.exists() else ""

    def log_tail(self) -> str:
        return f"log {self.log_file}: …{self.log()[-2000:]}"

    async def _ended(self) -> int:
        # communicate, since a process whose pipe is full would never end
        await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode

    async def _run(self, *arguments: str, stderr: int | None = None) -> asyncio.subprocess.Process:
        with self.log_file.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                *self._program,
                *arguments,
                cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log if stderr is None else stderr,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )


def free_port() -> int:
    """A port that no outgoing connection takes while the process that listens there is down."""
    start = os.getpid() * 7 % len(_BELOW_THE_PORTS_OF_CLIENTS)
    ports = _BELOW_THE_PORTS_OF_CLIENTS
    for port in (*ports[start:], *ports[:start]):
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
    raise AssertionError("no free port")


_given: set[int] = set()
