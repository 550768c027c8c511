from hypothesis import given
from hypothesis import strategies as st

from magazie.model.bundles import (
    BundlePart,
    available_bundles,
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


@given(parts, st.data())
def test_a_bundle_is_available_as_often_as_its_scarcest_part(
    its: tuple[BundlePart, ...], data: st.DataObject
) -> None:
    shelves = [data.draw(st.integers(-5_000, 100_000)) for _ in its]
    count = available_bundles(zip(its, shelves, strict=True))
    assert count is not None
    assert all(
        part_wanted(count, part) <= max(0, milli) for part, milli in zip(its, shelves, strict=True)
    )
    assert any(
        part_wanted(count + 1000, part) > max(0, milli)
        for part, milli in zip(its, shelves, strict=True)
    )


def test_of_unknown_parts_nothing_can_be_said() -> None:
    assert available_bundles([]) is None
    assert available_bundles([(BundlePart(1, 1000), 5000), (BundlePart(2, 1000), None)]) is None


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
