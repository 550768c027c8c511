"""Bundles: goods sold under one code and kept as their parts. Rules without I/O.

A bundle has no stock of its own: an order of it claims its parts. How many a shop is told of is
reckoned with the other truths it is told (``storage/outbox_items.py``).
"""

from collections.abc import Mapping

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
