"""Comparing what a shop shows with what it acknowledged: a 200 is not proof of a change."""

import sqlite3

from magazie.actors.outbox_messages import CompareReadBack, ReadBackSample
from magazie.model.backoff import park_delay_ms
from magazie.ports import Clock
from magazie.storage import outbox_items as rows
from magazie.storage import outbox_marks as marks
from magazie.storage.alerts import clear_alert, raise_alert
from magazie.storage.outbox_items import ReadBackRow
from magazie.storage.storage import Storage

AGAIN_AFTER_MS = 10 * 60 * 1000
"""A suspect that differed is looked at again after this."""
FOREIGN_AFTER = 3
"""Differences in a row after which another program is taken to write the item."""

Key = tuple[str, str]


class ReadBack:
    """The outbox's share of a read-back: which rows count, and what a difference means."""

    def __init__(self, shop: str, storage: Storage, clock: Clock) -> None:
        """Belongs to the one outbox of ``shop``."""
        self._shop = shop
        self._storage = storage
        self._clock = clock

    async def compare(self, message: CompareReadBack) -> int:
        """Note one sample of each item; answers how many acknowledgements are given up.

        Only rows at rest and unchanged since the read began count. A difference counts once
        the same value was seen twice with a complete order read between, since an order not
        read yet explains a single one.
        """
        shop, now_ms = self._shop, self._clock.now_ms()
        samples = {sample.external_id: sample for sample in message.samples}

        def unit(connection: sqlite3.Connection) -> int:
            compared = rows.comparable(connection, shop, samples, message.began_ms)
            noted: list[tuple[str, str, int | None, int | None]] = []
            given_up: list[ReadBackRow] = []
            for row in compared:
                shown = _shown(samples[row.external_id], row.field)
                if shown is None or shown == row.acked_value:
                    noted.append((row.external_id, row.field, None, None))
                elif row.drift_value != shown or row.drift_read is None:
                    noted.append((row.external_id, row.field, shown, message.begun_read))
                elif message.complete_read > row.drift_read:
                    given_up.append(row)
            marks.note_sample(connection, shop, noted, now_ms + AGAIN_AFTER_MS)
            self._give_up(connection, given_up, now_ms)
            linked = rows.linked_among(connection, shop, samples)
            for sample in message.samples:
                is_linked = sample.external_id in linked
                _watch_management(connection, shop, sample, now_ms, is_linked=is_linked)
            return len(given_up)

        return await self._storage.write(unit)

    def _give_up(
        self, connection: sqlite3.Connection, drifted: list[ReadBackRow], now_ms: int
    ) -> None:
        shop = self._shop
        marks.forget_acked(
            connection, shop, [(row.external_id, row.field) for row in drifted], now_ms
        )
        foreign = [row for row in drifted if row.drift + 1 >= FOREIGN_AFTER]
        reason = "another program keeps writing this item in the shop"
        for row in foreign:
            marks.park_whatever_value(
                connection, shop, (row.external_id, row.field), now_ms + park_delay_ms(9), reason
            )
            facts = {
                "case": "overwritten",
                "field": row.field,
                "item": row.external_id,
                "reason": reason,
            }
            raise_alert(connection, "item_parked", f"{shop}/{row.external_id}", facts, now_ms)


def _shown(sample: ReadBackSample, field: str) -> int | None:
    """The sample in the form it was sent in; the price is the list price with VAT."""
    return sample.stock_milli if field == "stock" else sample.base_price_e4


def _watch_management(
    connection: sqlite3.Connection,
    shop: str,
    sample: ReadBackSample,
    now_ms: int,
    *,
    is_linked: bool,
) -> None:
    """A shop that does not count the item's stock, or sells below zero, oversells it.

    What is not linked is told no stock, so it needs nobody.
    """
    subject = f"{shop}/{sample.external_id}"
    if not is_linked or (sample.stock_managed and not sample.backorders):
        clear_alert(connection, "stock_not_managed", subject, now_ms)
        return
    facts = {"case": "backorders" if sample.backorders else "", "item": sample.external_id}
    raise_alert(connection, "stock_not_managed", subject, facts, now_ms)
