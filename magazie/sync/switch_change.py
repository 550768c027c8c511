"""Switching what a shop is told of many products, chosen one by one or by a filter."""

from collections.abc import Iterable

import msgspec

from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import SetSync
from magazie.actors.runtime import Directory, Rejection
from magazie.model.ids import encode_id
from magazie.storage import work_rows
from magazie.storage.reads.keyset import PageRequest
from magazie.storage.reads.products import ProductFilter, find_products
from magazie.storage.storage import Storage
from magazie.storage.work_rows import WorkRow
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
    """Does such orders; one that a stop broke off goes on with the products it has not reached."""

    def __init__(self, *, storage: Storage, directory: Directory) -> None:
        """Each product is changed by its own actor."""
        self._storage = storage
        self._directory = directory

    async def run(
        self, job_id: int, shop: str, order: SwitchOrder, progress: Progress
    ) -> SwitchResult:
        """Switch product after product; what is refused for one stops no other.

        Each product is switched once for a job, so that going on after a stop writes nothing over
        what a person switched meanwhile.
        """
        await self._storage.write(work_rows.forget_over)
        result = SwitchResult()
        if order.products is not None:
            chosen = tuple(dict.fromkeys(order.products))
            for start in range(0, len(chosen), _PAGE):
                await self._switch(job_id, shop, order, chosen[start : start + _PAGE], result)
                await progress(result.done + len(result.left), len(chosen))
            return result
        after: tuple[int | str, ...] | None = None
        while True:
            page, after = await self._page(order.wanted or ProductFilter(), after)
            await self._switch(job_id, shop, order, page, result)
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
        self,
        job_id: int,
        shop: str,
        order: SwitchOrder,
        product_ids: Iterable[int],
        result: SwitchResult,
    ) -> None:
        for product_id in product_ids:
            command = SetSync(
                shop=shop,
                stock=order.stock,
                price=order.price,
                row=WorkRow(job_id, product_id),
                by_person=True,
            )
            try:
                await self._directory.ask(ProductActor, product_id, command)
            except Rejection as refusal:
                result.left.append(LeftProduct(encode_id(product_id), str(refusal)))
            else:
                result.done += 1
