import pytest
from msgspec.structs import replace

from magazie.storage.outbox_items import ItemRow
from tests.actors.outbox_rows import NOW, items, keys, parked, plan, price, stock


def emptied(count: int, **fields: object) -> list[ItemRow]:
    return [
        stock(item, **{"value": 0, "on_hand_milli": 0, "acked_value": 3000, **fields})
        for item in range(1, count + 1)
    ]


def test_a_shop_about_to_be_emptied_is_held_and_the_rest_goes() -> None:
    others = [stock(50), price(50), *(price(item) for item in range(1, 5))]
    planned = plan([*emptied(31), *others])
    assert sorted(items(planned.held)) == list(range(1, 32))
    assert sorted(keys(planned.chosen)) == sorted(keys(others))
    assert planned.waiting == []
    assert not planned.left_over


def test_few_zeroes_go() -> None:
    assert plan(emptied(30)).held == []
    assert plan(emptied(31), linked_items=104).held == []
    assert len(plan(emptied(31), linked_items=103).held) == 31
    assert plan(emptied(20), linked_items=20).held == []


def test_a_repricing_is_held_and_stock_goes() -> None:
    rows = [row for item in range(1, 32) for row in (stock(item), price(item))]
    planned = plan(rows)
    assert {row.field for row in planned.held} == {"price"}
    assert {row.field for row in planned.chosen} == {"stock"}
    assert (len(planned.held), len(planned.chosen)) == (31, 31)


def test_the_brake_counts_all_that_is_pending_not_one_request() -> None:
    assert len(plan(emptied(31), limit=5).held) == 31
    some = frozenset({"1", "2"})
    assert len(plan(emptied(31), only=some).held) == 31


@pytest.mark.parametrize(
    "explained",
    [{"on_hand_milli": 1000}, {"last_kind": "shipment"}],
    ids=["all spoken for", "shipped"],
)
def test_zeroes_that_orders_explain_go(explained: dict[str, object]) -> None:
    planned = plan(emptied(50, **explained))
    assert (len(planned.chosen), planned.held) == (50, [])


def test_zeroes_are_counted_against_what_was_told_last_else_listed() -> None:
    listed: dict[str, object] = {"acked_value": None, "listed_value": 3000}
    assert len(plan(emptied(31, **listed)).held) == 31
    told_zero = plan(emptied(31, acked_value=0, listed_value=3000))
    assert told_zero.held == []
    listed_zero = plan(emptied(31, acked_value=3000, listed_value=0))
    assert len(listed_zero.held) == 31


def test_a_first_send_to_an_unknown_listing_is_no_mistake() -> None:
    never = {"acked_value": None, "listed_value": None}
    rows = emptied(50, **never) + [price(item, **never) for item in range(1, 51)]
    planned = plan(rows)
    assert (len(planned.chosen), planned.held) == (100, [])


def test_what_a_person_asked_for_in_bulk_goes_and_counts_for_nothing() -> None:
    asked = emptied(31, by_person=True)
    assert (len(plan(asked).chosen), plan(asked).held) == (31, [])
    others = [replace(row, by_person=int(row.external_id) <= 31) for row in emptied(60)]
    assert plan(others).held == []
    more = [replace(row, by_person=int(row.external_id) <= 31) for row in emptied(62)]
    assert sorted(items(plan(more).held)) == list(range(32, 63))


def test_consent_is_to_one_value() -> None:
    consented = plan(emptied(31, held=True, consent_value=0))
    assert (len(consented.chosen), consented.held) == (31, [])
    prices = [
        price(item, value=700, acked_value=500, held=True, consent_value=600)
        for item in range(1, 32)
    ]
    assert len(plan(prices).held) == 31


def test_releasing_one_held_row_does_not_let_the_others_go() -> None:
    rows = emptied(31, held=True)
    rows[0] = replace(rows[0], consent_value=0)
    planned = plan(rows)
    assert items(planned.chosen) == [1]
    assert sorted(items(planned.held)) == list(range(2, 32))


def test_a_held_row_that_is_right_again_goes() -> None:
    rows = [
        stock(1, held=True, value=2000),
        stock(2, held=True, value=0, on_hand_milli=1000),
        price(3, held=True, value=4000, acked_value=4000),
    ]
    planned = plan(rows)
    assert (items(planned.chosen), planned.held) == ([1, 2, 3], [])


def test_held_rows_are_held_whatever_else_they_wait_for() -> None:
    rows = emptied(31)
    rows[0] = parked(rows[0])
    rows[1] = replace(rows[1], sku="")
    rows[2] = replace(rows[2], doubt=True, sent_ms=NOW)
    planned = plan(rows, owed_products=frozenset({4}))
    assert len(planned.held) == 31
    assert (planned.waiting, planned.unsendable, planned.chosen) == ([], [], [])
