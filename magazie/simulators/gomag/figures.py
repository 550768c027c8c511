"""Scaled integers inside, the shop's texts at the rim."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_LARGEST = 10**15


class UnreadableFigureError(ValueError):
    """A field that should hold a number does not."""


def fixed(value: int, scale: int, digits: int) -> str:
    """Write a scaled integer with a fixed number of decimals: ``fixed(7000, 3, 3) == "7.000"``.

    Args:
        value: the number times ten to the ``scale``.
        scale: how many decimals the integer holds.
        digits: how many decimals to write, at least one; further ones are rounded half up.
    """
    size = abs(value)
    if digits < scale:
        step = 10 ** (scale - digits)
        size = (size + step // 2) // step
    else:
        size *= 10 ** (digits - scale)
    whole, fraction = divmod(size, 10**digits)
    sign = "-" if value < 0 and size else ""
    return f"{sign}{whole}.{fraction:0{digits}d}"


def shortest(value: int, scale: int) -> str:
    """Write a scaled integer without trailing zeros: ``shortest(55250, 2) == "552.5"``."""
    return fixed(value, scale, scale).rstrip("0").rstrip(".")


def number(value: int, scale: int) -> int | float:
    """Write a scaled integer as a JSON number: an int when whole, else a float."""
    whole, fraction = divmod(value, 10**scale)
    return whole if fraction == 0 else float(Decimal(value).scaleb(-scale))


def scaled(value: object, scale: int) -> int:
    """Read a JSON number or a text holding one into a scaled integer, rounding half up.

    Raises:
        UnreadableFigureError: it is no finite plain number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnreadableFigureError(repr(value))
    text = repr(value) if isinstance(value, float) else str(value).strip()
    try:
        parsed = Decimal(text)
    except InvalidOperation as error:
        raise UnreadableFigureError(text) from error
    if not parsed.is_finite() or abs(parsed) > _LARGEST:
        raise UnreadableFigureError(text)
    return int(parsed.scaleb(scale).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def with_vat(net_e4: int, vat_e2: int) -> int:
    """Add VAT to a net unit price, both in 1/10000."""
    return (net_e4 * (10_000 + vat_e2) + 5_000) // 10_000


def without_vat(gross_e4: int, vat_e2: int) -> int:
    """Take VAT out of a gross unit price, both in 1/10000."""
    divisor = 10_000 + vat_e2
    return (gross_e4 * 10_000 + divisor // 2) // divisor
