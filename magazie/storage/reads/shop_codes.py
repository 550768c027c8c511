"""Which items of a shop carry a code, as their SKU or as their EAN."""

import sqlite3
from collections.abc import Iterable

from magazie.model.codes import keys_of

MOST_NAMED = 20
"""Items that are named at most: thousands may share a code that says nothing."""


class ShopCodes:
    """The codes of all items that a shop has now. Built at the first question, for one unit.

    An item that a person left out is in nobody's way, unless it is tied.
    """

    def __init__(self, connection: sqlite3.Connection, shop: str) -> None:
        """Nothing is read yet."""
        self._connection = connection
        self._shop = shop
        self._items: dict[str, list[tuple[str, str, str]]] | None = None

    def holders(self, keys: Iterable[str], *, but: Iterable[str] = ()) -> tuple[str, ...]:
        """The items, but for those named, that one of these keys finds; see ``Product.keys``."""
        if self._items is None:
            self._items = self._read()
        wanted, left_out = set(keys), set(but)
        found = {
            external_id
            for key in wanted
            for external_id, sku, ean in self._items.get(_plain(key[2:]), ())
            if external_id not in left_out and wanted & _widest(sku, ean)
        }
        return tuple(sorted(found)[:MOST_NAMED])

    def _read(self) -> dict[str, list[tuple[str, str, str]]]:
        rows = self._connection.execute(
            "SELECT g.external_id, g.sku, g.ean FROM listing AS g WHERE g.shop = ?"
            " AND g.state <> 'gone' AND (g.decision <> 'ignore' OR EXISTS (SELECT 1 FROM links AS k"
            " WHERE k.shop = g.shop AND k.external_id = g.external_id AND k.state = 'linked'))",
            (self._shop,),
        )
        items: dict[str, list[tuple[str, str, str]]] = {}
        for row in rows:
            for text in row[1:]:
                # whole keys of every code would take five times as long
                rough = _plain(text) if text.isascii() and text.isalnum() else _rough(text)
                if rough:
                    items.setdefault(rough, []).append(row)
        return items


def _plain(text: str) -> str:
    """What codes have in common that differ in letter case or in zeros before a GTIN."""
    return text.lower().lstrip("0")


def _rough(text: str) -> str:
    found = keys_of(text)
    return _plain(found[-1][2:]) if found else ""


def _widest(*texts: str) -> set[str]:
    return {found[-1] for text in texts if (found := keys_of(text))}
