"""The alert of an order that has lines without a product."""

import sqlite3

from magazie.model.orders import OrderLine
from magazie.storage.alerts import clear_alert, raise_alert


def tell_parked(
    connection: sqlite3.Connection,
    order_id: int,
    number: str,
    parked: list[OrderLine],
    now_ms: int,
) -> None:
    """One alert an order while any of its lines has no product."""
    subject = f"order:{order_id}"
    if not parked:
        clear_alert(connection, "unlinked_line", subject, now_ms)
        return
    lines = [f"{line.line}: {line.sku or '?'} {line.name}" for line in parked]
    raise_alert(connection, "unlinked_line", subject, {"number": number, "lines": lines}, now_ms)
