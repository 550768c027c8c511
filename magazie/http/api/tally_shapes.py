"""Receptions and counts as the API shows them."""

from collections.abc import Mapping
from typing import Annotated, Final, TypedDict

import msgspec
from msgspec import Meta

from magazie.http.api.texts import SOMETHING, Short
from magazie.http.fields import (
    IdText,
    MomentText,
    Price,
    PriceText,
    Quantity,
    QuantityText,
    RecordId,
    id_text,
    moment_text,
    price_text,
    quantity_text,
)
from magazie.http.paging import Paging
from magazie.model.decimals import E4, Milli
from magazie.model.tally import Tally, TallyFlag, TallyLine, TallyState
from magazie.model.tally_rules import MOST_LINES
from magazie.storage.reads.picking_goods import PickedGoods
from magazie.storage.reads.tallies import TallyRow

_STATE: Final = "|".join(TallyState)
StatesText = Annotated[
    str,
    Meta(
        pattern=rf"^({_STATE})(,({_STATE}))*$(?!\n)",
        description="States, with commas between",
        examples=["waiting,open"],
    ),
]


class TallyQuery(Paging, forbid_unknown_fields=True, kw_only=True):
    """Which of them."""

    state: StatesText | None = None
    warehouse: Short | None = None


class AnnouncedLineIn(msgspec.Struct, forbid_unknown_fields=True):
    """So much of a product is to come. A product stands on one line only."""

    product: RecordId
    quantity: Quantity
    unit_cost: Price | None = None


class ReceptionIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A delivery that will come. ``warehouse`` may be left out where there is only one."""

    warehouse: Short | None = None
    reference: Annotated[str, Meta(min_length=1, max_length=200, pattern=SOMETHING)]
    supplier: Annotated[str, Meta(max_length=200)] = ""
    lines: Annotated[list[AnnouncedLineIn], Meta(min_length=1, max_length=MOST_LINES)]


class _TallyShown(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of receptions and of counts."""

    id: IdText
    state: TallyState
    reference: str
    warehouse: str
    terminal: str | None
    owner_name: str
    created_by: str
    created_at: MomentText
    ended_at: MomentText | None
    movement: IdText | None
    version: int


class _LineShown(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a product that is received or counted."""

    line: int
    product: IdText
    code: str
    name: str
    unit: str
    expected: QuantityText | None
    counted: QuantityText | None
    difference: QuantityText | None
    flag: TallyFlag | None


class NumberShown(msgspec.Struct, frozen=True):
    """So much came under a serial or lot number."""

    serial: str
    lot: str
    quantity: QuantityText


class ReceptionListed(_TallyShown, frozen=True, kw_only=True):
    """A reception in the list. ``counted_lines``: so many of its lines are touched."""

    supplier: str
    announced: bool
    line_count: int
    counted_lines: int


class ReceptionLineShown(_LineShown, frozen=True, kw_only=True):
    """A product. ``expected`` null: nobody announced it; ``counted`` null: nobody touched it.

    ``noted`` is what was told of it while it was counted.
    """

    unit_cost: PriceText | None
    noted: list[NumberShown]


class ReceptionShown(_TallyShown, frozen=True, kw_only=True):
    """A reception. ``difference`` of a line is what was counted beyond what was announced."""

    supplier: str
    announced: bool
    lines: list[ReceptionLineShown]


class CountListed(_TallyShown, frozen=True, kw_only=True):
    """A count in the list."""

    location: str
    line_count: int
    counted_lines: int


class CountLineShown(_LineShown, frozen=True, kw_only=True):
    """A product. ``expected`` and ``difference`` are shown once the count is done."""


class CountShown(_TallyShown, frozen=True, kw_only=True):
    """A count of one place. What is astray was counted, and not adjusted."""

    location: str
    lines: list[CountLineShown]


_ENDED: Final = frozenset({TallyState.DONE, TallyState.LEFT})
Goods = Mapping[int, PickedGoods]


def list_reception(row: TallyRow) -> ReceptionListed:
    """A reception of the list."""
    return ReceptionListed(
        **_head(row),
        supplier=row.supplier,
        announced=bool(row.is_announced),
        line_count=row.lines,
        counted_lines=row.touched,
    )


def show_reception(row: TallyRow, tally: Tally, goods: Goods) -> ReceptionShown:
    """A reception with its lines."""
    return ReceptionShown(
        **_head(row),
        supplier=row.supplier,
        announced=bool(row.is_announced),
        lines=[_reception_line(tally, line, goods) for line in tally.shown_lines],
    )


def list_count(row: TallyRow) -> CountListed:
    """A count of the list."""
    return CountListed(
        **_head(row), location=row.location, line_count=row.lines, counted_lines=row.touched
    )


def show_count(row: TallyRow, tally: Tally, goods: Goods) -> CountShown:
    """A count with its lines."""
    return CountShown(
        **_head(row),
        location=row.location,
        lines=[_count_line(tally, line, goods) for line in tally.shown_lines],
    )


def announced_row(tally: Tally, created_by: str, now_ms: int) -> TallyRow:
    """A reception as it was just announced."""
    return TallyRow(
        id=tally.id,
        kind=tally.kind,
        state=tally.state,
        reference=tally.reference,
        supplier=tally.supplier,
        warehouse=tally.warehouse,
        location="",
        terminal=None,
        who="",
        is_announced=1,
        created_by=created_by,
        created_ms=now_ms,
        ended_ms=None,
        movement_id=None,
        revision=1,
        lines=len(tally.lines),
        touched=0,
    )


class _Head(TypedDict):
    id: str
    state: TallyState
    reference: str
    warehouse: str
    terminal: str | None
    owner_name: str
    created_by: str
    created_at: str
    ended_at: str | None
    movement: str | None
    version: int


def _head(row: TallyRow) -> _Head:
    return {
        "id": id_text(row.id),
        "state": row.state,
        "reference": row.reference,
        "warehouse": row.warehouse,
        "terminal": row.terminal,
        # who works on it, or did to the end; nobody where it waits
        "owner_name": row.who if row.terminal is not None else "",
        "created_by": row.created_by,
        "created_at": moment_text(row.created_ms),
        "ended_at": _moment(row.ended_ms),
        "movement": _id(row.movement_id),
        "version": row.revision,
    }


class _Line(TypedDict):
    line: int
    product: str
    code: str
    name: str
    unit: str
    counted: str | None
    flag: TallyFlag | None


def _line(tally: Tally, line: TallyLine, goods: Goods) -> _Line:
    its = goods.get(line.product_id)
    return {
        "line": line.number,
        "product": id_text(line.product_id),
        "code": its.code if its is not None else "",
        "name": its.name if its is not None else "",
        "unit": its.unit if its is not None else "",
        "counted": _quantity(line.counted_milli),
        "flag": tally.flag(line),
    }


def _reception_line(tally: Tally, line: TallyLine, goods: Goods) -> ReceptionLineShown:
    difference = None
    if tally.is_announced and (line.counted_milli is not None or tally.state in _ENDED):
        difference = (line.counted_milli or 0) - (line.expected_milli or 0)
    cost = line.unit_cost_e4
    return ReceptionLineShown(
        **_line(tally, line, goods),
        expected=_quantity(line.expected_milli),
        difference=_quantity(difference),
        unit_cost=price_text(E4(cost)) if cost is not None else None,
        noted=[
            NumberShown(note.serial, note.lot, quantity_text(Milli(milli)))
            for note, milli in tally.numbers(line)
        ],
    )


def _count_line(tally: Tally, line: TallyLine, goods: Goods) -> CountLineShown:
    is_told = tally.state is TallyState.DONE and line.last is not None and not line.is_astray
    return CountLineShown(
        **_line(tally, line, goods),
        expected=_quantity(line.last.shelf_milli) if is_told and line.last else None,
        difference=_quantity(line.shelf_difference_milli) if is_told else None,
    )


def _moment(ms: int | None) -> str | None:
    return moment_text(ms) if ms is not None else None


def _id(record_id: int | None) -> str | None:
    return id_text(record_id) if record_id is not None else None


def _quantity(milli: int | None) -> str | None:
    return quantity_text(Milli(milli)) if milli is not None else None
