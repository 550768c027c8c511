"""Finding out what a shop's bundles are made of, once their parts are products here."""

import logging

from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import UpdateProduct
from magazie.actors.runtime import Directory, Rejection
from magazie.model.bundles import BundlePart, Parts
from magazie.storage import listing as rows
from magazie.storage.listing import UnknownBundle
from magazie.storage.storage import Storage

logger = logging.getLogger(__name__)


async def learn_bundles(shop: str, *, storage: Storage, directory: Directory) -> int:
    """Give bundles of unknown parts their parts, where each part's SKU is tied to one product.

    Repeatable; answers how many bundles became known. The others stay flagged: nothing is sent
    of them and lines of orders on them wait.
    """
    learnt = 0
    for bundle in await storage.read(lambda c: rows.unknown_bundles(c, shop)):
        parts = parts_known(bundle)
        if parts is None:
            continue
        try:
            await directory.ask(ProductActor, bundle.product_id, UpdateProduct(bundle=parts))
        except Rejection as refusal:
            logger.warning(
                "bundle_refused shop=%s item=%s why=%s", shop, bundle.external_id, refusal
            )
        else:
            learnt += 1
    return learnt


def parts_known(bundle: UnknownBundle) -> Parts | None:
    """The parts as products; None while one of them is none or several. Pure."""
    quantities: dict[int, int] = {}
    for _, quantity_milli, product_ids in bundle.parts:
        if len(product_ids) != 1:
            return None
        product_id = product_ids[0]
        quantities[product_id] = quantities.get(product_id, 0) + quantity_milli
    return tuple(BundlePart(part, milli) for part, milli in sorted(quantities.items()))
