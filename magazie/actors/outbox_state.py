"""Where the telling of one shop stands, and letting go what the brake holds."""

import sqlite3
from collections.abc import Mapping

from magazie.actors.outbox_messages import OutboxState
from magazie.storage import outbox_items as rows
from magazie.storage import outbox_marks as marks
from magazie.storage import outbox_statuses as status_rows
from magazie.storage.outbox_statuses import ShopRow

EVER_MS = 2**62


def outbox_state(
    connection: sqlite3.Connection,
    shop: str,
    row: ShopRow,
    dirty: Mapping[int, int],
    now_ms: int,
) -> OutboxState:
    """The shop's outbox in numbers; ``dirty`` holds products to look at, with since when."""
    found = rows.pending_or_open(connection, shop)
    pending = [item for item in found if item.is_pending]
    ages = [item.pending_since_ms or dirty.get(item.product_id, now_ms) for item in pending]
    return OutboxState(
        shop=shop,
        pending=len(pending),
        in_doubt=sum(item.doubt for item in found if item.value is not None),
        parked=sum(item.is_parked(now_ms) for item in pending),
        held=sum(item.held for item in pending),
        suspect=len(rows.suspects_due(connection, shop, EVER_MS)),
        statuses_due=len(status_rows.open_statuses(connection, shop)),
        oldest_pending_ms=min(ages, default=None),
        last_sent_ms=row.last_sent_ms,
        last_request=row.last_request,
        last_answer=row.last_answer,
        stopped=row.stopped,
    )


def release_held(connection: sqlite3.Connection, shop: str, external_ids: frozenset[str]) -> int:
    """A person lets held values go, those of these items or all; answers how many."""
    chosen = [
        item
        for item in rows.pending_or_open(connection, shop)
        if item.held and (not external_ids or item.external_id in external_ids)
    ]
    marks.consent(connection, shop, chosen)
    return len(chosen)
