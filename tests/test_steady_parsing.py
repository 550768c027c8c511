import ast
import gc

LAMBDAS = "x = lambda a: (a + 1, [a, a, a, {1: 2}])\n" * 5


class Garbage:
    """Ends when it is collected, and parses then, as the telling of a traceback does."""

    ended = 0

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        Garbage.ended += 1
        ast.parse("f(lambda x: x + 1)")


def test_garbage_ends_in_the_midst_of_no_parse() -> None:
    thresholds = gc.get_threshold()
    gc.set_threshold(50)
    try:
        for _ in range(100):
            Garbage()
            assert len(ast.parse(LAMBDAS).body) == 5
    finally:
        gc.set_threshold(*thresholds)
    gc.collect()
    assert Garbage.ended == 100
