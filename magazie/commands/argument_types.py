"""Numbers as they are typed, refused where they make no sense."""

import argparse
from typing import Final

_HIGHEST_PORT: Final = 65535


def count(text: str) -> int:
    """Read how many of something are wanted, at least one."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def rate(text: str) -> float:
    """Read how often something happens, 0 for never."""
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number


def port(text: str) -> int:
    """Read a port to listen on, 0 for any free one."""
    number = int(text)
    if not 0 <= number <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"must be 0 to {_HIGHEST_PORT}")
    return number
