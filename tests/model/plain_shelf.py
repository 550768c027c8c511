"""The rules of claims once more, as slow and plain as can be, to hold the real ones against."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

Wanted = Mapping[int, tuple[int, int]]


class SetClaim(msgspec.Struct, frozen=True):
    order: int
    revision: int
    lines: Wanted


class Receive(msgspec.Struct, frozen=True):
    quantity: int


class Remove(msgspec.Struct, frozen=True):
    quantity: int


class Ship(msgspec.Struct, frozen=True):
    order: int
    line: int
    quantity: int


Command = SetClaim | Receive | Remove | Ship


class Piece(msgspec.Struct):
    """A line in the model."""

    ordered: int = 0
    picked: int = 0
    shipped: int = 0
    reserved: int = 0

    @property
    def wanted(self) -> int:
        return self.ordered - self.shipped if self.ordered > self.shipped else 0

    @property
    def takeable(self) -> int:
        in_hand = self.picked - self.shipped if self.picked > self.shipped else 0
        return self.reserved - in_hand if self.reserved > in_hand else 0


class Model:
    """Every step gives, frees or takes one piece."""

    def __init__(self, on_hand: int, placed_at: Mapping[int, int]) -> None:
        self.on_hand = on_hand
        self.placed_at = placed_at
        self.revisions: dict[int, int] = {}
        self.lines: dict[int, dict[int, Piece]] = {}

    def copy(self) -> "Model":
        twin = Model(self.on_hand, self.placed_at)
        twin.revisions = dict(self.revisions)
        twin.lines = {
            order: {number: replace(line) for number, line in lines.items()}
            for order, lines in self.lines.items()
        }
        return twin

    def by_age(self) -> list[int]:
        return sorted(self.lines, key=lambda order: (self.placed_at[order], order))

    def reserved(self, order: int) -> int:
        return sum(line.reserved for line in self.lines.get(order, {}).values())

    def free(self) -> int:
        return self.on_hand - sum(map(self.reserved, self.lines))

    def takeable(self, order: int) -> int:
        return sum(line.takeable for line in self.lines[order].values())

    def shortage(self, order: int) -> int:
        return sum(line.wanted - line.reserved for line in self.lines.get(order, {}).values())

    def next_short(self, orders: Sequence[int]) -> Piece | None:
        for order in orders:
            for number in sorted(self.lines[order]):
                line = self.lines[order][number]
                if line.reserved < line.wanted:
                    return line
        return None

    def serve(self) -> None:
        while self.free() > 0 and (line := self.next_short(self.by_age())) is not None:
            line.reserved += 1

    def run(self, command: Command) -> list[int] | int | None:
        match command:
            case SetClaim():
                self.set_claim(command)
            case Receive():
                self.on_hand += command.quantity
                self.serve()
            case Remove():
                return self.remove(command.quantity)
            case Ship():
                return self.ship(command)
        return None

    def set_claim(self, command: SetClaim) -> None:
        if command.revision <= self.revisions.get(command.order, -1):
            return
        self.revisions[command.order] = command.revision
        mine = self.lines.setdefault(command.order, {})
        for number in command.lines:
            mine.setdefault(number, Piece())
        let_go = 0
        for number, line in mine.items():
            line.ordered, line.picked = command.lines.get(number, (0, 0))
            while line.reserved > line.wanted:
                line.reserved -= 1
                let_go += 1
        while let_go and (short := self.next_short([command.order])) is not None:
            short.reserved += 1
            let_go -= 1
        self.serve()

    def remove(self, quantity: int) -> list[int] | int:
        most = self.free() + sum(map(self.takeable, self.lines))
        if quantity > most:
            return most
        losers: list[int] = []
        for _ in range(quantity):
            if self.free() <= 0:
                order = next(order for order in reversed(self.by_age()) if self.takeable(order))
                lines = self.lines[order]
                lines[max(n for n in lines if lines[n].takeable)].reserved -= 1
                if order not in losers:
                    losers.append(order)
            self.on_hand -= 1
        return losers

    def ship(self, command: Ship) -> int | None:
        line = self.lines.get(command.order, {}).get(command.line, Piece())
        if line.reserved < command.quantity:
            return line.reserved
        line.reserved -= command.quantity
        line.shipped += command.quantity
        self.on_hand -= command.quantity
        return None
