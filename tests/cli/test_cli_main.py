import errno
import getpass
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from magazie.commands import backup, users
from magazie.commands.failure import CommandError
from tests.cli.processes import run
from tests.cli.test_cli_access import add_token
from tests.source_tree import ROOT

COMMANDS = ("serve", "demo", "simulate", "user", "token", "shop", "check", "backup", "restore")


def full_disk() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


def test_help_names_every_command(tmp_path: Path) -> None:
    ended = run(tmp_path, "--help")

    assert ended.returncode == 0
    assert [command for command in COMMANDS if f" {command} " not in ended.stdout] == []


@pytest.mark.parametrize("arguments", [(), ("sell",), ("user",), ("backup",)])
def test_what_cannot_be_read_is_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = run(tmp_path, *arguments)

    assert ended.returncode == 2
    assert "usage: magazie" in ended.stderr


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (full_disk(), "disk is full. Free space on that disk"),
        (OSError(errno.ENOSPC, "No space left on device", "c"), "c: No space left on device. Free"),
        (PermissionError(errno.EACCES, "Permission denied", "c"), "user who owns the data folder"),
        (sqlite3.OperationalError("database is locked"), "database is locked."),
    ],
)
def test_faults_of_the_machine_come_with_advice(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def fails(_source: Path, _target: Path) -> None:
        raise error

    add_token(folder, "first", "admin")
    monkeypatch.setattr(backup, "back_up", fails)

    ended = run(folder, "backup", "c")

    assert ended.returncode == 1
    assert told in ended.stderr
    assert ended.stdout == ""


def test_a_password_is_asked_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["parola-buna", "parola-buna", "parola-buna", "alta-parola"])
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(typed))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)

    assert users._read_password(from_stdin=False) == "parola-buna"
    with pytest.raises(CommandError, match="differ"):
        users._read_password(from_stdin=False)


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
def test_a_process_whose_streams_were_closed_takes_nothing_for_them(
    tmp_path: Path, closed: str
) -> None:
    program = """
import os, sys
from magazie.commands.output import note, open_closed_streams, say
open_closed_streams()
say("lost")
note("lost")
with open("opened", "w") as file:
    file.write(str(file.fileno() > 2 and os.path.samestat(os.fstat(1), os.stat(os.devnull))))
"""
    command = f'exec "$0" -c "$1" {closed}'
    subprocess.run(  # noqa: S603 - our own program
        ["/bin/sh", "-c", command, sys.executable, program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert (tmp_path / "opened").read_text() == "True"
