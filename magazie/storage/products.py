"""Statements of the ProductActor: one product's record, codes, prices, switches and links."""

import enum
import sqlite3
from collections.abc import Iterable, Mapping

import msgspec

from magazie.model.bundles import BundlePart, Parts
from magazie.model.codes import keys_of, normalise_code
from magazie.model.item_problems import ItemProblems
from magazie.model.tracking import Tracking
from magazie.storage.bundles import is_kept
from magazie.storage.stock import StaleRevisionError


class CodeKind(enum.StrEnum):
    """What a further code stands on: one piece, or a packaging of several."""

    ADDITIONAL = "additional"
    PACKAGING = "packaging"


class LinkState(enum.StrEnum):
    """How a shop's item stands to its product. An untied one keeps only its generation."""

    LINKED = "linked"
    GONE = "gone"
    UNTIED = "untied"


class AdditionalCode(msgspec.Struct, frozen=True, gc=False):
    """A further code of a product, and how many pieces it stands for."""

    code: str
    kind: CodeKind = CodeKind.ADDITIONAL
    pieces_milli: int = 1000


class Attribute(msgspec.Struct, frozen=True, gc=False):
    """A named property with one or more values."""

    name: str
    values: tuple[str, ...]


class ProductImage(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A picture: where it came from, the hash it is kept under, why it could not be fetched."""

    url: str = ""
    media: str = ""
    problem: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether it has an address and is not here."""
        return bool(self.url) and not self.media


class SyncSwitches(msgspec.Struct, frozen=True, gc=False):
    """What a shop is told of a product."""

    stock: bool = True
    price: bool = True


class ProductLink(msgspec.Struct, frozen=True, gc=False):
    """A shop's item tied to the product."""

    shop: str
    external_id: str
    sku: str
    state: LinkState = LinkState.LINKED
    generation: int = 1


class ProductDraft(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What people and shops say of a product. Prices are by warehouse, RON with VAT."""

    code: str
    ean: str = ""
    name: str
    description: str = ""
    brand: str = ""
    family: str = ""
    """The code of the family whose versions are products of their own, this one among them."""
    unit: str = "buc"
    vat_rate_e2: int | None = None
    weight_milli: int | None = None
    location: str = ""
    tracking: Tracking = Tracking.NONE
    category_id: int | None = None
    attributes: tuple[Attribute, ...] = ()
    images: tuple[ProductImage, ...] = ()
    problems: ItemProblems = ()
    codes: tuple[AdditionalCode, ...] = ()
    prices: Mapping[str, int] = {}
    """Warehouse → price in 1/10000 RON."""
    sync: Mapping[str, SyncSwitches] = {}
    """By shop; one not named is told everything."""
    bundle: Parts | None = None
    """Of a bundle its parts, none where they are not known; None: the product is no bundle."""

    @property
    def code_key(self) -> str:
        """The code in the form in which no two products may share it; empty for a placeholder."""
        return normalise_code(self.code) or ""

    @property
    def keys(self) -> frozenset[str]:
        """Under which codes find the product: for each of its texts the widest key.

        Two texts have a key in common exactly if their widest keys are equal, so one is enough.
        """
        return _widest(self.code, self.ean, *(further.code for further in self.codes))

    @property
    def boxed_keys(self) -> frozenset[str]:
        """Those of ``keys`` that only the code of a packaging gives: they name no single piece."""
        boxes = [it.code for it in self.codes if it.kind is CodeKind.PACKAGING]
        if not boxes:
            return frozenset()
        pieces = [it.code for it in self.codes if it.kind is not CodeKind.PACKAGING]
        return _widest(*boxes) - _widest(self.code, self.ean, *pieces)


def _widest(*texts: str) -> frozenset[str]:
    return frozenset(found[-1] for text in texts if (found := keys_of(text)))


class HasStockError(Exception):
    """The product has a stock of its own or is claimed: it cannot become a bundle."""


class NestedBundleError(Exception):
    """A part is a bundle itself, or the bundle is a part of another."""


class Product(ProductDraft, frozen=True, gc=False, kw_only=True):
    """A product as it stands in the books. ``links`` holds no untied ones."""

    id: int
    links: tuple[ProductLink, ...] = ()
    version: int = 1
    revision: int = 1
    created_ms: int
    changed_ms: int


_COLUMNS = (
    "code, code_key, ean, name, description, brand, family, unit, vat_rate_e2, weight_milli,"
    " location, tracking, category_id, attributes, images, problems, is_bundle, version, revision,"
    " created_ms, changed_ms"
)
_decode_attributes = msgspec.json.Decoder(tuple[Attribute, ...]).decode
_decode_images = msgspec.json.Decoder(tuple[ProductImage, ...]).decode
_decode_problems = msgspec.json.Decoder(ItemProblems).decode


def code_holder(connection: sqlite3.Connection, code_key: str) -> int | None:
    """The product that has this code as its own."""
    row = connection.execute("SELECT id FROM products WHERE code_key = ?", (code_key,)).fetchone()
    return row[0] if row is not None else None


def insert(connection: sqlite3.Connection, product: Product) -> bool:
    """Store a new product without its links; False when its code is taken."""
    cursor = connection.execute(
        f"INSERT INTO products (id, {_COLUMNS}) VALUES ({', '.join('?' * 22)})"
        " ON CONFLICT (code_key) DO NOTHING",
        (product.id, *_values(product)),
    )
    if cursor.rowcount != 1:
        return False
    _write_codes(connection, product)
    _write_prices(connection, product, product.prices)
    _write_sync(connection, product, product.sync)
    _write_missing_images(connection, product)
    if product.bundle:
        _write_bundle(connection, product.id, product.bundle)
    return True


def update(connection: sqlite3.Connection, before: Product, after: Product) -> None:
    """Store a changed product without its links; ``after.revision`` is the one it is to have.

    Raises:
        StaleRevisionError: another activation wrote since.
        sqlite3.IntegrityError: the code is another product's.
        HasStockError, NestedBundleError: it cannot be made of these parts.

    """
    assignments = ", ".join(f"{column} = ?" for column in _COLUMNS.split(", "))
    cursor = connection.execute(
        f"UPDATE products SET {assignments} WHERE id = ? AND revision = ?",
        (*_values(after), after.id, after.revision - 1),
    )
    if cursor.rowcount != 1:
        raise StaleRevisionError(f"product {after.id} at revision {after.revision - 1}")
    if (before.code, before.ean, before.codes) != (after.code, after.ean, after.codes):
        connection.execute("DELETE FROM product_codes WHERE product_id = ?", (after.id,))
        connection.execute("DELETE FROM product_keys WHERE product_id = ?", (after.id,))
        _write_codes(connection, after)
    if before.bundle != after.bundle:
        if before.bundle is None and is_kept(connection, after.id):
            raise HasStockError(f"product {after.id} has a stock of its own")
        _write_bundle(connection, after.id, after.bundle)
    prices = {at: it for at, it in after.prices.items() if before.prices.get(at) != it}
    sync = {at: it for at, it in after.sync.items() if before.sync.get(at) != it}
    _write_prices(connection, after, prices)
    _write_sync(connection, after, sync)
    if before.images != after.images:
        connection.execute("DELETE FROM missing_images WHERE product_id = ?", (after.id,))
        _write_missing_images(connection, after)


def require_revision(connection: sqlite3.Connection, product: Product) -> None:
    """Guard a unit that leaves the product's own row alone.

    Raises:
        StaleRevisionError: another activation wrote since.

    """
    row = connection.execute(
        "SELECT 1 FROM products WHERE id = ? AND revision = ?", (product.id, product.revision)
    ).fetchone()
    if row is None:
        raise StaleRevisionError(f"product {product.id} at revision {product.revision}")


def link_holder(connection: sqlite3.Connection, shop: str, external_id: str) -> int | None:
    """The product that a shop's item is tied to."""
    row = connection.execute(
        "SELECT product_id FROM links WHERE shop = ? AND external_id = ? AND state <> 'untied'",
        (shop, external_id),
    ).fetchone()
    return row[0] if row is not None else None


def tie(
    connection: sqlite3.Connection, product_id: int, shop: str, external_id: str, sku: str
) -> ProductLink | None:
    """Tie a shop's item to the product; None when it is tied to another one.

    The item's generation rises, also over times when it was untied.
    """
    rows = connection.execute(
        "INSERT INTO links (shop, external_id, product_id, sku, state, generation)"
        " VALUES (?, ?, ?, ?, 'linked', 1)"
        " ON CONFLICT DO UPDATE SET product_id = excluded.product_id, sku = excluded.sku,"
        " state = 'linked', generation = generation + 1"
        " WHERE state = 'untied' OR product_id = excluded.product_id RETURNING generation",
        (shop, external_id, product_id, sku),
    ).fetchall()
    return ProductLink(shop, external_id, sku, LinkState.LINKED, rows[0][0]) if rows else None


def update_link(
    connection: sqlite3.Connection, product_id: int, before: ProductLink, after: ProductLink
) -> None:
    """Store a changed link.

    Raises:
        StaleRevisionError: it is not as ``before`` says.

    """
    cursor = connection.execute(
        "UPDATE links SET sku = ?, state = ?, generation = ?"
        " WHERE shop = ? AND external_id = ? AND product_id = ? AND generation = ? AND state = ?",
        (
            after.sku,
            after.state,
            after.generation,
            before.shop,
            before.external_id,
            product_id,
            before.generation,
            before.state,
        ),
    )
    if cursor.rowcount != 1:
        raise StaleRevisionError(f"link {before.shop}/{before.external_id} of product {product_id}")


def load(connection: sqlite3.Connection, product_id: int) -> Product | None:
    """The product with this id."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM products WHERE id = ?", (product_id,)
    ).fetchone()
    if row is None:
        return None
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    del values["code_key"]
    values["attributes"] = _decode_attributes(values["attributes"])
    values["images"] = _decode_images(values["images"])
    values["problems"] = _decode_problems(values["problems"])
    values["tracking"] = Tracking(values["tracking"])
    is_bundle = values.pop("is_bundle")
    codes = connection.execute(
        "SELECT code, kind, pieces_milli FROM product_codes WHERE product_id = ? ORDER BY code",
        (product_id,),
    ).fetchall()
    prices = connection.execute(
        "SELECT warehouse, price_e4 FROM prices WHERE product_id = ? ORDER BY warehouse",
        (product_id,),
    ).fetchall()
    sync = connection.execute(
        "SELECT shop, stock, price FROM sync_switches WHERE product_id = ? ORDER BY shop",
        (product_id,),
    ).fetchall()
    links = connection.execute(
        "SELECT shop, external_id, sku, state, generation FROM links"
        " WHERE product_id = ? AND state <> 'untied' ORDER BY shop, external_id",
        (product_id,),
    ).fetchall()
    return Product(
        id=product_id,
        bundle=_load_parts(connection, product_id) if is_bundle else None,
        codes=tuple(AdditionalCode(code, CodeKind(kind), pieces) for code, kind, pieces in codes),
        prices=dict(prices),
        sync={shop: SyncSwitches(bool(stock), bool(price)) for shop, stock, price in sync},
        links=tuple(
            ProductLink(shop, external_id, sku, LinkState(state), generation)
            for shop, external_id, sku, state, generation in links
        ),
        **values,
    )


def _write_codes(connection: sqlite3.Connection, product: Product) -> None:
    connection.executemany(
        "INSERT INTO product_codes (product_id, code, kind, pieces_milli) VALUES (?, ?, ?, ?)",
        [(product.id, it.code, it.kind, it.pieces_milli) for it in product.codes],
    )
    connection.executemany(
        "INSERT INTO product_keys (key, product_id) VALUES (?, ?)",
        [(key, product.id) for key in sorted(product.keys)],
    )


def _load_parts(connection: sqlite3.Connection, product_id: int) -> Parts:
    rows = connection.execute(
        "SELECT part_id, quantity_milli FROM bundle_parts WHERE bundle_id = ? ORDER BY part_id",
        (product_id,),
    ).fetchall()
    return tuple(BundlePart(*row) for row in rows)


def _write_bundle(connection: sqlite3.Connection, product_id: int, bundle: Parts | None) -> None:
    connection.execute("DELETE FROM bundle_parts WHERE bundle_id = ?", (product_id,))
    if bundle is None:
        return
    connection.executemany(
        "INSERT INTO bundle_parts (bundle_id, part_id, quantity_milli) VALUES (?, ?, ?)",
        [(product_id, part.product_id, part.quantity_milli) for part in bundle],
    )
    (nested,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM bundle_parts WHERE part_id = ?1) OR EXISTS ("
        "SELECT 1 FROM bundle_parts AS b JOIN products AS p ON p.id = b.part_id"
        " WHERE b.bundle_id = ?1 AND p.is_bundle = 1)",
        (product_id,),
    ).fetchone()
    if nested:
        raise NestedBundleError(f"bundle {product_id} stands in a bundle, or one in it")


def _write_prices(
    connection: sqlite3.Connection, product: Product, prices: Mapping[str, int]
) -> None:
    connection.executemany(
        "INSERT INTO prices (product_id, warehouse, price_e4, changed_ms) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET price_e4 = excluded.price_e4,"
        " changed_ms = excluded.changed_ms",
        [(product.id, place, price, product.changed_ms) for place, price in prices.items()],
    )


def _write_sync(
    connection: sqlite3.Connection, product: Product, sync: Mapping[str, SyncSwitches]
) -> None:
    connection.executemany(
        "INSERT INTO sync_switches (product_id, shop, stock, price) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET stock = excluded.stock, price = excluded.price",
        [(product.id, shop, it.stock, it.price) for shop, it in sync.items()],
    )


def _write_missing_images(connection: sqlite3.Connection, product: Product) -> None:
    missing = {image.url: image.problem for image in product.images if image.is_missing}
    connection.executemany(
        "INSERT INTO missing_images (url, product_id, problem) VALUES (?, ?, ?)",
        [(url, product.id, problem) for url, problem in missing.items()],
    )


def _values(product: Product) -> tuple[object, ...]:
    return (
        product.code,
        product.code_key,
        product.ean,
        product.name,
        product.description,
        product.brand,
        product.family,
        product.unit,
        product.vat_rate_e2,
        product.weight_milli,
        product.location,
        str(product.tracking),
        product.category_id,
        _json(product.attributes),
        _json(product.images),
        _json(product.problems),
        product.bundle is not None,
        product.version,
        product.revision,
        product.created_ms,
        product.changed_ms,
    )


def _json(items: Iterable[object]) -> str:
    return msgspec.json.encode(items).decode()
