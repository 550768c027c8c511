"""Reading what a shop's catalogue is made of: its category tree, its attributes, items by SKU."""

import logging
from collections.abc import Callable
from typing import TypeVar

from magazie.gomag.client import GomagClient
from magazie.gomag.envelope import Answer, is_no_data
from magazie.gomag.paging import PAGE_ROWS, Rows, decode_rows, read_unpaged
from magazie.gomag.reading import read_rows
from magazie.gomag.wire_attributes import decode_attribute
from magazie.gomag.wire_categories import decode_category, parents_first
from magazie.gomag.wire_products import decode_product
from magazie.ports import (
    Refused,
    ShopAttribute,
    ShopCategory,
    ShopProduct,
    Unreadable,
    Urgency,
)

_NO_ROWS = Rows(total=0, rows=())
_logger = logging.getLogger(__name__)
_T = TypeVar("_T", ShopCategory, ShopAttribute)


class CatalogueReading:
    """Reads one shop's catalogue through its client; raises only ``ShopError``."""

    def __init__(self, client: GomagClient, *, name: str) -> None:
        """``name`` is the shop's, for the log."""
        self._client = client
        self._name = name

    async def categories(self) -> tuple[ShopCategory, ...]:
        """The whole tree, parents before children."""
        found = await self._all("category/read", "categories", decode_category)
        return parents_first(found)

    async def attributes(self) -> tuple[ShopAttribute, ...]:
        """All attributes that can be read."""
        return tuple(await self._all("attribute/read", "attributes", decode_attribute))

    async def products_of(self, sku: str, urgency: Urgency) -> tuple[ShopProduct, ...]:
        """The items with exactly this SKU; what else the shop sends is ignored.

        Raises:
            Unreadable: it is not among the items sent, but those are not all there are.
        """
        query = (("sku", sku), ("limit", str(PAGE_ROWS)))
        page = await read_rows(
            self._client, "product/read", query, "products", page=1, urgency=urgency
        )
        decoded = await decode_rows(page, decode_product)
        exact = {
            one.external_id: one
            for one in decoded
            if isinstance(one, ShopProduct) and one.sku == sku
        }
        if exact:
            return tuple(exact.values())
        if page.pages > 1 or any(not isinstance(one, ShopProduct) for one in decoded):
            raise Unreadable(f"SKU {sku!r} was asked for, others were sent")
        return ()

    async def _all(
        self, path: str, plural: str, decode: Callable[[bytes, str], _T | str]
    ) -> list[_T]:
        """Every entry: of one answer, else page after page as long as new ones come.

        Whether ``page`` works here is not documented; a shop that does not know it sends the
        same rows again.
        """
        found: dict[str, _T] = {}
        refused: set[str] = set()
        page = 1
        while True:
            rows = await self._rows(path, plural, page)
            known = len(found) + len(refused)
            for one in await decode_rows(rows, decode):
                if isinstance(one, str):
                    refused.add(one)
                else:
                    found.setdefault(one.id, one)
            seen = len(found) + len(refused)
            if seen >= rows.total or seen == known:
                break
            page += 1
        if refused or seen < rows.total:
            _logger.warning(
                "not every entry of a list could be read",
                extra={
                    "shop": self._name,
                    "path": path,
                    "count": rows.total - len(found),
                },
            )
        return list(found.values())

    async def _rows(self, path: str, plural: str, page: int) -> Rows:
        def decode(answer: Answer) -> Rows:
            return read_unpaged(answer.body, plural)

        query = () if page == 1 else (("page", str(page)),)
        try:
            return await self._client.read(path, query, decode, urgency=Urgency.CATALOGUE)
        except Refused as error:
            if is_no_data(error):
                return _NO_ROWS
            raise
