"""How a command ends when it cannot do what was asked."""

from typing import Final

FAILED: Final = 1
WRONG_INPUT: Final = 2
"""Exit code for a setting or an argument that cannot be used, as argparse has it."""


class CommandError(Exception):
    """The command ends with this text for the person who typed it, and this exit code.

    The text says what is wrong and what to do about it.
    """

    def __init__(self, text: str, exit_code: int = FAILED) -> None:
        super().__init__(text)
        self.exit_code = exit_code
