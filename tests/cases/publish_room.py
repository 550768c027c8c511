"""What the publishing cases do in a storeroom: categories of the shop, products of ours, jobs."""

from collections.abc import Sequence

import msgspec

from magazie.actors.category_actor import CATEGORIES_KEY, CategoryActor, EnsureCategoryPath
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import CreateProduct, SetPrice, UpdateProduct
from magazie.simulators.gomag.records import Product as ShopItem
from magazie.storage import jobs
from magazie.storage.jobs import Job
from magazie.storage.products import Attribute, ProductDraft
from magazie.storage.publications import Publication, load
from magazie.sync.publishing import PublishResult
from tests.rules.storeroom import HOUR, MAIN, SHOP, Storeroom

UNDER_WAY = "SELECT count(*) FROM jobs WHERE state = 'waiting' OR state = 'running'"
CUPS = ("Bucătărie", "Căni")


async def lay_out(room: Storeroom) -> dict[str, int]:
    """The shop has categories; they are read, and ours of the same names made. Ours by name."""
    catalogue = room.shop.engine.state.catalogue
    kitchen = catalogue.add_category("Bucătărie", 0, 1)
    catalogue.add_category("Căni", kitchen.id, 1)
    catalogue.add_category("Grădină", 0, 2)
    catalogue.attribute(key="material", name="Material")
    await room.import_items()
    ours = {}
    for path in (CUPS, ("Grădină",), ("Altele",)):
        ours[path[-1]] = await room.ask(CategoryActor, CATEGORIES_KEY, EnsureCategoryPath(path))
    return ours


async def make(
    room: Storeroom,
    code: str,
    category_id: int | None,
    *,
    price_e4: int | None = 253_407,
    vat_rate_e2: int | None = 2100,
    **more: object,
) -> int:
    """A product of ours; answers its id."""
    product_id = room.service.ids.next_id()
    draft = ProductDraft(
        code=code,
        name=f"Cană {code}",
        description="<p>Roșie</p>",
        brand="Argeș",
        vat_rate_e2=vat_rate_e2,
        category_id=category_id,
        attributes=(Attribute("Material", ("Email",)),),
        prices={MAIN: price_e4} if price_e4 is not None else {},
        **more,  # type: ignore[arg-type]  # fields of a draft
    )
    await room.ask(ProductActor, product_id, CreateProduct(draft=draft))
    return product_id


async def change(room: Storeroom, product_id: int, **changes: object) -> None:
    """The office edits a product."""
    await room.ask(ProductActor, product_id, UpdateProduct(**changes))  # type: ignore[arg-type]


async def price(room: Storeroom, product_id: int, price_e4: int) -> None:
    """The office sets a price."""
    await room.ask(ProductActor, product_id, SetPrice(warehouse=MAIN, price_e4=price_e4))


async def begin(room: Storeroom, products: Sequence[int]) -> int:
    """The office presses Publish; the job's id."""
    sync = room.syncs[SHOP]
    return await sync.start_publish(sync.publish_arguments(tuple(products)))


async def ended(room: Storeroom, job_id: int) -> Job:
    """Wait for a job's end."""
    await room.until(lambda: room.peek(UNDER_WAY) == 0, within_s=2 * HOUR)
    job = await room.look(lambda c: jobs.find(c, job_id))
    assert job is not None
    return job


async def publish(room: Storeroom, *products: int) -> PublishResult:
    """Publish these to the end."""
    job = await ended(room, await begin(room, products))
    assert job.result is not None, job.problems
    return msgspec.json.decode(job.result, type=PublishResult)


async def publication(room: Storeroom, product_id: int) -> Publication:
    """How far a product is in the shop."""
    found = await room.look(lambda c: load(c, SHOP, (product_id,)))
    return found[product_id]


def item(room: Storeroom, sku: str) -> ShopItem:
    """The one item of this SKU in the shop."""
    (found,) = room.shop.engine.state.catalogue.by_sku(sku)
    return found


def skus(room: Storeroom) -> list[str]:
    """What the shop sells."""
    return sorted(it.sku for it in room.shop.engine.state.catalogue.products.values())


def category_names(room: Storeroom, shown: ShopItem) -> list[tuple[str, ...]]:
    """The paths that an item stands in."""
    path = room.shop.engine.state.catalogue.path
    return [tuple(node.name for node in path(leaf)) for leaf in shown.categories.values()]


def values_of(room: Storeroom, shown: ShopItem) -> dict[str, tuple[str, ...]]:
    """The attributes of an item."""
    names = room.shop.engine.state.catalogue.attributes
    return {names[it.attribute].name: tuple(it.values) for it in shown.attributes}
