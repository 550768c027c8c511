"""Field types of the API: decimals, times and ids are strings outside, integers inside.

A type below stands in a request's struct; ``read_field`` is msgspec's ``dec_hook`` for all of
them. The ``…Text`` aliases stand in answers and hold the written form.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Annotated, Any, Final

from msgspec import Meta

from magazie import setting_rules
from magazie.model.decimals import (
    format_bani,
    format_e4,
    format_milli,
    format_rate,
    parse_bani,
    parse_e4,
    parse_milli,
    parse_percent_e2,
    parse_rate_e2,
)
from magazie.model.ids import decode_id, encode_id
from magazie.model.romanian_time import format_rfc3339, parse_rfc3339
from magazie.secret_refs import SecretRef


class Quantity(int):
    """More than nothing, in thousandths."""


class QuantityOrNone(int):
    """A quantity in thousandths, zero included."""


class SignedQuantity(int):
    """A quantity in thousandths, negative where goods leave."""


class Price(int):
    """A unit price with VAT, in ten-thousandths."""


class Amount(int):
    """An amount in bani."""


class Rate(int):
    """A VAT rate in hundredths of a percent."""


class Percent(int):
    """A change in hundredths of a percent, negative where something falls."""


class Weight(int):
    """Kilograms, in thousandths."""


class Moment(int):
    """A point in time, UTC epoch milliseconds."""


class DayOrMoment(int):
    """A point in time, or the first one of a Romanian day; UTC epoch milliseconds."""


class RecordId(int):
    """The id of a record."""


_DECIMAL: Final = r"^[0-9]+(\.[0-9]+)?$"
_SIGNED_DECIMAL: Final = r"^-?[0-9]+(\.[0-9]+)?$"

QuantityText = Annotated[
    str, Meta(description="A quantity, up to 3 decimals", examples=["2"], pattern=_SIGNED_DECIMAL)
]
PriceText = Annotated[
    str, Meta(description="A unit price with VAT", examples=["49.90"], pattern=_DECIMAL)
]
AmountText = Annotated[
    str, Meta(description="An amount, 2 decimals", examples=["149.70"], pattern=_SIGNED_DECIMAL)
]
RateText = Annotated[
    str, Meta(description="A VAT rate in percent", examples=["21"], pattern=_DECIMAL)
]
MomentText = Annotated[
    str,
    Meta(
        description="RFC 3339 with offset",
        examples=["2026-11-25T10:00:00+02:00"],
        extra_json_schema={"format": "date-time"},
    ),
]
IdText = Annotated[
    str, Meta(description="An opaque id", examples=["0000000000001"], pattern="^[0-9a-z]{13}$")
]

# The same few numbers come again and again; a look-up costs a tenth of writing one anew.
quantity_text: Final = lru_cache(8192)(format_milli)
price_text: Final = lru_cache(8192)(format_e4)
amount_text: Final = lru_cache(8192)(format_bani)
rate_text: Final = lru_cache(64)(format_rate)
moment_text: Final = lru_cache(8192)(format_rfc3339)
id_text: Final = lru_cache(8192)(encode_id)


def read_field(kind: type[Any], value: Any) -> Any:
    """Read one field of a request: msgspec's ``dec_hook``.

    Raises:
        ValueError: the text is not what the field takes; msgspec adds where it stands.
        TypeError: it is not a text.

    """
    if type(value) is not str:
        raise TypeError(f"Expected a string, got {type(value).__name__}")
    return _READERS[kind](value)


def describe_field(kind: type[Any]) -> dict[str, object]:
    """The JSON schema of one field: msgspec's ``schema_hook``."""
    return {"type": "string", **_SCHEMAS[kind]}


def _more_than_nothing(text: str) -> Quantity:
    milli = parse_milli(text)
    if milli == 0:
        raise ValueError("a quantity here is more than 0")
    return Quantity(milli)


_READERS: Final[Mapping[type, Callable[[str], object]]] = {
    Quantity: lru_cache(4096)(_more_than_nothing),
    QuantityOrNone: lambda text: QuantityOrNone(parse_milli(text)),
    SignedQuantity: lambda text: SignedQuantity(parse_milli(text, signed=True)),
    Price: lru_cache(4096)(lambda text: Price(parse_e4(text))),
    Amount: lambda text: Amount(parse_bani(text)),
    Rate: lru_cache(64)(lambda text: Rate(parse_rate_e2(text))),
    Percent: lambda text: Percent(parse_percent_e2(text)),
    Weight: lambda text: Weight(parse_milli(text)),
    Moment: lambda text: Moment(parse_rfc3339(text)),
    DayOrMoment: lambda text: DayOrMoment(setting_rules.moment(text)),
    RecordId: lru_cache(8192)(lambda text: RecordId(decode_id(text))),
    SecretRef: SecretRef.typed,
}
_SCHEMAS: Final[Mapping[type, dict[str, object]]] = {
    Quantity: {"pattern": _DECIMAL, "description": "More than 0, up to 3 decimals"},
    QuantityOrNone: {"pattern": _DECIMAL, "description": "0 or more, up to 3 decimals"},
    SignedQuantity: {"pattern": _SIGNED_DECIMAL, "description": "Up to 3 decimals"},
    Price: {"pattern": _DECIMAL, "description": "A unit price with VAT, up to 4 decimals"},
    Amount: {"pattern": _DECIMAL, "description": "An amount, up to 2 decimals"},
    Rate: {"pattern": _DECIMAL, "description": "A VAT rate in percent, up to 2 decimals"},
    Percent: {"pattern": _SIGNED_DECIMAL, "description": "A change in percent, 2 decimals"},
    Weight: {"pattern": _DECIMAL, "description": "Kilograms, up to 3 decimals"},
    Moment: {"format": "date-time", "description": "RFC 3339 with offset"},
    DayOrMoment: {"description": "A day, or RFC 3339 with offset", "examples": ["2026-01-01"]},
    SecretRef: {
        "description": "env:NAME, file:PATH, or the secret itself, which is never shown again",
        "writeOnly": True,
    },
    RecordId: {"pattern": "^[0-9a-z]{13}$", "description": "The id of a record"},
}
