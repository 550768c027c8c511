"""The nomenclature: products with their codes, prices, sync switches and links."""

import asyncio
import sqlite3
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import (
    AddCode,
    CreateProduct,
    Link,
    NewLink,
    RemoveCode,
    SetPrice,
    SetSync,
    Unlink,
)
from magazie.actors.runtime import Rejection
from magazie.actors.settings_book import Role
from magazie.http.api.product_answers import CREATED, changed, created, told
from magazie.http.api.product_requests import (
    CodeIn,
    ImageIn,
    LinkIn,
    ProductChanges,
    ProductIn,
    SyncIn,
    code_of,
    commands_of,
    draft_of,
)
from magazie.http.api.product_shapes import ProductShown, show_product
from magazie.http.api.texts import Code, Line, Short, Words
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import IdText, Moment, Price, RecordId, id_text
from magazie.http.paging import Listed, Paging, listed, page_request
from magazie.http.problems import ProblemKind, invalid, not_found
from magazie.storage.products import Product, load
from magazie.storage.reads.products import FIELDS, ProductFilter, find_products

_TAG = "products"
_MOST_BULK: Final = 1000
_BULK_AT_ONCE: Final = 50


class ProductQuery(Paging):
    """Which products. ``code`` is any code, typed or scanned; ``q`` is looked for in words."""

    code: Short | None = None
    q: Words | None = None
    category: RecordId | None = None
    brand: Line | None = None
    family: Short | None = None
    shop: Short | None = None
    external_id: Short | None = None
    has_problems: bool | None = None
    changed_from: Moment | None = None


class CodeQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The further code to take away."""

    code: Code


class PriceIn(msgspec.Struct, forbid_unknown_fields=True):
    """A selling price, RON with VAT."""

    price: Price


class BulkIn(msgspec.Struct, forbid_unknown_fields=True):
    """The same change for many products."""

    products: Annotated[list[RecordId], Meta(min_length=1, max_length=_MOST_BULK)]
    sync: Annotated[dict[str, SyncIn], Meta(min_length=1, max_length=20)]


class BulkProblem(msgspec.Struct, frozen=True):
    """A product that was left as it was, and why."""

    product: IdText
    message: str


class BulkDone(msgspec.Struct, frozen=True):
    """How many products are now as asked, and those that are not."""

    done: int
    problems: list[BulkProblem]


@endpoint(
    "GET",
    "/api/v1/products",
    role=Role.PICKER,
    tag=_TAG,
    summary="List products",
    answers={200: Listed[ProductShown]},
)
async def list_products(call: Call[NoBody, ProductQuery]) -> Outcome:
    """By code unless sorted by id, code, name or changed_at."""
    query = call.query
    wanted = ProductFilter(
        code=query.code,
        text=query.q,
        category_id=query.category,
        brand=query.brand,
        family=query.family,
        shop=query.shop,
        external_id=query.external_id,
        has_problems=query.has_problems,
        changed_from_ms=query.changed_from,
    )
    request = page_request(call, sortable=FIELDS, default="code")
    page = await call.parts.storage.read(lambda c: find_products(c, wanted, request))
    return Answer(listed(page, call, [show_product(product) for product in page.rows]))


@endpoint(
    "GET",
    "/api/v1/products/{id}",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read one product",
    answers={200: ProductShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_product(call: Call[NoBody, NoQuery]) -> Outcome:
    """The ETag is the version that PATCH takes as If-Match."""
    product_id = call.id("id", "product")

    def query(connection: sqlite3.Connection) -> Product | None:
        return load(connection, product_id)

    product = await call.parts.storage.read(query)
    if product is None:
        raise not_found("product")
    return Answer(show_product(product), version=product.version)


@endpoint(
    "POST",
    "/api/v1/products",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Create a product",
    answers={201: ProductShown},
    problems=(ProblemKind.EXISTS,),
    takes_key=True,
)
async def create_product(call: Call[ProductIn, NoQuery]) -> Outcome:
    """No two products share a code, whatever its spaces and letter case."""
    await _check_images(call, call.body.images)
    command = CreateProduct(
        draft=draft_of(call.body),
        links=tuple(NewLink(it.shop, it.external_id, it.sku) for it in call.body.links),
        mark=call.mark,
        encode=created,
    )
    return await told(call, call.parts.ids.next_id(), command, status=CREATED)


@endpoint(
    "PATCH",
    "/api/v1/products/{id}",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Change a product",
    answers={200: ProductShown},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.EXISTS, ProblemKind.VERSION_DIFFERS),
    takes_key=True,
    takes_version=True,
)
async def edit_product(call: Call[ProductChanges, NoQuery]) -> Outcome:
    """What is left out stays. ``sync`` changes the switches of the shops it names.

    The record is changed first, then one shop's switches after the other; repeating the
    request finishes what a failure in between left.
    """
    product_id = call.id("id", "product")
    await _check_images(call, call.body.images)
    outcome: Outcome = Answer(None)
    for command in commands_of(call.body, call.expected_version, call.mark, changed):
        outcome = await told(call, product_id, command)
    return outcome


@endpoint(
    "POST",
    "/api/v1/products/bulk",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Set the sync switches of many products",
    answers={200: BulkDone},
    takes_key=True,
)
async def change_many(call: Call[BulkIn, NoQuery]) -> Outcome:
    """Each product is changed by itself: what goes wrong with one is told and stops no other."""
    for shop in call.body.sync:
        if call.parts.book.shop(shop) is None:
            raise invalid(f"sync.{shop}", "there is no such shop")
    product_ids = list(dict.fromkeys(call.body.products))
    problems: list[BulkProblem] = []
    for start in range(0, len(product_ids), _BULK_AT_ONCE):
        chunk = product_ids[start : start + _BULK_AT_ONCE]
        refusals = await asyncio.gather(*(_switched(call, each) for each in chunk))
        problems += [refusal for refusal in refusals if refusal is not None]
    return Answer(BulkDone(len(product_ids) - len(problems), problems))


@endpoint(
    "POST",
    "/api/v1/products/{id}/codes",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Add a further code",
    answers={200: ProductShown},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
)
async def add_code(call: Call[CodeIn, NoQuery]) -> Outcome:
    """Adding the same code again is harmless."""
    command = AddCode(code=code_of(call.body), mark=call.mark, encode=changed)
    return await told(call, call.id("id", "product"), command)


@endpoint(
    "DELETE",
    "/api/v1/products/{id}/codes",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Take a further code away",
    answers={200: ProductShown},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
)
async def remove_code(call: Call[NoBody, CodeQuery]) -> Outcome:
    """Letter case and spaces of the code do not matter."""
    command = RemoveCode(code=call.query.code, mark=call.mark, encode=changed)
    return await told(call, call.id("id", "product"), command)


@endpoint(
    "PUT",
    "/api/v1/products/{id}/prices/{warehouse}",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Set a selling price",
    answers={200: ProductShown},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.VERSION_DIFFERS),
    takes_key=True,
    takes_version=True,
)
async def set_price(call: Call[PriceIn, NoQuery]) -> Outcome:
    """RON with VAT. Shops whose prices come from this warehouse are told."""
    warehouse = call.path("warehouse")
    if not call.parts.book.has_warehouse(warehouse):
        raise not_found("warehouse")
    command = SetPrice(
        warehouse=warehouse,
        price_e4=int(call.body.price),
        expected_version=call.expected_version,
        mark=call.mark,
        encode=changed,
    )
    return await told(call, call.id("id", "product"), command)


@endpoint(
    "POST",
    "/api/v1/products/{id}/links",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Tie a shop's item to the product",
    answers={200: ProductShown},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.EXISTS),
    takes_key=True,
)
async def add_link(call: Call[LinkIn, NoQuery]) -> Outcome:
    """Lines of open orders that waited for the item are linked too."""
    link = NewLink(call.body.shop, call.body.external_id, call.body.sku)
    command = Link(link=link, mark=call.mark, encode=changed)
    return await told(call, call.id("id", "product"), command)


@endpoint(
    "DELETE",
    "/api/v1/products/{id}/links/{shop}/{external_id}",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Untie a shop's item",
    answers={200: ProductShown},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
)
async def remove_link(call: Call[NoBody, NoQuery]) -> Outcome:
    """The shop is told nothing more of it. Lines already linked keep their product."""
    command = Unlink(
        shop=call.path("shop"),
        external_id=call.path("external_id"),
        mark=call.mark,
        encode=changed,
    )
    return await told(call, call.id("id", "product"), command)


async def _switched(call: Call[BulkIn, NoQuery], product_id: int) -> BulkProblem | None:
    try:
        for shop, switches in call.body.sync.items():
            command = SetSync(shop=shop, stock=switches.stock, price=switches.price, by_person=True)
            await call.parts.directory.ask(ProductActor, product_id, command)
    except Rejection as refusal:
        return BulkProblem(id_text(product_id), str(refusal))
    return None


async def _check_images(call: Call[Any, Any], images: list[ImageIn] | UnsetType) -> None:
    """See that every image has an address or is here."""
    for index, image in enumerate([] if images is UNSET else images):
        if image.media:
            if await call.parts.media.find(image.media) is None:
                raise invalid(f"images[{index}].media", "there is no such image here")
        elif not image.url:
            raise invalid(f"images[{index}]", "give url or media")


ENDPOINTS = (
    list_products,
    read_product,
    create_product,
    edit_product,
    change_many,
    add_code,
    remove_code,
    set_price,
    add_link,
    remove_link,
)
