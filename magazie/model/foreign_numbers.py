"""Numbers as shops and people send them.

A shop writes one number as `"7.000"`, `7`, `7.0`, `""` or `null`, and a spreadsheet may write
`1.234,56`. Everything is read into the same scaled integers, and what has two meanings is
refused: a price is never silently a thousand times too large or too small.
"""

import enum
import math
import re
from decimal import Decimal
from typing import Final

from magazie.model.decimals import E4, Bani, Milli, RateE2, divide_half_up

_LONGEST_TEXT: Final = 40
_LARGEST_EXPONENT: Final = 40
_FAITHFUL_FLOAT_DIGITS: Final = 15  # any decimal of 15 digits survives a double unchanged
_NUMBER: Final = re.compile(r"(-?)([0-9]+(?:[.,][0-9]+)*)")
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")


class NumberFault(enum.StrEnum):
    """What is wrong with a number."""

    NOT_A_NUMBER = "not_a_number"
    DOUBTFUL = "doubtful_number"
    TOO_LARGE = "number_too_large"
    NEGATIVE = "number_negative"
    TOO_MANY_DECIMALS = "too_many_decimals"


class ForeignNumberError(ValueError):
    """The value is not a number this field can take."""

    def __init__(
        self, text: str, value: object, fault: NumberFault = NumberFault.NOT_A_NUMBER
    ) -> None:
        """``value`` is what came, of which no more is told than fits a line."""
        super().__init__(text)
        self.fault = fault
        self.values = {"value": str(value)[:_LONGEST_TEXT]}


class DoubtfulNumberError(ForeignNumberError):
    """The text has two readings that differ a thousandfold; a person must say which."""

    def __init__(self, body: str, one: str, other: str) -> None:
        """``one`` and ``other`` are the readings."""
        super().__init__(f"{body!r} may be {one} or {other}", body, NumberFault.DOUBTFUL)
        self.values |= {"one": one, "other": other}


class Dialect(enum.Enum):
    """Who wrote the number."""

    WIRE = "wire"
    """A program with dot decimals, as the Gomag API: `1.900` is one and nine tenths."""

    HAND = "hand"
    """A person or a spreadsheet: a dot may be a decimal point or may group thousands."""


class FieldKind(enum.Enum):
    """What the number means: decides its bound, and what happens to surplus decimals."""

    QUANTITY = "quantity"
    """Exact: decimals beyond the scale are refused unless they are zeros."""

    PRICE = "price"
    """Rounded half up to the scale."""

    AMOUNT = "amount"
    """Rounded half up to the scale."""

    RATE = "rate"
    """Exact, as a quantity."""


_LARGEST: Final = {
    FieldKind.QUANTITY: 1_000_000,
    FieldKind.PRICE: 10_000_000,
    FieldKind.AMOUNT: 1_000_000_000,
    FieldKind.RATE: 100,
}
_ROUNDED: Final = frozenset({FieldKind.PRICE, FieldKind.AMOUNT})


def read_quantity(
    value: object, *, dialect: Dialect = Dialect.WIRE, signed: bool = False
) -> Milli | None:
    """Read a quantity into thousandths; see `read_decimal`."""
    scaled = read_decimal(value, 3, field_kind=FieldKind.QUANTITY, dialect=dialect, signed=signed)
    return None if scaled is None else Milli(scaled)


def read_price(
    value: object, *, dialect: Dialect = Dialect.WIRE, signed: bool = False
) -> E4 | None:
    """Read a unit price into ten-thousandths; see `read_decimal`."""
    scaled = read_decimal(value, 4, field_kind=FieldKind.PRICE, dialect=dialect, signed=signed)
    return None if scaled is None else E4(scaled)


def read_amount(
    value: object, *, dialect: Dialect = Dialect.WIRE, signed: bool = False
) -> Bani | None:
    """Read an amount into bani; see `read_decimal`."""
    scaled = read_decimal(value, 2, field_kind=FieldKind.AMOUNT, dialect=dialect, signed=signed)
    return None if scaled is None else Bani(scaled)


def read_rate(value: object, *, dialect: Dialect = Dialect.WIRE) -> RateE2 | None:
    """Read a percentage into its hundredths; see `read_decimal`."""
    scaled = read_decimal(value, 2, field_kind=FieldKind.RATE, dialect=dialect)
    return None if scaled is None else RateE2(scaled)


def read_decimal(
    value: object,
    scale: int,
    *,
    field_kind: FieldKind,
    dialect: Dialect = Dialect.WIRE,
    signed: bool = False,
) -> int | None:
    """Read a foreign number as an integer of `scale` decimals.

    Args:
        value: What came: text, int, float, Decimal or nothing.
        scale: Decimals kept; 3 turns `"1.9"` into 1900.
        field_kind: What the number means.
        dialect: Who wrote it.
        signed: Whether a negative number has a meaning here.

    Returns:
        The scaled integer, or None where the value is absent (`None`, empty or blank text).

    Raises:
        DoubtfulNumberError: the text has two readings.
        ForeignNumberError: a bool, NaN, infinity, another type, out of bounds, or no number.
    """
    text = _as_text(value)
    if not text:
        return None
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    if match is None:
        raise ForeignNumberError(f"{text[:_LONGEST_TEXT]!r} is not a number", text)
    sign, body = match.groups()
    whole, fraction = _split(body, field_kind, dialect)
    scaled = _scale(whole, fraction, scale, field_kind)
    if scaled > _LARGEST[field_kind] * 10**scale:
        told = f"{text} is too large for a {field_kind.value}"
        raise ForeignNumberError(told, text, NumberFault.TOO_LARGE)
    if sign and scaled and not signed:
        raise ForeignNumberError(f"{text} must not be negative", text, NumberFault.NEGATIVE)
    return -scaled if sign else scaled


def _as_text(value: object) -> str:
    """Bring every type to text; numbers always to dot decimals without an exponent."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        raise ForeignNumberError(f"{value} is a truth value, not a number", value)
    if isinstance(value, int):
        return _plain(Decimal(value))
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ForeignNumberError(f"{value} is not a number", value)
        return _plain(Decimal(f"{value:.{_FAITHFUL_FLOAT_DIGITS}g}"))
    if isinstance(value, Decimal):
        return _plain(value)
    raise ForeignNumberError(f"{type(value).__name__} is not a number", "…")


def _plain(value: Decimal) -> str:
    # Written out, a huge exponent would be a huge text.
    if not value.is_finite() or abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise ForeignNumberError("the number is infinite, undefined or absurdly long", value)
    return f"{value:f}"


def _split(body: str, kind: FieldKind, dialect: Dialect) -> tuple[str, str]:
    """Split the text into whole and decimal digits, by the marks it holds."""
    marks = body.translate(_WITHOUT_DIGITS)
    if not marks:
        return body, ""
    if len(marks) == 1:
        if _GROUPED.fullmatch(body) and not _dot_is_decimal(marks, kind, dialect):
            raise DoubtfulNumberError(body, body.replace(marks, ""), body.replace(marks, "."))
        whole, _, fraction = body.partition(marks)
        return whole, fraction
    grouping, last = marks[0], marks[-1]
    if marks == grouping * len(marks):
        whole, fraction = body, ""
    elif marks == grouping * (len(marks) - 1) + last:
        whole, _, fraction = body.rpartition(last)
    else:
        raise ForeignNumberError(f"{body!r} mixes dots and commas", body)
    programs_do_not_group_by_dots = dialect is Dialect.WIRE and not fraction and grouping == "."
    if programs_do_not_group_by_dots or not _GROUPED.fullmatch(whole):
        raise ForeignNumberError(f"{body!r} is not a number", body)
    return whole.replace(grouping, ""), fraction


def _dot_is_decimal(mark: str, kind: FieldKind, dialect: Dialect) -> bool:
    """Tell whether `1.234` is surely a decimal: from a program, or where three decimals are usual.

    `1,234` never is: half of the world groups by commas.
    """
    return mark == "." and (dialect is Dialect.WIRE or kind is FieldKind.QUANTITY)


def _scale(whole: str, fraction: str, scale: int, kind: FieldKind) -> int:
    kept = fraction[:scale].ljust(scale, "0")
    surplus = fraction[scale:]
    if not surplus.strip("0"):
        return int(whole + kept)
    if kind not in _ROUNDED:
        told = f"{whole}.{fraction} has more than {scale} decimals"
        raise ForeignNumberError(told, f"{whole}.{fraction}", NumberFault.TOO_MANY_DECIMALS)
    return divide_half_up(int(whole + kept + surplus), 10 ** len(surplus))


_WITHOUT_DIGITS: Final = str.maketrans("", "", "0123456789")
