"""Products as a shop would be told of them: content, what stands against it, the shop's items."""

import json
import sqlite3
from collections.abc import Mapping

import msgspec

from magazie.model.publishing import (
    Content,
    Facts,
    PublishProblem,
    TellingAttribute,
    problems_of,
)
from magazie.model.romanian_letters import fold
from magazie.storage import categories
from magazie.storage.products import LinkState, Product, ProductImage, load
from magazie.storage.publications import load as publications
from magazie.storage.publish_maps import (
    MappedCategory,
    ShopAttributeNames,
    attributes,
)
from magazie.storage.publish_maps import categories as mapped_categories
from magazie.storage.reads.shop_codes import ShopCodes

Path = tuple[str, ...]


class Target(msgspec.Struct, frozen=True):
    """Where one of our categories lies in a shop.

    ``path`` is names, root first, and empty while the category is not there.
    """

    target_id: str | None
    path: Path
    is_gone: bool = False
    is_chosen: bool = False
    """By a person; else it is the one whose names are ours."""


class Wish(msgspec.Struct, frozen=True):
    """A product as a shop is to have it."""

    product: Product
    content: Content
    price_e4: int | None
    items: tuple[str, ...]
    gone_items: tuple[str, ...]
    problems: tuple[PublishProblem, ...]
    image_urls: Mapping[str, str]
    """What tells an image apart → where the shop finds it."""
    taken: Content | None
    """What the shop last took of us."""
    attempts: int
    """So often it was sent in vain: what carries its SKU by now may have come of that."""
    keys: frozenset[str]
    """Under which its codes would find the item that was made of it."""
    in_the_way: tuple[str, ...]
    """Other items of the shop that have its codes."""
    shop_attributes: Mapping[str, ShopAttributeNames]
    """All attributes of the shop, by its ids."""


class Judge:
    """What products of one shop are judged by, read once for all that one unit looks at."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        shop: str,
        *,
        price_warehouse: str | None,
        media_url: str,
    ) -> None:
        """``media_url``: where the shop fetches images kept here; empty where it cannot."""
        self._connection = connection
        self._shop = shop
        self._price_warehouse = price_warehouse
        self._media_url = media_url
        self._maps = {it.category_id: it for it in mapped_categories(connection, shop)}
        self._own = {it.id: it for it in categories.load_all(connection)}
        self._by_path: dict[Path, str] = {}
        for target_id, path in connection.execute(
            "SELECT id, path FROM shop_categories WHERE shop = ? AND gone = 0 ORDER BY place, id",
            (shop,),
        ):
            self._by_path.setdefault(_plain(tuple(json.loads(path))), target_id)
        self._paths: dict[str, tuple[Path, bool]] = {
            target_id: (tuple(json.loads(path)), bool(gone))
            for target_id, path, gone in connection.execute(
                "SELECT id, path, gone FROM shop_categories WHERE shop = ?", (shop,)
            )
        }
        self._codes = ShopCodes(connection, shop)
        self._attributes = {it.name: it for it in attributes(connection, shop)}
        self._by_name: dict[str, ShopAttributeNames] = {}
        self._by_id: dict[str, ShopAttributeNames] = {}
        for row in connection.execute(
            "SELECT id, key, name, type FROM shop_attributes WHERE shop = ? AND gone = 0"
            " ORDER BY id",
            (shop,),
        ):
            there = self._by_id[row[0]] = ShopAttributeNames(*row)
            self._by_name.setdefault(fold(there.name), there)

    def own_path(self, category_id: int) -> Path:
        """The names of one of our categories, root first."""
        names: list[str] = []
        found = self._own.get(category_id)
        while found is not None:
            names.append(found.name)
            found = self._own.get(found.parent_id) if found.parent_id is not None else None
        return tuple(reversed(names))

    def target(self, category_id: int) -> Target | None:
        """Where one of our categories lies: as a person chose, else where the names are ours."""
        chosen: MappedCategory | None = self._maps.get(category_id)
        if chosen is None:
            same = self._by_path.get(_plain(self.own_path(category_id)))
            return Target(same, self._paths[same][0]) if same is not None else None
        if chosen.target_id is None:
            return Target(None, (), is_chosen=True)
        path, is_gone = self._paths.get(chosen.target_id, ((), True))
        return Target(chosen.target_id, path, is_gone=is_gone, is_chosen=True)

    def attribute(self, name: str) -> ShopAttributeNames | None:
        """The shop's attribute for one of ours: as a person chose, else of the same name."""
        chosen = self._attributes.get(name)
        if chosen is None:
            return self._by_name.get(fold(name))
        return self._by_id.get(chosen.target_id) if chosen.target_id is not None else None

    def wish(self, product_id: int) -> Wish | None:
        """The product as the shop is to have it; None: there is no such product."""
        product = load(self._connection, product_id)
        if product is None:
            return None
        links = [link for link in product.links if link.shop == self._shop]
        items = [link for link in links if link.state is LinkState.LINKED]
        target = self.target(product.category_id) if product.category_id is not None else None
        price = product.prices.get(self._price_warehouse) if self._price_warehouse else None
        urls = {image_key(image): self._url(image) for image in product.images}
        content = self._content(product, target, items[0].sku if items else product.code.strip())
        known = publications(self._connection, self._shop, (product_id,)).get(product_id)
        attempts = known.attempts if known is not None else 0
        own = {link.external_id for link in links}
        same_sku = self._sku_holders(content.sku, own, is_new=not items)
        sku_holders = () if attempts else same_sku
        keys = product.keys - product.boxed_keys
        code_holders: tuple[str, ...] = ()
        if not links:  # an item that came of a try in vain has its SKU
            code_holders = self._codes.holders(keys, but=(*own, *same_sku))
        facts = Facts(
            is_bundle=product.bundle is not None,
            price_e4=price,
            vat_rate_e2=product.vat_rate_e2,
            has_category=product.category_id is not None,
            is_mapped=target is not None,
            category_path=target.path if target is not None else (),
            category_is_gone=target is not None and target.is_gone,
            sku=content.sku,
            sku_holders=sku_holders,
            code_holders=code_holders,
            items=tuple(link.external_id for link in items),
            gone_items=tuple(link.external_id for link in links if link not in items),
            unreachable_images=sum(not url for url in urls.values()),
        )
        return Wish(
            product,
            content,
            price,
            facts.items,
            facts.gone_items,
            problems_of(facts),
            {key: url for key, url in urls.items() if url},
            known.content if known is not None else None,
            attempts,
            keys,
            (*sku_holders, *code_holders),
            self._by_id,
        )

    def _content(self, product: Product, target: Target | None, sku: str) -> Content:
        return Content(
            sku=sku,
            name=product.name,
            description=product.description,
            brand=product.brand,
            ean=product.ean,
            family=product.family,
            vat_rate_e2=product.vat_rate_e2,
            weight_milli=product.weight_milli,
            category=target.path if target is not None and not target.is_gone else (),
            attributes=self._told(product),
            images=tuple(key for it in product.images if self._url(it) and (key := image_key(it))),
        )

    def _told(self, product: Product) -> tuple[TellingAttribute, ...]:
        found = {}
        for attribute in product.attributes:
            there = self.attribute(attribute.name)
            if there is not None and attribute.values:
                found[there.id] = TellingAttribute(
                    there.id, there.key, there.name, there.type, attribute.values
                )
        return tuple(found.values())

    def _url(self, image: ProductImage) -> str:
        if image.media and self._media_url:
            return f"{self._media_url}/{image.media}"
        return image.url

    def _sku_holders(self, sku: str, own: set[str], *, is_new: bool) -> tuple[str, ...]:
        """A new item is not made beside one whose code is the same in another spelling."""
        index, same = (
            ("listing_spelling", "lower(trim(sku)) = lower(trim(?))")
            if is_new
            else ("listing_sku", "sku = ?")
        )
        # else all of the shop's items are gone through, for the order of their ids
        rows = self._connection.execute(
            f"SELECT external_id FROM listing INDEXED BY {index} WHERE shop = ? AND {same}"
            " AND state <> 'gone' ORDER BY external_id",
            (self._shop, sku),
        ).fetchall()
        return tuple(external_id for (external_id,) in rows if external_id not in own)


def media_url(public_url: str) -> str:
    """Where a shop fetches images kept here; empty where nobody outside reaches this service."""
    return f"{public_url.rstrip('/')}/media" if public_url else ""


def image_key(image: ProductImage) -> str:
    """What tells an image apart from a product's others: where it came from, else its hash."""
    return image.url or image.media


def _plain(path: Path) -> Path:
    """Names in the form in which an import makes categories of them."""
    return tuple(" ".join(name.split()) for name in path)
