from hypothesis import given
from hypothesis import strategies as st

from magazie.model.bundles import (
    BundlePart,
    bundles_in,
    held_bundles,
    part_wanted,
)

quantities = st.integers(1, 10_000)
bundles = st.integers(1, 50).map(lambda pieces: pieces * 1000)
parts = st.lists(quantities, min_size=1, max_size=5).map(
    lambda found: tuple(BundlePart(number, milli) for number, milli in enumerate(found))
)


@given(bundles, quantities)
def test_what_is_wanted_of_a_part_is_enough_and_no_more(bundles_milli: int, per: int) -> None:
    part = BundlePart(1, per)
    wanted = part_wanted(bundles_milli, part)
    assert bundles_in(wanted, part) == bundles_milli
    assert bundles_in(wanted - 1, part) < bundles_milli


@given(bundles, parts, st.data())
def test_a_bundle_lacks_what_its_parts_lack(
    ordered: int, its: tuple[BundlePart, ...], data: st.DataObject
) -> None:
    held = {}
    for part in its:
        wanted = part_wanted(ordered, part)
        reserved = data.draw(st.integers(0, wanted))
        held[part.product_id] = (reserved, wanted - reserved)
    reserved, shortage = held_bundles(ordered, its, held)
    assert reserved + shortage == ordered
    assert (shortage == 0) == all(missing == 0 for _, missing in held.values())
    assert all(part_wanted(reserved, part) <= held[part.product_id][0] for part in its)


def test_a_part_not_heard_of_is_not_reserved() -> None:
    its = (BundlePart(1, 1000), BundlePart(2, 2000))
    assert held_bundles(3000, its, {1: (3000, 0)}) == (0, 3000)
    assert held_bundles(0, its, {}) == (0, 0)
