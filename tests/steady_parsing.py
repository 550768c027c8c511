"""Python's parser, kept from an error of its own in the midst of a test.

CPython before 3.11.8 and 3.12.2 counts how deep a parse is for the whole interpreter
(python/cpython#106905). Where the collector of garbage runs in the midst of one, and ends what
is told of with a traceback, which is parsed too, the outer parse fails with a SystemError:
whoever parses next, such as hypothesis a lambda, pays for the loop that a test before ended hard.
"""

import ast
import functools
import gc
import sys
from typing import Any

FAULTY = sys.version_info < (3, 11, 8) or (3, 12) <= sys.version_info < (3, 12, 2)


def parse_steadily() -> None:
    """From now on nothing is collected while something is parsed."""
    if not FAULTY:
        return
    plain = ast.parse

    @functools.wraps(plain)
    def parse(*arguments: Any, **options: Any) -> Any:
        collects = gc.isenabled()
        gc.disable()
        try:
            return plain(*arguments, **options)
        finally:
            if collects:
                gc.enable()

    ast.parse = parse
