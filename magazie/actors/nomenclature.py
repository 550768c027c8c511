"""All products by code and by shop item, in memory."""

import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from magazie.model.bundles import BundlePart, Parts
from magazie.model.codes import keys_of
from magazie.storage import product_index as rows
from magazie.storage.products import Product
from magazie.storage.storage import Storage

_NOWHERE: Final[tuple[str, ...]] = ()
# orders and scans name the same codes again and again
_keys_of: Final = lru_cache(16_384)(keys_of)


class Nomenclature:
    """Finds products without waiting. Loaded once; ProductActors keep it up to date.

    It shows what is committed. One key may find several products: the caller decides what an
    ambiguous code means.
    """

    def __init__(self) -> None:
        """Empty; see ``load``."""
        self._by_key: dict[str, int | tuple[int, ...]] = {}
        # keys under which a product is found by the code of a packaging alone
        self._boxed: dict[str, frozenset[int]] = {}
        self._items: dict[str, dict[str, int]] = {}
        # one tuple for each set of shops, shared by all products that are sold there
        self._shops: dict[int, tuple[str, ...]] = {}
        self._shop_sets: dict[tuple[str, ...], tuple[str, ...]] = {_NOWHERE: _NOWHERE}
        self._bundles: dict[int, Parts] = {}
        self._bundles_with: dict[int, frozenset[int]] = {}

    async def load(self, storage: Storage) -> None:
        """Read everything, once, before anybody looks anything up."""
        await storage.read(self._fill)

    def by_code(self, text: str) -> tuple[int, ...]:
        """The products that this code, EAN or further code may mean, by id."""
        keys = _keys_of(text)
        found = self._by_key.get(keys[-1]) if keys else None
        if found is None:
            return ()
        return (found,) if isinstance(found, int) else found

    def named_by(self, key: str) -> tuple[int, ...]:
        """The products that a key (see ``codes.keys_of``) names as such, by id.

        The code on a packaging of several pieces names no single product.
        """
        found = self._by_key.get(key)
        if found is None:
            return ()
        products = (found,) if isinstance(found, int) else found
        boxed = self._boxed.get(key)
        return products if boxed is None else tuple(it for it in products if it not in boxed)

    def having(self, key: str) -> tuple[int, ...]:
        """The products that a key (see ``codes.keys_of``) finds, on packagings too, by id."""
        found = self._by_key.get(key)
        if found is None:
            return ()
        return (found,) if isinstance(found, int) else found

    def by_link(self, shop: str, external_id: str) -> int | None:
        """The product that a shop's item is tied to, also when the item is gone there."""
        items = self._items.get(shop)
        return items.get(external_id) if items is not None else None

    def links_of(self, product_id: int) -> tuple[str, ...]:
        """The shops with an item tied to the product, by name."""
        return self._shops.get(product_id, _NOWHERE)

    def exists(self, product_id: int) -> bool:
        """Whether there is such a product."""
        return product_id in self._shops

    def parts_of(self, product_id: int) -> Parts | None:
        """What a bundle is made of, empty where that is not known; None: it is no bundle."""
        return self._bundles.get(product_id)

    def bundles_with(self, product_id: int) -> frozenset[int]:
        """The bundles that the product is a part of."""
        return self._bundles_with.get(product_id, frozenset())

    def claimable(self, product_id: int | None) -> int | None:
        """The product, unless it is a bundle of unknown parts, of which nothing can be claimed."""
        return None if product_id is not None and self.parts_of(product_id) == () else product_id

    def __len__(self) -> int:
        return len(self._shops)

    def take(self, before: Product | None, after: Product) -> None:
        """Follow a committed change of a product; ``before`` None means that it is new."""
        known: frozenset[str] = before.keys if before is not None else frozenset()
        wanted = after.keys
        for key in known - wanted:
            self._drop_key(key, after.id)
        for key in wanted - known:
            self._add_key(key, after.id)
        if before is None or before.codes or after.codes:
            self._box(before.boxed_keys if before is not None else (), after.boxed_keys, after.id)
        for link in before.links if before is not None else ():
            items = self._items[link.shop]
            if items.get(link.external_id) == after.id:
                del items[link.external_id]
        for link in after.links:
            self._items.setdefault(link.shop, {})[link.external_id] = after.id
        if (before.bundle if before is not None else None) != after.bundle:
            self._set_bundle(after.id, after.bundle)
        self._shops[after.id] = self._shared(tuple(sorted({link.shop for link in after.links})))

    def _fill(self, connection: sqlite3.Connection) -> None:
        # one int object for each id, wherever it stands: there are a hundred thousand
        own = {product_id: product_id for product_id in rows.product_ids(connection)}
        self._shops = dict.fromkeys(own, _NOWHERE)
        for key, product_id in rows.product_keys(connection):
            if key in self._by_key:
                self._add_key(key, own[product_id])
            else:
                self._by_key[key] = own[product_id]
        for product_id, draft in rows.packaged(connection):
            self._box((), draft.boxed_keys, own[product_id])
        parts: dict[int, list[BundlePart]] = {}
        for bundle_id, part_id, quantity_milli in rows.bundles(connection):
            found = parts.setdefault(bundle_id, [])
            if part_id is not None and quantity_milli is not None:
                found.append(BundlePart(part_id, quantity_milli))
        for bundle_id, its in parts.items():
            self._set_bundle(bundle_id, tuple(its))
        for shop in rows.shop_names(connection):
            items = self._items[shop] = {}
            for external_id, product_id in rows.tied_items(connection, shop):
                items[external_id] = own[product_id]
                shops = self._shops[product_id]
                if shop not in shops:
                    self._shops[product_id] = self._shared((*shops, shop))

    def _set_bundle(self, product_id: int, parts: Parts | None) -> None:
        for part in self._bundles.pop(product_id, None) or ():
            self._bundles_with[part.product_id] -= {product_id}
        if parts is None:
            return
        self._bundles[product_id] = parts
        for part in parts:
            with_part = self.bundles_with(part.product_id)
            self._bundles_with[part.product_id] = with_part | {product_id}

    def _shared(self, shops: tuple[str, ...]) -> tuple[str, ...]:
        return self._shop_sets.setdefault(shops, shops)

    def _add_key(self, key: str, product_id: int) -> None:
        known = self._by_key.get(key)
        if known is None:
            self._by_key[key] = product_id
        else:
            others = (known,) if isinstance(known, int) else known
            self._by_key[key] = tuple(sorted({*others, product_id}))

    def _box(self, before: Iterable[str], after: Iterable[str], product_id: int) -> None:
        for key in before:
            self._boxed[key] -= {product_id}
            if not self._boxed[key]:
                del self._boxed[key]
        for key in after:
            self._boxed[key] = self._boxed.get(key, frozenset()) | {product_id}

    def _drop_key(self, key: str, product_id: int) -> None:
        known = self._by_key.get(key)
        if isinstance(known, tuple):
            rest = tuple(other for other in known if other != product_id)
            self._by_key[key] = rest if len(rest) > 1 else rest[0]
        elif known == product_id:
            del self._by_key[key]
