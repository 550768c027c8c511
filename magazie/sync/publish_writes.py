"""The requests of publishing: making items, changing them, and seeing what became of them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from magazie.actors.listing_messages import StoreListing
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import DoubtLink, Link, MarkGone, NewLink
from magazie.actors.publishing_messages import (
    Ended,
    Intend,
    NotPublished,
    Part,
    Published,
    TryAgain,
)
from magazie.actors.runtime import Directory, Rejection
from magazie.actors.shop_catalogue import ShopCatalogue
from magazie.actors.shop_publisher import ShopPublisher
from magazie.model.publish_details import (
    PublishDetail,
    items_with_it,
    not_shown,
    refused_here,
    shop_said,
)
from magazie.model.publishing import (
    Content,
    PublishProblem,
    Sending,
    changed_fields,
    is_nameless,
    merged,
    unconfirmed,
)
from magazie.ports import (
    ItemAnswer,
    NotApplied,
    PublishAnswer,
    ShopPort,
    ShopProduct,
    Urgency,
)
from magazie.storage.publications import Publication
from magazie.storage.reads.publishing import Wish
from magazie.sync.product_creation import price_of
from magazie.sync.published_shapes import (
    categories_to_write,
    changed_product,
    content_of,
    new_product,
)

_UNSURE: Final = PublishAnswer(ItemAnswer.MISSING)

End = Published | NotPublished | TryAgain
Answers = Mapping[str, PublishAnswer]
Note = Callable[[], Awaitable[None]]


class PublishWrites:
    """One shop's. Raises only ``ShopError``; what it noted before that is looked at later."""

    def __init__(
        self, shop: str, *, port: ShopPort, directory: Directory, writing: asyncio.Lock
    ) -> None:
        """``writing`` is held by whoever writes stock, prices or products to the shop."""
        self._shop = shop
        self._port = port
        self._directory = directory
        self._writing = writing

    # --- new items --------------------------------------------------------------------

    async def create(self, batch: int, part: Part, note: Note) -> None:
        """Make items of these products, of those whose SKU nothing in the shop carries.

        ``note`` is called after each that came to an end.
        """
        free = [wish for wish in part if await self._is_free(wish)]
        if not free:
            return
        intents = tuple((wish.product.id, Sending(wish.content)) for wish in free)
        wanted = [new_product(wish) for wish in free]
        await self._publisher(Intend(batch, intents))
        async with self._writing:
            answers = await self._sent(free, self._port.create_products(wanted))
        sent = {wish.product.id: wish for wish in free}
        for product_id, sending in intents:
            answer = answers.get(sent[product_id].content.sku, _UNSURE)
            await self._publisher(Ended((await self._look_for_new(product_id, sending, answer),)))
            await note()

    async def _is_free(self, wish: Wish) -> bool:
        """Writing a SKU that is there would change that item, whosever it is."""
        found = await self._found(wish.content.sku)
        if not found:
            return True
        end: End
        if wish.attempts:  # it landed after it was looked for
            end = await self._tied(wish.product.id, wish.content, found)
        else:
            end = NotPublished(wish.product.id, PublishProblem.SKU_IN_USE, _of(found))
        await self._publisher(Ended((end,)))
        return False

    async def _look_for_new(
        self, product_id: int, sending: Sending, answer: PublishAnswer = _UNSURE
    ) -> End:
        """See whether there is an item now, and tie it to the product."""
        found = await self._found(sending.content.sku)
        if found:
            return await self._tied(product_id, sending.content, found)
        if answer.answer is ItemAnswer.REFUSED or answer.answer is ItemAnswer.UNKNOWN_ITEM:
            return NotPublished(product_id, PublishProblem.REFUSED, shop_said(answer.reason))
        return TryAgain(product_id, counts=True, detail=shop_said(answer.reason))

    async def _tied(self, product_id: int, content: Content, found: tuple[ShopProduct, ...]) -> End:
        """Tie the item that was made; several of its SKU are for a person."""
        if len(found) > 1:
            return NotPublished(product_id, PublishProblem.SKU_TWICE, _of(found))
        item = found[0].external_id
        link = NewLink(self._shop, item, content.sku)
        try:
            await self._directory.ask(ProductActor, product_id, Link(link=link))
        except Rejection as refusal:
            detail = refused_here(str(refusal))
            return NotPublished(product_id, PublishProblem.SKU_IN_USE, detail)
        return Published(product_id, item, content)

    async def _found(self, sku: str) -> tuple[ShopProduct, ...]:
        """The items that carry a SKU; the listing learns of them too."""
        found = await self._port.product_by_sku(sku, urgency=Urgency.PUBLISH)
        if found:
            await self._directory.ask(ShopCatalogue, self._shop, StoreListing(found))
        return found

    # --- items that are there ---------------------------------------------------------

    async def change(self, batch: int, part: Part, note: Note) -> None:
        """Send of these products what changed, with the shop's own price.

        The items are read and written in one go, in which nobody sends prices: a change must
        not bring back a price that was just another. ``note``: as for ``create``.
        """
        async with self._writing:
            wanted: list[tuple[Wish, Sending, ShopProduct]] = []
            intents: dict[int, Sending] = {}
            for wish in part:
                shown, others = await self._shown(wish)
                sending = await self._to_change(wish, shown, others)
                if sending is None or shown is None:
                    continue
                if any(shown.sku == other.sku for _, _, other in wanted):
                    end = NotPublished(wish.product.id, PublishProblem.SKU_IN_USE)
                    await self._publisher(Ended((end,)))
                else:
                    intents[wish.product.id] = sending
                    wanted.append((wish, sending, shown))
            if not wanted:
                return
            await self._publisher(Intend(batch, tuple(intents.items())))
            wishes = [wish for wish, _, _ in wanted]
            products = [changed_product(*each) for each in wanted]
            answers = await self._sent(wishes, self._port.change_products(products))
        for wish in wishes:
            answer = answers.get(wish.content.sku, _UNSURE)
            sending, item = intents[wish.product.id], wish.items[0]
            await self._publisher(
                Ended((await self._look_at(wish.product.id, item, sending, answer),))
            )
            await note()

    async def _shown(self, wish: Wish) -> tuple[ShopProduct | None, tuple[ShopProduct, ...]]:
        """The item as it is now, and others of its SKU, to which a change would go as well."""
        item, sku = wish.items[0], wish.content.sku
        found = await self._of_sku(sku)
        shown = next((it for it in found if it.external_id == item), None)
        if shown is None:
            shown = await self._port.product(item, urgency=Urgency.PUBLISH)
            found = await self._of_sku(shown.sku) if shown is not None else ()
        others = tuple(it for it in found if it.external_id != item)
        if others:
            await self._directory.ask(ShopCatalogue, self._shop, StoreListing(found))
        return shown, others

    async def _of_sku(self, sku: str) -> tuple[ShopProduct, ...]:
        if not sku.strip():
            return ()
        return await self._port.product_by_sku(sku, urgency=Urgency.PUBLISH)

    async def _to_change(
        self, wish: Wish, shown: ShopProduct | None, others: tuple[ShopProduct, ...]
    ) -> Sending | None:
        """What is to be sent of one product; None where that ended here."""
        product_id, item = wish.product.id, wish.items[0]
        if shown is None:
            await self._directory.ask(
                ProductActor, product_id, MarkGone(shop=self._shop, external_id=item)
            )
            end: End = NotPublished(product_id, PublishProblem.ITEM_GONE)
        else:
            now = content_of(shown, wish.content)
            taken = wish.taken or now
            fields = changed_fields(wish.content, taken, now)
            if not fields:
                end = Published(product_id, item, merged(taken, wish.content))
            elif not shown.sku.strip():
                end = NotPublished(product_id, PublishProblem.NO_SKU)
            elif others:
                end = NotPublished(product_id, PublishProblem.SKU_TWICE, _of(others))
            elif price_of(shown) is None:
                end = NotPublished(product_id, PublishProblem.PRICE_UNREADABLE)
            elif not wish.content.category and not now.category:
                end = NotPublished(product_id, PublishProblem.CATEGORY_UNMAPPED)
            elif wish.content.vat_rate_e2 is None and now.vat_rate_e2 is None:
                end = NotPublished(product_id, PublishProblem.NO_VAT)
            else:
                sending = Sending(wish.content, item, fields)
                if not any(map(is_nameless, categories_to_write(wish, sending, shown))):
                    return sending
                end = NotPublished(product_id, PublishProblem.CATEGORY_NAMELESS)
        await self._publisher(Ended((end,)))
        return None

    async def _look_at(
        self, product_id: int, item: str, sending: Sending, answer: PublishAnswer = _UNSURE
    ) -> End:
        """See whether the item is as it was sent.

        A change carries a price and may land late: stock and price are told once more after it.
        """
        doubt = DoubtLink(shop=self._shop, external_id=item)
        try:
            await self._directory.ask(ProductActor, product_id, doubt)
        except Rejection as refusal:
            detail = refused_here(str(refusal))
            return NotPublished(product_id, PublishProblem.ITEM_GONE, detail)
        if answer.answer is ItemAnswer.REFUSED:
            said = shop_said(answer.reason)
            return NotPublished(product_id, PublishProblem.REFUSED, said)
        shown = await self._port.product(item, urgency=Urgency.PUBLISH)
        if shown is None:
            gone = MarkGone(shop=self._shop, external_id=item)
            await self._directory.ask(ProductActor, product_id, gone)
            return NotPublished(product_id, PublishProblem.ITEM_GONE)
        now = content_of(shown, sending.content)
        missing = unconfirmed(sending.told, now)
        if missing:
            told = shop_said(answer.reason) or not_shown(missing)
            return TryAgain(product_id, counts=True, detail=told)
        return Published(product_id, item, merged(now, sending.content))

    # --- both -------------------------------------------------------------------------

    async def look(self, one: Publication) -> End:
        """See what became of something that was noted as on its way."""
        if one.sent is None:
            raise ValueError(f"product {one.product_id} is not on its way")
        if one.sent.item is None:
            return await self._look_for_new(one.product_id, one.sent)
        return await self._look_at(one.product_id, one.sent.item, one.sent)

    async def _sent(self, wishes: list[Wish], write: Awaitable[Answers]) -> Answers:
        """Send; what surely did not happen is waiting again, what may have is looked at later."""
        try:
            return await write
        except NotApplied:
            ends = tuple(TryAgain(wish.product.id, counts=False) for wish in wishes)
            await self._publisher(Ended(ends))
            raise

    async def _publisher(self, message: object) -> Any:
        return await self._directory.ask(ShopPublisher, self._shop, message)


def _of(found: tuple[ShopProduct, ...]) -> PublishDetail | None:
    return items_with_it(tuple(item.external_id for item in found))
