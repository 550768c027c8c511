"""Statements of the SettingsActor: company, warehouses, shops, users and tokens."""

import enum
import sqlite3
from collections.abc import Mapping

import msgspec

from magazie.model.picking_queue import PickingSettings
from magazie.secret_refs import SecretKeeper, SecretRef
from magazie.settings import CompanySettings


class Role(enum.StrEnum):
    """What somebody may do; each role may also do what those below it may."""

    ADMIN = "admin"
    OFFICE = "office"
    PICKER = "picker"

    def covers(self, needed: "Role") -> bool:
        """Whether whoever has this role may do what needs the other."""
        ranks = list(Role)
        return ranks.index(self) <= ranks.index(needed)


class ShopSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A shop as it is set now. A generation rises when the source warehouse changes."""

    name: str
    kind: str
    base_url: str
    shop_url: str
    api_key: SecretRef
    webhook_secret: SecretRef | None = None
    webhook_secret_previous: SecretRef | None = None
    stock_warehouse: str | None = None
    price_warehouse: str | None = None
    stock_buffer_milli: int = 0
    """Kept back from what the shop is told of every item, in thousandths."""
    orders_from_ms: int
    flush_seconds: int = 60
    poll_seconds: int = 60
    status_map: Mapping[str, str]
    stock_generation: int = 0
    price_generation: int = 0
    version: int = 1
    created_ms: int = 0

    @property
    def secrets(self) -> tuple[SecretRef, ...]:
        """All secrets that are set."""
        found = (self.api_key, self.webhook_secret, self.webhook_secret_previous)
        return tuple(secret for secret in found if secret is not None)


class User(msgspec.Struct, frozen=True):
    """A person. A session is good while it names this epoch, which never comes twice."""

    name: str
    role: Role
    password_hash: str
    epoch: int
    created_ms: int


class Token(msgspec.Struct, frozen=True):
    """A client's right to ask; ``token_hash`` is the SHA-256 of what it presents."""

    name: str
    role: Role
    token_hash: bytes
    created_ms: int


class SettingsView(msgspec.Struct, frozen=True):
    """All settings as they stand at one moment."""

    company: CompanySettings = CompanySettings()
    warehouses: Mapping[str, str] = {}
    """Code → name."""
    shops: Mapping[str, ShopSettings] = {}
    users: Mapping[str, User] = {}
    tokens: Mapping[bytes, Token] = {}
    """By the SHA-256 of the token."""
    picking: PickingSettings = PickingSettings()


class StaleVersionError(Exception):
    """The shop was changed by somebody else since it was read; its owner must reload."""


_SHOP_COLUMNS = (
    "name, kind, base_url, shop_url, api_key, webhook_secret, webhook_secret_previous,"
    " stock_warehouse, price_warehouse, stock_buffer_milli, orders_from_ms, flush_seconds,"
    " poll_seconds, status_map, stock_generation, price_generation, version, created_ms"
)
_COMPANY = "company"
_PICKING = "picking"
_decode_picking = msgspec.json.Decoder(PickingSettings).decode
_decode_company = msgspec.json.Decoder(CompanySettings).decode
_decode_statuses = msgspec.json.Decoder(dict[str, str]).decode


def load(connection: sqlite3.Connection, keeper: SecretKeeper) -> SettingsView:
    """Everything; ``keeper`` has the secrets that stand here as ``kept:``."""
    company = connection.execute("SELECT value FROM settings WHERE key = ?", (_COMPANY,)).fetchone()
    picking = connection.execute("SELECT value FROM settings WHERE key = ?", (_PICKING,)).fetchone()
    shops = connection.execute(f"SELECT {_SHOP_COLUMNS} FROM shops ORDER BY name").fetchall()
    users = connection.execute(
        "SELECT name, role, password_hash, epoch, created_ms FROM users ORDER BY name"
    ).fetchall()
    tokens = connection.execute(
        "SELECT name, role, token_hash, created_ms FROM tokens ORDER BY name"
    ).fetchall()
    return SettingsView(
        company=_decode_company(company[0]) if company is not None else CompanySettings(),
        warehouses=dict(
            connection.execute("SELECT code, name FROM warehouses ORDER BY code").fetchall()
        ),
        shops={row[0]: _shop(row, keeper) for row in shops},
        users={row[0]: User(row[0], Role(row[1]), *row[2:]) for row in users},
        tokens={row[2]: Token(row[0], Role(row[1]), *row[2:]) for row in tokens},
        picking=_decode_picking(picking[0]) if picking is not None else PickingSettings(),
    )


def is_company_known(connection: sqlite3.Connection) -> bool:
    """Whether the company was ever set."""
    found = connection.execute("SELECT 1 FROM settings WHERE key = ?", (_COMPANY,)).fetchone()
    return found is not None


def save_company(connection: sqlite3.Connection, company: CompanySettings) -> None:
    """Store the company in place of what was there."""
    _save(connection, _COMPANY, company)


def save_picking(connection: sqlite3.Connection, picking: PickingSettings) -> None:
    """Store how people pick in place of what was there."""
    _save(connection, _PICKING, picking)


def _save(connection: sqlite3.Connection, key: str, value: msgspec.Struct) -> None:
    connection.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?)"
        " ON CONFLICT DO UPDATE SET value = excluded.value",
        (key, msgspec.json.encode(value).decode()),
    )


def add_warehouse(connection: sqlite3.Connection, code: str, name: str) -> bool:
    """Add a warehouse; False when its code is taken."""
    cursor = connection.execute(
        "INSERT INTO warehouses (code, name) VALUES (?, ?) ON CONFLICT DO NOTHING", (code, name)
    )
    return cursor.rowcount == 1


def rename_warehouse(connection: sqlite3.Connection, code: str, name: str) -> bool:
    """Change a warehouse's name; False when there is none with this code."""
    cursor = connection.execute("UPDATE warehouses SET name = ? WHERE code = ?", (name, code))
    return cursor.rowcount == 1


def add_shop(connection: sqlite3.Connection, shop: ShopSettings) -> bool:
    """Add a shop; False when its name is taken."""
    cursor = connection.execute(
        f"INSERT INTO shops ({_SHOP_COLUMNS}) VALUES ({', '.join('?' * 18)})"
        " ON CONFLICT DO NOTHING",
        (
            shop.name,
            shop.kind,
            shop.base_url,
            shop.shop_url,
            *_secret_values(shop),
            shop.stock_warehouse,
            shop.price_warehouse,
            shop.stock_buffer_milli,
            shop.orders_from_ms,
            shop.flush_seconds,
            shop.poll_seconds,
            _encode_statuses(shop),
            shop.stock_generation,
            shop.price_generation,
            shop.version,
            shop.created_ms,
        ),
    )
    return cursor.rowcount == 1


def update_shop(connection: sqlite3.Connection, shop: ShopSettings) -> None:
    """Store a changed shop; ``shop.version`` is the one it is to have.

    Raises:
        StaleVersionError: somebody else wrote since.

    """
    cursor = connection.execute(
        "UPDATE shops SET base_url = ?, shop_url = ?, api_key = ?, webhook_secret = ?,"
        " webhook_secret_previous = ?, stock_warehouse = ?, price_warehouse = ?,"
        " stock_buffer_milli = ?, orders_from_ms = ?, flush_seconds = ?, poll_seconds = ?,"
        " status_map = ?,"
        " stock_generation = ?, price_generation = ?, version = ?"
        " WHERE name = ? AND version = ?",
        (
            shop.base_url,
            shop.shop_url,
            *_secret_values(shop),
            shop.stock_warehouse,
            shop.price_warehouse,
            shop.stock_buffer_milli,
            shop.orders_from_ms,
            shop.flush_seconds,
            shop.poll_seconds,
            _encode_statuses(shop),
            shop.stock_generation,
            shop.price_generation,
            shop.version,
            shop.name,
            shop.version - 1,
        ),
    )
    if cursor.rowcount != 1:
        raise StaleVersionError(f"shop {shop.name} at version {shop.version - 1}")


def add_user(connection: sqlite3.Connection, user: User) -> bool:
    """Add a person; False when the name is taken."""
    cursor = connection.execute(
        "INSERT INTO users (name, role, password_hash, epoch, created_ms)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (user.name, user.role, user.password_hash, user.epoch, user.created_ms),
    )
    return cursor.rowcount == 1


def update_user(connection: sqlite3.Connection, user: User) -> bool:
    """Store a changed person; False when there is none of this name."""
    cursor = connection.execute(
        "UPDATE users SET role = ?, password_hash = ?, epoch = ? WHERE name = ?",
        (user.role, user.password_hash, user.epoch, user.name),
    )
    return cursor.rowcount == 1


def remove_user(connection: sqlite3.Connection, name: str) -> bool:
    """Remove a person; False when there is none of this name."""
    return connection.execute("DELETE FROM users WHERE name = ?", (name,)).rowcount == 1


def add_token(connection: sqlite3.Connection, token: Token) -> bool:
    """Add a client's token; False when the name is taken."""
    cursor = connection.execute(
        "INSERT INTO tokens (name, role, token_hash, created_ms) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (name) DO NOTHING",
        (token.name, token.role, token.token_hash, token.created_ms),
    )
    return cursor.rowcount == 1


def remove_token(connection: sqlite3.Connection, name: str) -> bool:
    """Revoke a token; False when there is none of this name."""
    return connection.execute("DELETE FROM tokens WHERE name = ?", (name,)).rowcount == 1


def _secret_values(shop: ShopSettings) -> tuple[str | None, ...]:
    """The references to store; a plain secret raises rather than reach the database."""
    return tuple(
        secret.reference if secret is not None else None
        for secret in (shop.api_key, shop.webhook_secret, shop.webhook_secret_previous)
    )


def _encode_statuses(shop: ShopSettings) -> str:
    return msgspec.json.encode(shop.status_map).decode()


def _shop(row: tuple[object, ...], keeper: SecretKeeper) -> ShopSettings:
    values = dict(zip(_SHOP_COLUMNS.split(", "), row, strict=True))
    for column in ("api_key", "webhook_secret", "webhook_secret_previous"):
        stored = values[column]
        values[column] = SecretRef(str(stored), keeper) if stored is not None else None
    values["status_map"] = _decode_statuses(str(values["status_map"]))
    return ShopSettings(**values)  # type: ignore[arg-type]  # STRICT columns under their names
