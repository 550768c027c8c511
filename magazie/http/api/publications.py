"""Publishing: products chosen for a shop, and how far each of them is there."""

import sqlite3
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from magazie.actors.settings_book import Role
from magazie.http.api.jobs import JobStarted, require_as_asked
from magazie.http.api.shop_paths import desk_of, shop_of
from magazie.http.api.texts import Words
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import IdText, RecordId, id_text
from magazie.http.page_texts import Language
from magazie.http.paging import Listed, Paging, listed, page_request
from magazie.http.problems import ProblemKind, invalid
from magazie.http.publish_words import (
    PublishDetailWords,
    PublishWords,
    publish_detail_words,
    publish_words,
)
from magazie.model.publishing import PublishProblem
from magazie.storage.reads.keyset import Page
from magazie.storage.reads.publications import (
    FIELDS,
    PublicationFilter,
    PublicationRow,
    ShopPresence,
    find_publications,
)
from magazie.storage.reads.publishing import Judge, media_url

_TAG = "shops"
_ACCEPTED: Final = 202
_MOST: Final = 10_000


class PublishIn(msgspec.Struct, forbid_unknown_fields=True):
    """The products to publish."""

    products: Annotated[list[RecordId], Meta(min_length=1, max_length=_MOST)]


class PublicationQuery(Paging):
    """Which products. ``problem`` is one that publishing has noted; ``job`` chose them last.

    ``lang`` is the language of ``detail``, else the browser's.
    """

    category: RecordId | None = None
    q: Words | None = None
    state: ShopPresence | None = None
    problem: PublishProblem | None = None
    job: RecordId | None = None
    lang: Language | None = None


class PublicationShown(msgspec.Struct, frozen=True):
    """A product in a shop. ``problems`` stand against publishing it.

    ``detail`` is what the shop said of it, the ids of items there that have its codes, or what
    else there is to say; ``explanation`` has it with its code in both languages, or is null.
    ``items`` are the shop's items that are tied to it, ``job`` the one that chose it last.
    """

    product: IdText
    code: str
    name: str
    state: ShopPresence
    problems: list[PublishWords]
    detail: str
    items: tuple[str, ...]
    job: IdText | None
    explanation: PublishDetailWords | None


@endpoint(
    "POST",
    "/api/v1/shops/{shop}/publish",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Publish products to a shop",
    answers={202: JobStarted},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.NOT_READY, ProblemKind.CONFLICT),
    takes_key=True,
)
async def publish_products(call: Call[PublishIn, NoQuery]) -> Outcome:
    """A job: what can be published is made in the shop, or changed where it is there already.

    What stands against a product is on it, at ``/publications``, and in one alert a job. One
    job of a shop runs at a time: the same one gives the same job, another is refused.
    """
    desk = desk_of(call)
    products = tuple(dict.fromkeys(int(each) for each in call.body.products))
    for index, product_id in enumerate(call.body.products):
        if not call.parts.nomenclature.exists(int(product_id)):
            raise invalid(f"products[{index}]", "there is no such product")
    arguments = desk.publish_arguments(products)
    job_id = await desk.start_publish(arguments)
    await require_as_asked(call, job_id, arguments, "publishes other products")
    return Answer(JobStarted(id_text(job_id)), _ACCEPTED)


@endpoint(
    "GET",
    "/api/v1/shops/{shop}/publications",
    role=Role.PICKER,
    tag=_TAG,
    summary="List products beside what is published of them",
    answers={200: Listed[PublicationShown]},
    problems=(ProblemKind.NOT_FOUND,),
)
async def list_publications(call: Call[NoBody, PublicationQuery]) -> Outcome:
    """All products, those never published too. By code unless sorted by id, code or name."""
    query, settings, parts = call.query, shop_of(call), call.parts
    wanted = PublicationFilter(query.category, query.q, query.state, query.problem, query.job)
    request = page_request(call, sortable=FIELDS, default="code")

    def find(connection: sqlite3.Connection) -> Page[PublicationRow]:
        judge = Judge(
            connection,
            settings.name,
            price_warehouse=settings.price_warehouse,
            media_url=media_url(parts.public_url),
        )
        return find_publications(connection, settings.name, wanted, request, judge)

    page = await parts.storage.read(find)
    return Answer(listed(page, call, [_show(row, call.language) for row in page.rows]))


def _show(row: PublicationRow, language: Language) -> PublicationShown:
    explained = publish_detail_words(row.detail)
    return PublicationShown(
        product=id_text(row.product_id),
        code=row.code,
        name=row.name,
        state=row.state,
        problems=[publish_words(problem) for problem in row.problems],
        detail=explained.of(language) if explained is not None else "",
        items=row.items,
        job=id_text(row.batch) if row.batch is not None else None,
        explanation=explained,
    )


ENDPOINTS = (publish_products, list_publications)
