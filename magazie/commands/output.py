"""What commands show: results on standard output, everything about the work on standard error."""

import os
import sys

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)


def open_closed_streams() -> None:
    """Give this process the standard streams that whoever started it closed; they lead nowhere.

    Else a socket would get the number of one, for which libuv ends the process.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # the lowest number that is free: its own
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def say(line: str) -> None:
    """Give one line of the result, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def note(line: str) -> None:
    """Tell one line about the work."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def result_console() -> Console:
    """Where tables go; without a terminal they are as wide as they need to be."""
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console = Console(file=sys.stdout, highlight=False, width=160)
    return console


def progress_bar() -> Progress:
    """A bar on standard error; nothing is drawn where that is no terminal."""
    console = Console(file=sys.stderr)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
