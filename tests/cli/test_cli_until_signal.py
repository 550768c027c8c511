import os
import signal
import subprocess
import sys
import time

import pytest

from tests.source_tree import ROOT

STUBBORN = """
import asyncio, sys
from magazie.commands import logs, until_signal
logs.set_up_logs("info")
until_signal.END_WITHIN_S = {limit}
async def program():
    print("up", flush=True)
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            print("asked", flush=True)
            {then}
until_signal.run_until_signal(program)
print("clean", flush=True)
"""


# a process inherits what is ignored, and whoever runs the tests may outlive a terminal
HEARS_HANGUP = ("env", "--default-signal=HUP")


def began(limit: float, then: str, *before: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(  # noqa: S603 - our own program
        [*HEARS_HANGUP, *before, sys.executable, "-c", STUBBORN.format(limit=limit, then=then)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def rest(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=10)
    return output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_lets_the_program_clean_up(number: signal.Signals) -> None:
    process = began(9, "return")
    process.send_signal(number)

    assert rest(process) == "asked\nclean\n"
    assert process.returncode == 0


def test_a_terminal_that_closes_ends_nothing_that_was_told_to_outlive_it() -> None:
    process = began(9, "return", "nohup")
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)

    assert rest(process) == "asked\nclean\n"


def test_a_second_signal_ends_it_at_once() -> None:
    process = began(9, "continue")
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    assert process.stdout.readline() == "asked\n"
    process.send_signal(signal.SIGTERM)

    assert rest(process) == ""
    assert process.returncode == 128 + signal.SIGTERM


@pytest.mark.parametrize("hang", ["continue", "import time; time.sleep(60)"])
def test_what_does_not_end_in_time_is_ended(hang: str) -> None:
    process = began(0.3, hang)
    sent = time.monotonic()
    process.send_signal(signal.SIGTERM)

    assert rest(process) == "asked\n"
    assert process.returncode == 70
    assert time.monotonic() - sent < 5
