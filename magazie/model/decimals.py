"""Money and quantities as scaled integers, and their written form in our own API.

Inside the service a quantity counts thousandths (`Milli`), a unit price ten-thousandths of a leu
(`E4`), an amount bani (`Bani`) and a VAT rate hundredths of a percent (`RateE2`, so 21 % is 2100).
Text exists only at the rim, as plain decimals: digits, one dot, nothing else.
"""

from typing import Final, NamedTuple, NewType

Milli = NewType("Milli", int)
E4 = NewType("E4", int)
Bani = NewType("Bani", int)
RateE2 = NewType("RateE2", int)

MAX_QUANTITY_MILLI: Final = Milli(1_000_000_000)  # 1,000,000 units
MAX_PRICE_E4: Final = E4(100_000_000_000)  # 10,000,000 lei
MAX_AMOUNT_BANI: Final = Bani(100_000_000_000)  # 1,000,000,000 lei
MAX_RATE_E2: Final = RateE2(10_000)  # 100 %
MAX_PERCENT_E2: Final = 100_000  # 1,000 %

_LONGEST_TEXT: Final = 24  # far above any bound, far below what makes int() slow
_LONGEST_ECHO: Final = 40
_E4_TIMES_MILLI_PER_BAN: Final = 100_000


class DecimalFormatError(ValueError):
    """The text is not a number this field takes; the message says why, for a person."""


class _Form(NamedTuple):
    """What one kind of number may look like."""

    name: str
    padding: tuple[str, ...]  # zeros to add after 0, 1, … written decimals
    limit: int
    limit_text: str


_QUANTITY: Final = _Form("a quantity", ("000", "00", "0", ""), MAX_QUANTITY_MILLI, "1000000")
_PRICE: Final = _Form("a price", ("0000", "000", "00", "0", ""), MAX_PRICE_E4, "10000000")
_AMOUNT: Final = _Form("an amount", ("00", "0", ""), MAX_AMOUNT_BANI, "1000000000")
_PERCENT: Final = _Form("a percentage", ("00", "0", ""), MAX_PERCENT_E2, "1000")
_RATE: Final = _Form("a rate", ("00", "0", ""), MAX_RATE_E2, "100")


def parse_milli(text: str, *, signed: bool = False) -> Milli:
    """Read a quantity of up to three decimals into thousandths.

    Raises:
        DecimalFormatError: not a plain decimal, too many decimals, or out of bounds.
    """
    return Milli(_parse(text, _QUANTITY, signed=signed))


def parse_e4(text: str, *, signed: bool = False) -> E4:
    """Read a unit price of up to four decimals into ten-thousandths of a leu.

    Raises:
        DecimalFormatError: not a plain decimal, too many decimals, or out of bounds.
    """
    return E4(_parse(text, _PRICE, signed=signed))


def parse_bani(text: str, *, signed: bool = False) -> Bani:
    """Read an amount of up to two decimals into bani.

    Raises:
        DecimalFormatError: not a plain decimal, too many decimals, or out of bounds.
    """
    return Bani(_parse(text, _AMOUNT, signed=signed))


def parse_rate_e2(text: str) -> RateE2:
    """Read a percentage of up to two decimals into hundredths of a percent.

    Raises:
        DecimalFormatError: not a plain decimal, too many decimals, or out of bounds.
    """
    return RateE2(_parse(text, _RATE, signed=False))


def parse_percent_e2(text: str) -> int:
    """Read a change in percent, of up to two decimals, into hundredths of a percent; signed.

    Raises:
        DecimalFormatError: not a plain decimal, too many decimals, or out of bounds.
    """
    return _parse(text, _PERCENT, signed=True)


def format_milli(quantity_milli: Milli) -> str:
    """Write a quantity without trailing zeros: `2`, `1.9`."""
    if quantity_milli % 1_000 == 0:
        return str(quantity_milli // 1_000)
    sign = "-" if quantity_milli < 0 else ""
    whole, fraction = divmod(abs(quantity_milli), 1_000)
    return f"{sign}{whole}.{fraction:03d}".rstrip("0")


def format_e4(price_e4: E4) -> str:
    """Write a price with two to four decimals: `49.90`, `25.3407`."""
    sign = "-" if price_e4 < 0 else ""
    whole, fraction = divmod(abs(price_e4), 10_000)
    if fraction % 100 == 0:
        return f"{sign}{whole}.{fraction // 100:02d}"
    if fraction % 10 == 0:
        return f"{sign}{whole}.{fraction // 10:03d}"
    return f"{sign}{whole}.{fraction:04d}"


def format_bani(amount_bani: Bani) -> str:
    """Write an amount with two decimals: `49.90`."""
    sign = "-" if amount_bani < 0 else ""
    whole, fraction = divmod(abs(amount_bani), 100)
    return f"{sign}{whole}.{fraction:02d}"


def format_rate(rate_e2: RateE2) -> str:
    """Write a percentage without trailing zeros: `21`, `9.5`."""
    whole, fraction = divmod(rate_e2, 100)
    return f"{whole}.{fraction:02d}".rstrip("0") if fraction else str(whole)


def line_amount_bani(price_e4: E4, quantity_milli: Milli) -> Bani:
    """Return price times quantity in bani, rounded once for the line."""
    return Bani(divide_half_up(price_e4 * quantity_milli, _E4_TIMES_MILLI_PER_BAN))


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide by a positive number, rounding halves away from zero.

    Halves go away from zero on both sides, so a reversal is exactly the negative of what it
    reverses.
    """
    if numerator < 0:
        return -((-2 * numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def _parse(text: str, form: _Form, *, signed: bool) -> int:
    negative = signed and text.startswith("-")
    whole, dot, fraction = (text[1:] if negative else text).partition(".")
    if not (
        text.isascii()
        and whole.isdigit()
        and (fraction.isdigit() or not dot)
        and len(text) <= _LONGEST_TEXT
    ):
        raise DecimalFormatError(_not_plain(text, signed=signed))
    if len(fraction) >= len(form.padding):
        most = len(form.padding) - 1
        raise DecimalFormatError(f"{text} has too many decimals: {form.name} has at most {most}")
    scaled = int(whole + fraction + form.padding[len(fraction)])
    if scaled > form.limit:
        raise DecimalFormatError(f"{text} is too large: {form.name} is at most {form.limit_text}")
    return -scaled if negative else scaled


def _not_plain(text: str, *, signed: bool) -> str:
    shown = text if len(text) <= _LONGEST_ECHO else text[:_LONGEST_ECHO] + "…"
    if not signed and text.startswith("-"):
        return f"{shown!r} must not be negative"
    return f"{shown!r} is not a plain decimal number such as 12 or 12.5"
