import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from magazie.model.orders import (
    LineKind,
    OrderLine,
    claims_of,
    follow_lines,
)
from tests.model.order_lines import GOODS, ONE, SERVICE, A, B, C, Seen, known_line, linked, told

# --- following ------------------------------------------------------------------------------


def test_new_lines_are_numbered_from_one_and_come_unlinked_and_unpicked() -> None:
    lines = follow_lines((), [B, A, A])
    assert told(lines) == [(1, "b", ONE, None), (2, "a", ONE, None), (3, "a", ONE, None)]
    assert {line.picked_milli for line in lines} == {0}


def test_a_line_shows_what_was_seen_last_and_keeps_its_product_and_count() -> None:
    known = known_line(4, A, product=7, picked=2 * ONE)
    changed = Seen("a", "new sku", "new name", 3 * ONE, GOODS, "594", 12_000, 15_000, 1100)
    assert follow_lines([known], [changed]) == (
        OrderLine(
            line=4,
            kind=GOODS,
            item_id="a",
            sku="new sku",
            ean="594",
            name="new name",
            product_id=7,
            quantity_milli=3 * ONE,
            picked_milli=2 * ONE,
            price_e4=12_000,
            base_price_e4=15_000,
            vat_rate_e2=1100,
        ),
    )


def test_the_same_read_again_changes_nothing() -> None:
    known = linked(follow_lines((), [A, B, A]))
    assert follow_lines(known, [A, B, A]) == known


def test_an_edit_keeps_numbers_drops_to_nothing_and_adds_at_the_end() -> None:
    known = linked(follow_lines((), [replace(A, quantity_milli=3 * ONE)]))
    assert told(follow_lines(known, [A, B])) == [(1, "a", ONE, 101), (2, "b", ONE, None)]
    assert told(follow_lines(known, [B])) == [(1, "a", 0, 101), (2, "b", ONE, None)]
    assert told(follow_lines(known, [])) == [(1, "a", 0, 101)]


@pytest.mark.parametrize(
    ("picked", "released", "quantity", "kept"),
    [(3, 2, 3, 0), (3, 2, 4, 1), (3, 2, 6, 2), (3, 2, 1, 0), (0, 3, 2, 2), (0, 3, 5, 3)],
)
def test_what_is_in_hand_is_wanted_before_anything_is_let_go(
    picked: int, released: int, quantity: int, kept: int
) -> None:
    known = known_line(1, replace(A, quantity_milli=5 * ONE), product=7, picked=picked * ONE)
    known = replace(known, released_milli=released * ONE)
    (edited,) = follow_lines([known], [replace(A, quantity_milli=quantity * ONE)])
    assert edited.released_milli == kept * ONE


def test_a_dropped_line_comes_back_with_its_number_and_product() -> None:
    known = linked(follow_lines((), [A, B]))
    without = follow_lines(known, [A])
    assert told(without) == [(1, "a", ONE, 101), (2, "b", 0, 102)]
    assert told(follow_lines(without, [C, B, A])) == [
        (1, "a", ONE, 101),
        (2, "b", ONE, 102),
        (3, "c", ONE, None),
    ]


def test_the_number_of_a_dropped_line_is_not_given_again() -> None:
    lines = follow_lines((), [A, B])
    for seen in (C, Seen("d"), Seen("e")):
        lines = follow_lines(lines, [A, seen])
    assert told(lines) == [
        (1, "a", ONE, None),
        (2, "b", 0, None),
        (3, "c", 0, None),
        (4, "d", 0, None),
        (5, "e", ONE, None),
    ]


def test_numbers_with_gaps_go_on_after_the_highest() -> None:
    known = [known_line(9, B), known_line(2, A)]
    assert [line.line for line in follow_lines(known, [C, A, B])] == [2, 9, 10]


def test_the_same_item_twice_is_followed_by_occurrence() -> None:
    one, two = replace(A, price_e4=1), replace(A, price_e4=2)
    known = linked(follow_lines((), [one, two]))
    again = follow_lines(known, [replace(one, quantity_milli=5), replace(two, quantity_milli=6)])
    assert [(line.price_e4, line.quantity_milli) for line in again] == [(1, 5), (2, 6)]
    fewer = follow_lines(known, [two])
    assert [(line.price_e4, line.quantity_milli) for line in fewer] == [(2, ONE), (2, 0)]
    more = follow_lines(known, [one, two, A])
    assert [(line.line, line.product_id) for line in more] == [(1, 101), (2, 102), (3, None)]


def test_an_item_whose_id_changed_is_followed_by_its_sku() -> None:
    known = linked(follow_lines((), [A, B]))
    anew = replace(A, item_id="a2")
    lines = follow_lines(known, [anew, B])
    assert told(lines) == [(1, "a2", ONE, 101), (2, "b", ONE, 102)]
    assert follow_lines(lines, [anew, B]) == lines


def test_an_item_without_id_is_followed_by_its_sku() -> None:
    known = linked(follow_lines((), [replace(A, item_id=""), B]))
    assert told(follow_lines(known, [B, replace(A, item_id="")])) == told(known)
    assert told(follow_lines(known, [B, A])) == [(1, "a", ONE, 101), (2, "b", ONE, 102)]


def test_the_item_id_goes_before_the_sku_in_whatever_order_lines_are_seen() -> None:
    """A line that only shares the SKU must not take the place of the item's own line."""
    known = linked(follow_lines((), [A]))
    twin = replace(A, item_id="twin")
    for seen in itertools.permutations([A, twin]):
        assert told(follow_lines(known, seen)) == [(1, "a", ONE, 101), (2, "twin", ONE, None)]


@pytest.mark.parametrize("kind", LineKind)
def test_a_line_without_id_and_sku_is_followed_by_its_name(kind: LineKind) -> None:
    """Otherwise every read would add it anew, and a link a person made would be lost."""
    bare = Seen(name="Transport", kind=kind)
    known = linked(follow_lines((), [A, bare]))
    dearer = replace(bare, price_e4=1)
    lines = follow_lines(known, [A, dearer])
    assert told(lines) == told(known)
    assert lines[1].price_e4 == 1
    assert told(follow_lines(known, [A, bare, bare]))[2] == (3, "Transport", ONE, None)
    assert told(follow_lines(known, [A, replace(bare, name="Ambalaj")]))[1:] == [
        (2, "Transport", 0, 102),
        (3, "Ambalaj", ONE, None),
    ]


def test_lines_that_only_lack_ids_or_skus_are_not_taken_for_each_other() -> None:
    known = linked(follow_lines((), [Seen("a"), Seen("b"), Seen(sku="x"), Seen(sku="y")]))
    seen = [Seen("c"), Seen(sku="z")]
    assert told(follow_lines(known, seen))[4:] == [(5, "c", ONE, None), (6, "z", ONE, None)]


def test_goods_and_services_are_not_taken_for_each_other() -> None:
    known = linked(follow_lines((), [A]))
    service = replace(A, kind=SERVICE)
    assert told(follow_lines(known, [service])) == [(1, "a", 0, 101), (2, "a", ONE, None)]


@pytest.mark.parametrize("place", range(3))
def test_a_deleted_product_stays_as_a_parked_line_and_keeps_nobody_out(place: int) -> None:
    seen = [A, B]
    seen.insert(place, Seen("999999", "STERS", price_e4=120_000))
    lines = follow_lines((), seen)
    assert [line.sku for line in lines] == [line.sku for line in seen]
    known = tuple(
        replace(line, product_id=None if line.sku == "STERS" else 100 + line.line) for line in lines
    )
    assert [line.line for line in known if line.is_parked] == [place + 1]
    claimed = {number for wanted in claims_of(known, cancelled=False).values() for number in wanted}
    assert claimed == {1, 2, 3} - {place + 1}


def test_only_wanted_goods_without_a_product_are_parked() -> None:
    assert known_line(1, A).is_parked
    assert not known_line(1, A, product=3).is_parked
    assert not known_line(1, replace(A, kind=SERVICE)).is_parked
    assert not known_line(1, replace(A, quantity_milli=0)).is_parked


# --- following: any lines -------------------------------------------------------------------

NAMES = st.sampled_from(["", "x", "y"])
ANY_SEEN = st.builds(
    Seen,
    item_id=st.sampled_from(["", "1", "2", "3"]),
    sku=st.sampled_from(["", "p", "q"]),
    name=NAMES,
    quantity_milli=st.integers(0, 3),
    kind=st.sampled_from([GOODS, GOODS, GOODS, SERVICE]),
    price_e4=st.integers(0, 10**6),
)
READS = st.lists(st.lists(ANY_SEEN, max_size=5), min_size=1, max_size=5)
KEYED_SEEN = st.builds(
    lambda line, quantity, price: replace(line, quantity_milli=quantity, price_e4=price),
    st.sampled_from(
        [
            Seen("1", "p", "x"),
            Seen("2", "q", "y"),
            Seen("3", "", "x"),
            Seen("", "r", "y"),
            Seen(name="x"),
            Seen(name="x", kind=SERVICE),
        ]
    ),
    st.integers(1, 3),
    st.integers(0, 10**6),
)
"""Lines whose keys never change and are never shared by two things."""


def followed_plainly(known: Sequence[OrderLine], seen: Sequence[Seen]) -> dict[int, Seen | None]:
    """Known line → what was seen of it, by the rule as it is said: one key after the other."""
    pairs: dict[int, Seen | None] = {line.line: None for line in known}
    left = list(range(len(seen)))
    for key in ("item_id", "sku", "name"):
        for place in list(left):
            mine = seen[place]
            usable = not (mine.item_id or mine.sku) if key == "name" else getattr(mine, key)
            if not usable:
                continue
            for line in known:
                same = line.kind is mine.kind and getattr(line, key) == getattr(mine, key)
                bare = key != "name" or not (line.item_id or line.sku)
                if pairs[line.line] is None and same and bare:
                    pairs[line.line] = mine
                    left.remove(place)
                    break
    return pairs


def as_seen(line: OrderLine) -> Seen:
    return Seen(
        item_id=line.item_id,
        sku=line.sku,
        name=line.name,
        quantity_milli=line.quantity_milli,
        kind=line.kind,
        ean=line.ean,
        price_e4=line.price_e4,
        base_price_e4=line.base_price_e4,
        vat_rate_e2=line.vat_rate_e2,
    )


@given(READS)
def test_any_reads_are_followed_by_item_then_sku_then_name(reads: list[list[Seen]]) -> None:
    lines: tuple[OrderLine, ...] = ()
    for seen in reads:
        known = linked(lines)
        lines = follow_lines(known, seen)
        pairs = followed_plainly(known, seen)
        for before, after in zip(known, lines, strict=False):
            mine = pairs[before.line]
            expected = mine if mine is not None else replace(as_seen(before), quantity_milli=0)
            assert as_seen(after) == expected
        fresh = list(seen)
        for mine in pairs.values():
            if mine is not None:
                fresh.remove(mine)
        assert sorted(map(as_seen, lines[len(known) :]), key=repr) == sorted(fresh, key=repr)


@given(READS)
def test_numbers_and_products_are_for_good(reads: list[list[Seen]]) -> None:
    lines: tuple[OrderLine, ...] = ()
    for seen in reads:
        known = tuple(
            replace(line, product_id=100 + line.line, picked_milli=line.line) for line in lines
        )
        lines = follow_lines(known, seen)
        assert [line.line for line in lines] == list(range(1, len(lines) + 1))
        assert [(line.product_id, line.picked_milli) for line in lines] == (
            [(line.product_id, line.picked_milli) for line in known]
            + [(None, 0)] * (len(lines) - len(known))
        )
        assert sum(line.quantity_milli for line in lines) == (
            sum(line.quantity_milli for line in seen)
        )


@given(st.lists(st.lists(KEYED_SEEN, max_size=6), min_size=1, max_size=4))
def test_reading_an_order_twice_is_reading_it_once(reads: list[list[Seen]]) -> None:
    lines: tuple[OrderLine, ...] = ()
    for seen in reads:
        lines = linked(follow_lines(lines, seen))
        assert follow_lines(lines, seen) == lines


@given(
    st.lists(
        KEYED_SEEN,
        max_size=6,
        unique_by=lambda line: (line.item_id, line.sku, line.name, line.kind),
    ),
    st.data(),
)
def test_the_order_in_which_known_lines_are_shown_does_not_matter(
    seen: list[Seen], data: st.DataObject
) -> None:
    known = linked(follow_lines((), [replace(line, quantity_milli=9) for line in seen]))
    shown = data.draw(st.permutations(seen))
    kept = shown[: data.draw(st.integers(0, len(shown)))]
    lines = follow_lines(known, kept)
    assert [line.product_id for line in lines] == [line.product_id for line in known]
    assert [as_seen(line) for line in lines] == [
        line if line in kept else replace(as_seen(old), quantity_milli=0)
        for line, old in zip(seen, known, strict=True)
    ]
    assert follow_lines(data.draw(st.permutations(known)), kept) == lines
