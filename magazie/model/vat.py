"""VAT out of VAT-inclusive prices, and splitting an amount without losing a ban."""

from collections.abc import Sequence

from magazie.model.decimals import Bani, RateE2, divide_half_up


def vat_from_gross_bani(gross_bani: Bani, rate_e2: RateE2) -> Bani:
    """Return the VAT held in a gross amount, rounded half up; net is gross less this.

    The gross is what the customer pays and never moves. Taken once per rate of a document: adding
    VAT taken line by line may be a ban off.
    """
    return Bani(divide_half_up(gross_bani * rate_e2, 10_000 + rate_e2))


def split_by_largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Split a total over weights so that the parts add up to it exactly.

    Each part is its exact share cut to a whole number; the units that remain go to the largest
    cut-off fractions, the earlier part first among equals. Where the total is at most the sum of
    the weights, no part exceeds its weight.

    Args:
        total: What to split; a negative one gives the negative of the split of its opposite.
        weights: Shares, none negative.

    Raises:
        ValueError: a weight is negative, or all are zero while the total is not.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight must not be negative")
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("nothing to split over: all weights are zero")
        return [0] * len(weights)
    size = abs(total)
    parts = [size * weight // whole for weight in weights]
    by_cut_off_fraction = sorted(
        range(len(weights)), key=lambda index: -(size * weights[index] % whole)
    )
    for index in by_cut_off_fraction[: size - sum(parts)]:
        parts[index] += 1
    return parts if total >= 0 else [-part for part in parts]
