"""What can be asked of the SettingsActor, and how it refuses.

Secrets and passwords travel in some of these: their text never shows them.
"""

import msgspec
from msgspec import UNSET, UnsetType

from magazie.actors.field_faults import FieldFault, FieldsRefusedError
from magazie.actors.runtime import Rejection
from magazie.model.picking_queue import PickingSettings
from magazie.secret_refs import SecretRef
from magazie.settings import CompanySettings, Settings, ShopSetup
from magazie.storage.settings_rows import Role


class SettingNotFoundError(Rejection):
    """No shop, warehouse, person or token of this name."""


class NameTakenError(FieldsRefusedError):
    """There is one of this name already."""

    def __init__(self, field: str, name: str) -> None:
        super().__init__(FieldFault(field, f"{name!r} is taken"))


class ShopVersionError(Rejection):
    """The shop was changed since the caller read it."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the shop is at version {version} now")
        self.version = version


class LoadSettings(msgspec.Struct, frozen=True):
    """See that the book shows what is stored. Answered by the ``SettingsView``."""


class SeedSettings(msgspec.Struct, frozen=True):
    """Add what the file names and the database does not know; the rest stays as it is stored.

    Answered by the ``SettingsView``.
    """

    settings: Settings


class AddShop(msgspec.Struct, frozen=True):
    """Set up another shop. Answered by its ``ShopSettings``."""

    setup: ShopSetup


class UpdateShop(msgspec.Struct, frozen=True, kw_only=True):
    """Change a shop; what is UNSET stays. Answered by its ``ShopSettings``.

    ``status_map`` replaces the names given and leaves the others. Another source warehouse
    raises the shop's generation, so that every item is told again.
    """

    name: str
    expected_version: int | None = None
    base_url: str | UnsetType = UNSET
    shop_url: str | UnsetType = UNSET
    api_key: SecretRef | UnsetType = UNSET
    webhook_secret: SecretRef | UnsetType | None = UNSET
    webhook_secret_previous: SecretRef | UnsetType | None = UNSET
    stock_warehouse: str | UnsetType | None = UNSET
    price_warehouse: str | UnsetType | None = UNSET
    stock_buffer_milli: int | UnsetType = UNSET
    orders_from_ms: int | UnsetType = UNSET
    flush_seconds: int | UnsetType = UNSET
    poll_seconds: int | UnsetType = UNSET
    status_map: dict[str, str] | UnsetType = UNSET


class AddWarehouse(msgspec.Struct, frozen=True):
    """Add a warehouse. Answered by nothing."""

    code: str
    name: str


class RenameWarehouse(msgspec.Struct, frozen=True):
    """Change a warehouse's name. Answered by nothing."""

    code: str
    name: str


class SetCompany(msgspec.Struct, frozen=True):
    """Replace the company's data. Answered by nothing."""

    company: CompanySettings


class SetPicking(msgspec.Struct, frozen=True):
    """Replace how people pick. Answered by nothing."""

    picking: PickingSettings


class AddUser(msgspec.Struct, frozen=True):
    """Add a person. Answered by the ``User``."""

    name: str
    role: Role
    password: str

    def __repr__(self) -> str:
        return f"AddUser({self.name!r}, {self.role!r}, …)"


class UpdateUser(msgspec.Struct, frozen=True):
    """Change a person's role or password; None leaves it. Ends all their sessions.

    With neither it only ends the sessions. Answered by the ``User``.
    """

    name: str
    role: Role | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return f"UpdateUser({self.name!r}, {self.role!r}, …)"


class RemoveUser(msgspec.Struct, frozen=True):
    """Remove a person and end their sessions. Answered by nothing."""

    name: str


class AddToken(msgspec.Struct, frozen=True):
    """Give a client a token. Answered by ``NewToken``."""

    name: str
    role: Role


class NewToken(msgspec.Struct, frozen=True):
    """A token just made. This is the only time that it is shown."""

    name: str
    role: Role
    token: str

    def __repr__(self) -> str:
        return f"NewToken({self.name!r}, {self.role!r}, …)"


class RevokeToken(msgspec.Struct, frozen=True):
    """Take a token back. Answered by nothing."""

    name: str
