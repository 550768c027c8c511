"""What an import does with a shop's items and why, and what people decide of them."""

import enum
import sqlite3
from typing import Any

import msgspec

from magazie.actors.listing_messages import DecideItem, DecisionAction
from magazie.actors.settings_book import Role
from magazie.actors.shop_catalogue import ShopCatalogue
from magazie.http.api.shop_listing import ListingShown, show_item
from magazie.http.api.shop_paths import shop_of
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import IdText, MomentText, RecordId, id_text, moment_text
from magazie.http.page_texts import Language, language_of
from magazie.http.paging import Listed, Paging, listed, page_request
from magazie.http.problems import ProblemKind, invalid, not_found
from magazie.model.codes import keys_of
from magazie.model.match_words import why
from magazie.model.matching import MatchAction, MatchReason, Verdict
from magazie.storage.reads.import_plan import FIELDS, PlanFilter, PlanRow, find_plan, plan_of
from magazie.storage.reads.listing import ListingRow, linked_items, read_item

_TAG = "shops"


class PreviewQuery(Paging):
    """Which items; ``lang`` is the language of ``why``, else the browser's."""

    action: MatchAction | None = None
    reason: MatchReason | None = None
    lang: Language | None = None


class PreviewShown(msgspec.Struct, frozen=True):
    """What the last import or dry run did, or would do, with one item, and why.

    ``products`` and ``items`` are those that the reason speaks of.
    """

    id: str
    external_id: str
    sku: str
    ean: str
    name: str
    action: MatchAction
    reason: MatchReason
    why: str
    product: IdText | None
    products: list[IdText]
    items: tuple[str, ...]
    planned_at: MomentText


class MatchedBy(enum.StrEnum):
    """Which of an item's codes names a product."""

    SKU = "sku"
    EAN = "ean"


class CandidateShown(msgspec.Struct, frozen=True):
    """A product that the item may be, by which codes, and the shop's items it has already."""

    product: IdText
    code: str
    ean: str
    name: str
    matched_by: list[MatchedBy]
    linked_items: list[str]


class CandidatesQuery(msgspec.Struct, forbid_unknown_fields=True):
    """``lang`` is the language of ``why``, else the browser's."""

    lang: Language | None = None


class CandidatesShown(msgspec.Struct, frozen=True):
    """Products that the item may be, and what the last import said of it, if it did."""

    candidates: list[CandidateShown]
    reason: MatchReason | None
    why: str
    items: tuple[str, ...]


class DecideIn(msgspec.Struct, forbid_unknown_fields=True):
    """A person's word on an item; ``product`` is the one to link."""

    action: DecisionAction
    product: RecordId | None = None


@endpoint(
    "GET",
    "/api/v1/shops/{shop}/import/preview",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Read what an import does with each item, and why",
    answers={200: Listed[PreviewShown]},
    problems=(ProblemKind.NOT_FOUND,),
)
async def preview(call: Call[NoBody, PreviewQuery]) -> Outcome:
    """As the last import or dry run of the shop said; by external_id unless sorted otherwise."""
    shop, query = shop_of(call).name, call.query
    wanted = PlanFilter(query.action, query.reason)
    request = page_request(call, sortable=FIELDS, default="external_id")
    page = await call.parts.storage.read(lambda c: find_plan(c, shop, wanted, request))
    language = language_of(call.request, call.parts.language)
    return Answer(listed(page, call, [_planned(row, language) for row in page.rows]))


@endpoint(
    "GET",
    "/api/v1/shops/{shop}/listing/{row}/candidates",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read which products an item may be",
    answers={200: CandidatesShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def candidates(call: Call[NoBody, CandidatesQuery]) -> Outcome:
    """Looked up now, by the item's SKU and EAN."""
    shop, external_id = shop_of(call).name, call.path("row")

    def query(connection: sqlite3.Connection) -> tuple[ListingRow | None, Verdict | None]:
        return read_item(connection, shop, external_id), plan_of(connection, shop, external_id)

    row, verdict = await call.parts.storage.read(query)
    if row is None:
        raise not_found("item")
    language = language_of(call.request, call.parts.language)
    return Answer(
        CandidatesShown(
            candidates=await _candidates(call, shop, row, verdict),
            reason=verdict.reason if verdict is not None else None,
            why=why(verdict, row.sku, row.ean, language=language) if verdict is not None else "",
            items=verdict.items if verdict is not None else (),
        )
    )


@endpoint(
    "POST",
    "/api/v1/shops/{shop}/listing/{row}/decide",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Decide what a shop's item is",
    answers={200: ListingShown},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.CONFLICT, ProblemKind.EXISTS),
    takes_key=True,
)
async def decide(call: Call[DecideIn, NoQuery]) -> Outcome:
    """Later reads and imports keep to it.

    ``link`` ties the item to the product at once; ``create`` has the next import make a product
    of it, whatever resembles it; ``ignore`` leaves it out; ``undo`` forgets the decision, and
    unties what it tied.
    """
    shop, external_id, body = shop_of(call).name, call.path("row"), call.body
    is_link = body.action is DecisionAction.LINK
    if is_link != (body.product is not None):
        raise invalid("product", "goes with link, and with nothing else")
    message = DecideItem(
        external_id=external_id,
        action=body.action,
        product_id=int(body.product) if body.product is not None else None,
        by=call.who.name,
    )
    await call.parts.directory.ask(ShopCatalogue, shop, message)
    row = await call.parts.storage.read(lambda c: read_item(c, shop, external_id))
    if row is None:
        raise not_found("item")
    return Answer(show_item(row, call.language))


async def _candidates(
    call: Call[Any, Any], shop: str, row: ListingRow, verdict: Verdict | None
) -> list[CandidateShown]:
    found: dict[int, list[MatchedBy]] = {}
    for by, text in ((MatchedBy.SKU, row.sku), (MatchedBy.EAN, row.ean)):
        for key in keys_of(text)[-1:]:
            for product_id in call.parts.nomenclature.named_by(key):
                found.setdefault(product_id, []).append(by)
    for product_id in verdict.products if verdict is not None else ():
        if call.parts.nomenclature.exists(product_id):
            found.setdefault(product_id, [])
    labels = await call.parts.labels.of(tuple(found))
    tied = await call.parts.storage.read(lambda c: linked_items(c, shop, found))
    return [
        CandidateShown(
            product=id_text(product_id),
            code=labels[product_id].code,
            ean=labels[product_id].ean,
            name=labels[product_id].name,
            matched_by=by,
            linked_items=tied.get(product_id, []),
        )
        for product_id, by in sorted(found.items())
    ]


def _planned(row: PlanRow, language: Language) -> PreviewShown:
    verdict = row.verdict
    product_id = verdict.product_id
    return PreviewShown(
        id=row.external_id,
        external_id=row.external_id,
        sku=row.sku,
        ean=row.ean,
        name=row.name,
        action=verdict.action,
        reason=verdict.reason,
        why=why(verdict, row.sku, row.ean, language=language),
        product=id_text(product_id) if product_id is not None else None,
        products=[id_text(each) for each in verdict.products],
        items=verdict.items,
        planned_at=moment_text(row.planned_ms),
    )


ENDPOINTS = (preview, candidates, decide)
