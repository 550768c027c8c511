"""Statements of the GomagOutbox that write down how sending stock and prices stands."""

import sqlite3
from collections.abc import Iterable, Sequence

from magazie.storage.outbox_items import ItemRow


def note_waiting(
    connection: sqlite3.Connection, shop: str, waiting: Iterable[tuple[str, str, int, bool]]
) -> None:
    """(external id, field, pending since, held): pending, and not in the next request."""
    connection.executemany(
        "INSERT INTO outbox_items (shop, external_id, field, pending_since_ms, held)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " pending_since_ms = ifnull(pending_since_ms, excluded.pending_since_ms),"
        " held = excluded.held"
        " WHERE pending_since_ms IS NULL OR held <> excluded.held",
        [(shop, *row) for row in waiting],
    )


def note_settled(
    connection: sqlite3.Connection, shop: str, keys: Iterable[tuple[str, str]]
) -> None:
    """Nothing is pending for these any more: the truth came back to what the shop has."""
    connection.executemany(
        "UPDATE outbox_items SET pending_since_ms = NULL, due_ms = NULL, attempts = 0,"
        " reason = '', held = 0, alone = 0 WHERE shop = ? AND external_id = ? AND field = ?"
        " AND doubt = 0",
        [(shop, *key) for key in keys],
    )


def note_untold(
    connection: sqlite3.Connection,
    shop: str,
    keys: Sequence[tuple[str, str]],
    landed_ms: int,
) -> None:
    """Nothing is to be told of these: whatever the shop has is unknown from now on.

    Telling them again raises the generation, so nothing that is forgotten here is missed. One in
    doubt is kept until what was sent of it has landed if ever, as all that was by ``landed_ms``:
    it would land on what is told next.
    """
    connection.executemany(
        "DELETE FROM outbox_items WHERE shop = ? AND external_id = ? AND field = ?"
        " AND (doubt = 0 OR ifnull(sent_ms, 0) < ?)",
        [(shop, *key, landed_ms) for key in keys],
    )
    connection.executemany(
        "UPDATE outbox_items SET pending_since_ms = NULL, due_ms = NULL, attempts = 0,"
        " reason = '', held = 0, alone = 0 WHERE shop = ? AND external_id = ? AND field = ?",
        [(shop, *key) for key in keys],
    )


def note_unparked(
    connection: sqlite3.Connection, shop: str, keys: Iterable[tuple[str, str]]
) -> None:
    """These wait for something else now: another value of theirs was refused."""
    connection.executemany(
        "UPDATE outbox_items SET due_ms = NULL"
        " WHERE shop = ? AND external_id = ? AND field = ? AND due_ms IS NOT NULL",
        [(shop, *key) for key in keys],
    )


def is_anything_parked(connection: sqlite3.Connection, shop: str, external_id: str) -> bool:
    """Whether a field of the item waits after a refusal."""
    found = connection.execute(
        "SELECT 1 FROM outbox_items WHERE shop = ? AND external_id = ? AND due_ms IS NOT NULL",
        (shop, external_id),
    ).fetchone()
    return found is not None


def mark_sent(
    connection: sqlite3.Connection,
    shop: str,
    sends: Iterable[tuple[str, str, int, int, int, int, int]],
    now_ms: int,
) -> None:
    """(external id, field, value, generation, read, pending since, consent): in doubt now."""
    connection.executemany(
        "INSERT INTO outbox_items (shop, external_id, field, sent_value, sent_generation,"
        " sent_read, pending_since_ms, sent_consent, sent_ms, doubt)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1)"
        " ON CONFLICT DO UPDATE SET sent_value = excluded.sent_value,"
        " sent_consent = excluded.sent_consent, sent_generation = excluded.sent_generation,"
        " sent_read = excluded.sent_read, sent_ms = excluded.sent_ms, doubt = 1, held = 0,"
        " due_ms = NULL,"
        " pending_since_ms = ifnull(pending_since_ms, excluded.pending_since_ms)",
        [(shop, *row, now_ms) for row in sends],
    )


def mark_acked(
    connection: sqlite3.Connection,
    shop: str,
    acks: Iterable[tuple[str, str, int | None]],
    now_ms: int,
) -> None:
    """(external id, field, read back at): the shop said yes to what was sent last.

    What was sent on too old a read stays pending: the shop's yes does not tell what it has.
    """
    connection.executemany(
        "UPDATE outbox_items SET acked_value = sent_value, acked_generation = sent_generation,"
        " acked_read = sent_read, acked_consent = sent_consent, acked_ms = ?5, doubt = 0,"
        " suspect_ms = ?4,"
        " pending_since_ms = CASE WHEN sent_read < 0 THEN pending_since_ms END,"
        " attempts = 0, due_ms = NULL, reason = '',"
        " parked_value = NULL, parked_generation = NULL, alone = 0, consent_value = NULL"
        " WHERE shop = ?1 AND external_id = ?2 AND field = ?3",
        [(shop, *row, now_ms) for row in acks],
    )


def mark_not_applied(
    connection: sqlite3.Connection, shop: str, rows: Iterable[tuple[str, str, bool, int | None]]
) -> None:
    """(external id, field, doubt, sent at), as before this send: surely nothing happened."""
    connection.executemany(
        "UPDATE outbox_items SET doubt = ?4, sent_ms = ?5"
        " WHERE shop = ?1 AND external_id = ?2 AND field = ?3",
        [(shop, *row) for row in rows],
    )


def park(
    connection: sqlite3.Connection,
    shop: str,
    parked: Iterable[tuple[str, str, int, str, int | None, int]],
) -> None:
    """(external id, field, due, reason, value, generation): not again before it is due."""
    connection.executemany(
        "INSERT INTO outbox_items (shop, external_id, field, due_ms, reason, parked_value,"
        " parked_generation, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, 1)"
        " ON CONFLICT DO UPDATE SET due_ms = excluded.due_ms, reason = excluded.reason,"
        " parked_value = excluded.parked_value, parked_generation = excluded.parked_generation,"
        " attempts = attempts + 1, alone = 0",
        [(shop, *row) for row in parked],
    )


def park_whatever_value(
    connection: sqlite3.Connection, shop: str, key: tuple[str, str], due_ms: int, reason: str
) -> None:
    """Rest an item that somebody else writes, until a value of ours changes or it is due."""
    connection.execute(
        "UPDATE outbox_items SET due_ms = ?, reason = ?, parked_value = sent_value,"
        " parked_generation = sent_generation WHERE shop = ? AND external_id = ? AND field = ?",
        (due_ms, reason, shop, *key),
    )


def send_alone(
    connection: sqlite3.Connection, shop: str, keys: Iterable[tuple[str, str]], reason: str
) -> None:
    """The item was refused with several fields: each goes by itself next."""
    connection.executemany(
        "UPDATE outbox_items SET alone = 1, reason = ?"
        " WHERE shop = ? AND external_id = ? AND field = ?",
        [(reason, shop, *key) for key in keys],
    )


def unpark(connection: sqlite3.Connection, shop: str, external_id: str) -> bool:
    """Try the item again at the next send. False: nothing of it is parked."""
    cursor = connection.execute(
        "UPDATE outbox_items SET due_ms = NULL, attempts = 0, drift = 0,"
        " pending_since_ms = ifnull(pending_since_ms, sent_ms)"
        " WHERE shop = ? AND external_id = ? AND due_ms IS NOT NULL",
        (shop, external_id),
    )
    return cursor.rowcount > 0


def consent(connection: sqlite3.Connection, shop: str, rows: Iterable[ItemRow]) -> None:
    """A person lets these held values go."""
    connection.executemany(
        "UPDATE outbox_items SET held = 0, consent_value = ?"
        " WHERE shop = ? AND external_id = ? AND field = ?",
        [(row.value, shop, *row.key) for row in rows],
    )


def forget_acked(
    connection: sqlite3.Connection, shop: str, keys: Iterable[tuple[str, str]], now_ms: int
) -> None:
    """The shop no longer has what it acknowledged: A is unknown, the item is pending."""
    connection.executemany(
        "UPDATE outbox_items SET acked_value = NULL, suspect_ms = NULL, drift = drift + 1,"
        " drift_value = NULL, drift_read = NULL,"
        " pending_since_ms = ifnull(pending_since_ms, ?4)"
        " WHERE shop = ?1 AND external_id = ?2 AND field = ?3",
        [(shop, *key, now_ms) for key in keys],
    )


def disbelieve_all(connection: sqlite3.Connection) -> None:
    """Whatever shops acknowledged counts as told after too old a read: it is told once more.

    For books that a backup was put in place of. What is told after them is compared as before with
    what was acknowledged then, so the brake does not take it for a mistake.
    """
    connection.execute("UPDATE outbox_items SET acked_read = -1 WHERE acked_value IS NOT NULL")


def note_sample(
    connection: sqlite3.Connection,
    shop: str,
    samples: Iterable[tuple[str, str, int | None, int | None]],
    again_ms: int,
) -> None:
    """(external id, field, differing value or None, order read): one read-back's result.

    A suspect that did not differ is none any more; one that did is looked at again.
    """
    connection.executemany(
        "UPDATE outbox_items SET drift_value = ?4, drift_read = ?5,"
        " drift = CASE WHEN ?4 IS NULL THEN 0 ELSE drift END,"
        " suspect_ms = CASE WHEN ?4 IS NULL THEN NULL"
        " WHEN suspect_ms IS NULL THEN NULL ELSE ?6 END"
        " WHERE shop = ?1 AND external_id = ?2 AND field = ?3",
        [(shop, *row, again_ms) for row in samples],
    )
