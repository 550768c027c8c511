"""The same change for many products: fields and prices as a job, switches at once."""

import asyncio
import sqlite3
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import SetSync
from magazie.actors.product_rules import faults_of
from magazie.actors.runtime import Rejection
from magazie.actors.settings_book import Role
from magazie.http.api.jobs import JobStarted
from magazie.http.api.product_requests import AttributeIn, SyncIn
from magazie.http.api.texts import Line, Short, Words
from magazie.http.endpoint import Answer, Call, NoQuery, Outcome, endpoint
from magazie.http.fields import IdText, Moment, Percent, Price, Rate, RecordId, id_text
from magazie.http.page_texts import Language
from magazie.http.problems import ProblemError, ProblemKind, invalid
from magazie.http.reason_language import in_reason_language
from magazie.model.repricing import PRICE_DECIMALS
from magazie.model.tracking import Tracking
from magazie.storage import categories
from magazie.storage.idempotency import StoredAnswer, store
from magazie.storage.jobs import Job
from magazie.storage.product_edits import EditOrder, FieldChanges, PriceChange
from magazie.storage.products import Attribute, ProductDraft
from magazie.storage.reads.products import ProductFilter

_ACCEPTED: Final = 202
_MOST: Final = 10_000
_MOST_SWITCHED: Final = 1000
_SWITCHED_AT_ONCE: Final = 50
_NOTHING_LEFT_E2: Final = -10_000  # -100 %

_encode = msgspec.json.Encoder().encode


class EditFilter(msgspec.Struct, forbid_unknown_fields=True):
    """Which products, as the list of products takes it; what is left out filters nothing."""

    code: Short | None = None
    q: Words | None = None
    category: RecordId | None = None
    brand: Line | None = None
    family: Short | None = None
    shop: Short | None = None
    external_id: Short | None = None
    has_problems: bool | None = None
    changed_from: Moment | None = None


class FieldsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to set; what is left out stays as each product has it.

    An attribute takes the place of the one of its name, or is added; without values it goes.
    """

    category_id: RecordId | UnsetType | None = UNSET
    brand: Line | UnsetType = UNSET
    unit: Short | UnsetType = UNSET
    vat_rate: Rate | UnsetType | None = UNSET
    location: Short | UnsetType = UNSET
    tracking: Tracking | UnsetType = UNSET
    attributes: Annotated[list[AttributeIn], Meta(min_length=1, max_length=100)] | UnsetType = UNSET


class PriceChangeIn(msgspec.Struct, forbid_unknown_fields=True):
    """A selling price, RON with VAT: ``value``, or ``percent`` more (less where negative).

    What a percentage makes is rounded once, halves up, to ``decimals``.
    """

    warehouse: Short
    value: Price | None = None
    percent: Percent | None = None
    decimals: Annotated[int, Meta(ge=0, le=PRICE_DECIMALS)] = 2


class BulkIn(msgspec.Struct, forbid_unknown_fields=True):
    """Either ``products`` or ``filter``; and ``set``, ``price`` or both, or ``sync`` alone."""

    products: Annotated[list[RecordId], Meta(min_length=1, max_length=_MOST)] | None = None
    filter: EditFilter | None = None
    set: FieldsIn = FieldsIn()
    price: PriceChangeIn | None = None
    sync: Annotated[dict[str, SyncIn], Meta(min_length=1, max_length=20)] | None = None
    dry_run: bool = False


class BulkProblem(msgspec.Struct, frozen=True):
    """A product that was left as it was, and why: in one language, and in both."""

    product: IdText
    message: str
    ro: str
    en: str


class BulkDone(msgspec.Struct, frozen=True):
    """How many products are now as asked, and those that are not."""

    done: int
    problems: list[BulkProblem]


@endpoint(
    "POST",
    "/api/v1/products/bulk",
    role=Role.OFFICE,
    tag="products",
    summary="Change many products",
    answers={200: BulkDone, 202: JobStarted},
    problems=(ProblemKind.CONFLICT,),
    takes_key=True,
)
async def change_many(call: Call[BulkIn, NoQuery]) -> Outcome:
    """A job; its result counts what changed and tells which products were left, and why.

    What each product is to become is stored before the first one is changed. One edit runs at a
    time: the same one gives the same job, another is refused. A dry run shows the first rows
    before and after. Switches (``sync``) are set at once, of up to 1000 products.
    """
    body = call.body
    if (body.products is None) == (body.filter is None):
        raise invalid("products", "either products or filter")
    if body.sync is not None:
        return await _switch(call, body.products, body.sync)
    order = EditOrder(
        products=tuple(map(int, body.products)) if body.products is not None else None,
        wanted=_wanted(body.filter) if body.filter is not None else None,
        fields=_fields(body.set),
        price=_price(call, body.price) if body.price is not None else None,
        dry_run=body.dry_run,
    )
    if order.price is None and order.fields == FieldChanges():
        raise invalid("set", "either set or price, or both")
    await _check_fields(call, order.fields)
    return await _start(call, _encode(order))


async def _start(call: Call[BulkIn, NoQuery], arguments: bytes) -> Outcome:
    """Start the job; a key is kept with it, so that no repetition adds a percentage again."""
    mark, now_ms = call.mark, call.parts.clock.now_ms()
    is_ours = False

    def beside(connection: sqlite3.Connection, job: Job) -> None:
        nonlocal is_ours
        is_ours = job.arguments.encode() == arguments
        if is_ours and mark is not None:
            answer = StoredAnswer(_ACCEPTED, _encode(JobStarted(id_text(job.id))))
            store(connection, mark, answer, now_ms)

    job_id = await call.parts.start_edits(arguments, beside)
    if not is_ours:
        detail = f"job {id_text(job_id)} edits products otherwise; wait for its end"
        raise ProblemError(ProblemKind.CONFLICT, detail)
    return Answer(JobStarted(id_text(job_id)), _ACCEPTED)


def _wanted(chosen: EditFilter) -> ProductFilter:
    return ProductFilter(
        code=chosen.code,
        text=chosen.q,
        category_id=int(chosen.category) if chosen.category is not None else None,
        brand=chosen.brand,
        family=chosen.family,
        shop=chosen.shop,
        external_id=chosen.external_id,
        has_problems=chosen.has_problems,
        changed_from_ms=int(chosen.changed_from) if chosen.changed_from is not None else None,
    )


def _fields(body: FieldsIn) -> FieldChanges:
    given = body.attributes if body.attributes is not UNSET else []
    names = [each.name for each in given]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise invalid(f"set.attributes[{index}].name", "is given twice")
    attributes = tuple(Attribute(each.name, each.values) for each in given)
    return FieldChanges(
        category_id=_number(body.category_id),
        brand=body.brand,
        unit=body.unit,
        vat_rate_e2=_number(body.vat_rate),
        location=body.location,
        tracking=body.tracking,
        attributes=attributes or UNSET,
    )


def _number(value: int | UnsetType | None) -> int | UnsetType | None:
    """The plain integer of a field's own type."""
    return value if value is UNSET or value is None else int(value)


def _price(call: Call[BulkIn, NoQuery], body: PriceChangeIn) -> PriceChange:
    if not call.parts.book.has_warehouse(body.warehouse):
        raise invalid("price.warehouse", "there is no such warehouse")
    if (body.value is None) == (body.percent is None):
        raise invalid("price.value", "either value or percent")
    if body.value is not None and body.value <= 0:
        raise invalid("price.value", "must be more than 0")
    if body.percent is not None and body.percent <= _NOTHING_LEFT_E2:
        raise invalid("price.percent", "must be more than -100")
    return PriceChange(
        warehouse=body.warehouse,
        value_e4=int(body.value) if body.value is not None else None,
        percent_e2=int(body.percent) if body.percent is not None else None,
        decimals=body.decimals,
    )


async def _check_fields(call: Call[BulkIn, NoQuery], fields: FieldChanges) -> None:
    """See that what is to be set could stand on a product."""
    given = {
        name: value
        for name in FieldChanges.__struct_fields__
        if (value := getattr(fields, name)) is not UNSET
    }
    faults = faults_of(ProductDraft(code="X", name="X", **given), call.parts.book)
    for fault in faults:
        raise invalid(f"set.{fault.field}", fault.message)
    category_id = fields.category_id
    if isinstance(category_id, int):

        def query(connection: sqlite3.Connection) -> bool:
            return categories.exists(connection, category_id)

        if not await call.parts.storage.read(query):
            raise invalid("set.category_id", "there is no such category")


async def _switch(
    call: Call[BulkIn, NoQuery], products: list[RecordId] | None, sync: dict[str, SyncIn]
) -> Outcome:
    """Each product is switched by itself: what goes wrong with one is told and stops no other."""
    body = call.body
    if body.set != FieldsIn() or body.price is not None or body.dry_run:
        raise invalid("sync", "switches are changed by themselves; leave out the rest")
    if products is None or len(products) > _MOST_SWITCHED:
        raise invalid("products", f"switches are changed of up to {_MOST_SWITCHED} products")
    for shop in sync:
        if call.parts.book.shop(shop) is None:
            raise invalid(f"sync.{shop}", "there is no such shop")
    product_ids = list(dict.fromkeys(products))
    problems: list[BulkProblem] = []
    for start in range(0, len(product_ids), _SWITCHED_AT_ONCE):
        chunk = product_ids[start : start + _SWITCHED_AT_ONCE]
        refusals = await asyncio.gather(*(_switched(call, sync, each) for each in chunk))
        problems += [refusal for refusal in refusals if refusal is not None]
    return Answer(BulkDone(len(product_ids) - len(problems), problems))


async def _switched(
    call: Call[BulkIn, NoQuery], sync: dict[str, SyncIn], product_id: int
) -> BulkProblem | None:
    try:
        for shop, switches in sync.items():
            command = SetSync(shop=shop, stock=switches.stock, price=switches.price, by_person=True)
            await call.parts.directory.ask(ProductActor, product_id, command)
    except Rejection as refusal:
        ro, en = (in_reason_language(str(refusal), it) for it in (Language.RO, Language.EN))
        message = ro if call.language is Language.RO else en
        return BulkProblem(id_text(product_id), message, ro, en)
    return None


ENDPOINTS = (change_many,)
