"""Telling a shop how far an order is: milestones, each told once, and a person's word wins."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial

from msgspec.structs import replace

from magazie.actors.outbox_messages import (
    Outcome,
    StatusEnded,
    StatusExplanation,
    StatusWrite,
)
from magazie.model.backoff import park_delay_ms
from magazie.model.shop_statuses import StatusBook
from magazie.ports import Clock
from magazie.storage import feeds
from magazie.storage import outbox_statuses as rows
from magazie.storage.alerts import clear_alert, raise_alert
from magazie.storage.outbox_statuses import StatusRow
from magazie.storage.settings_rows import ShopSettings
from magazie.storage.storage import Storage

NOTED_AT_ONCE = 100
"""Orders whose milestones are noted in one unit."""
LANDS_WITHIN_MS = 10 * 60 * 1000
"""A write whose outcome was never known may reach the shop until so long after."""
LOOK_AFTER_MS = LANDS_WITHIN_MS + 60 * 1000
"""What was told while an older write might still land is looked at once, so much later."""
_PICKED = frozenset({"picked", "part_picked"})
_UP_TO_PICKED = frozenset({"taken", *_PICKED})


class StatusTelling:
    """The outbox's share of order statuses."""

    def __init__(
        self, shop: str, storage: Storage, clock: Clock, settings: Callable[[], ShopSettings]
    ) -> None:
        """Belongs to the one outbox of ``shop``."""
        self._shop = shop
        self._storage = storage
        self._clock = clock
        self._settings = settings
        self.news_lost = False
        """Whether what an earlier activation was told of may have failed with it."""

    async def note_due(self, order_ids: Sequence[int]) -> None:
        """Write down what is now due of these orders."""
        shop, now_ms = self._shop, self._clock.now_ms()

        def unit(connection: sqlite3.Connection, orders: Sequence[int]) -> None:
            for order_id in orders:
                rows.note_due(connection, shop, now_ms, order_id)

        for start in range(0, len(order_ids), NOTED_AT_ONCE):
            chunk = order_ids[start : start + NOTED_AT_ONCE]
            await self._storage.write(partial(unit, orders=chunk))

    async def note_missed(self) -> None:
        """Write down what is due of recent orders whose news never came."""
        shop, now_ms = self._shop, self._clock.now_ms()
        await self.note_due(await self._storage.read(lambda c: rows.missed(c, shop, now_ms)))
        self.news_lost = False

    async def next(self, read_no: int) -> StatusWrite | None:
        """The oldest milestone that may be told now, stored as in doubt; None if there is none.

        On the way, milestones that a person overtook in the shop, or that are told already,
        are put to rest.
        """
        if self.news_lost:
            await self.note_missed()
        shop, now_ms = self._shop, self._clock.now_ms()
        settings = self._settings()
        due, statuses = await self._storage.read(
            lambda c: (
                [*rows.open_statuses(c, shop), *rows.looks_due(c, shop, now_ms)],
                feeds.load_statuses(c, shop),
            )
        )
        book = StatusBook(statuses, settings.status_map)
        if book.is_empty:
            return None
        for row in due:
            noted = await self._noted(row.order_id)
            rested = _at_rest(row, book, noted)
            if rested is not None:
                # a write in doubt may land all the same
                lands_ms = now_ms + LANDS_WITHIN_MS if row.state == "doubt" else None
                await self._save(replace(rested, due_ms=lands_ms), now_ms)
                continue
            if row.due_ms is not None and row.due_ms > now_ms:
                continue
            status_id = book.id_for(row.subject)
            if status_id is None:
                continue
            must_look = row.state != "due"
            base = row.base_status_id if must_look else row.shop_status_id
            doubtful = replace(
                row,
                state="doubt",
                status_id=status_id,
                base_status_id=base,
                written_read=read_no,
                # since when it is looked at: whoever is killed meanwhile looks again at once
                due_ms=now_ms if must_look else None,
            )
            await self._save(doubtful, now_ms)
            return StatusWrite(
                order_id=row.order_id,
                subject=row.subject,
                external_id=row.external_id,
                number=row.number,
                status_id=status_id,
                from_status_ids=frozenset({base, *_written(noted)}) - {status_id},
                must_look=must_look,
            )
        return None

    async def _noted(self, order_id: int) -> list[StatusRow]:
        """Every milestone of one order."""
        return await self._storage.read(lambda c: rows.of_order(c, self._shop, order_id))

    async def ended(self, message: StatusEnded) -> None:
        """Take over what became of a write."""
        now_ms = self._clock.now_ms()
        noted = await self._noted(message.order_id)
        row = next((row for row in noted if row.subject == message.subject), None)
        if row is None or row.state != "doubt":
            return
        match message.outcome:
            case Outcome.ANSWERED if message.seen_status_id in {None, row.status_id}:
                is_seen = message.seen_status_id is not None
                told = replace(row, written_read=message.read_no)
                may_be_undone = not is_seen and _may_land(noted, row, now_ms)
                await self._save(_told(told, now_ms, may_be_undone=may_be_undone), now_ms)
            case Outcome.ANSWERED:
                reason = "moved by a person in the shop"
                overruled = replace(row, state="overruled", reason=reason, due_ms=_lands_ms(row))
                await self._save(overruled, now_ms)
            case Outcome.REFUSED:
                state = _before(row, message)
                refused = self._delayed(row, state, message.reason, now_ms)
                await self._save(refused, now_ms, is_refused=True)
            case Outcome.NOT_APPLIED | Outcome.UNAUTHORIZED:
                state = _before(row, message)
                before = replace(row, state=state, due_ms=None, reason=message.reason)
                await self._save(before, now_ms)
            case Outcome.UNKNOWN:
                await self._save(self._delayed(row, "doubt", message.reason, now_ms), now_ms)

    async def explain(self, order_id: int) -> tuple[StatusExplanation, ...]:
        """What was or is to be told of one order."""
        noted = await self._noted(order_id)
        settings = self._settings()
        return tuple(
            StatusExplanation(
                subject=row.subject,
                status=settings.status_map.get(row.subject, ""),
                state=row.state,
                reason=row.reason,
                since_ms=row.since_ms,
                next_try_ms=row.next_try_ms,
            )
            for row in noted
        )

    def _delayed(self, row: StatusRow, state: str, reason: str, now_ms: int) -> StatusRow:
        return replace(
            row,
            state=state,
            reason=reason,
            attempts=row.attempts + 1,
            due_ms=now_ms + park_delay_ms(row.attempts),
        )

    async def _save(self, row: StatusRow, now_ms: int, *, is_refused: bool = False) -> None:
        shop, subject = self._shop, f"{self._shop}/order:{row.order_id}"

        def unit(connection: sqlite3.Connection) -> None:
            rows.save(connection, shop, row)
            if is_refused:
                facts = {"number": row.number, "reason": row.reason}
                raise_alert(connection, "status_refused", subject, facts, now_ms)
            elif row.state in {"done", "overruled", "unmapped"}:
                clear_alert(connection, "status_refused", subject, now_ms)

        await self._storage.write(unit)


def _before(row: StatusRow, message: StatusEnded) -> str:
    """The state of a row whose write surely did not happen: an earlier one in doubt stays so.

    It may land yet, so what the shop shows is looked at first, and again after what is told next.
    """
    was_in_doubt = row.due_ms is not None or not message.was_written
    return "doubt" if was_in_doubt else "due"


def _lands_ms(row: StatusRow) -> int | None:
    """Until when an earlier write of a row that was looked at may land; None if there is none."""
    return row.due_ms + LANDS_WITHIN_MS if row.due_ms is not None else None


def _told(row: StatusRow, now_ms: int, *, may_be_undone: bool) -> StatusRow:
    """The row once the shop took it; looked at once more where an older write may land on it."""
    if not may_be_undone:
        # of one that was looked at once more nothing is in flight
        lands_ms = _lands_ms(row) if row.base_status_id else None
        return replace(row, state="done", due_ms=lands_ms, reason="")
    return replace(
        row,
        state="done",
        base_status_id="",
        due_ms=now_ms + LOOK_AFTER_MS,
        reason="told; an earlier write of ours may land on it",
    )


def _may_land(noted: Iterable[StatusRow], told: StatusRow, now_ms: int) -> bool:
    """Whether a write of another milestone of the order may still reach the shop."""
    return any(
        row.state == "doubt" or (row.due_ms is not None and row.due_ms > now_ms)
        for row in noted
        if row.subject != told.subject and row.state != "due"
    )


def _written(noted: Iterable[StatusRow]) -> list[str]:
    """The statuses that milestones of the order wrote, or may have written."""
    return [row.status_id for row in noted if row.written_read is not None]


def _is_passed(row: StatusRow, noted: Iterable[StatusRow]) -> bool:
    """Whether the shop was told already what comes after this milestone, or may have been."""
    return any(
        other.written_read is not None
        for other in noted
        if other.subject not in {"taken", row.subject}
    )


def _at_rest(row: StatusRow, book: StatusBook, noted: Collection[StatusRow]) -> StatusRow | None:
    """The row as it rests when it need not be told any more; None when it is to be told.

    ``noted`` are all milestones of the order.
    """
    name = book.name_for(row.subject)
    if not name:
        return replace(row, state="unmapped", reason="status_map leaves it out")
    status_id = book.id_for(row.subject)
    if row.subject in {"taken", *_PICKED} and row.fulfilment == "cancelled":
        # in doubt too: whether it landed or not, the cancel is told over it, never it over that
        return replace(row, state="overruled", reason="cancelled before it was told")
    if row.subject == "taken" and _is_passed(row, noted):
        return replace(row, state="overruled", reason="the order was further than taken")
    if row.state != "due":
        return None
    if status_id is not None and row.shop_status_id == status_id:
        return replace(row, state="done", status_id=status_id, reason="")
    if row.subject == "taken":
        if row.shop_status_id != row.taken_status_id:
            return replace(row, state="overruled", reason="moved by a person in the shop")
        if book.is_milestone(row.taken_status_id):
            return replace(row, state="overruled", reason="the order was further than taken")
    if row.subject in _PICKED and row.shop_status_id not in {
        row.taken_status_id,
        *_written(noted),
    }:
        return replace(row, state="overruled", reason="moved by a person in the shop")
    if row.subject in _PICKED and book.is_milestone(row.taken_status_id, but=_UP_TO_PICKED):
        return replace(row, state="overruled", reason="the order was further than picked")
    if row.subject == "cancelled" and book.wants_nothing(row.shop_status_id, row.shop_status):
        return replace(row, state="done", reason="")
    return None
