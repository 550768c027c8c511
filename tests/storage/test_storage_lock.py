import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from magazie.storage import DataFolderInUseError, ProcessLock

HOLDER = """
import pathlib, sys, time
from magazie.storage import ProcessLock
lock = ProcessLock(pathlib.Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


def test_the_folders_second_process_is_refused_with_the_firsts_id_until_that_dies(
    tmp_path: Path,
) -> None:
    holder = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DataFolderInUseError, match=f"process {holder.pid}") as raised:
            ProcessLock(tmp_path).acquire()
        assert raised.value.pid == holder.pid
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with ProcessLock(tmp_path):
            assert (tmp_path / "magazie.lock").read_text() == f"{os.getpid()}\n"
    finally:
        holder.kill()
        holder.communicate()


def test_a_lock_that_was_let_go_can_be_taken(tmp_path: Path) -> None:
    first = ProcessLock(tmp_path)
    with first, pytest.raises(DataFolderInUseError):
        ProcessLock(tmp_path).acquire()
    with ProcessLock(tmp_path):
        first.release()
        with pytest.raises(DataFolderInUseError):
            first.acquire()


def test_a_longer_id_of_an_earlier_holder_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "magazie.lock").write_text("99999999999999\n")
    with ProcessLock(tmp_path):
        assert (tmp_path / "magazie.lock").read_text() == f"{os.getpid()}\n"


def test_a_holder_that_has_not_written_its_id_yet_is_another_process(tmp_path: Path) -> None:
    with ProcessLock(tmp_path):
        (tmp_path / "magazie.lock").write_text("")
        with pytest.raises(DataFolderInUseError, match="another process"):
            ProcessLock(tmp_path).acquire()


def test_a_folder_whose_lock_file_somebody_removed_is_still_held(tmp_path: Path) -> None:
    with ProcessLock(tmp_path):
        (tmp_path / "magazie.lock").unlink()
        for _ in range(2):
            with pytest.raises(DataFolderInUseError, match="another process"):
                ProcessLock(tmp_path).acquire()
    with ProcessLock(tmp_path):
        assert (tmp_path / "magazie.lock").read_text() == f"{os.getpid()}\n"
