"""What is wrong with a file, in both languages."""

import msgspec


class FileProblem(msgspec.Struct, frozen=True):
    """What is wrong in one place. Line 1 is the header; an empty column means the whole line."""

    line: int
    column: str
    ro: str
    en: str


class FileRefusedError(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, ro: str, en: str, *, line: int = 0, column: str = "") -> None:
        """``line`` 0: it is about no line in particular."""
        super().__init__(en)
        self.problem = FileProblem(line, column, ro, en)
