"""Things that need a person."""

import enum
import sqlite3

import msgspec

from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch, maker


class AlertState(enum.StrEnum):
    """Open until a person saw it or the fact itself went away."""

    OPEN = "open"
    SEEN = "seen"
    CLEARED = "cleared"


class AlertRecord(msgspec.Struct, frozen=True):
    """One alert; its natural key is (kind, subject)."""

    id: int
    kind: str
    subject: str
    text: str
    since_ms: int
    state: AlertState
    seen_by: str | None
    changed_ms: int
    facts: str | None
    """What the words are made of, JSON; None for one that an earlier version raised."""


class AlertFilter(msgspec.Struct, frozen=True):
    """Which alerts; without a state, all that are not cleared."""

    state: AlertState | None = None
    kind: str | None = None
    subject: str | None = None


FIELDS = {"id": "a.id", "since": "a.since_ms", "changed_at": "a.changed_ms"}
_SOURCE = Source(
    "a.id, a.kind, a.subject, a.text, a.since_ms, a.state, a.seen_by, a.changed_ms, a.facts",
    "alerts AS a",
    FIELDS,
    unique=("id",),
)
_MAKE = maker(AlertRecord)


def find_alerts(
    connection: sqlite3.Connection, wanted: AlertFilter, page: PageRequest
) -> Page[AlertRecord]:
    """One page of alerts."""
    conditions = Conditions()
    if wanted.state is None:
        conditions.add("a.state <> 'cleared'")
    conditions.equal("a.state", wanted.state)
    conditions.equal("a.kind", wanted.kind)
    conditions.equal("a.subject", wanted.subject)
    return fetch(connection, _SOURCE, conditions, page, make=_MAKE)


def read_alert(connection: sqlite3.Connection, alert_id: int) -> AlertRecord | None:
    """The alert with this id."""
    row = connection.execute(
        f"SELECT {_SOURCE.columns} FROM alerts AS a WHERE a.id = ?", (alert_id,)
    ).fetchone()
    return _MAKE(*row) if row is not None else None
