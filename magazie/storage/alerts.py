"""Statements for alerts: raised and cleared by natural key, in the unit of the fact itself."""

import sqlite3
from typing import Final

import msgspec

from magazie.model.alert_texts import Facts, alert_text

LONGEST_REASON: Final = 400
"""Letters of a reason that comes from outside, of which there may be any number."""
SETTLED_BY_A_PERSON: Final = frozenset(
    {"movement_line_refused", "reception_differs", "count_differs"}
)
"""What these speak of lasts: that a person closes one says that it was seen to."""


def raise_alert(
    connection: sqlite3.Connection, kind: str, subject: str, facts: Facts, now_ms: int
) -> None:
    """Say that a person is needed. Raising it again keeps its age and who saw it.

    The words are made of the facts where they are read; the English ones are kept beside them,
    for whoever reads the books. A cleared alert that comes back is new: open since now.
    """
    text, kept = alert_text(kind, facts), msgspec.json.encode(facts).decode()
    connection.execute(
        "INSERT INTO alerts (kind, subject, text, facts, since_ms, state, changed_ms)"
        " VALUES (?1, ?2, ?3, ?5, ?4, 'open', ?4)"
        " ON CONFLICT (kind, subject) DO UPDATE SET"
        " since_ms = CASE state WHEN 'cleared' THEN excluded.since_ms ELSE since_ms END,"
        " seen_by = CASE state WHEN 'cleared' THEN NULL ELSE seen_by END,"
        " state = CASE state WHEN 'cleared' THEN 'open' ELSE state END,"
        " text = excluded.text, facts = excluded.facts, changed_ms = excluded.changed_ms"
        " WHERE state = 'cleared' OR text <> excluded.text OR facts IS NOT excluded.facts",
        (kind, subject, text, now_ms, kept),
    )


def clear_alert(connection: sqlite3.Connection, kind: str, subject: str, now_ms: int) -> None:
    """Say that the need is gone; nothing happens where none was open."""
    connection.execute(
        "UPDATE alerts SET state = 'cleared', changed_ms = ?3"
        " WHERE kind = ?1 AND subject = ?2 AND state <> 'cleared'",
        (kind, subject, now_ms),
    )


def mark_seen(connection: sqlite3.Connection, alert_id: int, person: str, now_ms: int) -> bool:
    """Note who saw it. It is cleared only by the fact it speaks of. False: no such alert.

    An alert whose fact nothing can undo is cleared by whoever closes it.
    """
    row = connection.execute("SELECT kind, state FROM alerts WHERE id = ?", (alert_id,)).fetchone()
    if row is None:
        return False
    kind, state = row
    after = "cleared" if kind in SETTLED_BY_A_PERSON else "seen"
    if state not in {after, "cleared"}:
        connection.execute(
            "UPDATE alerts SET state = ?, seen_by = ?, changed_ms = ? WHERE id = ?",
            (after, person, now_ms, alert_id),
        )
    return True
