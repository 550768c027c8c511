"""What a shop shows: its items, and the orders that were not taken."""

import sqlite3
from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from magazie.actors.field_faults import FieldFault
from magazie.actors.order_feed import OrderFeed
from magazie.actors.order_feed_messages import DismissOrders
from magazie.actors.settings_book import Role
from magazie.http.api.shop_paths import desk_of, shop_of
from magazie.http.api.texts import Code, Short, Words
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import (
    AmountText,
    IdText,
    MomentText,
    PriceText,
    QuantityText,
    amount_text,
    id_text,
    moment_text,
    price_text,
    quantity_text,
)
from magazie.http.item_problem_words import (
    ItemProblemWords,
    in_language,
    item_problem_words,
)
from magazie.http.page_texts import Language
from magazie.http.paging import Listed, Paging, listed, page_request
from magazie.http.problems import ProblemError, ProblemKind
from magazie.http.reason_language import in_reason_language
from magazie.model.decimals import E4, Bani, Milli
from magazie.model.item_problems import read
from magazie.model.matching import ChoiceAction
from magazie.storage.reads.listing import FIELDS as LISTING_FIELDS
from magazie.storage.reads.listing import ListingFilter, ListingRow, ListingState, find_listing
from magazie.storage.reads.untaken_orders import FIELDS as UNTAKEN_FIELDS
from magazie.storage.reads.untaken_orders import (
    UntakenOrder,
    UntakenReason,
    find_untaken,
    numbers_of,
)

_TAG = "shops"
_MOST_TAKEN = 50
_MOST_DISMISSED = 200


class ListingQuery(Paging):
    """Which items of the shop; ``q`` is looked for in SKU, EAN and name.

    ``category`` is the shop's id of one, those below it included. ``lang`` is the language of
    ``problem``, else the browser's.
    """

    state: ListingState | None = None
    sku: Short | None = None
    family: Short | None = None
    category: Short | None = None
    brand: Short | None = None
    has_problem: bool | None = None
    has_product: bool | None = None
    q: Words | None = None
    lang: Language | None = None


class ListingShown(msgspec.Struct, frozen=True):
    """One item as the shop last said, and the product it is linked to.

    ``problem`` says in one language what ``explanations`` say in both, each with its code.
    """

    id: str
    external_id: str
    sku: str
    ean: str
    name: str
    state: ListingState
    product: IdText | None
    problem: str | None
    stock: QuantityText | None
    price: PriceText | None
    read_at: MomentText
    family: str
    decision: ChoiceAction | None
    decided_by: str
    decided_at: MomentText | None
    explanations: list[ItemProblemWords]


class UntakenQuery(Paging):
    """Which of the orders that were not taken; ``lang`` is the language of ``problem``."""

    reason: UntakenReason | None = None
    dismissed: bool | None = None
    lang: Language | None = None


class UntakenShown(msgspec.Struct, frozen=True):
    """An order the shop showed: placed before orders were taken, or not understood.

    ``problem`` says in the language that is asked for what was not understood.
    """

    external_id: str
    reason: UntakenReason
    number: str
    placed_at: MomentText | None
    total: AmountText | None
    status: str
    problem: str
    seen_at: MomentText
    dismissed_by: str


class TakeIn(msgspec.Struct, forbid_unknown_fields=True):
    """The orders to take, by ``external_id``."""

    orders: Annotated[list[Code], Meta(min_length=1, max_length=_MOST_TAKEN)]


class DismissIn(msgspec.Struct, forbid_unknown_fields=True):
    """The orders that a person has seen to, by ``external_id``."""

    orders: Annotated[list[Code], Meta(min_length=1, max_length=_MOST_DISMISSED)]


class Dismissed(msgspec.Struct, frozen=True):
    """How many orders no longer hold their goods back."""

    dismissed: int


class Taken(msgspec.Struct, frozen=True):
    """How many orders were taken now."""

    taken: int


@endpoint(
    "GET",
    "/api/v1/shops/{shop}/listing",
    role=Role.PICKER,
    tag=_TAG,
    summary="List a shop's items",
    answers={200: Listed[ListingShown]},
    problems=(ProblemKind.NOT_FOUND,),
)
async def list_items(call: Call[NoBody, ListingQuery]) -> Outcome:
    """By SKU unless sorted by external_id, sku or name."""
    shop, query = shop_of(call).name, call.query
    wanted = ListingFilter(
        state=query.state,
        sku=query.sku,
        family=query.family,
        category=query.category,
        brand=query.brand,
        has_problem=query.has_problem,
        has_product=query.has_product,
        text=query.q,
    )
    request = page_request(call, sortable=LISTING_FIELDS, default="sku")
    page = await call.parts.storage.read(lambda c: find_listing(c, shop, wanted, request))
    return Answer(listed(page, call, [show_item(row, call.language) for row in page.rows]))


@endpoint(
    "GET",
    "/api/v1/shops/{shop}/orders/untaken",
    role=Role.OFFICE,
    tag=_TAG,
    summary="List orders that were not taken",
    answers={200: Listed[UntakenShown]},
    problems=(ProblemKind.NOT_FOUND,),
)
async def list_untaken(call: Call[NoBody, UntakenQuery]) -> Outcome:
    """Newest first unless sorted by placed_at or external_id."""
    shop, reason = shop_of(call).name, call.query.reason
    request = page_request(call, sortable=UNTAKEN_FIELDS, default="-placed_at")
    dismissed = call.query.dismissed
    page = await call.parts.storage.read(
        lambda c: find_untaken(c, shop, reason, request, dismissed=dismissed)
    )
    return Answer(listed(page, call, [_untaken(order, call.language) for order in page.rows]))


@endpoint(
    "POST",
    "/api/v1/shops/{shop}/orders/untaken/take",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Take orders whatever their age",
    answers={200: Taken},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.SHOP_FAILED, ProblemKind.NOT_READY),
    takes_key=True,
)
async def take_orders(call: Call[TakeIn, NoQuery]) -> Outcome:
    """Each is read anew from the shop. An order that was taken meanwhile is not taken twice."""
    desk, shop, wanted = desk_of(call), shop_of(call).name, call.body.orders

    def query(connection: sqlite3.Connection) -> Mapping[str, str]:
        return numbers_of(connection, shop, wanted)

    numbers = await call.parts.storage.read(query)
    faults = tuple(
        FieldFault(f"orders[{index}]", "no order of this id that can be read waits to be taken")
        for index, external_id in enumerate(wanted)
        if not numbers.get(external_id)
    )
    if faults:
        raise ProblemError(ProblemKind.INVALID, "some orders cannot be taken", errors=faults)
    unique = dict.fromkeys(wanted)
    taken = await desk.take_orders(tuple(numbers[external_id] for external_id in unique))
    return Answer(Taken(taken))


@endpoint(
    "POST",
    "/api/v1/shops/{shop}/orders/untaken/dismiss",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Dismiss orders that cannot be understood",
    answers={200: Dismissed},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.NOT_READY),
    takes_key=True,
)
async def dismiss_orders(call: Call[DismissIn, NoQuery]) -> Outcome:
    """The goods they name are told to the shop again. One that changes there comes back."""
    desk, shop = desk_of(call), shop_of(call).name
    message = DismissOrders(tuple(call.body.orders), call.who.name)
    dismissed: int = await call.parts.directory.ask(OrderFeed, shop, message)
    if dismissed:
        desk.flush()
    return Answer(Dismissed(dismissed))


def show_item(row: ListingRow, language: Language) -> ListingShown:
    """An item as the listing has it."""
    explained = item_problem_words(read(row.problem))
    stock, price, product_id = row.stock_milli, row.base_price_e4, row.product_id
    return ListingShown(
        id=row.external_id,
        external_id=row.external_id,
        sku=row.sku,
        ean=row.ean,
        name=row.name,
        state=row.state,
        product=id_text(product_id) if product_id is not None else None,
        problem=" ".join(in_language(explained, language)) or None,
        stock=quantity_text(Milli(stock)) if stock is not None else None,
        price=price_text(E4(price)) if price is not None else None,
        read_at=moment_text(row.read_ms),
        family=row.family,
        decision=ChoiceAction(row.decision) if row.decision else None,
        decided_by=row.decided_by,
        decided_at=moment_text(row.decided_ms) if row.decided_ms is not None else None,
        explanations=explained,
    )


def _untaken(order: UntakenOrder, language: Language) -> UntakenShown:
    placed_ms, total = order.placed_at_ms, order.total_bani
    return UntakenShown(
        external_id=order.external_id,
        reason=order.reason,
        number=order.number,
        placed_at=moment_text(placed_ms) if placed_ms is not None else None,
        total=amount_text(Bani(total)) if total is not None else None,
        status=order.status,
        problem=in_reason_language(order.problem, language),
        seen_at=moment_text(order.seen_ms),
        dismissed_by=order.dismissed_by,
    )


ENDPOINTS = (list_items, list_untaken, take_orders, dismiss_orders)
