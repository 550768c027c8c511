"""Looking for a text as people type it: small letters, no diacritics, anywhere in the text."""

import sqlite3

from magazie.model.romanian_letters import fold


def define_folded(connection: sqlite3.Connection) -> None:
    """Give the connection ``folded(text)``: the text as searches compare it."""
    connection.create_function("folded", 1, fold_value, deterministic=True)


def fold_value(value: object) -> str:
    """Fold a column's text; anything else is an empty text."""
    return fold(value) if isinstance(value, str) else ""
