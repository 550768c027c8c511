from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from magazie.model.brake import ChangedField, ProposedChange, held

STOCK, PRICE = ChangedField.STOCK, ChangedField.PRICE
Change = ProposedChange[str]


def zeroed(count: int, *, by_claims: bool = False, consented: bool = False) -> list[Change]:
    return [
        Change(
            key=f"z{number}",
            field=STOCK,
            before=5000,
            after=0,
            by_claims=by_claims,
            consented=consented,
        )
        for number in range(count)
    ]


def repriced(count: int, *, consented: bool = False) -> list[Change]:
    return [
        Change(key=f"p{number}", field=PRICE, before=100, after=90, consented=consented)
        for number in range(count)
    ]


def keys(changes: list[Change]) -> set[str]:
    return {change.key for change in changes}


def test_all_rows_of_a_mass_zeroing_wait_and_the_others_go() -> None:
    small = [Change(key="s", field=STOCK, before=5000, after=4000)]
    assert held([*zeroed(31), *small, *repriced(2)], 100) == keys(zeroed(31))


def test_both_thresholds_must_be_passed() -> None:
    assert held(zeroed(30), 100) == frozenset()
    assert held(zeroed(31), 100) != frozenset()
    assert held(zeroed(20), 20) == frozenset()
    assert held(zeroed(21), 21) == keys(zeroed(21))
    assert held(zeroed(21), 70) == frozenset()
    assert held(zeroed(21), 69) == keys(zeroed(21))


def test_prices_have_the_same_thresholds_and_are_judged_apart() -> None:
    assert held(repriced(30), 100) == frozenset()
    assert held(repriced(31), 100) == keys(repriced(31))
    assert held(repriced(20), 20) == frozenset()
    assert held([*repriced(25), *zeroed(25)], 100) == frozenset()
    both = [*repriced(31), *zeroed(31)]
    assert held(both, 100) == keys(both)


def test_sales_and_consent_never_brake() -> None:
    assert held(zeroed(100, by_claims=True), 100) == frozenset()
    assert held(zeroed(100, consented=True), 100) == frozenset()
    assert held(repriced(100, consented=True), 100) == frozenset()
    mixed = [*zeroed(31), Change(key="sold", field=STOCK, before=1, after=0, by_claims=True)]
    assert held(mixed, 100) == keys(zeroed(31))


def test_what_does_not_become_zero_is_no_zeroing() -> None:
    rows = [
        Change(key=f"k{number}", field=STOCK, before=before, after=after)
        for number, (before, after) in enumerate([(0, 0), (-2000, 0), (5000, 1), (0, 9)] * 50)
    ]
    assert held(rows, 100) == frozenset()


def test_the_smallest_stock_counts() -> None:
    rows = [Change(key=f"k{number}", field=STOCK, before=1, after=0) for number in range(50)]
    assert held(rows, 100) == keys(rows)


def test_an_unchanged_price_is_no_change() -> None:
    rows = [Change(key=f"k{n}", field=PRICE, before=100, after=100) for n in range(50)]
    assert held(rows, 100) == frozenset()


def test_a_value_never_known_cannot_be_overwritten_by_mistake() -> None:
    stock = [Change(key=f"s{n}", field=STOCK, before=None, after=0) for n in range(50)]
    price = [Change(key=f"p{n}", field=PRICE, before=None, after=100) for n in range(50)]
    assert held([*stock, *price], 50) == frozenset()


def test_a_value_never_known_neither_counts_nor_waits_beside_a_mistake() -> None:
    unknown = [Change(key=f"u{n}", field=STOCK, before=None, after=0) for n in range(50)]
    assert held([*zeroed(30), *unknown], 100) == frozenset()
    assert held([*zeroed(31), *unknown], 100) == keys(zeroed(31))


def again(changes: list[Change], *, consented: Collection[str] = ()) -> list[Change]:
    return [
        replace(change, held_before=True, consented=change.key in consented) for change in changes
    ]


def test_releasing_one_row_of_a_mistake_does_not_release_the_others() -> None:
    for mistake in (zeroed(31), repriced(31)):
        assert held(mistake, 100) == keys(mistake)
        released = {mistake[0].key}
        assert held(again(mistake, consented=released), 100) == keys(mistake) - released
        all_but_one = keys(mistake[1:])
        assert held(again(mistake, consented=all_but_one), 100) == {mistake[0].key}
        assert held(again(mistake, consented=keys(mistake)), 100) == frozenset()


def test_a_held_row_that_is_no_longer_a_mistake_goes() -> None:
    rows = [
        Change(key="restocked", field=STOCK, before=5000, after=4000, held_before=True),
        Change(key="sold", field=STOCK, before=5000, after=0, by_claims=True, held_before=True),
        Change(key="as before", field=PRICE, before=100, after=100, held_before=True),
    ]
    assert held(rows, 100) == frozenset()


def test_rows_held_before_count_with_new_ones_and_do_not_hold_a_few_new_ones() -> None:
    old, new = again(zeroed(31)[:25]), zeroed(31)[25:]
    assert held([*old, *new], 100) == keys([*old, *new])
    assert held([*old, *new[:5]], 100) == keys(old)


def test_a_negative_truth_is_sent_as_zero_and_counts() -> None:
    rows = [Change(key=f"s{n}", field=STOCK, before=1000, after=-1000) for n in range(50)]
    assert held(rows, 100) == keys(rows)


CHANGES = st.builds(
    ProposedChange[str],
    key=st.integers(0, 300).map(str),
    field=st.sampled_from(ChangedField),
    before=st.none() | st.integers(-1, 2),
    after=st.integers(-1, 2),
    by_claims=st.booleans(),
    consented=st.booleans(),
    held_before=st.booleans(),
)


@given(st.lists(CHANGES, max_size=120, unique_by=lambda change: change.key), st.integers(1, 300))
def test_held_are_the_culpable_of_a_kind_that_is_many_or_was_held(
    changes: list[Change], total: int
) -> None:
    known = [change for change in changes if change.before is not None and not change.consented]
    zeroing = {
        change.key
        for change in known
        if change.field is STOCK
        and not change.by_claims
        and max(0, change.before or 0) > 0
        and max(0, change.after) == 0
    }
    repricing = {
        change.key for change in known if change.field is PRICE and change.before != change.after
    }
    held_before = {change.key for change in changes if change.held_before}
    expected = (zeroing | repricing) & held_before
    for kind in (zeroing, repricing):
        if len(kind) > 20 and len(kind) / total > 0.3:
            expected |= kind
    assert held(changes, total) == expected
    assert held(list(reversed(changes)), total) == expected
