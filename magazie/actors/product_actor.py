"""One product: its record, codes, prices, what shops are told of it, and its links."""

import sqlite3
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import UNSET
from msgspec.structs import replace

from magazie.actors.field_faults import FieldFault, FieldsRefusedError, refuse_if_any
from magazie.actors.marked import answered_before, keep_answer
from magazie.actors.news import LinkNews, NewsDesk, RecordNews, StockNews
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.product_edits import edited
from magazie.actors.product_images import changed_images, kept_images
from magazie.actors.product_messages import (
    AddCode,
    AddImage,
    CodeNotFoundError,
    CodeTakenError,
    CreateProduct,
    DoubtLink,
    EditProduct,
    ImageFailed,
    ImageFetched,
    ImageLost,
    Link,
    LinkNotFoundError,
    LinkTakenError,
    MarkGone,
    NewLink,
    ProductCommand,
    ProductNotFoundError,
    RemoveCode,
    RemoveImage,
    RenameLink,
    SetPrice,
    SetSync,
    Unlink,
    UpdateProduct,
    VersionConflictError,
)
from magazie.actors.product_rules import bundle_faults, faults_of, shop_faults
from magazie.actors.runtime import AsyncioActor
from magazie.actors.settings_book import SettingsBook
from magazie.model.codes import normalise_code
from magazie.model.ids import encode_id
from magazie.model.safe_html import safe_html
from magazie.ports import Clock
from magazie.storage import categories, work_rows
from magazie.storage import products as rows
from magazie.storage.alerts import clear_alert
from magazie.storage.idempotency import AnsweredMeanwhileError, StoredAnswer
from magazie.storage.products import LinkState, Product, ProductLink, SyncSwitches
from magazie.storage.send_consents import note_consents
from magazie.storage.shop_identity import note_twice_linked
from magazie.storage.storage import Storage

T = TypeVar("T")

_LONGEST_ITEM_ID = 100


class ProductActor(AsyncioActor):
    """Owns one product; its key is the product's id, drawn by whoever makes the product.

    The record moves ``version``; links have their own life and leave the record's row alone.
    """

    def __init__(
        self,
        product_id: int,
        *,
        storage: Storage,
        clock: Clock,
        news: NewsDesk,
        nomenclature: Nomenclature,
        book: SettingsBook,
    ) -> None:
        super().__init__()
        self._id = product_id
        self._storage = storage
        self._clock = clock
        self._news = news
        self._nomenclature = nomenclature
        self._book = book
        self._product: Product | None = None

    async def on_start(self) -> None:
        """Load the product, if there is one."""
        if self.reloading:
            await self._storage.settled()
        self._product = await self._storage.read(lambda c: rows.load(c, self._id))

    async def on_receive(self, message: Any) -> Any:
        """Answer one command, or give the answer that its request got before."""
        if not isinstance(message, ProductCommand):
            raise TypeError(f"ProductActor does not know {type(message).__name__}")
        earlier = await answered_before(self._storage, message.mark)
        if earlier is not None:
            return earlier
        try:
            return await self._command(message)
        except AnsweredMeanwhileError:
            # a repeat of the request met another actor: it drew another id for the product
            return await answered_before(self._storage, message.mark)
        except work_rows.RowDoneError:
            return self._known()

    async def _command(self, message: ProductCommand) -> Product | StoredAnswer:
        match message:
            case CreateProduct():
                return await self._create(message)
            case UpdateProduct():
                return await self._update(message)
            case AddCode() | RemoveCode():
                return await self._change_codes(message)
            case ImageFetched() | ImageFailed() | ImageLost() | AddImage() | RemoveImage():
                images = changed_images(self._known().images, message)
                return await self._store(message, replace(self._known(), images=images))
            case SetPrice():
                return await self._set_price(message)
            case SetSync():
                return await self._set_sync(message)
            case Link():
                return await self._link(message)
            case Unlink() | RenameLink() | MarkGone() | DoubtLink():
                return await self._change_link(message)
        raise TypeError(f"ProductActor does not know {type(message).__name__}")

    # --- the record -------------------------------------------------------------------

    async def _create(self, message: CreateProduct) -> Product:
        if self._product is not None:
            raise CodeTakenError(self._id)
        refuse_if_any(
            [
                *faults_of(message.draft, self._book),
                *bundle_faults(self._id, message.draft.bundle, self._nomenclature),
                *self._link_faults(*message.links),
            ]
        )
        now_ms = self._clock.now_ms()
        fresh = Product(id=self._id, created_ms=now_ms, changed_ms=now_ms, **_parts(message.draft))

        def unit(connection: sqlite3.Connection) -> Product:
            _require_category(connection, fresh)
            if not rows.insert(connection, fresh):
                raise _code_taken(connection, fresh)
            links = tuple(_tie(connection, self._id, link) for link in message.links)
            for link in links:
                note_twice_linked(connection, link.shop, link.sku, now_ms)
            created = replace(fresh, links=_in_order(links))
            keep_answer(connection, message.mark, message.encode, created, now_ms)
            return created

        created = await self._write(unit)
        return self._taken_over(created, message.links)

    async def _update(self, message: UpdateProduct) -> Product:
        product = self._checked(message.expected_version)
        changes = {
            field: value
            for field in rows.ProductDraft.__struct_fields__
            if (value := getattr(message, field, UNSET)) is not UNSET
        }
        if "description" in changes:
            changes["description"] = safe_html(changes["description"])
        if "images" in changes:
            changes["images"] = kept_images(product.images, changes["images"])
        if isinstance(message, EditProduct):
            changes |= edited(product, message)
        return await self._store(message, replace(product, **changes))

    async def _change_codes(self, message: AddCode | RemoveCode) -> Product:
        product = self._known()
        if isinstance(message, AddCode):
            if message.code in product.codes:
                return await self._store(message, product)
            codes = (*product.codes, message.code)
        else:
            key = normalise_code(message.code)
            codes = tuple(it for it in product.codes if normalise_code(it.code) != key)
            if codes == product.codes:
                raise CodeNotFoundError("the product has no such further code")
        codes = tuple(sorted(codes, key=lambda further: further.code))
        return await self._store(message, replace(product, codes=codes))

    async def _set_price(self, message: SetPrice) -> Product:
        product = self._checked(message.expected_version)
        prices = {**product.prices, message.warehouse: message.price_e4}
        return await self._store(message, replace(product, prices=dict(sorted(prices.items()))))

    async def _set_sync(self, message: SetSync) -> Product:
        product = self._checked(message.expected_version)
        now = product.sync.get(message.shop, SyncSwitches())
        wanted = SyncSwitches(
            now.stock if message.stock is None else message.stock,
            now.price if message.price is None else message.price,
        )
        if wanted == now:
            return await self._store(message, product)
        sync = dict(sorted({**product.sync, message.shop: wanted}.items()))
        links = tuple(
            replace(link, generation=link.generation + 1) if link.shop == message.shop else link
            for link in product.links
        )
        return await self._store(message, replace(product, sync=sync, links=links))

    async def _store(self, message: ProductCommand, wanted: Product) -> Product:
        """Persist, then take over, a changed record, with the links it changes."""
        before, now_ms = self._known(), self._clock.now_ms()
        if wanted == before:
            if message.mark is not None or message.row is not None:
                await self._storage.write(lambda c: _keep(c, message, before, now_ms))
            return before
        faults = faults_of(wanted, self._book)
        if wanted.bundle != before.bundle:
            faults += bundle_faults(self._id, wanted.bundle, self._nomenclature)
        refuse_if_any(faults)
        after = replace(
            wanted,
            version=before.version + 1,
            revision=before.revision + 1,
            changed_ms=now_ms,
        )

        def unit(connection: sqlite3.Connection) -> None:
            _require_category(connection, after)
            if rows.code_holder(connection, after.code_key) not in {None, after.id}:
                raise _code_taken(connection, after)
            rows.update(connection, before, after)
            for was, is_now in zip(before.links, after.links, strict=True):
                if was != is_now:
                    rows.update_link(connection, after.id, was, is_now)
            if message.by_person:
                note_consents(connection, before, after)
            _keep(connection, message, after, now_ms)

        await self._write(unit)
        # lines of orders that waited for the parts to be known may be linked now
        known_now = () if after.bundle == before.bundle else _as_new(after.links)
        return self._taken_over(after, known_now)

    async def _write(self, unit: Callable[[sqlite3.Connection], T]) -> T:
        """Store; what only the books can tell of a bundle is refused as what is seen before."""
        try:
            return await self._storage.write(unit)
        except rows.HasStockError as error:
            raise FieldsRefusedError(
                FieldFault("bundle", "the product has a stock of its own, or orders hold it")
            ) from error
        except rows.NestedBundleError as error:
            raise FieldsRefusedError(FieldFault("bundle", "no bundle stands in another")) from error

    # --- links ------------------------------------------------------------------------

    async def _link(self, message: Link) -> Product:
        product, wanted = self._known(), message.link
        refuse_if_any(self._link_faults(wanted))
        known = _find(product, wanted.shop, wanted.external_id)
        is_there = known is not None and known.state is LinkState.LINKED and known.sku == wanted.sku
        if is_there:
            return await self._store(message, product)

        def tie(connection: sqlite3.Connection) -> tuple[ProductLink, ...]:
            others = [link for link in product.links if link is not known]
            return (*others, _tie(connection, self._id, wanted))

        return await self._store_links(message, tie, wanted)

    async def _change_link(self, message: Unlink | RenameLink | MarkGone | DoubtLink) -> Product:
        product = self._known()
        before = _find(product, message.shop, message.external_id)
        if before is None:
            raise LinkNotFoundError("the product has no such link")
        match message:
            case Unlink():
                after = replace(before, state=LinkState.UNTIED, generation=before.generation + 1)
            case RenameLink():
                refuse_if_any(
                    self._link_faults(NewLink(message.shop, message.external_id, message.sku))
                )
                after = replace(before, sku=message.sku, generation=before.generation + 1)
            case MarkGone():
                after = replace(before, state=LinkState.GONE)
            case DoubtLink():
                after = replace(before, generation=before.generation + 1)
        is_same = (before.sku, before.state) == (after.sku, after.state)
        if is_same and not isinstance(message, DoubtLink):
            return await self._store(message, product)

        def change(connection: sqlite3.Connection) -> tuple[ProductLink, ...]:
            rows.update_link(connection, self._id, before, after)
            if after.state is LinkState.UNTIED:  # nothing is told of it any more
                for kind in ("item_parked", "stock_not_managed"):
                    subject = f"{message.shop}/{message.external_id}"
                    clear_alert(connection, kind, subject, self._clock.now_ms())
            others = [link for link in product.links if link is not before]
            return (*others, after) if after.state is not LinkState.UNTIED else tuple(others)

        return await self._store_links(message, change)

    async def _store_links(
        self,
        message: ProductCommand,
        write: Callable[[sqlite3.Connection], tuple[ProductLink, ...]],
        *new: NewLink,
    ) -> Product:
        """Persist, then take over, changed links; not a byte of the record changes."""
        product, now_ms = self._known(), self._clock.now_ms()

        def unit(connection: sqlite3.Connection) -> Product:
            rows.require_revision(connection, product)
            changed = replace(product, links=_in_order(write(connection)))
            # stock is told by SKU alone: where two linked items have one, a person must act
            was, is_now = _skus(product), _skus(changed)
            for shop, sku in sorted({*(was - is_now), *(is_now - was)}):
                note_twice_linked(connection, shop, sku, now_ms)
            keep_answer(connection, message.mark, message.encode, changed, now_ms)
            return changed

        return self._taken_over(await self._storage.write(unit), new)

    def _link_faults(self, *links: NewLink) -> list[FieldFault]:
        faults = [fault for link in links for fault in shop_faults("shop", link.shop, self._book)]
        faults += [
            FieldFault(field, f"must have {fewest} to {_LONGEST_ITEM_ID} characters")
            for link in links
            for field, fewest in (("external_id", 1), ("sku", 0))
            if not fewest <= len(getattr(link, field)) <= _LONGEST_ITEM_ID
        ]
        if len({(link.shop, link.external_id) for link in links}) < len(links):
            faults.append(FieldFault("external_id", "the same item is given twice"))
        return faults

    # --- both -------------------------------------------------------------------------

    def _known(self) -> Product:
        if self._product is None:
            raise ProductNotFoundError("no such product")
        return self._product

    def _checked(self, expected_version: int | None) -> Product:
        product = self._known()
        if expected_version not in {None, product.version}:
            raise VersionConflictError(product.version)
        return product

    def _taken_over(self, after: Product, new_links: tuple[NewLink, ...] = ()) -> Product:
        """What is committed becomes what is known, here and in the look-up; then it is told."""
        before, self._product = self._product, after
        self._nomenclature.take(before, after)
        self._news.tell(RecordNews("product", encode_id(after.id), after.version))
        for link in new_links:
            self._news.tell(LinkNews(link.shop, link.external_id, link.sku, after.id))
        if before is None or _as_shops_see(before) != _as_shops_see(after):
            self._news.tell(StockNews(after.id))
        return after


def _keep(
    connection: sqlite3.Connection, message: ProductCommand, product: Product, now_ms: int
) -> None:
    """Write what a command wants noted of it, in the unit of its effect."""
    if message.row is not None:
        work_rows.note(connection, message.row)
    keep_answer(connection, message.mark, message.encode, product, now_ms)


def _parts(draft: rows.ProductDraft) -> dict[str, Any]:
    parts = {field: getattr(draft, field) for field in rows.ProductDraft.__struct_fields__}
    # shown by pages and sent to shops: whoever wrote it, nothing in it may run
    return parts | {"description": safe_html(draft.description)}


def _as_shops_see(product: Product) -> tuple[object, ...]:
    return product.prices, product.sync, product.links, product.bundle


def _as_new(links: tuple[ProductLink, ...]) -> tuple[NewLink, ...]:
    return tuple(NewLink(link.shop, link.external_id, link.sku) for link in links)


def _in_order(links: tuple[ProductLink, ...]) -> tuple[ProductLink, ...]:
    return tuple(sorted(links, key=lambda link: (link.shop, link.external_id)))


def _skus(product: Product) -> Counter[tuple[str, str]]:
    return Counter((it.shop, it.sku) for it in product.links if it.state is LinkState.LINKED)


def _find(product: Product, shop: str, external_id: str) -> ProductLink | None:
    wanted = (shop, external_id)
    return next((it for it in product.links if (it.shop, it.external_id) == wanted), None)


def _tie(connection: sqlite3.Connection, product_id: int, link: NewLink) -> ProductLink:
    tied = rows.tie(connection, product_id, link.shop, link.external_id, link.sku)
    if tied is None:
        holder = rows.link_holder(connection, link.shop, link.external_id)
        raise LinkTakenError(holder or product_id)
    return tied


def _require_category(connection: sqlite3.Connection, product: Product) -> None:
    wanted = product.category_id
    if wanted is not None and not categories.exists(connection, wanted):
        raise FieldsRefusedError(FieldFault("category_id", "there is no such category"))


def _code_taken(connection: sqlite3.Connection, product: Product) -> CodeTakenError:
    return CodeTakenError(rows.code_holder(connection, product.code_key) or product.id)
