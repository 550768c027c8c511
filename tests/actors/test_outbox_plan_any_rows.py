from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from magazie.actors.outbox_plan import Surroundings, plan_send
from magazie.storage.outbox_items import ItemRow
from tests.actors.outbox_rows import NOW, items, keys, stock

ROWS = st.lists(
    st.builds(
        lambda item, field, fields: stock(item, field=field, **fields),
        st.integers(1, 12),
        st.sampled_from(["stock", "price"]),
        st.fixed_dictionaries(
            {
                "sku": st.sampled_from(["", *["s"] * 9]),
                "same_sku": st.sampled_from([0] * 9 + [1]),
                "is_pending": st.sampled_from([True, True, True, False]),
                "pending_since_ms": st.none() | st.integers(NOW - 3, NOW),
                "doubt": st.booleans(),
                "sent_ms": st.none() | st.integers(NOW - 2, NOW + 1),
                "due_ms": st.none() | st.integers(NOW - 1, NOW + 1),
                "parked_value": st.sampled_from([5000, 1]),
                "parked_generation": st.sampled_from([1, 2]),
                "alone": st.booleans(),
            }
        ),
    ),
    max_size=24,
    unique_by=lambda row: row.key,
)
AROUNDS = st.builds(
    Surroundings,
    now_ms=st.just(NOW),
    began_ms=st.integers(NOW - 1, NOW + 1),
    limit=st.integers(1, 6),
    may_send_stock=st.sampled_from([True, True, False]),
    owed_products=st.frozensets(st.integers(1, 12), max_size=3),
    unclear_items=st.frozensets(st.integers(1, 12).map(str), max_size=3),
    linked_items=st.just(1000),
    only=st.none() | st.frozensets(st.integers(1, 12).map(str), max_size=8),
)


def may_go(row: ItemRow, around: Surroundings) -> bool:
    """The rules in one sentence each."""
    if not row.is_pending or not row.sku or row.same_sku:
        return False
    same = (row.parked_value, row.parked_generation) == (row.value, row.generation)
    if row.due_ms is not None and row.due_ms > around.now_ms and same:
        return False
    if row.doubt and row.sent_ms is not None and around.began_ms <= row.sent_ms <= around.now_ms:
        return False
    return row.field == "price" or (
        around.may_send_stock
        and row.product_id not in around.owed_products
        and row.external_id not in around.unclear_items
    )


def age(row: ItemRow) -> int:
    return NOW if row.pending_since_ms is None else row.pending_since_ms


@settings(max_examples=300, deadline=None)
@given(ROWS, AROUNDS)
def test_every_row_is_in_one_place_and_the_right_ones_go(
    rows: list[ItemRow], around: Surroundings
) -> None:
    planned = plan_send(rows, around)
    places = [
        *planned.chosen,
        *planned.waiting,
        *planned.held,
        *planned.settled,
        *(row for row, _ in planned.unsendable),
    ]
    assert sorted(keys(places)) == sorted(keys(rows))
    assert planned.settled == [row for row in rows if not row.is_pending]
    free = [row for row in rows if may_go(row, around)]
    listed = [row for row in free if around.only is None or row.external_id in around.only]
    assert all(row in listed for row in planned.chosen)
    sent, all_items = items(planned.chosen), set(items(listed))
    assert len(sent) == min(around.limit, len(all_items))
    check_fields(listed, planned.chosen)
    oldest = {item: min(age(r) for r in listed if int(r.external_id) == item) for item in all_items}
    assert [oldest[item] for item in sent] == sorted(oldest.values())[: len(sent)]
    assert planned.left_over == (len(planned.chosen) < len(free))


def check_fields(listed: Sequence[ItemRow], chosen: Sequence[ItemRow]) -> None:
    """Fields go together, or stock first where either was refused with the other."""
    for item in items(chosen):
        mine = [row for row in listed if int(row.external_id) == item]
        gone = [row for row in chosen if int(row.external_id) == item]
        if any(row.alone for row in mine):
            assert [row.field for row in gone] == [max(row.field for row in mine)]
        else:
            assert sorted(keys(gone)) == sorted(keys(mine))


@settings(max_examples=100, deadline=None)
@given(ROWS, AROUNDS, st.data())
def test_the_order_of_rows_does_not_matter(
    rows: list[ItemRow], around: Surroundings, data: st.DataObject
) -> None:
    one, other = plan_send(rows, around), plan_send(data.draw(st.permutations(rows)), around)
    assert set(keys(one.chosen)) == set(keys(other.chosen))
    assert set(keys(one.waiting)) == set(keys(other.waiting))
    assert one.left_over == other.left_over
