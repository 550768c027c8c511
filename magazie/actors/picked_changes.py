"""The alert of an order that was picked and is wanted otherwise since."""

import sqlite3
from collections.abc import Mapping

from magazie.model.alert_texts import CASE, Fact
from magazie.model.decimals import Milli, format_milli
from magazie.model.picked_orders import Amiss, Judging, amiss, judging_of, ordered_before
from magazie.storage.alerts import clear_alert, raise_alert
from magazie.storage.order_edits import edits_since_picked
from magazie.storage.orders import Order


def tell_picked(connection: sqlite3.Connection, before: Order, after: Order, now_ms: int) -> None:
    """Raise or clear it in the unit of the change, whose events are stored already."""
    judging = judging_of(before.fulfilment, before.lines, after.fulfilment, after.lines)
    if judging is Judging.LEAVE:
        return
    subject = f"order:{after.id}"
    found = _found(connection, after) if judging is Judging.JUDGE else None
    if found is None or found.is_nothing:
        clear_alert(connection, "picked_order_changed", subject, now_ms)
    else:
        facts = facts_of(after, found)
        raise_alert(connection, "picked_order_changed", subject, facts, now_ms)


def _found(connection: sqlite3.Connection, order: Order) -> Amiss:
    picked_of = ordered_before(edits_since_picked(connection, order.id))
    return amiss(order.lines, picked_of, cancelled=order.is_cancelled)


def facts_of(order: Order, found: Amiss) -> dict[str, Fact]:
    """What the alert says of the order."""
    facts: dict[str, Fact] = {"number": order.number}
    if order.is_cancelled:
        facts[CASE] = "cancelled"
    elif not found.fetch:
        facts[CASE] = "put_back"
    elif not found.put_back:
        facts[CASE] = "fetch"
    if found.put_back:
        facts["put_back"] = _goods(order, found.put_back)
    if found.fetch:
        facts["fetch"] = _goods(order, found.fetch)
    return facts


def _goods(order: Order, amounts: Mapping[int, int]) -> list[str]:
    return [
        f"{format_milli(Milli(amounts[line.line]))} x {line.sku or '?'} {line.name}"
        for line in order.lines
        if line.line in amounts
    ]
