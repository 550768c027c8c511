"""What terminals are sent of tallies: the shapes of the scanning protocol."""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from magazie.actors.picking_answers import NotedShown, codes_asked, quantity, show_numbers
from magazie.model.ids import encode_id
from magazie.model.tally import Tally, TallyFlag, TallyKind, TallyLine, TallyOutcome, TallyState
from magazie.model.tracking import Tracking
from magazie.storage.reads.picking_goods import PickedGoods


class TallyLineShown(msgspec.Struct, frozen=True):
    """A product. ``expected`` is what was announced; ``counted`` null: nobody touched it.

    ``tracking``, ``codes`` and ``noted`` as of a line to fetch: nothing is asked for at a count.
    """

    line: int
    product: str
    code: str
    name: str
    image: str | None
    location: str
    unit: str
    expected: str | None
    counted: str | None
    flag: TallyFlag | Literal[""]
    tracking: Tracking
    codes: list[str]
    noted: list[NotedShown]


class TallyStateShown(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="tally"):
    """A tally as it stands. ``terminal`` is null where nobody works on it."""

    op: str | UnsetType = UNSET
    tally: str
    kind: TallyKind
    state: TallyState
    reference: str
    supplier: str
    warehouse: str
    location: str
    terminal: str | None
    owner_name: str
    version: int
    lines: list[TallyLineShown]


class UnfinishedLineShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why the tally is not complete."""

    line: int
    why: Literal["missing", "uncounted", "moved", "refused"]
    expected: str | None = None
    counted: str | None = None


class TallyResult(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="result"
):
    """What became of an operation. A line is named where one is meant.

    ``found`` says what an order's or a parcel's number was, where one was scanned for goods.
    """

    op: str
    outcome: TallyOutcome
    tally: str = ""
    line: int | None = None
    counted: str | None = None
    expected: str | None = None
    code: str | None = None
    name: str | None = None
    found: str | None = None
    owner: str | None = None
    owner_name: str | None = None
    lines: list[UnfinishedLineShown] | None = None


class TallyShown(msgspec.Struct, frozen=True):
    """A tally for whoever asked, and the number under which its messages go."""

    tally_id: int
    shown: TallyStateShown


def quantity_or_none(milli: int | None) -> str | None:
    """A quantity as the API writes it."""
    return quantity(milli) if milli is not None else None


def show_tally(tally: Tally, revision: int, goods: Mapping[int, PickedGoods]) -> TallyStateShown:
    """The tally as terminals show it: announced lines first, then as they were found."""
    return TallyStateShown(
        tally=encode_id(tally.id),
        kind=tally.kind,
        state=tally.state,
        reference=tally.reference,
        supplier=tally.supplier,
        warehouse=tally.warehouse,
        location=tally.location,
        terminal=tally.terminal,
        owner_name=tally.who if tally.terminal is not None else "",
        version=revision,
        lines=[_line(tally, line, goods) for line in tally.shown_lines],
    )


def _line(tally: Tally, line: TallyLine, goods: Mapping[int, PickedGoods]) -> TallyLineShown:
    its = goods.get(line.product_id)
    is_asked = its is not None and tally.kind is TallyKind.RECEPTION
    tracking = its.tracking if its is not None and is_asked else Tracking.NONE
    return TallyLineShown(
        line=line.number,
        product=encode_id(line.product_id),
        code=its.code if its is not None else "",
        name=its.name if its is not None else "",
        image=f"/media/{its.image}?size=160" if its is not None and its.image else None,
        location=its.location if its is not None else "",
        unit=its.unit if its is not None else "",
        expected=quantity_or_none(line.expected_milli),
        counted=quantity_or_none(line.counted_milli),
        flag=tally.flag(line) or "",
        tracking=tracking,
        codes=codes_asked(its, tracking),
        noted=show_numbers(tally.numbers(line)),
    )
