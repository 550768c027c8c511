"""Changing a selling price by a percentage."""

from typing import Final

from magazie.model.decimals import E4, divide_half_up

PRICE_DECIMALS: Final = 4
_WHOLE_E2: Final = 10_000  # 100 %


def repriced(price_e4: E4, percent_e2: int, decimals: int) -> E4:
    """The price with so many hundredths of a percent added, or taken off where negative.

    Reckoned exactly and rounded once, to so many decimals (0 to 4); halves go up. The result may
    be zero or less: the caller refuses that.
    """
    step = int(10 ** (PRICE_DECIMALS - decimals))
    return E4(divide_half_up(price_e4 * (_WHOLE_E2 + percent_e2), _WHOLE_E2 * step) * step)
