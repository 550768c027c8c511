"""Settings: the company, warehouses, and a person's own identity."""

from typing import Annotated

import msgspec
from msgspec import Meta

from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_book import Role
from magazie.actors.settings_messages import AddWarehouse, RenameWarehouse, SetCompany
from magazie.http.api.texts import Line, Short
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.identity import Via
from magazie.http.paging import Listed, ShortPaging, sliced
from magazie.http.problems import ProblemKind
from magazie.settings import CompanySettings

_TAG = "settings"
_CREATED = 201


class CompanyShown(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The company as it appears on documents."""

    name: Line
    tax_id: Short = ""
    registration: Short = ""
    address: Line = ""
    bank: Line = ""
    iban: Short = ""
    vat_payer: bool = True


class WarehouseShown(msgspec.Struct, frozen=True):
    """A place where goods are; ``code`` is permanent."""

    code: str
    name: str


class WarehouseIn(msgspec.Struct, forbid_unknown_fields=True):
    """A new warehouse."""

    code: Short
    name: Short


class WarehouseName(msgspec.Struct, forbid_unknown_fields=True):
    """A warehouse's name."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]


class Me(msgspec.Struct, frozen=True):
    """Who asks."""

    name: str
    role: Role
    via: Via


@endpoint(
    "GET",
    "/api/v1/me",
    role=Role.PICKER,
    tag=_TAG,
    summary="See who you are",
    answers={200: Me},
)
async def read_me(call: Call[NoBody, NoQuery]) -> Outcome:
    """Name and role of the token or the session."""
    who = call.who
    return Answer(Me(who.name, who.role, who.via))


@endpoint(
    "GET",
    "/api/v1/settings/company",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Read the company",
    answers={200: CompanyShown},
)
async def read_company(call: Call[NoBody, NoQuery]) -> Outcome:
    """As it appears on documents."""
    return Answer(_company(call.parts.book.view.company))


@endpoint(
    "PUT",
    "/api/v1/settings/company",
    role=Role.ADMIN,
    tag=_TAG,
    summary="Set the company",
    answers={200: CompanyShown},
    takes_key=True,
)
async def set_company(call: Call[CompanyShown, NoQuery]) -> Outcome:
    """Replaces all of it."""
    body = call.body
    company = CompanySettings(
        name=body.name,
        tax_id=body.tax_id,
        registration=body.registration,
        address=body.address,
        bank=body.bank,
        iban=body.iban,
        vat_payer=body.vat_payer,
    )
    await call.parts.directory.ask(SettingsActor, SETTINGS_KEY, SetCompany(company))
    return Answer(_company(call.parts.book.view.company))


@endpoint(
    "GET",
    "/api/v1/settings/warehouses",
    role=Role.PICKER,
    tag=_TAG,
    summary="List warehouses",
    answers={200: Listed[WarehouseShown]},
)
async def list_warehouses(call: Call[NoBody, ShortPaging]) -> Outcome:
    """By code."""
    warehouses = call.parts.book.view.warehouses
    shown = [WarehouseShown(code, warehouses[code]) for code in sorted(warehouses)]
    return Answer(sliced(call, shown))


@endpoint(
    "POST",
    "/api/v1/settings/warehouses",
    role=Role.ADMIN,
    tag=_TAG,
    summary="Add a warehouse",
    answers={201: WarehouseShown},
    problems=(ProblemKind.EXISTS,),
    takes_key=True,
)
async def add_warehouse(call: Call[WarehouseIn, NoQuery]) -> Outcome:
    """Its code stands in addresses and never changes."""
    message = AddWarehouse(call.body.code, call.body.name)
    await call.parts.directory.ask(SettingsActor, SETTINGS_KEY, message)
    return Answer(_warehouse(call, message.code), _CREATED)


@endpoint(
    "PUT",
    "/api/v1/settings/warehouses/{code}",
    role=Role.ADMIN,
    tag=_TAG,
    summary="Rename a warehouse",
    answers={200: WarehouseShown},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
)
async def rename_warehouse(call: Call[WarehouseName, NoQuery]) -> Outcome:
    """Its code stays."""
    message = RenameWarehouse(call.path("code"), call.body.name)
    await call.parts.directory.ask(SettingsActor, SETTINGS_KEY, message)
    return Answer(_warehouse(call, message.code))


def _company(company: CompanySettings) -> CompanyShown:
    return CompanyShown(
        name=company.name,
        tax_id=company.tax_id,
        registration=company.registration,
        address=company.address,
        bank=company.bank,
        iban=company.iban,
        vat_payer=company.vat_payer,
    )


def _warehouse(call: Call[object, NoQuery], code: str) -> WarehouseShown:
    return WarehouseShown(code, call.parts.book.view.warehouses[code])


ENDPOINTS = (
    read_me,
    read_company,
    set_company,
    list_warehouses,
    add_warehouse,
    rename_warehouse,
)
