"""What a person sets in the TOML file: read strictly, with an answer for every mistake."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol, TypeVar

import msgspec
from msgspec.structs import replace

from magazie import setting_rules as rules
from magazie.secret_refs import SecretRef

V = TypeVar("V")

DEFAULT_FILE: Final = Path("magazie.toml")
"""Read where no other is named; it need not be there."""


class SettingsError(Exception):
    """The settings cannot be used: which file, which key, what is wrong, what is allowed."""

    def __init__(self, file: Path, key: str, problem: str, allowed: str = "") -> None:
        place = f"{file}: {key}" if key else str(file)
        super().__init__(f"{place}: {problem}" + (f" (allowed: {allowed})" if allowed else ""))
        self.file = file
        self.key = key
        self.problem = problem
        self.allowed = allowed


class Moment(int):
    """A point in time, UTC epoch milliseconds; a day in the file is its start in Romania."""


class Quantity(int):
    """A number of pieces, in thousandths; in the file a decimal in quotes, or a whole number."""


class ServiceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How this process serves; read at each start."""

    listen: str = "127.0.0.1:8080"
    data_dir: str = "var/magazie"
    public_url: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    language: str = "ro"
    log_level: str = "info"
    images_from: str = ""
    """A simulated shop on this machine whose images may be fetched, as its ``base_url`` says."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to serve on."""
        return rules.listen_address(self.listen)


class CompanySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The company as it appears on documents."""

    name: str = ""
    tax_id: str = ""
    registration: str = ""
    address: str = ""
    bank: str = ""
    iban: str = ""
    vat_payer: bool = True


class WarehouseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place where goods are; ``code`` is permanent."""

    code: str
    name: str


class ShopSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A shop as it is first set up; ``name`` is permanent.

    ``orders_from_ms`` None means the moment it is added. A warehouse left unset means that
    nothing of that kind is sent.
    """

    name: str
    kind: str = "gomag"
    base_url: str
    shop_url: str
    api_key: SecretRef
    webhook_secret: SecretRef | None = None
    webhook_secret_previous: SecretRef | None = None
    stock_warehouse: str | None = None
    price_warehouse: str | None = None
    stock_buffer_milli: Quantity = msgspec.field(default=Quantity(0), name="stock_buffer")
    orders_from_ms: Moment | None = msgspec.field(default=None, name="orders_from")
    flush_seconds: int = 60
    poll_seconds: int = 60
    status_map: dict[str, str] = {}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. Couriers and messages are taken as they stand, for whoever knows them."""

    service: ServiceSettings = ServiceSettings()
    company: CompanySettings | None = None
    warehouses: tuple[WarehouseSettings, ...] = ()
    shops: tuple[ShopSetup, ...] = ()
    couriers: tuple[dict[str, object], ...] = ()
    messages: dict[str, dict[str, object]] = {}


def read_settings(file: Path | None = None) -> Settings:
    """Read a settings file; without a name the default one, which may be absent.

    Raises:
        SettingsError: The file cannot be read, or something in it cannot be used.

    """
    path = file or DEFAULT_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        if file is None:
            return Settings()
        raise SettingsError(path, "", "there is no such file") from error
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(path, "", f"cannot be read: {reason}") from error
    return parse_settings(text, path)


def parse_settings(text: str, file: Path = DEFAULT_FILE) -> Settings:
    """Read the text of a settings file; ``file`` is only named in errors.

    Raises:
        SettingsError: Something in it cannot be used.

    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(file, "", f"is not TOML: {error}") from error
    try:
        settings = msgspec.convert(raw, Settings, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise _explained(error, file) from error
    return _Checker(file).checked(settings)


class Hold(Protocol):
    """Holds the value of a field against its rule; says in its own way when it fails."""

    def __call__(self, field: str, rule: Callable[[V], V], value: V) -> V:
        """The value as the rule gives it back."""


def checked_shop(shop: ShopSetup, warehouses: Iterable[str], hold: Hold) -> ShopSetup:
    """The shop with every value checked and brought to its form."""
    known = tuple(warehouses)

    def exists(code: str | None) -> str | None:
        return rules.warehouse(code, known)

    return replace(
        shop,
        name=hold("name", rules.code, shop.name),
        kind=hold("kind", rules.shop_kind, shop.kind),
        base_url=hold("base_url", rules.web_address, shop.base_url),
        shop_url=hold("shop_url", rules.web_address, shop.shop_url),
        stock_warehouse=hold("stock_warehouse", exists, shop.stock_warehouse),
        price_warehouse=hold("price_warehouse", exists, shop.price_warehouse),
        flush_seconds=hold("flush_seconds", rules.period, shop.flush_seconds),
        poll_seconds=hold("poll_seconds", rules.period, shop.poll_seconds),
        status_map=hold("status_map", rules.status_map, shop.status_map),
    )


class _Checker:
    """Holds every value of a file against the rules, naming where it stands."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def checked(self, settings: Settings) -> Settings:
        self._service(settings.service)
        warehouses = tuple(
            replace(
                place,
                code=self._hold(f"warehouses[{index}].code", rules.code, place.code),
                name=self._hold(f"warehouses[{index}].name", rules.name, place.name),
            )
            for index, place in enumerate(settings.warehouses)
        )
        codes = [place.code for place in warehouses]
        self._unique("warehouses", "code", codes)
        shops = tuple(
            checked_shop(shop, codes, self._hold_in(f"shops[{index}]"))
            for index, shop in enumerate(settings.shops)
        )
        self._unique("shops", "name", [shop.name for shop in shops])
        simulated = [shop.base_url for shop in shops]
        self._hold(
            "service.images_from",
            lambda text: rules.images_from(text, simulated),
            settings.service.images_from,
        )
        return replace(settings, warehouses=warehouses, shops=shops)

    def _service(self, service: ServiceSettings) -> None:
        self._hold("service.listen", rules.listen, service.listen)
        self._hold("service.language", rules.language, service.language)
        self._hold("service.log_level", rules.log_level, service.log_level)
        if service.public_url:
            self._hold("service.public_url", rules.web_address, service.public_url)
        if not service.data_dir.strip():
            raise SettingsError(self._file, "service.data_dir", "is empty", "a folder")
        if bool(service.tls_cert) != bool(service.tls_key):
            missing = "tls_key" if service.tls_cert else "tls_cert"
            raise SettingsError(
                self._file, f"service.{missing}", "is missing", "tls_cert and tls_key together"
            )

    def _hold_in(self, table: str) -> Hold:
        def hold(field: str, rule: Callable[[V], V], value: V) -> V:
            return self._hold(f"{table}.{field}", rule, value)

        return hold

    def _hold(self, key: str, rule: Callable[[V], V], value: V) -> V:
        try:
            return rule(value)
        except rules.BadSettingError as error:
            raise SettingsError(self._file, key, error.problem, error.allowed) from error

    def _unique(self, table: str, field: str, names: Sequence[str]) -> None:
        for index, name in enumerate(names):
            first = names.index(name)
            if first != index:
                raise SettingsError(
                    self._file,
                    f"{table}[{index}].{field}",
                    f"{name!r} is taken by {table}[{first}]",
                    "each name once",
                )


_TABLES: Final[Mapping[str, type[msgspec.Struct]]] = {
    "": Settings,
    "service": ServiceSettings,
    "company": CompanySettings,
    "warehouses[]": WarehouseSettings,
    "shops[]": ShopSetup,
}
_WORDS: Final[Mapping[str, str]] = {
    "str": "a text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "a table",
    "array": "a list",
}
_AT: Final = re.compile(r"(?P<problem>.*) - at `\$(?P<path>.*)`", re.DOTALL)
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(.*)`")
_WRONG_TYPE: Final = re.compile(r"Expected `(.*)`, got `(.*)`")


def _decode(kind: type, raw: object) -> object:
    """Make the types of this module that TOML does not know."""
    if kind is object:
        return raw
    if kind is Moment:
        return Moment(rules.moment(raw))
    if kind is Quantity:
        return Quantity(rules.quantity(raw))
    if kind is SecretRef and isinstance(raw, str):
        return SecretRef.typed(raw)
    raise ValueError(f"Expected `str`, got `{_toml_word(raw)}`")


def _toml_word(raw: object) -> str:
    words = {bool: "bool", int: "int", float: "float", dict: "object", list: "array"}
    return words.get(type(raw), "str")


def _explained(error: msgspec.ValidationError, file: Path) -> SettingsError:
    """Say in a person's words what the decoder found."""
    match = _AT.fullmatch(str(error))
    problem, key = (match["problem"], match["path"].lstrip(".")) if match else (str(error), "")
    if isinstance(error.__cause__, rules.BadSettingError):
        return SettingsError(file, key, error.__cause__.problem, error.__cause__.allowed)
    if unknown := _UNKNOWN.fullmatch(problem):
        table = _TABLES.get(re.sub(r"\[[0-9]+\]", "[]", key))
        allowed = ", ".join(table.__struct_encode_fields__) if table is not None else ""
        return SettingsError(file, f"{key}.{unknown[1]}".lstrip("."), "is not a setting", allowed)
    if missing := _MISSING.fullmatch(problem):
        return SettingsError(file, f"{key}.{missing[1]}".lstrip("."), "is missing")
    if wrong := _WRONG_TYPE.fullmatch(problem):
        return SettingsError(file, key, f"is {_in_words(wrong[2])}", _in_words(wrong[1]))
    return SettingsError(file, key, problem)


def _in_words(kinds: str) -> str:
    return " or ".join(_WORDS.get(kind, kind) for kind in kinds.split(" | ") if kind != "null")
