"""The one owner of company, warehouses, shops, people and tokens."""

import base64
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, TypeVar

import structlog
from msgspec import UNSET
from msgspec.structs import replace

from magazie import setting_rules as rules
from magazie.actors.field_faults import FieldFault, FieldsRefusedError, refuse_if_any
from magazie.actors.news import NewsDesk, RecordKind, RecordNews
from magazie.actors.passwords import SALT_BYTES, PasswordHasher
from magazie.actors.runtime import AsyncioActor
from magazie.actors.settings_book import SettingsBook, hash_token
from magazie.actors.settings_messages import (
    AddShop,
    AddToken,
    AddUser,
    AddWarehouse,
    LoadSettings,
    NameTakenError,
    NewToken,
    RemoveUser,
    RenameWarehouse,
    RevokeToken,
    SeedSettings,
    SetCompany,
    SetPicking,
    SettingNotFoundError,
    ShopVersionError,
    UpdateShop,
    UpdateUser,
)
from magazie.ports import Clock
from magazie.secret_refs import SecretRef
from magazie.settings import Settings, ShopSetup, checked_shop
from magazie.storage import settings_rows as rows
from magazie.storage.alerts import clear_alert, raise_alert
from magazie.storage.secret_file import SecretFile
from magazie.storage.settings_rows import SettingsView, ShopSettings, Token, User
from magazie.storage.storage import Storage

T = TypeVar("T")
V = TypeVar("V")

SETTINGS_KEY: Final = "settings"
"""The key under which the directory has the only SettingsActor."""

TOKEN_BYTES: Final = 32
SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 200

_SECRETS: Final = ("api_key", "webhook_secret", "webhook_secret_previous")
_log = structlog.get_logger(__name__)


class Offload(Protocol):
    """Runs blocking work elsewhere than on the event loop."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Run it and give its result."""


class SettingsActor(AsyncioActor):
    """Owns all settings. Every command is decided inside its unit, on what is committed.

    What is stored is shown in the book right after the commit, before the answer.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        clock: Clock,
        news: NewsDesk,
        book: SettingsBook,
        secrets: SecretFile,
        offload: Offload,
        token_bytes: Callable[[int], bytes],
        passwords: PasswordHasher,
    ) -> None:
        """``token_bytes`` gives that many unpredictable bytes."""
        super().__init__()
        self._storage = storage
        self._clock = clock
        self._news = news
        self._book = book
        self._secrets = secrets
        self._offload = offload
        self._token_bytes = token_bytes
        self._passwords = passwords

    async def on_start(self) -> None:
        """Show in the book what is stored."""
        if self.reloading:
            await self._storage.settled()
        self._book.turn_to(await self._storage.read(lambda c: rows.load(c, self._secrets)))

    async def on_receive(self, message: Any) -> Any:
        """Answer one command."""
        match message:
            case LoadSettings():
                return self._book.view
            case SeedSettings():
                return await self._seed(message.settings)
            case UpdateShop() | AddShop():
                return await self._change_shop(message)
            case AddUser() | UpdateUser() | RemoveUser():
                return await self._change_user(message)
            case AddToken():
                return await self._add_token(message)
            case RevokeToken():
                return await self._revoke_token(message.name)
            case AddWarehouse() | RenameWarehouse():
                return await self._change_warehouse(message)
            case SetCompany():
                await self._store(lambda c: rows.save_company(c, message.company))
                return self._tell("company", "company")
            case SetPicking():
                await self._store(lambda c: rows.save_picking(c, message.picking))
                return None
        raise TypeError(f"SettingsActor does not know {type(message).__name__}")

    async def _store(self, unit: Callable[[sqlite3.Connection], None]) -> SettingsView:
        """Commit a change and show it."""

        def whole(connection: sqlite3.Connection) -> SettingsView:
            unit(connection)
            return rows.load(connection, self._secrets)

        view = await self._storage.write(whole)
        self._book.turn_to(view)
        return view

    def _tell(self, kind: RecordKind, name: str, version: int = 0) -> None:
        self._news.tell(RecordNews(kind, name, version))

    # --- the file ---------------------------------------------------------------------

    async def _seed(self, settings: Settings) -> SettingsView:
        known, now_ms = self._book.view, self._clock.now_ms()
        fresh = [
            await self._with_kept_secrets(_new_shop(setup, now_ms))
            for setup in settings.shops
            if setup.name not in known.shops
        ]

        def unit(connection: sqlite3.Connection) -> None:
            if settings.company is not None and not rows.is_company_known(connection):
                rows.save_company(connection, settings.company)
            for warehouse in settings.warehouses:
                rows.add_warehouse(connection, warehouse.code, warehouse.name)
            for shop in fresh:
                rows.add_shop(connection, shop)
                _tell_sources(connection, shop, now_ms)

        view = await self._store(unit)
        for shop in fresh:
            self._tell("shop", shop.name, shop.version)
        return view

    # --- shops ------------------------------------------------------------------------

    async def _change_shop(self, message: UpdateShop | AddShop) -> ShopSettings:
        now_ms = self._clock.now_ms()
        if isinstance(message, AddShop):
            if message.setup.name in self._book.view.shops:
                raise NameTakenError("name", message.setup.name)
            changed = _new_shop(self._checked(message.setup), now_ms)
        else:
            changed = self._changed(message)
            if changed == self._book.shop(message.name):
                return changed
        shop = await self._with_kept_secrets(changed)

        def unit(connection: sqlite3.Connection) -> None:
            if isinstance(message, AddShop):
                rows.add_shop(connection, shop)
            else:
                rows.update_shop(connection, shop)
            _tell_sources(connection, shop, now_ms)

        view = await self._store(unit)
        await self._forget_unused_secrets(view)
        self._tell("shop", shop.name, shop.version)
        return view.shops[shop.name]

    def _changed(self, message: UpdateShop) -> ShopSettings:
        shop = self._book.shop(message.name)
        if shop is None:
            raise SettingNotFoundError(f"there is no shop {message.name!r}")
        if message.expected_version not in {None, shop.version}:
            raise ShopVersionError(shop.version)
        changes = {
            field: value
            for field in ShopSetup.__struct_fields__
            if field not in {"name", "kind"} and (value := getattr(message, field)) is not UNSET
        }
        if "status_map" in changes:
            changes["status_map"] = {**shop.status_map, **changes["status_map"]}
        setup = self._checked(replace(_setup_of(shop), **changes))
        if setup == _setup_of(shop):
            return shop
        return replace(
            _new_shop(setup, shop.created_ms),
            stock_generation=shop.stock_generation
            + (setup.stock_warehouse != shop.stock_warehouse),
            price_generation=shop.price_generation
            + (setup.price_warehouse != shop.price_warehouse),
            version=shop.version + 1,
        )

    def _checked(self, setup: ShopSetup) -> ShopSetup:
        faults: list[FieldFault] = []

        def hold(field: str, rule: Callable[[V], V], value: V) -> V:
            try:
                return rule(value)
            except rules.BadSettingError as error:
                faults.append(FieldFault(field, str(error)))
                return value

        checked = checked_shop(setup, self._book.view.warehouses, hold)
        refuse_if_any(faults)
        return checked

    # --- secrets ----------------------------------------------------------------------

    async def _with_kept_secrets(self, shop: ShopSettings) -> ShopSettings:
        """Put plain secrets into their file, and the references to them into the shop.

        A name is used once: what the stored shop still refers to is not overwritten.
        """
        plain: dict[str, str] = {}
        references: dict[str, SecretRef] = {}
        for field in _SECRETS:
            secret: SecretRef | None = getattr(shop, field)
            if secret is not None and secret.is_literal:
                kept_name = f"{shop.name}/{field}/{shop.version}"
                plain[kept_name] = secret.resolve()
                references[field] = SecretRef.kept(kept_name, self._secrets)
        if plain:
            await self._offload(lambda: self._secrets.keep(plain))
        return replace(shop, **references)

    async def _forget_unused_secrets(self, view: SettingsView) -> None:
        used = {
            secret.kept_name
            for shop in view.shops.values()
            for secret in shop.secrets
            if secret.kept_name is not None
        }
        try:
            await self._offload(lambda: self._secrets.keep_only(used))
        except OSError as error:
            # the change itself is committed; the next one tries again
            _log.warning("unused secrets stay in their file", error=str(error))

    # --- warehouses, people, tokens ---------------------------------------------------

    async def _change_warehouse(self, message: AddWarehouse | RenameWarehouse) -> None:
        try:
            code, name = rules.code(message.code), rules.name(message.name)
        except rules.BadSettingError as error:
            raise FieldsRefusedError(FieldFault("warehouse", str(error))) from error

        def unit(connection: sqlite3.Connection) -> None:
            if isinstance(message, RenameWarehouse):
                if not rows.rename_warehouse(connection, code, name):
                    raise SettingNotFoundError(f"there is no warehouse {code!r}")
            elif not rows.add_warehouse(connection, code, name):
                raise NameTakenError("code", code)

        await self._store(unit)
        self._tell("warehouse", code)

    async def _change_user(self, message: AddUser | UpdateUser | RemoveUser) -> User | None:
        if isinstance(message, RemoveUser):
            await self._store(lambda c: _remove_user(c, message.name))
            self._tell("user", message.name)
            return None
        user = await (
            self._new_user(message) if isinstance(message, AddUser) else self._changed_user(message)
        )

        def unit(connection: sqlite3.Connection) -> None:
            if isinstance(message, UpdateUser):
                if not rows.update_user(connection, user):
                    raise SettingNotFoundError(f"there is no user {user.name!r}")
            elif not rows.add_user(connection, user):
                raise NameTakenError("name", user.name)

        await self._store(unit)
        self._tell("user", user.name, user.epoch)
        return user

    async def _new_user(self, message: AddUser) -> User:
        name = _checked_name(message.name)
        if name in self._book.view.users:
            raise NameTakenError("name", name)
        now_ms = self._clock.now_ms()
        # never an epoch that an earlier person of this name had
        return User(name, message.role, await self._hashed(message.password), now_ms, now_ms)

    async def _changed_user(self, message: UpdateUser) -> User:
        user = self._book.user(message.name)
        if user is None:
            raise SettingNotFoundError(f"there is no user {message.name!r}")
        password_hash = user.password_hash
        if message.password is not None:
            password_hash = await self._hashed(message.password)
        return replace(
            user,
            role=message.role or user.role,
            password_hash=password_hash,
            epoch=max(user.epoch + 1, self._clock.now_ms()),
        )

    async def _hashed(self, password: str) -> str:
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            length = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD}"
            raise FieldsRefusedError(FieldFault("password", f"must have {length} characters"))
        salt = self._token_bytes(SALT_BYTES)
        return await self._offload(lambda: self._passwords.hash(password, salt))

    async def _add_token(self, message: AddToken) -> NewToken:
        name = _checked_name(message.name)
        text = base64.urlsafe_b64encode(self._token_bytes(TOKEN_BYTES)).rstrip(b"=").decode()
        token = Token(name, message.role, hash_token(text), self._clock.now_ms())

        def unit(connection: sqlite3.Connection) -> None:
            if not rows.add_token(connection, token):
                raise NameTakenError("name", name)

        await self._store(unit)
        self._tell("token", name)
        return NewToken(name, message.role, text)

    async def _revoke_token(self, name: str) -> None:
        def unit(connection: sqlite3.Connection) -> None:
            if not rows.remove_token(connection, name):
                raise SettingNotFoundError(f"there is no token {name!r}")

        await self._store(unit)
        self._tell("token", name)


def _remove_user(connection: sqlite3.Connection, name: str) -> None:
    if not rows.remove_user(connection, name):
        raise SettingNotFoundError(f"there is no user {name!r}")


def _checked_name(name: str) -> str:
    try:
        return rules.name(name)
    except rules.BadSettingError as error:
        raise FieldsRefusedError(FieldFault("name", str(error))) from error


def _new_shop(setup: ShopSetup, now_ms: int) -> ShopSettings:
    """A shop as set up; orders are taken from now on where it does not say."""
    given = {field: getattr(setup, field) for field in ShopSetup.__struct_fields__}
    if setup.orders_from_ms is None:
        given["orders_from_ms"] = now_ms
    return ShopSettings(**given, created_ms=now_ms)


def _setup_of(shop: ShopSettings) -> ShopSetup:
    given = {field: getattr(shop, field) for field in ShopSetup.__struct_fields__}
    return ShopSetup(**given)


def _tell_sources(connection: sqlite3.Connection, shop: ShopSettings, now_ms: int) -> None:
    """One alert for each kind of number that the shop is not told for want of a warehouse."""
    sources = (
        ("no_stock_source", shop.stock_warehouse),
        ("no_price_source", shop.price_warehouse),
    )
    for kind, warehouse in sources:
        if warehouse is None:
            raise_alert(connection, kind, shop.name, {"shop": shop.name}, now_ms)
        else:
            clear_alert(connection, kind, shop.name, now_ms)
