"""Exclusions in bulk: what one shop is told of many products."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from magazie.actors.settings_book import Role
from magazie.http.api.jobs import JobStarted, require_as_asked
from magazie.http.api.shop_paths import desk_of
from magazie.http.api.texts import Line, Words
from magazie.http.endpoint import Answer, Call, NoQuery, Outcome, endpoint
from magazie.http.fields import RecordId, id_text
from magazie.http.problems import ProblemKind, invalid
from magazie.storage.reads.products import ProductFilter

_ACCEPTED: Final = 202
_MOST: Final = 10_000


class SwitchFilter(msgspec.Struct, forbid_unknown_fields=True):
    """Which products; what is left out filters nothing. ``q`` is looked for in words.

    ``linked`` true keeps those that are tied to an item of the shop.
    """

    category: RecordId | None = None
    brand: Line | None = None
    q: Words | None = None
    has_problems: bool | None = None
    linked: bool = False


class SwitchesIn(msgspec.Struct, forbid_unknown_fields=True):
    """Either ``products`` or ``filter``; a switch left out stays as each product has it."""

    products: Annotated[list[RecordId], Meta(min_length=1, max_length=_MOST)] | None = None
    filter: SwitchFilter | None = None
    stock: bool | None = None
    price: bool | None = None


@endpoint(
    "POST",
    "/api/v1/shops/{shop}/sync-switches",
    role=Role.OFFICE,
    tag="shops",
    summary="Switch what a shop is told of many products",
    answers={202: JobStarted},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.NOT_READY, ProblemKind.CONFLICT),
    takes_key=True,
)
async def switch_many(call: Call[SwitchesIn, NoQuery]) -> Outcome:
    """A job; its result tells how many are as asked, and which were left and why.

    One change of a shop runs at a time: the same one gives the same job, another is refused.
    """
    body, desk = call.body, desk_of(call)
    if (body.products is None) == (body.filter is None):
        raise invalid("products", "either products or filter")
    if body.stock is None and body.price is None:
        raise invalid("stock", "either stock or price, or both")
    arguments = desk.switch_arguments(
        products=tuple(map(int, body.products)) if body.products is not None else None,
        wanted=_wanted(body.filter, desk.shop) if body.filter is not None else None,
        stock=body.stock,
        price=body.price,
    )
    job_id = await desk.start_switches(arguments)
    await require_as_asked(call, job_id, arguments, "switches other products of the shop")
    return Answer(JobStarted(id_text(job_id)), _ACCEPTED)


def _wanted(chosen: SwitchFilter, shop: str) -> ProductFilter:
    return ProductFilter(
        text=chosen.q,
        category_id=int(chosen.category) if chosen.category is not None else None,
        brand=chosen.brand,
        shop=shop if chosen.linked else None,
        has_problems=chosen.has_problems,
    )


ENDPOINTS = (switch_many,)
