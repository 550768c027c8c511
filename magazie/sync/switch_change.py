"""Switching what a shop is told of many products, chosen one by one or by a filter."""

from collections.abc import Iterable

import msgspec

from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import SetSync
from magazie.actors.runtime import Directory, Rejection
from magazie.model.ids import encode_id
from magazie.storage.reads.keyset import PageRequest
from magazie.storage.reads.products import ProductFilter, find_products
from magazie.storage.storage import Storage
from magazie.sync.job_runner import Progress

_PAGE = 200
_BY_ID = (("id", False),)


class SwitchOrder(msgspec.Struct, frozen=True):
    """What to switch, and for which products: these, or those of a filter. None leaves a switch."""

    products: tuple[int, ...] | None = None
    wanted: ProductFilter | None = None
    stock: bool | None = None
    price: bool | None = None


class LeftProduct(msgspec.Struct, frozen=True):
    """A product that was left as it was, and why. Part of a job's public result."""

    product: str
    message: str


class SwitchResult(msgspec.Struct):
    """What was done: products that are now as asked, and those that are not."""

    done: int = 0
    left: list[LeftProduct] = []


class SwitchChange:
    """Does such orders. Repeating one changes nothing more, so a stop in its midst is harmless."""

    def __init__(self, *, storage: Storage, directory: Directory) -> None:
        """Each product is changed by its own actor."""
        self._storage = storage
        self._directory = directory

    async def run(self, shop: str, order: SwitchOrder, progress: Progress) -> SwitchResult:
        """Switch product after product; what is refused for one stops no other."""
        result = SwitchResult()
        if order.products is not None:
            chosen = tuple(dict.fromkeys(order.products))
            await self._switch(shop, order, chosen, result)
            await progress(result.done + len(result.left), len(chosen))
            return result
        after: tuple[int | str, ...] | None = None
        while True:
            page, after = await self._page(order.wanted or ProductFilter(), after)
            await self._switch(shop, order, page, result)
            await progress(result.done + len(result.left), None)
            if after is None:
                return result

    async def _page(
        self, wanted: ProductFilter, after: tuple[int | str, ...] | None
    ) -> tuple[tuple[int, ...], tuple[int | str, ...] | None]:
        """The next products by id: one that is switched keeps its place among them."""
        request = PageRequest(_BY_ID, _PAGE, after)
        page = await self._storage.read(lambda c: find_products(c, wanted, request))
        return tuple(product.id for product in page.rows), page.after

    async def _switch(
        self, shop: str, order: SwitchOrder, product_ids: Iterable[int], result: SwitchResult
    ) -> None:
        command = SetSync(shop=shop, stock=order.stock, price=order.price, by_person=True)
        for product_id in product_ids:
            try:
                await self._directory.ask(ProductActor, product_id, command)
            except Rejection as refusal:
                result.left.append(LeftProduct(encode_id(product_id), str(refusal)))
            else:
                result.done += 1
