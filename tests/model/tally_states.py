"""Tallies to begin with, and what is scanned on them."""

from magazie.model.finder import Identity, ThingKind
from magazie.model.tally import Tally, TallyKind, TallyLine, TallyState, Witness

P1, P2, P3 = 1, 2, 3
ONE = 1000


def goods(product_id: int, pieces: int = 1) -> Identity:
    return Identity(ThingKind.PRODUCT, product_id, pieces * ONE)


def reception(*expected: tuple[int, int]) -> Tally:
    """An announced one at T1; blind with nothing expected."""
    return Tally(
        id=7,
        kind=TallyKind.RECEPTION,
        state=TallyState.OPEN,
        reference="NIR 1",
        warehouse="principal",
        terminal="T1",
        who="Ana",
        is_announced=bool(expected),
        lines=tuple(
            TallyLine(number, product_id, pieces * ONE)
            for number, (product_id, pieces) in enumerate(expected, start=1)
        ),
    )


def shelf(*product_ids: int) -> Tally:
    return Tally(
        id=8,
        kind=TallyKind.COUNT,
        state=TallyState.OPEN,
        reference="Inventar A-2",
        warehouse="principal",
        location="A-2",
        terminal="T1",
        who="Ana",
        lines=tuple(
            TallyLine(number, product_id) for number, product_id in enumerate(product_ids, start=1)
        ),
    )


def seen(on_hand: int, picked: int = 0, seq: int = 1) -> Witness:
    return Witness(on_hand * ONE, picked * ONE, seq)
