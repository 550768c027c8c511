import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from tests.storage.conftest import MIGRATIONS

CHILD = Path(__file__).with_name("killed_child.py")


def run_and_kill(path: Path, run: int, seconds: float) -> set[str]:
    """Let a writing process work, kill it, and give what it had acknowledged."""
    with (path.parent / f"acknowledged{run}").open("w+b") as output:
        child = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, str(CHILD), str(path), str(MIGRATIONS), str(run)],
            stdout=output,
            env={"PYTHONPATH": str(Path(__file__).parents[2])},
        )
        deadline = time.monotonic() + 10
        while output.seek(0, 2) == 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        output.seek(0)
        return set(output.read().decode().split())


def test_every_acknowledged_unit_survives_sigkill_and_none_is_half_there(path: Path) -> None:
    chance = random.Random()  # any moment will do
    acknowledged: set[str] = set()
    for run in range(4):
        said = run_and_kill(path, run, chance.uniform(0.05, 0.3))
        assert said
        acknowledged |= said
        connection = sqlite3.connect(path)
        notes = {body for (body,) in connection.execute("SELECT body FROM notes")}
        replies = {body for (body,) in connection.execute("SELECT body FROM replies")}
        (counted,) = connection.execute("SELECT value FROM counts").fetchone()
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
        assert acknowledged <= notes
        assert notes == replies
        assert counted == len(notes)
        assert len(notes - acknowledged) <= 24 * (run + 1)  # no more than were in flight
