"""Statements of the ProductActor: values that a person's own bulk action gave items of shops.

A consent is to one value of one field of an item, under the generation of that moment. It is used
up by the first acknowledgement of anything sent after it (``outbox_items.acked_consent``): then
the same value is one as any other.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator

from magazie.storage.outbox_items import truth_of
from magazie.storage.products import LinkState, Product, SyncSwitches


def note_consents(connection: sqlite3.Connection, before: Product, after: Product) -> None:
    """Note what a change means for each item, in the unit of the change and behind it.

    Prices that changed, in the shops that have them from there; and what a shop is told again.
    """
    shops = {link.shop for link in after.links if link.state is LinkState.LINKED}
    for shop, field in sorted(_told_again(before, after, shops)):
        _note(connection, after.id, shop, field)
    changed = [at for at, price in after.prices.items() if before.prices.get(at) != price]
    if changed:
        for shop in sorted(shops):
            _note(connection, after.id, shop, "price", changed)


def _told_again(before: Product, after: Product, shops: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(shop, field) that is switched on."""
    for shop in shops:
        was = before.sync.get(shop, SyncSwitches())
        now = after.sync.get(shop, SyncSwitches())
        if now.stock and not was.stock:
            yield shop, "stock"
        if now.price and not was.price:
            yield shop, "price"


def _note(
    connection: sqlite3.Connection,
    product_id: int,
    shop: str,
    field: str,
    warehouses: list[str] | None = None,
) -> None:
    """Note the value as it now stands for the items of the product, if the shop is told one.

    ``warehouses``: only if the shop has it from one of these.
    """
    connection.execute(
        "INSERT INTO send_consents (shop, external_id, field, number, value, generation)"
        " SELECT :shop, t.external_id, :field, 1, t.value, t.generation"
        f" FROM ({truth_of(field)} AND l.product_id = :product) AS t WHERE t.value IS NOT NULL"
        " AND (:warehouses IS NULL OR t.warehouse IN (SELECT value FROM json_each(:warehouses)))"
        " ON CONFLICT DO UPDATE SET number = number + 1, value = excluded.value,"
        " generation = excluded.generation",
        {
            "shop": shop,
            "field": field,
            "product": product_id,
            "warehouses": json.dumps(warehouses) if warehouses is not None else None,
        },
    )
