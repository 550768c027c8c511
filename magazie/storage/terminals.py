"""Statements of the TerminalDesk: terminals that are paired, badges and PINs of pickers."""

import sqlite3

import msgspec


class Terminal(msgspec.Struct, frozen=True):
    """A terminal; ``paired_ms`` None while its pairing code waits."""

    name: str
    created_by: str
    created_ms: int
    paired_ms: int | None
    pairing_until_ms: int | None


class Badge(msgspec.Struct, frozen=True):
    """How a person signs in at a terminal."""

    user: str
    user_created_ms: int
    has_badge: bool
    pin_hash: str | None


_TERMINAL = "name, created_by, created_ms, paired_ms, pairing_until_ms"
_BADGE = "user, user_created_ms, badge_hash IS NOT NULL, pin_hash"


def terminals(connection: sqlite3.Connection) -> list[Terminal]:
    """Every terminal, by name."""
    rows = connection.execute(f"SELECT {_TERMINAL} FROM picking_terminals ORDER BY name").fetchall()
    return [Terminal(*row) for row in rows]


def offer(
    connection: sqlite3.Connection,
    name: str,
    pairing_hash: bytes,
    until_ms: int,
    person: str,
    now_ms: int,
) -> None:
    """Store a pairing code; one paired before keeps working until the code is used."""
    connection.execute(
        "INSERT INTO picking_terminals (name, pairing_hash, pairing_until_ms, created_by,"
        " created_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
        " pairing_hash = excluded.pairing_hash, pairing_until_ms = excluded.pairing_until_ms",
        (name, pairing_hash, until_ms, person, now_ms),
    )


def pair(
    connection: sqlite3.Connection, pairing_hash: bytes, token_hash: bytes, now_ms: int
) -> str | None:
    """Use a pairing code up; answers the terminal's name, None for a code that is not good."""
    row = connection.execute(
        "UPDATE picking_terminals SET pairing_hash = NULL, pairing_until_ms = NULL,"
        " token_hash = ?, paired_ms = ? WHERE pairing_hash = ? AND pairing_until_ms >= ?"
        " RETURNING name",
        (token_hash, now_ms, pairing_hash, now_ms),
    ).fetchone()
    return row[0] if row is not None else None


def terminal_of(connection: sqlite3.Connection, token_hash: bytes) -> str | None:
    """The terminal whose token this is."""
    row = connection.execute(
        "SELECT name FROM picking_terminals WHERE token_hash = ?", (token_hash,)
    ).fetchone()
    return row[0] if row is not None else None


def remove(connection: sqlite3.Connection, name: str) -> bool:
    """Forget a terminal; False when there is none of this name."""
    cursor = connection.execute("DELETE FROM picking_terminals WHERE name = ?", (name,))
    return cursor.rowcount == 1


def badges(connection: sqlite3.Connection) -> list[Badge]:
    """Every person's, by name."""
    rows = connection.execute(f"SELECT {_BADGE} FROM picking_badges ORDER BY user").fetchall()
    return [Badge(row[0], row[1], bool(row[2]), row[3]) for row in rows]


def badge_of(connection: sqlite3.Connection, user: str) -> Badge | None:
    """The person's."""
    row = connection.execute(
        f"SELECT {_BADGE} FROM picking_badges WHERE user = ?", (user,)
    ).fetchone()
    return Badge(row[0], row[1], bool(row[2]), row[3]) if row is not None else None


def badge_with(connection: sqlite3.Connection, badge_hash: bytes) -> Badge | None:
    """Whose badge has this code."""
    row = connection.execute(
        f"SELECT {_BADGE} FROM picking_badges WHERE badge_hash = ?", (badge_hash,)
    ).fetchone()
    return Badge(row[0], row[1], bool(row[2]), row[3]) if row is not None else None


def set_badge(
    connection: sqlite3.Connection, user: str, user_created_ms: int, badge_hash: bytes | None
) -> None:
    """Give a badge in place of an earlier one, or take it away."""
    _forget_namesake(connection, user, user_created_ms)
    connection.execute(
        "INSERT INTO picking_badges (user, user_created_ms, badge_hash) VALUES (?, ?, ?)"
        " ON CONFLICT (user) DO UPDATE SET badge_hash = excluded.badge_hash",
        (user, user_created_ms, badge_hash),
    )


def set_pin(
    connection: sqlite3.Connection, user: str, user_created_ms: int, pin_hash: str | None
) -> None:
    """Set a PIN in place of an earlier one, or take it away."""
    _forget_namesake(connection, user, user_created_ms)
    connection.execute(
        "INSERT INTO picking_badges (user, user_created_ms, pin_hash) VALUES (?, ?, ?)"
        " ON CONFLICT (user) DO UPDATE SET pin_hash = excluded.pin_hash",
        (user, user_created_ms, pin_hash),
    )


def _forget_namesake(connection: sqlite3.Connection, user: str, user_created_ms: int) -> None:
    connection.execute(
        "DELETE FROM picking_badges WHERE user = ? AND user_created_ms <> ?",
        (user, user_created_ms),
    )
