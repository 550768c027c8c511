"""Bundles: goods sold under one code and kept as their parts. Rules without I/O.

A bundle has no stock of its own: an order of it claims its parts, and how many can be sold is
what the parts allow. A bundle whose parts are not known allows nothing to be said.
"""

from collections.abc import Iterable, Mapping

import msgspec

_ONE_MILLI = 1000


class BundlePart(msgspec.Struct, frozen=True, gc=False):
    """One part: the product, and how many thousandths of it one bundle holds."""

    product_id: int
    quantity_milli: int


Parts = tuple[BundlePart, ...]


def part_wanted(bundles_milli: int, part: BundlePart) -> int:
    """Thousandths of a part that so many bundles hold; a fraction of one counts as one."""
    return -(-bundles_milli * part.quantity_milli // _ONE_MILLI)


def bundles_in(part_milli: int, part: BundlePart) -> int:
    """How many whole bundles, in thousandths, so much of a part is enough for."""
    return part_milli // part.quantity_milli * _ONE_MILLI


def available_bundles(parts: Iterable[tuple[BundlePart, int | None]]) -> int | None:
    """Whole bundles, in thousandths, that the available parts allow.

    None where there are no parts or the stock of one of them is not known: a bundle is never
    endless for want of knowledge.
    """
    allowed: list[int] = []
    for part, available_milli in parts:
        if available_milli is None:
            return None
        allowed.append(bundles_in(max(0, available_milli), part))
    return min(allowed, default=None)


def held_bundles(
    ordered_milli: int, parts: Parts, held: Mapping[int, tuple[int, int]]
) -> tuple[int, int]:
    """(reserved, shortage) of a line on a bundle, from those of its parts by product.

    A bundle lacks what its scarcest part lacks. Parts not heard of count as not reserved.
    """
    shortage = 0
    for part in parts:
        reserved, missing = held.get(part.product_id, (0, part_wanted(ordered_milli, part)))
        if missing:
            enough = min(ordered_milli, bundles_in(reserved, part))
            shortage = max(shortage, ordered_milli - enough)
    return ordered_milli - shortage, shortage
