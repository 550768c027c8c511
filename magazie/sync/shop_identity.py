"""Links follow a shop's items by their ids: renamed, deleted, restored."""

import logging

import msgspec

from magazie.actors.listing_messages import CarryOutLink, SettleIdentity, StoreListing
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import Link, MarkGone, NewLink, ProductCommand, RenameLink
from magazie.actors.runtime import Directory, Rejection
from magazie.actors.shop_catalogue import ShopCatalogue
from magazie.ports import ShopError, ShopPort, Urgency
from magazie.storage import shop_identity as rows
from magazie.storage import shop_matching as match_rows
from magazie.storage.shop_identity import IdentityChange
from magazie.storage.storage import Storage

logger = logging.getLogger(__name__)

LOOKED_FOR_MOST = 50
"""Vanished items read by id after one reading of the catalogue; the others after the next."""


class Followed(msgspec.Struct):
    """How many links changed."""

    renamed: int = 0
    returned: int = 0
    gone: int = 0


class ShopIdentity:
    """Brings the links of one shop up to its listing, after a whole reading of it."""

    def __init__(
        self, shop: str, *, port: ShopPort, directory: Directory, storage: Storage
    ) -> None:
        """Nothing is done before ``follow``."""
        self._shop = shop
        self._port = port
        self._directory = directory
        self._storage = storage

    async def follow(self) -> Followed:
        """Rename, bring back and take leave. Comparison only: doing it again changes nothing.

        An item that a whole reading did not show is looked for by its id before its link is
        gone: pages move while they are read.
        """
        followed = Followed()
        for change in await self._storage.read(lambda c: rows.renamed(c, self._shop)):
            message = RenameLink(shop=self._shop, external_id=change.external_id, sku=change.sku)
            followed.renamed += await self._told(change, message)
        for change in await self._storage.read(lambda c: rows.returned(c, self._shop)):
            link = NewLink(self._shop, change.external_id, change.sku)
            followed.returned += await self._told(change, Link(link=link))
        for change in await self._storage.read(
            lambda c: rows.vanished(c, self._shop, LOOKED_FOR_MOST)
        ):
            followed.gone += await self._look_for(change)
        for external_id in await self._storage.read(lambda c: match_rows.owed_links(c, self._shop)):
            await self._carry_out(external_id)
        await self._directory.ask(ShopCatalogue, self._shop, SettleIdentity())
        return followed

    async def _look_for(self, change: IdentityChange) -> bool:
        try:
            shown = await self._port.product(change.external_id, urgency=Urgency.CATALOGUE)
        except ShopError as error:
            logger.warning(
                "vanished_item_unread shop=%s item=%s reason=%s",
                self._shop,
                change.external_id,
                error,
            )
            return False
        if shown is not None:
            await self._directory.ask(ShopCatalogue, self._shop, StoreListing((shown,)))
            return False
        return await self._told(change, MarkGone(shop=self._shop, external_id=change.external_id))

    async def _told(self, change: IdentityChange, message: ProductCommand) -> bool:
        try:
            await self._directory.ask(ProductActor, change.product_id, message)
        except Rejection as refusal:
            logger.warning(
                "link_kept shop=%s item=%s reason=%s", self._shop, change.external_id, refusal
            )
            return False
        return True

    async def _carry_out(self, external_id: str) -> None:
        try:
            await self._directory.ask(ShopCatalogue, self._shop, CarryOutLink(external_id))
        except Rejection as refusal:
            logger.warning(
                "decision_kept shop=%s item=%s reason=%s", self._shop, external_id, refusal
            )
