"""Who gets which goods: the claims of orders on one product in one warehouse.

A ``Shelf`` is the settled state. A ``Draft`` plans any number of commands over it without
touching it; once the plan is stored, ``Shelf.settle`` takes it over. All quantities are
thousandths (``_milli``). Three things always hold, and ``Shelf.faults`` names what does not:
reserved goods never exceed the goods on hand; no line holds more than it still wants; and
free goods mean that nobody is short.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from msgspec.structs import replace


class ClaimLine(msgspec.Struct, frozen=True, gc=False):
    """What one order line wants of the product and what it holds."""

    ordered_milli: int
    picked_milli: int = 0
    shipped_milli: int = 0
    reserved_milli: int = 0

    @property
    def wanted_milli(self) -> int:
        """Still to leave the warehouse."""
        return max(0, self.ordered_milli - self.shipped_milli)

    @property
    def shortage_milli(self) -> int:
        """Wanted and not there."""
        return self.wanted_milli - self.reserved_milli

    @property
    def takeable_milli(self) -> int:
        """Reserved, and not yet in a picker's hands."""
        in_hand = max(0, self.picked_milli - self.shipped_milli)
        return max(0, self.reserved_milli - in_hand)


class Claim(msgspec.Struct, frozen=True, gc=False):
    """Everything one order claims of the product in the warehouse.

    Lines with ``ordered_milli`` 0 are tombstones: they keep a cancelled claim from being
    taken for a new one.
    """

    order_id: int
    placed_at_ms: int
    revision: int
    lines: Mapping[int, ClaimLine]

    # plain loops: these are asked for every line of every order
    @property
    def reserved_milli(self) -> int:
        """Held for the order."""
        held = 0
        for line in self.lines.values():
            held += line.reserved_milli
        return held

    @property
    def shortage_milli(self) -> int:
        """Missing for the order."""
        missing = 0
        for line in self.lines.values():
            wanted = line.ordered_milli - line.shipped_milli
            if wanted > 0:
                missing += wanted - line.reserved_milli
        return missing

    @property
    def held(self) -> dict[int, tuple[int, int]]:
        """Line → (reserved, shortage); tombstones left out."""
        held = {}
        for number, line in self.lines.items():
            if line.ordered_milli:
                wanted = line.ordered_milli - line.shipped_milli
                missing = wanted - line.reserved_milli if wanted > 0 else -line.reserved_milli
                held[number] = (line.reserved_milli, missing)
        return held

    @property
    def is_live(self) -> bool:
        """Whether anything is still wanted."""
        for line in self.lines.values():  # noqa: SIM110 - any() costs more than the loop
            if line.ordered_milli > line.shipped_milli:
                return True
        return False

    @property
    def age(self) -> tuple[int, int]:
        """The order in which short claims are served: oldest first."""
        return (self.placed_at_ms, self.order_id)


class NotEnoughGoodsError(Exception):
    """The goods that would leave are not on hand, or are in a picker's hands."""

    def __init__(self, free_milli: int) -> None:
        """``free_milli`` is the most that could leave."""
        super().__init__(f"at most {free_milli} thousandths can leave")
        self.free_milli = free_milli


class Shelf:
    """One product in one warehouse: goods on hand and the live claims on them."""

    __slots__ = ("claims", "on_hand_milli", "reserved_milli", "short")

    def __init__(self, on_hand_milli: int = 0, claims: Iterable[Claim] = ()) -> None:
        """Claims that are not live are left out."""
        self.on_hand_milli = on_hand_milli
        self.claims = {claim.order_id: claim for claim in claims if claim.is_live}
        self.reserved_milli = sum(claim.reserved_milli for claim in self.claims.values())
        self.short = {key for key, claim in self.claims.items() if claim.shortage_milli}

    @property
    def available_milli(self) -> int:
        """What can still be sold."""
        return self.on_hand_milli - self.reserved_milli

    def settle(self, draft: "Draft") -> None:
        """Take over a plan that is now stored."""
        self.on_hand_milli = draft.on_hand_milli
        self.reserved_milli = draft.reserved_milli
        self.short = draft.short
        claims = self.claims
        for order_id, claim in draft.changed.items():
            for line in claim.lines.values():  # as is_live tells
                if line.ordered_milli > line.shipped_milli:
                    claims[order_id] = claim
                    break
            else:
                claims.pop(order_id, None)

    def faults(self) -> Iterator[str]:
        """Name every broken promise; nothing when all is well."""
        if self.reserved_milli > max(0, self.on_hand_milli):
            yield f"reserved {self.reserved_milli} of {self.on_hand_milli} on hand"
        if self.reserved_milli != sum(claim.reserved_milli for claim in self.claims.values()):
            yield "the reserved total is not the sum of the claims"
        if self.short != {key for key, claim in self.claims.items() if claim.shortage_milli}:
            yield "the short orders are not those whose claims are short"
        for claim in self.claims.values():
            for number, line in claim.lines.items():
                if not 0 <= line.reserved_milli <= line.wanted_milli:
                    yield f"order {claim.order_id} line {number} holds {line.reserved_milli}"
        if self.available_milli > 0 and self.short:
            yield f"{self.available_milli} free while orders {sorted(self.short)} are short"


class Draft:
    """A plan over a shelf: decide as many commands as wished, then store, then settle."""

    __slots__ = ("_resting", "_shelf", "changed", "on_hand_milli", "reserved_milli", "short")

    def __init__(self, shelf: Shelf) -> None:
        """The shelf itself stays as it is until ``Shelf.settle``."""
        self._shelf = shelf
        self.on_hand_milli = shelf.on_hand_milli
        self.reserved_milli = shelf.reserved_milli
        self.changed: dict[int, Claim] = {}
        self.short = set(shelf.short)
        self._resting: dict[int, Claim] = {}

    def claim(self, order_id: int) -> Claim | None:
        """The claim as this plan leaves it."""
        return (
            self.changed.get(order_id)
            or self._shelf.claims.get(order_id)
            or self._resting.get(order_id)
        )

    def recall(self, claim: Claim) -> None:
        """Lay a stored claim that is not live, and so holds nothing, under the plan."""
        self._resting[claim.order_id] = claim

    def set_claim(
        self,
        order_id: int,
        placed_at_ms: int,
        revision: int,
        lines: Mapping[int, tuple[int, int]],
    ) -> Claim:
        """Make the order's claim exactly this: line → (ordered, picked).

        A revision that is not higher than the known one changes nothing and is answered
        with the claim as it stands. Lines left out are released and stay as tombstones.
        An order may hold what it held and what is free; since free goods mean that nobody
        is short, nobody is overtaken. What it lets go serves short claims by age.
        """
        known = self.claim(order_id)
        if known is None:
            return self._new_claim(order_id, placed_at_ms, revision, lines)
        if revision <= known.revision:
            return known
        after = {}
        for number in sorted({*known.lines, *lines}):
            ordered, picked = lines.get(number, (0, 0))
            old = known.lines.get(number, _NO_LINE)
            kept = min(old.reserved_milli, max(0, ordered - old.shipped_milli))
            after[number] = ClaimLine(ordered, picked, old.shipped_milli, kept)
        self._put(Claim(order_id, placed_at_ms, revision, after))
        self._fill_from_own(order_id, known.reserved_milli)
        self._serve_short()
        return self.changed[order_id]

    def receive(self, quantity_milli: int) -> None:
        """Goods came in; short claims get them by age."""
        self.on_hand_milli += quantity_milli
        self._serve_short()

    def remove(self, quantity_milli: int) -> list[int]:
        """Goods left otherwise than by shipping; answers the orders that lost theirs.

        Free goods go first, then what the newest claims hold and nobody has picked.

        Raises:
            NotEnoughGoodsError: fewer goods than that are on hand and unpicked.

        """
        missing = quantity_milli - (self.on_hand_milli - self.reserved_milli)
        losers = self._losers(missing) if missing > 0 else []
        self.on_hand_milli -= quantity_milli
        for claim in losers:
            self._put(claim)
        return [claim.order_id for claim in losers]

    def ship(self, order_id: int, line_number: int, quantity_milli: int) -> None:
        """Goods reserved for the line leave the warehouse: never refused.

        Raises:
            NotEnoughGoodsError: the line does not hold that many.

        """
        claim = self.claim(order_id)
        line = claim.lines.get(line_number, _NO_LINE) if claim is not None else _NO_LINE
        if claim is None or line.reserved_milli < quantity_milli:
            raise NotEnoughGoodsError(line.reserved_milli)
        self.on_hand_milli -= quantity_milli
        left = replace(
            line,
            shipped_milli=line.shipped_milli + quantity_milli,
            reserved_milli=line.reserved_milli - quantity_milli,
        )
        self._put(replace(claim, lines={**claim.lines, line_number: left}))

    def _new_claim(
        self,
        order_id: int,
        placed_at_ms: int,
        revision: int,
        lines: Mapping[int, tuple[int, int]],
    ) -> Claim:
        free = max(0, self.on_hand_milli - self.reserved_milli)
        held = wanted = 0
        taken = {}
        for number, (ordered, picked) in sorted(lines.items()):
            reserved = ordered if ordered < free else free  # noqa: FURB136 - min() costs more
            free -= reserved
            held += reserved
            wanted += ordered
            taken[number] = ClaimLine(ordered, picked, 0, reserved)
        claim = Claim(order_id, placed_at_ms, revision, taken or {0: _NO_LINE})
        # what _put would do of a claim that nobody knew
        self.changed[order_id] = claim
        self.reserved_milli += held
        if held < wanted:
            self.short.add(order_id)
        return claim

    def _put(self, claim: Claim) -> None:
        known = self.claim(claim.order_id)
        self.reserved_milli += claim.reserved_milli
        if known is not None:
            self.reserved_milli -= known.reserved_milli
        self.changed[claim.order_id] = claim
        if claim.shortage_milli:
            self.short.add(claim.order_id)
        else:
            self.short.discard(claim.order_id)

    def _fill_from_own(self, order_id: int, held_milli: int) -> None:
        """What the order's other lines let go is the order's own before anybody else's."""
        claim = self.changed[order_id]
        let_go = held_milli - claim.reserved_milli
        if let_go > 0 and claim.shortage_milli:
            self._put(_filled(claim, let_go)[0])

    def _serve_short(self) -> None:
        free = self.on_hand_milli - self.reserved_milli
        if free <= 0 or not self.short:
            return
        waiting = [claim for key in self.short if (claim := self.claim(key)) is not None]
        for claim in sorted(waiting, key=lambda claim: claim.age):
            served, free = _filled(claim, free)
            self._put(served)
            if free <= 0:
                return

    def _losers(self, missing_milli: int) -> list[Claim]:
        claims = {**self._shelf.claims, **self.changed}.values()
        losers = []
        for claim in sorted(claims, key=lambda claim: claim.age, reverse=True):
            poorer, missing_milli = _emptied(claim, missing_milli)
            if poorer is not claim:
                losers.append(poorer)
            if missing_milli <= 0:
                return losers
        takeable = sum(line.takeable_milli for claim in claims for line in claim.lines.values())
        free_milli = self.on_hand_milli - self.reserved_milli + takeable
        raise NotEnoughGoodsError(max(0, free_milli))


_NO_LINE = ClaimLine(0)


def _filled(claim: Claim, free_milli: int) -> tuple[Claim, int]:
    """The claim with its short lines filled from ``free_milli``, and what is left of that."""
    lines = dict(claim.lines)
    for number, line in claim.lines.items():
        extra = min(free_milli, line.shortage_milli)
        if extra > 0:
            free_milli -= extra
            lines[number] = replace(line, reserved_milli=line.reserved_milli + extra)
    return replace(claim, lines=lines), free_milli


def _emptied(claim: Claim, missing_milli: int) -> tuple[Claim, int]:
    """The claim without up to ``missing_milli`` of what nobody picked, last line first."""
    lines = dict(claim.lines)
    for number in sorted(claim.lines, reverse=True):
        line = lines[number]
        loss = min(missing_milli, line.takeable_milli)
        if loss > 0:
            missing_milli -= loss
            lines[number] = replace(line, reserved_milli=line.reserved_milli - loss)
    if lines == claim.lines:
        return claim, missing_milli
    return replace(claim, lines=lines), missing_milli
