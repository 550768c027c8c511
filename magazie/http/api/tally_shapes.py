"""Receptions and counts as the API shows them."""

from collections.abc import Mapping
from typing import Annotated, Final

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


class ReceptionListed(msgspec.Struct, frozen=True):
    """A reception in the list. ``counted_lines``: so many of its lines are touched."""

    id: IdText
    state: TallyState
    reference: str
    supplier: str
    warehouse: str
    announced: bool
    terminal: str | None
    owner_name: str
    line_count: int
    counted_lines: int
    created_by: str
    created_at: MomentText
    ended_at: MomentText | None
    movement: IdText | None
    version: int


class NumberShown(msgspec.Struct, frozen=True):
    """So much came under a serial or lot number."""

    serial: str
    lot: str
    quantity: QuantityText


class ReceptionLineShown(msgspec.Struct, frozen=True):
    """A product. ``expected`` null: nobody announced it; ``counted`` null: nobody touched it.

    ``noted`` is what was told of it while it was counted.
    """

    line: int
    product: IdText
    code: str
    name: str
    unit: str
    expected: QuantityText | None
    counted: QuantityText | None
    difference: QuantityText | None
    unit_cost: PriceText | None
    flag: TallyFlag | None
    noted: list[NumberShown]


class ReceptionShown(msgspec.Struct, frozen=True):
    """A reception. ``difference`` of a line is what was counted beyond what was announced."""

    id: IdText
    state: TallyState
    reference: str
    supplier: str
    warehouse: str
    announced: bool
    terminal: str | None
    owner_name: str
    lines: list[ReceptionLineShown]
    created_by: str
    created_at: MomentText
    ended_at: MomentText | None
    movement: IdText | None
    version: int


class CountListed(msgspec.Struct, frozen=True):
    """A count in the list."""

    id: IdText
    state: TallyState
    reference: str
    warehouse: str
    location: str
    terminal: str | None
    owner_name: str
    line_count: int
    counted_lines: int
    created_by: str
    created_at: MomentText
    ended_at: MomentText | None
    movement: IdText | None
    version: int


class CountLineShown(msgspec.Struct, frozen=True):
    """A product. ``expected`` and ``difference`` are shown once the count is done."""

    line: int
    product: IdText
    code: str
    name: str
    unit: str
    expected: QuantityText | None
    counted: QuantityText | None
    difference: QuantityText | None
    flag: TallyFlag | None


class CountShown(msgspec.Struct, frozen=True):
    """A count of one place. What is astray was counted, and not adjusted."""

    id: IdText
    state: TallyState
    reference: str
    warehouse: str
    location: str
    terminal: str | None
    owner_name: str
    lines: list[CountLineShown]
    created_by: str
    created_at: MomentText
    ended_at: MomentText | None
    movement: IdText | None
    version: int


_ENDED: Final = frozenset({TallyState.DONE, TallyState.LEFT})
Goods = Mapping[int, PickedGoods]


def list_reception(row: TallyRow) -> ReceptionListed:
    """A reception of the list."""
    return ReceptionListed(
        id=id_text(row.id),
        state=row.state,
        reference=row.reference,
        supplier=row.supplier,
        warehouse=row.warehouse,
        announced=bool(row.is_announced),
        terminal=row.terminal,
        owner_name=_owner(row),
        line_count=row.lines,
        counted_lines=row.touched,
        created_by=row.created_by,
        created_at=moment_text(row.created_ms),
        ended_at=_moment(row.ended_ms),
        movement=_id(row.movement_id),
        version=row.revision,
    )


def show_reception(row: TallyRow, tally: Tally, goods: Goods) -> ReceptionShown:
    """A reception with its lines."""
    return ReceptionShown(
        id=id_text(row.id),
        state=row.state,
        reference=row.reference,
        supplier=row.supplier,
        warehouse=row.warehouse,
        announced=bool(row.is_announced),
        terminal=row.terminal,
        owner_name=_owner(row),
        lines=[_reception_line(tally, line, goods) for line in tally.shown_lines],
        created_by=row.created_by,
        created_at=moment_text(row.created_ms),
        ended_at=_moment(row.ended_ms),
        movement=_id(row.movement_id),
        version=row.revision,
    )


def list_count(row: TallyRow) -> CountListed:
    """A count of the list."""
    return CountListed(
        id=id_text(row.id),
        state=row.state,
        reference=row.reference,
        warehouse=row.warehouse,
        location=row.location,
        terminal=row.terminal,
        owner_name=_owner(row),
        line_count=row.lines,
        counted_lines=row.touched,
        created_by=row.created_by,
        created_at=moment_text(row.created_ms),
        ended_at=_moment(row.ended_ms),
        movement=_id(row.movement_id),
        version=row.revision,
    )


def show_count(row: TallyRow, tally: Tally, goods: Goods) -> CountShown:
    """A count with its lines."""
    return CountShown(
        id=id_text(row.id),
        state=row.state,
        reference=row.reference,
        warehouse=row.warehouse,
        location=row.location,
        terminal=row.terminal,
        owner_name=_owner(row),
        lines=[_count_line(tally, line, goods) for line in tally.shown_lines],
        created_by=row.created_by,
        created_at=moment_text(row.created_ms),
        ended_at=_moment(row.ended_ms),
        movement=_id(row.movement_id),
        version=row.revision,
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


def _reception_line(tally: Tally, line: TallyLine, goods: Goods) -> ReceptionLineShown:
    its = goods.get(line.product_id)
    difference = None
    if tally.is_announced and (line.counted_milli is not None or tally.state in _ENDED):
        difference = (line.counted_milli or 0) - (line.expected_milli or 0)
    cost = line.unit_cost_e4
    return ReceptionLineShown(
        line=line.number,
        product=id_text(line.product_id),
        code=its.code if its is not None else "",
        name=its.name if its is not None else "",
        unit=its.unit if its is not None else "",
        expected=_quantity(line.expected_milli),
        counted=_quantity(line.counted_milli),
        difference=_quantity(difference),
        unit_cost=price_text(E4(cost)) if cost is not None else None,
        flag=tally.flag(line),
        noted=[
            NumberShown(note.serial, note.lot, quantity_text(Milli(milli)))
            for note, milli in tally.numbers(line)
        ],
    )


def _count_line(tally: Tally, line: TallyLine, goods: Goods) -> CountLineShown:
    its = goods.get(line.product_id)
    is_told = tally.state is TallyState.DONE and line.last is not None and not line.is_astray
    return CountLineShown(
        line=line.number,
        product=id_text(line.product_id),
        code=its.code if its is not None else "",
        name=its.name if its is not None else "",
        unit=its.unit if its is not None else "",
        expected=_quantity(line.last.shelf_milli) if is_told and line.last else None,
        counted=_quantity(line.counted_milli),
        difference=_quantity(line.shelf_difference_milli) if is_told else None,
        flag=tally.flag(line),
    )


def _owner(row: TallyRow) -> str:
    """Who works on it, or did to the end; nobody where it waits."""
    return row.who if row.terminal is not None else ""


def _quantity(milli: int | None) -> str | None:
    return quantity_text(Milli(milli)) if milli is not None else None


def _moment(ms: int | None) -> str | None:
    return moment_text(ms) if ms is not None else None


def _id(record_id: int | None) -> str | None:
    return id_text(record_id) if record_id is not None else None
