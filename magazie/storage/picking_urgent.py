"""Statements of the PickQueue: the orders that the office wants picked first."""

import sqlite3


def mark(connection: sqlite3.Connection, order_id: int, person: str, now_ms: int) -> None:
    """The order is urgent; marked twice it stays who marked it first."""
    connection.execute(
        "INSERT INTO picking_urgent (order_id, by, since_ms) VALUES (?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (order_id, person, now_ms),
    )


def unmark(connection: sqlite3.Connection, order_id: int) -> None:
    """The order is like any other."""
    connection.execute("DELETE FROM picking_urgent WHERE order_id = ?", (order_id,))
