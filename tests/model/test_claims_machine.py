"""Any sequence of commands on a shelf, beside a slow model that moves one piece at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)
from msgspec.structs import replace

from magazie.model.claims import Claim, ClaimLine, Draft, NotEnoughGoodsError, Shelf
from tests.model.plain_shelf import (
    Command,
    Model,
    Piece,
    Receive,
    Remove,
    SetClaim,
    Ship,
    Wanted,
)

ORDERS = (3, 8, 17, 24, 33, 40)
LINES = range(1, 4)

Answer = Claim | list[int] | int | None
"""A claim, the orders that lost goods, or after a refusal the most that could leave."""


# --- the real thing -------------------------------------------------------------------------


class Books:
    """A shelf, and the table that keeps every claim, live or not."""

    def __init__(self, on_hand: int, placed_at: Mapping[int, int]) -> None:
        self.shelf = Shelf(on_hand)
        self.placed_at = placed_at
        self.stored: dict[int, Claim] = {}

    def copy(self) -> "Books":
        twin = Books(self.shelf.on_hand_milli, self.placed_at)
        twin.stored = dict(self.stored)
        twin.restart()
        return twin

    def restart(self) -> None:
        """Load everything from the table, lines by number."""
        claims = [
            replace(claim, lines=dict(sorted(claim.lines.items())))
            for claim in self.stored.values()
        ]
        self.shelf = Shelf(self.shelf.on_hand_milli, claims)

    def draft(self, commands: Sequence[Command]) -> Draft:
        draft = Draft(self.shelf)
        for order in {command.order for command in commands if isinstance(command, SetClaim)}:
            if order in self.stored and draft.claim(order) is None:
                draft.recall(self.stored[order])
        return draft

    def decide(self, draft: Draft, command: Command) -> Answer:
        try:
            match command:
                case SetClaim():
                    placed_at = self.placed_at[command.order]
                    return draft.set_claim(
                        command.order, placed_at, command.revision, command.lines
                    )
                case Receive():
                    draft.receive(command.quantity)
                case Remove():
                    return draft.remove(command.quantity)
                case Ship():
                    draft.ship(command.order, command.line, command.quantity)
        except NotEnoughGoodsError as error:
            return error.free_milli
        return None

    def settle(self, draft: Draft) -> None:
        self.stored.update(draft.changed)
        self.shelf.settle(draft)

    def run(self, command: Command) -> Answer:
        draft = self.draft([command])
        answer = self.decide(draft, command)
        self.settle(draft)
        return answer

    def run_together(self, commands: Sequence[Command]) -> list[Answer]:
        draft = self.draft(commands)
        answers = [self.decide(draft, command) for command in commands]
        self.settle(draft)
        return answers

    def picture(self) -> object:
        shelf = self.shelf
        return (
            shelf.on_hand_milli,
            shelf.reserved_milli,
            sorted(shelf.short),
            {order: sheet(claim) for order, claim in shelf.claims.items()},
            {order: sheet(claim) for order, claim in self.stored.items()},
        )


def sheet(claim: Claim) -> tuple[int, int, dict[int, ClaimLine]]:
    return (claim.placed_at_ms, claim.revision, dict(claim.lines))


def picture_of(shelf: Shelf) -> object:
    claims = {order: sheet(claim) for order, claim in shelf.claims.items()}
    return (shelf.on_hand_milli, shelf.reserved_milli, set(shelf.short), claims)


# --- commands -------------------------------------------------------------------------------


@st.composite
def wanted_lines(draw: Callable[[st.SearchStrategy[int]], int]) -> Wanted:
    lines = {}
    for number in LINES:
        if draw(st.integers(0, 2)):
            lines[number] = (draw(st.integers(0, 4)), draw(st.integers(0, 3)))
    return lines


SETS = st.builds(SetClaim, st.sampled_from(ORDERS), st.integers(1, 9), wanted_lines())
COMMANDS = st.one_of(
    SETS,
    st.builds(Receive, st.integers(0, 6)),
    st.builds(Remove, st.integers(0, 6)),
    st.builds(Ship, st.sampled_from(ORDERS), st.sampled_from(LINES), st.integers(1, 3)),
)


class ShelfMachine(RuleBasedStateMachine):
    sent: Bundle[SetClaim] = Bundle("sent")

    @initialize(
        on_hand=st.integers(0, 8),
        placed_at=st.lists(st.integers(0, 2), min_size=len(ORDERS), max_size=len(ORDERS)),
    )
    def open_shelf(self, on_hand: int, placed_at: list[int]) -> None:
        ages = dict(zip(ORDERS, placed_at, strict=True))
        self.model = Model(on_hand, ages)
        self.books = Books(on_hand, ages)

    def carry_out(self, command: Command) -> Answer:
        before = self.model.copy()
        expected = self.model.run(command)
        answer = self.books.run(command)
        if isinstance(command, SetClaim):
            assert answer == self.books.stored[command.order]
        else:
            assert answer == expected
        self.check_fairness(before, command)
        return answer

    def check_fairness(self, before: Model, command: Command) -> None:
        """Said of the outcome alone, without knowing how it was reached."""
        after = self.books.stored
        held = {order: claim.reserved_milli for order, claim in after.items()}
        gained = {order for order in held if held[order] > before.reserved(order)}
        lost = {order for order in held if held[order] < before.reserved(order)}
        actor = command.order if isinstance(command, SetClaim | Ship) else None
        ages = self.books.placed_at
        if not isinstance(command, Remove):
            assert lost <= {actor}
        if isinstance(command, Receive):
            for order in gained:
                for claim in after.values():
                    assert claim.age >= (ages[order], order) or not claim.shortage_milli
        if isinstance(command, SetClaim):
            wanted = sum(line.wanted_milli for line in after[command.order].lines.values())
            assert held[command.order] >= min(before.reserved(command.order), wanted)
        if isinstance(command, Remove):
            self.check_removal(before, lost, command.quantity)

    def check_removal(self, before: Model, lost: set[int], quantity: int) -> None:
        after = self.books.stored
        if quantity <= before.free():
            assert not lost
        for order in lost:
            for claim in after.values():
                newer = claim.age > after[order].age
                assert not newer or not any(line.takeable_milli for line in claim.lines.values())
            for number, line in after[order].lines.items():
                old = before.lines[order].get(number, Piece())
                in_hand = min(old.reserved, max(0, old.picked - old.shipped))
                assert line.reserved_milli >= in_hand

    @rule(target=sent, command=SETS)
    def set_any_claim(self, command: SetClaim) -> SetClaim:
        self.carry_out(command)
        return command

    @rule(
        target=sent,
        order=st.sampled_from(ORDERS),
        lines=wanted_lines(),
        step=st.sampled_from([-1, 0, 1, 1, 1, 2]),
    )
    def set_next_claim(self, order: int, lines: Wanted, step: int) -> SetClaim:
        command = SetClaim(order, max(1, self.model.revisions.get(order, 0) + step), lines)
        self.carry_out(command)
        return command

    @rule(target=sent, order=st.sampled_from(ORDERS))
    def cancel(self, order: int) -> SetClaim:
        command = SetClaim(order, self.model.revisions.get(order, 0) + 1, {})
        self.carry_out(command)
        assert self.books.stored[order].reserved_milli == 0
        assert order not in self.books.shelf.claims
        return command

    @rule(target=sent, order=st.sampled_from(ORDERS))
    def pick_all_that_is_reserved(self, order: int) -> SetClaim:
        lines = {
            number: (line.ordered, line.shipped + line.reserved)
            for number, line in self.model.lines.get(order, {}).items()
        }
        command = SetClaim(order, self.model.revisions.get(order, 0) + 1, lines)
        self.carry_out(command)
        return command

    @rule(command=sent)
    def replay(self, command: SetClaim) -> None:
        before = self.books.picture()
        first = self.carry_out(command)
        assert self.books.picture() == before
        assert self.carry_out(command) == first

    @rule(command=consumes(sent), lines=wanted_lines())
    def send_other_lines_under_a_used_revision(self, command: SetClaim, lines: Wanted) -> None:
        before = self.books.picture()
        self.carry_out(replace(command, lines=lines))
        assert self.books.picture() == before

    @rule(quantity=st.integers(0, 6))
    def receive(self, quantity: int) -> None:
        self.carry_out(Receive(quantity))

    @rule(quantity=st.integers(0, 6))
    def remove(self, quantity: int) -> None:
        self.carry_out(Remove(quantity))

    @rule()
    def remove_all_that_can_leave(self) -> None:
        most = self.books.run(Remove(10**6))
        assert isinstance(most, int)
        assert isinstance(self.carry_out(Remove(most)), list)

    @precondition(lambda self: any(map(self.model.reserved, self.model.lines)))
    @rule(data=st.data())
    def ship_what_is_reserved(self, data: st.DataObject) -> None:
        holders = [
            (order, number, line.reserved)
            for order, lines in self.model.lines.items()
            for number, line in lines.items()
            if line.reserved
        ]
        order, number, reserved = data.draw(st.sampled_from(holders))
        quantity = data.draw(st.integers(1, reserved))
        on_hand = self.books.shelf.on_hand_milli
        assert self.carry_out(Ship(order, number, quantity)) is None
        assert self.books.shelf.on_hand_milli == on_hand - quantity

    @rule(order=st.sampled_from(ORDERS), line=st.sampled_from(LINES), extra=st.integers(1, 2))
    def ship_more_than_is_reserved(self, order: int, line: int, extra: int) -> None:
        reserved = self.model.lines.get(order, {}).get(line, Piece()).reserved
        before = self.books.picture()
        assert self.carry_out(Ship(order, line, reserved + extra)) == reserved
        assert self.books.picture() == before

    @rule(commands=st.lists(COMMANDS, max_size=6))
    def run_together(self, commands: list[Command]) -> None:
        singly = self.books.copy()
        one_by_one = [singly.run(command) for command in commands]
        together = self.books.run_together(commands)
        assert together == one_by_one
        assert self.books.picture() == singly.picture()
        for command in commands:
            self.model.run(command)

    @rule(commands=st.lists(COMMANDS, max_size=6))
    def plan_and_never_settle(self, commands: list[Command]) -> None:
        before, stored = picture_of(self.books.shelf), self.books.picture()
        draft = self.books.draft(commands)
        for command in commands:
            self.books.decide(draft, command)
        assert picture_of(self.books.shelf) == before
        assert self.books.picture() == stored

    @rule()
    def restart(self) -> None:
        before = picture_of(self.books.shelf)
        self.books.restart()
        assert picture_of(self.books.shelf) == before

    @invariant()
    def no_promise_is_broken(self) -> None:
        shelf = self.books.shelf
        assert list(shelf.faults()) == []
        assert 0 <= shelf.reserved_milli <= shelf.on_hand_milli
        assert shelf.available_milli == 0 or not shelf.short

    @invariant()
    def books_and_model_agree(self) -> None:
        assert self.books.shelf.on_hand_milli == self.model.on_hand
        assert {order: claim.revision for order, claim in self.books.stored.items()} == (
            self.model.revisions
        )
        for order, lines in self.model.lines.items():
            claim = self.books.stored[order]
            assert claim.placed_at_ms == self.model.placed_at[order]
            assert list(spoken_of(claim)) == [
                (number, line.ordered, line.picked, line.shipped, line.reserved)
                for number, line in sorted(lines.items())
            ]
            assert claim.shortage_milli == self.model.shortage(order)
            assert (order in self.books.shelf.claims) == any(line.wanted for line in lines.values())


def spoken_of(claim: Claim) -> Iterator[tuple[int, int, int, int, int]]:
    """Every line that an order ever named; not what only marks a claim without any."""
    for number, line in sorted(claim.lines.items()):
        if number in LINES:
            yield (
                number,
                line.ordered_milli,
                line.picked_milli,
                line.shipped_milli,
                line.reserved_milli,
            )


TestShelf = ShelfMachine.TestCase
TestShelf.settings = settings(max_examples=250, stateful_step_count=40, deadline=None)
