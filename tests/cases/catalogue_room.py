"""What the catalogue cases do in a storeroom: products of ours, items of the shop, imports."""

import msgspec

from magazie.actors.listing_messages import DecideItem, DecisionAction
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import AddCode, CreateProduct
from magazie.actors.shop_catalogue import ShopCatalogue
from magazie.storage.products import AdditionalCode, Product, ProductDraft, load
from magazie.storage.reads.listing import ListingRow, read_item
from magazie.sync.import_report import ImportResult
from tests.rules.storeroom import SHOP, Storeroom

TABLES = ("products", "product_codes", "product_keys", "prices", "sync_switches")


async def make(room: Storeroom, code: str, ean: str = "", *further: str) -> int:
    """A product of ours; answers its id."""
    product_id = room.service.ids.next_id()
    draft = ProductDraft(code=code, ean=ean, name=f"Al nostru {code}", prices={"principal": 77})
    await room.ask(ProductActor, product_id, CreateProduct(draft=draft))
    for each in further:
        await room.ask(ProductActor, product_id, AddCode(code=AdditionalCode(each)))
    return product_id


def sell(
    room: Storeroom, sku: str, ean: str = "", pieces: float = 1, name: str | None = None
) -> str:
    """The shop puts an item on sale; answers its id."""
    item = room.shop.add(sku, pieces)
    catalogue = room.shop.engine.state.catalogue
    catalogue.relabel(catalogue.products[item], ean)
    if name is not None:
        catalogue.products[item].name = name
    return str(item)


async def imported(room: Storeroom) -> ImportResult:
    """Import everything; what it did."""
    job = await room.import_items()
    assert job.result is not None
    return msgspec.json.decode(job.result, type=ImportResult)


async def would_be(room: Storeroom) -> ImportResult:
    """A dry run of everything; what it would do."""
    sync = room.service.shops[SHOP]
    order = sync.import_arguments(rows=None, dry_run=True, opening_stock=True)
    job_id = await sync.start_import(order)
    await room.until(lambda: room.peek("SELECT state = 'done' FROM jobs WHERE id = ?", job_id) > 0)
    text = await room.look(
        lambda c: c.execute("SELECT result FROM jobs WHERE id = ?", (job_id,)).fetchone()[0]
    )
    return msgspec.json.decode(text, type=ImportResult)


async def row(room: Storeroom, item: str) -> ListingRow:
    """An item as the listing has it."""
    found = await room.look(lambda c: read_item(c, SHOP, item))
    assert found is not None
    return found


async def product(room: Storeroom, product_id: int) -> Product:
    found = await room.look(lambda c: load(c, product_id))
    assert found is not None
    return found


async def product_of(room: Storeroom, item: str) -> Product:
    """The product that an item is tied to."""
    product_id = (await row(room, item)).product_id
    assert product_id is not None
    return await product(room, product_id)


async def nomenclature(room: Storeroom) -> dict[str, list[tuple[object, ...]]]:
    """Every byte of it."""
    return {
        table: await room.look(lambda c, t=table: c.execute(f"SELECT * FROM {t}").fetchall())
        for table in TABLES
    }


async def decide(
    room: Storeroom, item: str, action: DecisionAction, product_id: int | None = None
) -> None:
    """The office decides."""
    message = DecideItem(external_id=item, action=action, product_id=product_id, by="ana")
    await room.ask(ShopCatalogue, SHOP, message)
