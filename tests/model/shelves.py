"""Commands on a shelf, each planned, settled and checked for faults."""

from collections.abc import Mapping

from magazie.model.claims import Claim, Draft, Shelf

ONE = 1000


def put(
    shelf: Shelf,
    order: int,
    lines: Mapping[int, int],
    *,
    revision: int = 1,
    placed_at: int | None = None,
    picked: Mapping[int, int] | None = None,
) -> Claim:
    """Set a claim and settle it; without a date, orders are placed in the order of their ids."""
    draft = Draft(shelf)
    claim = draft.set_claim(
        order,
        order if placed_at is None else placed_at,
        revision,
        {number: (ordered, (picked or {}).get(number, 0)) for number, ordered in lines.items()},
    )
    shelf.settle(draft)
    assert not list(shelf.faults())
    return claim


def receive(shelf: Shelf, quantity: int) -> None:
    draft = Draft(shelf)
    draft.receive(quantity)
    shelf.settle(draft)
    assert not list(shelf.faults())


def remove(shelf: Shelf, quantity: int) -> list[int]:
    draft = Draft(shelf)
    losers = draft.remove(quantity)
    shelf.settle(draft)
    assert not list(shelf.faults())
    return losers


def ship(shelf: Shelf, order: int, line: int, quantity: int) -> Claim:
    draft = Draft(shelf)
    draft.ship(order, line, quantity)
    shelf.settle(draft)
    assert not list(shelf.faults())
    return draft.changed[order]


def held(shelf: Shelf) -> dict[int, dict[int, int]]:
    return {
        order: {number: line.reserved_milli for number, line in claim.lines.items()}
        for order, claim in shelf.claims.items()
    }
