"""Picking as the API shows it."""

import json
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from magazie.http.api.texts import Short
from magazie.http.fields import (
    IdText,
    MomentText,
    QuantityText,
    RecordId,
    id_text,
    moment_text,
    quantity_text,
)
from magazie.http.paging import Paging, ShortPaging
from magazie.http.picking_words import PickingMessage
from magazie.model.decimals import Milli
from magazie.model.noted_goods import NotedGoods
from magazie.model.picking import PickingMode, SessionState
from magazie.model.picking_queue import (
    MOST_CUTOFFS,
    PickingSettings,
    QueuedOrder,
)
from magazie.storage.reads.figures import DayOfPerson
from magazie.storage.reads.picking import SessionRow

_TAG = "picking"
_MOST_DAYS: Final = 92

Day = Annotated[
    str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", description="A Romanian day", examples=["2026-11-25"])
]


class QueueQuery(ShortPaging, forbid_unknown_fields=True, kw_only=True):
    """Orders of one warehouse, or of all."""

    warehouse: Short | None = None


class QueuedShown(msgspec.Struct, frozen=True):
    """An order that is ready; ``leaves_at`` is when its parcel must be.

    ``rest`` says that it was picked in part, and what was missing waits.
    """

    order: IdText
    number: str
    source: str
    warehouse: str
    placed_at: MomentText
    delivery: str
    leaves_at: MomentText | None
    urgent: bool
    rest: bool
    lines: int
    pieces: QuantityText


class UrgentIn(msgspec.Struct, forbid_unknown_fields=True):
    """Whether it goes before all others."""

    urgent: bool


class SessionQuery(Paging, forbid_unknown_fields=True, kw_only=True):
    """Which sessions."""

    state: SessionState | None = None
    terminal: Short | None = None
    picker: Short | None = None
    order: RecordId | None = None


class SessionListed(msgspec.Struct, frozen=True):
    """A session in the list; its lines are read one by one."""

    id: IdText
    mode: PickingMode
    state: SessionState
    terminal: str
    picker: str
    orders: list[IdText]
    opened_at: MomentText
    ended_at: MomentText | None
    version: int


class NotedGoodsShown(msgspec.Struct, frozen=True):
    """So much of a product, for a line of the order, under this serial or lot number."""

    line: int
    product: IdText
    serial: str
    lot: str
    quantity: QuantityText


class OrderNotesShown(msgspec.Struct, frozen=True):
    """What pickers noted of the goods in hand for an order, by line."""

    order: IdText
    goods: list[NotedGoodsShown]


class LeftShown(msgspec.Struct, frozen=True):
    """Whether the session is ended: with goods in hand it is not."""

    left: bool


class FiguresQuery(msgspec.Struct, forbid_unknown_fields=True):
    """From one day to another, both included; today where nothing is said."""

    day_from: Day | None = None
    day_to: Day | None = None


class DayFigures(msgspec.Struct, frozen=True):
    """What one person did on one day. ``picks`` are scans that counted, ``pieces`` were picked.

    ``received`` and ``counted`` are pieces of deliveries and on shelves, without what was taken
    back.
    """

    day: str
    picker: str
    picks: int
    pieces: QuantityText
    errors_caught: int
    undone: int
    orders: int
    seconds_per_order: int | None
    received: QuantityText
    counted: QuantityText


class FiguresShown(msgspec.Struct, frozen=True):
    """By day, then by person."""

    days: list[DayFigures]


class MessagesShown(msgspec.Struct, frozen=True):
    """Everything a terminal says, in both languages."""

    messages: list[PickingMessage]


class CutoffIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """When the parcels of a way of delivery, named as on orders, must be ready each day."""

    delivery: Annotated[str, Meta(min_length=1, max_length=100)]
    time: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["16:30"])]


class PickingSettingsShown(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How people pick. ``quantity_entry``: a scan may be given a quantity.

    ``terminals_paired_only``: only paired terminals may scan; those connected go on until they
    connect again.
    """

    quantity_entry: bool = True
    cutoffs: Annotated[list[CutoffIn], Meta(max_length=MOST_CUTOFFS)] = []
    terminals_paired_only: bool = False


def show_queued(queued: QueuedOrder) -> QueuedShown:
    """An order of the queue."""
    order = queued.order
    return QueuedShown(
        order=id_text(order.order_id),
        number=order.number,
        source=order.source,
        warehouse=order.warehouse,
        placed_at=moment_text(order.placed_at_ms),
        delivery=order.delivery,
        leaves_at=moment_text(queued.leaves_ms) if queued.leaves_ms is not None else None,
        urgent=order.is_urgent,
        rest=order.is_rest,
        lines=order.lines,
        pieces=quantity_text(Milli(order.pieces_milli)),
    )


def show_session(row: SessionRow) -> SessionListed:
    """A session of the list."""
    return SessionListed(
        id=id_text(row.id),
        mode=row.mode,
        state=row.state,
        terminal=row.terminal,
        picker=row.who,
        orders=[id_text(order_id) for order_id in json.loads(row.orders)],
        opened_at=moment_text(row.opened_ms),
        ended_at=moment_text(row.ended_ms) if row.ended_ms is not None else None,
        version=row.revision,
    )


def show_notes(order_id: int, goods: list[NotedGoods]) -> OrderNotesShown:
    """What was noted for an order."""
    shown = [
        NotedGoodsShown(
            it.line,
            id_text(it.product_id),
            it.note.serial,
            it.note.lot,
            quantity_text(Milli(it.milli)),
        )
        for it in goods
    ]
    return OrderNotesShown(id_text(order_id), shown)


def show_figures(row: DayOfPerson) -> DayFigures:
    """A person's day."""
    return DayFigures(
        day=row.day.isoformat(),
        picker=row.who,
        picks=row.picks,
        pieces=quantity_text(Milli(row.pieces_milli)),
        errors_caught=row.errors_caught,
        undone=row.undone,
        orders=row.orders,
        seconds_per_order=row.busy_ms // (1000 * row.orders) if row.orders else None,
        received=quantity_text(Milli(max(0, row.received_milli))),
        counted=quantity_text(Milli(max(0, row.counted_milli))),
    )


def show_settings(picking: PickingSettings) -> PickingSettingsShown:
    """How people pick."""
    cutoffs = [CutoffIn(it.delivery, it.time) for it in picking.cutoffs]
    return PickingSettingsShown(picking.quantity_entry, cutoffs, picking.terminals_paired_only)
