"""The nomenclature: products with their codes, prices, sync switches and links."""

import sqlite3
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from magazie.actors.product_messages import (
    AddCode,
    CreateProduct,
    Link,
    NewLink,
    RemoveCode,
    SetPrice,
    Unlink,
)
from magazie.actors.settings_book import Role
from magazie.http.api.product_answers import CREATED, told
from magazie.http.api.product_requests import (
    CodeIn,
    ImageIn,
    LinkIn,
    ProductChanges,
    ProductIn,
    code_of,
    commands_of,
    draft_of,
)
from magazie.http.api.product_shapes import InShops, ProductShown, show_product
from magazie.http.api.texts import Code, Line, Short, Words
from magazie.http.endpoint import Answer, Call, LanguageQuery, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import Moment, Price, RecordId
from magazie.http.page_texts import Language
from magazie.http.paging import Listed, Paging, listed, page_request
from magazie.http.problems import ProblemKind, invalid, not_found
from magazie.model.publishing import PublishProblem
from magazie.storage.products import Product, load
from magazie.storage.publications import of_products
from magazie.storage.reads.keyset import Page
from magazie.storage.reads.products import FIELDS, ProductFilter, find_products

_TAG = "products"


class ProductQuery(Paging):
    """Which products. ``code`` is any code, typed or scanned; ``q`` is looked for in words.

    ``problem`` is one of publishing: to ``shop``, or to any. Products never linked to the shop
    are found by it too. ``lang`` is the language of ``problems``, else the browser's.
    """

    code: Short | None = None
    q: Words | None = None
    category: RecordId | None = None
    brand: Line | None = None
    family: Short | None = None
    shop: Short | None = None
    external_id: Short | None = None
    has_problems: bool | None = None
    problem: PublishProblem | None = None
    changed_from: Moment | None = None
    lang: Language | None = None


class CodeQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The further code to take away."""

    code: Code


class PriceIn(msgspec.Struct, forbid_unknown_fields=True):
    """A selling price, RON with VAT."""

    price: Price


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
        problem=query.problem,
        changed_from_ms=query.changed_from,
    )
    request = page_request(call, sortable=FIELDS, default="code")

    def find(connection: sqlite3.Connection) -> tuple[Page[Product], dict[int, InShops]]:
        page = find_products(connection, wanted, request)
        return page, dict(of_products(connection, (product.id for product in page.rows)))

    page, in_shops = await call.parts.storage.read(find)
    language = call.language
    shown = [show_product(each, in_shops.get(each.id, ()), language) for each in page.rows]
    return Answer(listed(page, call, shown))


@endpoint(
    "GET",
    "/api/v1/products/{id}",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read one product",
    answers={200: ProductShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_product(call: Call[NoBody, LanguageQuery]) -> Outcome:
    """The ETag is the version that PATCH takes as If-Match."""
    product_id = call.id("id", "product")

    def query(connection: sqlite3.Connection) -> tuple[Product | None, InShops]:
        in_shops = of_products(connection, (product_id,))
        return load(connection, product_id), in_shops.get(product_id, ())

    product, in_shops = await call.parts.storage.read(query)
    if product is None:
        raise not_found("product")
    return Answer(show_product(product, in_shops, call.language), version=product.version)


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
    for command in commands_of(call.body, call.expected_version, call.mark):
        outcome = await told(call, product_id, command)
    return outcome


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
    command = AddCode(code=code_of(call.body), mark=call.mark)
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
    command = RemoveCode(code=call.query.code, mark=call.mark)
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
    command = Link(link=link, mark=call.mark)
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
    )
    return await told(call, call.id("id", "product"), command)


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
    add_code,
    remove_code,
    set_price,
    add_link,
    remove_link,
)
