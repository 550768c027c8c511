"""A tally: goods counted at a terminal, as they come in or as they lie on a shelf.

Values only; what changes them stands in ``tally_rules``. Quantities are thousandths. Each product
has one line at most; lines are numbered within the tally, for good.
"""

import enum

import msgspec

from magazie.model.tracking import NOTHING_NOTED, Note


class TallyKind(enum.StrEnum):
    """Goods that come in, or those that lie on one shelf."""

    RECEPTION = "reception"
    COUNT = "count"


class TallyState(enum.StrEnum):
    """How far it is. Announced receptions wait; what is posted says for good what was counted."""

    WAITING = "waiting"
    OPEN = "open"
    POSTING = "posting"
    DONE = "done"
    LEFT = "left"


class TallyOutcome(enum.StrEnum):
    """What became of an operation."""

    COUNTED = "counted"
    SURPLUS = "surplus"
    UNEXPECTED = "unexpected"
    ASTRAY = "astray"
    UNKNOWN_CODE = "unknown_code"
    AMBIGUOUS_CODE = "ambiguous_code"
    SERIAL_NEEDED = "serial_needed"
    LOT_NEEDED = "lot_needed"
    SERIAL_USED = "serial_used"
    BUNDLE = "bundle"
    NOT_GOODS = "not_goods"
    OWNED_BY_OTHER = "owned_by_other"
    NO_TALLY = "no_tally"
    UNDONE = "undone"
    NOTHING_TO_UNDO = "nothing_to_undo"
    SET = "set"
    LEFT = "left"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"


class TallyFlag(enum.StrEnum):
    """What is odd about a line."""

    SURPLUS = "surplus"
    UNEXPECTED = "unexpected"
    ASTRAY = "astray"
    MOVED = "moved"


class Witness(msgspec.Struct, frozen=True):
    """What the books said of a product in a warehouse at one moment.

    ``picked_milli`` is on hand and in a picker's hands or a box; ``seq`` is the last entry of the
    ledger.
    """

    on_hand_milli: int
    picked_milli: int
    seq: int

    @property
    def shelf_milli(self) -> int:
        """What should lie on the shelf."""
        return self.on_hand_milli - self.picked_milli


class TallyLine(msgspec.Struct, frozen=True):
    """One product.

    ``expected_milli`` is what a delivery announced; ``counted_milli`` None: nobody touched it.
    ``first`` and ``last`` are of the first and the last operation on a line of a shelf.
    ``is_refused``: the stock could not take what was counted.
    """

    number: int
    product_id: int
    expected_milli: int | None = None
    counted_milli: int | None = None
    unit_cost_e4: int | None = None
    is_astray: bool = False
    is_refused: bool = False
    first: Witness | None = None
    last: Witness | None = None

    @property
    def is_moved(self) -> bool:
        """Whether goods came or went while it was counted: so it has to be counted again."""
        if self.is_refused:
            return True
        if self.first is None or self.last is None:
            return False
        first, last = self.first, self.last
        return (first.shelf_milli, first.seq) != (last.shelf_milli, last.seq)

    @property
    def shelf_difference_milli(self) -> int:
        """What was counted beyond what should lie there; nothing of what is astray."""
        if self.is_astray or self.counted_milli is None or self.last is None:
            return 0
        return self.counted_milli - self.last.shelf_milli


class Noted(msgspec.Struct, frozen=True):
    """A scan that can still be undone. ``is_first``: its line was untouched before it.

    ``note`` is the lot or serial number that it came with.
    """

    operation: int
    line: int
    milli: int
    terminal: str
    is_first: bool
    note: Note = NOTHING_NOTED


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """A tally as it stands. ``terminal`` is None where nobody works on it.

    ``operations`` numbers the last one; ``is_announced``: the office said what would come.
    """

    id: int
    kind: TallyKind
    state: TallyState = TallyState.OPEN
    reference: str
    supplier: str = ""
    warehouse: str
    location: str = ""
    terminal: str | None = None
    who: str = ""
    is_announced: bool = False
    lines: tuple[TallyLine, ...] = ()
    noted: tuple[Noted, ...] = ()
    operations: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is being counted, or waits for somebody to go on."""
        return self.state is TallyState.OPEN

    @property
    def is_untouched(self) -> bool:
        """Whether nothing is counted."""
        return all(line.counted_milli is None for line in self.lines)

    @property
    def shown_lines(self) -> tuple[TallyLine, ...]:
        """Its lines without those that scans made which are all undone."""
        is_count = self.kind is TallyKind.COUNT
        return tuple(
            line
            for line in self.lines
            if line.counted_milli is not None
            or line.expected_milli is not None
            or (is_count and not line.is_astray)
        )

    def line(self, number: int) -> TallyLine | None:
        """The line of this number."""
        return next((line for line in self.lines if line.number == number), None)

    def line_of(self, product_id: int) -> TallyLine | None:
        """The line of this product."""
        return next((line for line in self.lines if line.product_id == product_id), None)

    def numbers(self, line: TallyLine) -> list[tuple[Note, int]]:
        """The numbers that were counted of a line, and how much under each."""
        numbers: dict[Note, int] = {}
        for each in self.noted:
            if each.line == line.number and each.note != NOTHING_NOTED:
                numbers[each.note] = numbers.get(each.note, 0) + each.milli
        return list(numbers.items())

    def flag(self, line: TallyLine) -> TallyFlag | None:
        """What is odd about one of its lines."""
        if line.is_astray:
            return TallyFlag.ASTRAY
        if self.kind is TallyKind.COUNT:
            return TallyFlag.MOVED if line.is_moved else None
        if not self.is_announced or line.counted_milli is None:
            return None
        if line.expected_milli is None:
            return TallyFlag.UNEXPECTED
        is_surplus = line.counted_milli > line.expected_milli
        return TallyFlag.SURPLUS if is_surplus else None


class Posting(msgspec.Struct, frozen=True):
    """What a line moves; signed for a shelf."""

    line: int
    product_id: int
    quantity_milli: int
    unit_cost_e4: int | None = None


def postings(tally: Tally) -> tuple[Posting, ...]:
    """What the tally moves, line by line; always the same of the same tally."""
    if tally.kind is TallyKind.COUNT:
        return tuple(
            Posting(line.number, line.product_id, difference)
            for line in tally.lines
            if (difference := line.shelf_difference_milli)
        )
    return tuple(
        Posting(line.number, line.product_id, line.counted_milli, line.unit_cost_e4)
        for line in tally.lines
        if line.counted_milli
    )


class Differences(msgspec.Struct, frozen=True):
    """How many lines are not as they should be."""

    missing: int = 0
    surplus: int = 0
    unexpected: int = 0
    astray: int = 0

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        return bool(self.missing or self.surplus or self.unexpected or self.astray)


def differences(tally: Tally) -> Differences:
    """What the office should look at; nothing where nobody said what would come."""
    if tally.kind is TallyKind.COUNT:
        gaps = [line.shelf_difference_milli for line in tally.lines]
        return Differences(
            missing=sum(gap < 0 for gap in gaps),
            surplus=sum(gap > 0 for gap in gaps),
            astray=sum(line.is_astray and bool(line.counted_milli) for line in tally.lines),
        )
    if not tally.is_announced:
        return Differences()
    expected = [(line.expected_milli, line.counted_milli or 0) for line in tally.lines]
    return Differences(
        missing=sum(due is not None and counted < due for due, counted in expected),
        surplus=sum(due is not None and counted > due for due, counted in expected),
        unexpected=sum(due is None and counted > 0 for due, counted in expected),
    )
