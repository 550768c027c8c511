"""What commands show: results on standard output, everything about the work on standard error."""

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
