"""Shops: their settings, and the catalogue work done with them."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_book import Role, ShopSettings
from magazie.actors.settings_messages import AddShop, UpdateShop
from magazie.http.api.jobs import JobStarted, require_as_asked
from magazie.http.api.shop_paths import desk_of, shop_of
from magazie.http.api.texts import Line, Short
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import (
    DayOrMoment,
    MomentText,
    QuantityOrNone,
    QuantityText,
    id_text,
    moment_text,
    quantity_text,
)
from magazie.http.paging import Listed, ShortPaging, sliced
from magazie.http.problems import ProblemKind, invalid
from magazie.model.decimals import Milli
from magazie.secret_refs import SecretRef
from magazie.setting_rules import ShopKind
from magazie.settings import Moment, ShopSetup
from magazie.settings import Quantity as SettingQuantity

_TAG = "shops"
_CREATED, _ACCEPTED = 201, 202
_MOST_ROWS = 10_000

Url = Annotated[str, Meta(min_length=1, max_length=500)]
Period = Annotated[int, Meta(ge=1, le=3600)]
StatusMap = Annotated[dict[str, Line], Meta(max_length=20)]


class ShopShown(msgspec.Struct, frozen=True):
    """A shop. Of its secrets only where they stand is shown, never they themselves."""

    has_etag: ClassVar[bool] = True

    name: str
    kind: ShopKind
    version: int
    base_url: str
    shop_url: str
    api_key: str
    webhook_secret: str | None
    webhook_secret_previous: str | None
    stock_warehouse: str | None
    price_warehouse: str | None
    stock_buffer: QuantityText
    orders_from: MomentText
    flush_seconds: int
    poll_seconds: int
    status_map: dict[str, str]
    is_served: bool


class ShopIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new shop. ``name`` is its permanent id.

    Without a warehouse for them, stock or prices are not sent, and an alert says so.
    ``stock_buffer`` is kept back from what the shop is told of every item.
    """

    name: Short
    base_url: Url
    shop_url: Url
    api_key: SecretRef
    kind: ShopKind = ShopKind.GOMAG
    webhook_secret: SecretRef | None = None
    webhook_secret_previous: SecretRef | None = None
    stock_warehouse: Short | None = None
    price_warehouse: Short | None = None
    stock_buffer: QuantityOrNone | UnsetType = UNSET
    orders_from: DayOrMoment | None = None
    flush_seconds: Period = 60
    poll_seconds: Period = 60
    status_map: StatusMap = {}


class ShopChanges(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What to change; what is left out stays. ``status_map`` replaces the names it gives."""

    base_url: Url | UnsetType = UNSET
    shop_url: Url | UnsetType = UNSET
    api_key: SecretRef | UnsetType = UNSET
    webhook_secret: SecretRef | UnsetType | None = UNSET
    webhook_secret_previous: SecretRef | UnsetType | None = UNSET
    stock_warehouse: Short | UnsetType | None = UNSET
    price_warehouse: Short | UnsetType | None = UNSET
    stock_buffer: QuantityOrNone | UnsetType = UNSET
    orders_from: DayOrMoment | UnsetType = UNSET
    flush_seconds: Period | UnsetType = UNSET
    poll_seconds: Period | UnsetType = UNSET
    status_map: StatusMap | UnsetType = UNSET


class ShopTested(msgspec.Struct, frozen=True):
    """The shop answered; in a sentence for people."""

    text: str


class SyncIn(msgspec.Struct, forbid_unknown_fields=True):
    """What to read.

    ``full`` true: everything; false: what changed since the last reading; null: everything
    where that was never read, else what changed.
    """

    full: bool | None = None


class ImportIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What to import: ``all``, or the listing's ``rows`` by id.

    ``dry_run`` changes nothing and tells what would be done. ``opening_stock`` takes the
    shop's stock over for products that are created.
    """

    all: bool = False
    rows: Annotated[list[Short], Meta(min_length=1, max_length=_MOST_ROWS)] | None = None
    dry_run: bool = False
    opening_stock: bool = True


@endpoint(
    "GET",
    "/api/v1/shops",
    role=Role.PICKER,
    tag=_TAG,
    summary="List shops",
    answers={200: Listed[ShopShown]},
)
async def list_shops(call: Call[NoBody, ShortPaging]) -> Outcome:
    """By name."""
    shops = call.parts.book.view.shops
    shown = [_show(call, shops[name]) for name in sorted(shops)]
    return Answer(sliced(call, shown))


@endpoint(
    "GET",
    "/api/v1/shops/{shop}",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read one shop",
    answers={200: ShopShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_shop(call: Call[NoBody, NoQuery]) -> Outcome:
    """The ETag is the version that PATCH takes as If-Match."""
    return _answer(call, shop_of(call))


@endpoint(
    "POST",
    "/api/v1/shops",
    role=Role.ADMIN,
    tag=_TAG,
    summary="Set up another shop",
    answers={201: ShopShown},
    problems=(ProblemKind.EXISTS,),
    takes_key=True,
)
async def add_shop(call: Call[ShopIn, NoQuery]) -> Outcome:
    """Its orders are taken from ``orders_from`` on, by default from now on."""
    body = call.body
    setup = ShopSetup(
        name=body.name,
        kind=body.kind,
        base_url=body.base_url,
        shop_url=body.shop_url,
        api_key=body.api_key,
        webhook_secret=body.webhook_secret,
        webhook_secret_previous=body.webhook_secret_previous,
        stock_warehouse=body.stock_warehouse,
        price_warehouse=body.price_warehouse,
        stock_buffer_milli=SettingQuantity(0 if body.stock_buffer is UNSET else body.stock_buffer),
        orders_from_ms=Moment(body.orders_from) if body.orders_from is not None else None,
        flush_seconds=body.flush_seconds,
        poll_seconds=body.poll_seconds,
        status_map=body.status_map,
    )
    shop: ShopSettings = await call.parts.directory.ask(SettingsActor, SETTINGS_KEY, AddShop(setup))
    return _answer(call, shop, _CREATED)


@endpoint(
    "PATCH",
    "/api/v1/shops/{shop}",
    role=Role.ADMIN,
    tag=_TAG,
    summary="Change a shop",
    answers={200: ShopShown},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.VERSION_DIFFERS),
    takes_key=True,
    takes_version=True,
)
async def edit_shop(call: Call[ShopChanges, NoQuery]) -> Outcome:
    """Another source warehouse makes every item be told again."""
    changes = call.body
    message = UpdateShop(
        name=shop_of(call).name,
        expected_version=call.expected_version,
        base_url=changes.base_url,
        shop_url=changes.shop_url,
        api_key=changes.api_key,
        webhook_secret=changes.webhook_secret,
        webhook_secret_previous=changes.webhook_secret_previous,
        stock_warehouse=changes.stock_warehouse,
        price_warehouse=changes.price_warehouse,
        stock_buffer_milli=UNSET if changes.stock_buffer is UNSET else int(changes.stock_buffer),
        orders_from_ms=UNSET if changes.orders_from is UNSET else int(changes.orders_from),
        flush_seconds=changes.flush_seconds,
        poll_seconds=changes.poll_seconds,
        status_map=changes.status_map,
    )
    shop: ShopSettings = await call.parts.directory.ask(SettingsActor, SETTINGS_KEY, message)
    return _answer(call, shop)


@endpoint(
    "POST",
    "/api/v1/shops/{shop}/test",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Prove a shop's address and key",
    answers={200: ShopTested},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.SHOP_FAILED, ProblemKind.NOT_READY),
    takes_key=True,
)
async def check_shop(call: Call[NoBody, NoQuery]) -> Outcome:
    """One cheap read; a shop that refuses gives 502 with its own words."""
    return Answer(ShopTested(await desk_of(call).test()))


@endpoint(
    "POST",
    "/api/v1/shops/{shop}/sync",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Read a shop's catalogue",
    answers={202: JobStarted},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.NOT_READY),
    takes_key=True,
)
async def sync_shop(call: Call[SyncIn, NoQuery]) -> Outcome:
    """Asking while it runs gives the same job."""
    job_id = await desk_of(call).start_sync(is_whole=call.body.full)
    return Answer(JobStarted(id_text(job_id)), _ACCEPTED)


@endpoint(
    "POST",
    "/api/v1/shops/{shop}/import",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Import a shop's items into the nomenclature",
    answers={202: JobStarted},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.NOT_READY, ProblemKind.CONFLICT),
    takes_key=True,
)
async def import_items(call: Call[ImportIn, NoQuery]) -> Outcome:
    """Links what is here already by its codes, and creates the rest. Repeatable.

    One import of a shop runs at a time: the same one gives the same job, another is refused.
    """
    body, desk = call.body, desk_of(call)
    if body.all == (body.rows is not None):
        raise invalid("all" if body.all else "rows", "either all or rows")
    arguments = desk.import_arguments(
        rows=frozenset(body.rows) if body.rows is not None else None,
        dry_run=body.dry_run,
        opening_stock=body.opening_stock,
    )
    job_id = await desk.start_import(arguments)
    await require_as_asked(call, job_id, arguments, "imports otherwise")
    return Answer(JobStarted(id_text(job_id)), _ACCEPTED)


def _answer(call: Call[object, object], shop: ShopSettings, status: int = 200) -> Answer:
    return Answer(_show(call, shop), status, shop.version)


def _show(call: Call[object, object], shop: ShopSettings) -> ShopShown:
    previous = shop.webhook_secret_previous
    return ShopShown(
        name=shop.name,
        kind=ShopKind(shop.kind),
        version=shop.version,
        base_url=shop.base_url,
        shop_url=shop.shop_url,
        api_key=shop.api_key.reference,
        webhook_secret=shop.webhook_secret.reference if shop.webhook_secret else None,
        webhook_secret_previous=previous.reference if previous else None,
        stock_warehouse=shop.stock_warehouse,
        price_warehouse=shop.price_warehouse,
        stock_buffer=quantity_text(Milli(shop.stock_buffer_milli)),
        orders_from=moment_text(shop.orders_from_ms),
        flush_seconds=shop.flush_seconds,
        poll_seconds=shop.poll_seconds,
        status_map=dict(shop.status_map),
        is_served=call.parts.desks.find(shop.name) is not None,
    )


ENDPOINTS = (list_shops, read_shop, add_shop, edit_shop, check_shop, sync_shop, import_items)
