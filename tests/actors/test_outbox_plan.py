from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from magazie.actors.outbox_plan import (
    combined,
    plan_send,
    why_unsendable,
    why_waiting,
)
from magazie.ports import InventoryItem
from magazie.storage.outbox_items import ItemRow
from tests.actors.outbox_rows import AROUND, NOW, items, keys, parked, plan, price, stock

# --- limits and age -------------------------------------------------------------------------


def test_nothing_pending_is_nothing_to_send() -> None:
    nothing = plan([])
    assert (nothing.chosen, nothing.waiting, nothing.left_over) == ([], [], False)


def test_what_is_told_already_is_settled() -> None:
    rows = [stock(1, is_pending=False), price(1), price(2, value=None, is_pending=False)]
    planned = plan(rows)
    assert keys(planned.settled) == [("1", "stock"), ("2", "price")]
    assert keys(planned.chosen) == [("1", "price")]


def test_the_limit_counts_items_not_fields() -> None:
    rows = [row for item in range(1, 4) for row in (stock(item), price(item))]
    planned = plan(rows, limit=2)
    assert items(planned.chosen) == [1, 2]
    assert len(planned.chosen) == 4
    assert keys(planned.waiting) == [("3", "stock"), ("3", "price")]
    assert planned.left_over
    assert not plan(rows, limit=3).left_over


def test_the_oldest_go_first_and_ties_go_by_item() -> None:
    rows = [
        stock(3, pending_since_ms=20),
        stock(2, pending_since_ms=30),
        stock(5, pending_since_ms=10),
        stock(1, pending_since_ms=30),
        stock(4, pending_since_ms=None),
    ]
    assert items(plan(rows).chosen) == [5, 3, 1, 2, 4]
    assert items(plan(rows, limit=2).chosen) == [5, 3]


def test_an_item_is_as_old_as_its_oldest_field_that_may_go() -> None:
    rows = [
        stock(1, pending_since_ms=30),
        price(1, pending_since_ms=10),
        stock(2, pending_since_ms=20),
    ]
    assert keys(plan(rows, limit=1).chosen) == [("1", "price"), ("1", "stock")]
    rows[1] = parked(rows[1])
    assert keys(plan(rows, limit=1).chosen) == [("2", "stock")]


MINUTE = 60_000


class Telling:
    """Items whose truth changes, and a shop that says yes to all it is told."""

    def __init__(self, count: int) -> None:
        self.rows = {
            item: stock(item, pending_since_ms=0, sent_ms=None) for item in range(1, count + 1)
        }
        self.now_ms = 0
        self.requests: list[list[int]] = []

    def change(self, changed: Iterable[int]) -> None:
        for item in changed:
            row = self.rows[item]
            since = row.pending_since_ms if row.is_pending else self.now_ms
            self.rows[item] = replace(
                row, value=(row.value or 0) + 1, is_pending=True, pending_since_ms=since
            )

    def send(self, limit: int = 1000) -> bool:
        around = replace(AROUND, now_ms=self.now_ms, began_ms=self.now_ms, limit=limit)
        planned = plan_send(list(self.rows.values()), around)
        for row in planned.chosen:
            self.rows[int(row.external_id)] = replace(
                row, is_pending=False, acked_value=row.value, pending_since_ms=None
            )
        self.requests.append(items(planned.chosen))
        return planned.left_over


def test_many_changes_go_in_requests_as_large_as_allowed_each_once() -> None:
    telling = Telling(2350)
    while telling.send():
        pass
    assert [len(request) for request in telling.requests] == [1000, 1000, 350]
    assert sorted(item for request in telling.requests for item in request) == list(range(1, 2351))


def test_nobody_starves_when_more_than_a_request_changes_each_minute() -> None:
    """One request a minute, and more hot items than it holds: the others still get their turn."""
    telling = Telling(2350)
    hot = range(1, 1201)
    for _ in range(12):
        telling.send()
        telling.now_ms += MINUTE
        telling.change(hot)
    told = [item for request in telling.requests[:3] for item in request]
    assert len(set(told)) == 2350
    every = [request for request in telling.requests if 7 in request]
    assert len(every) > 4, "and a hot item is not told only once"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sets(st.integers(1, 9), max_size=9), min_size=1, max_size=12), st.integers(1, 4))
def test_a_change_waits_at_most_for_what_was_pending_before_it(
    changes: list[set[int]], limit: int
) -> None:
    telling = Telling(9)
    asked = dict.fromkeys(range(1, 10), 0)
    for minute, changed in enumerate([*changes, *[set[int]()] * 9]):
        telling.now_ms = minute * MINUTE
        telling.change(changed)
        for item in changed:
            asked.setdefault(item, minute)
        telling.send(limit)
        for item in telling.requests[-1]:
            assert minute - asked.pop(item) <= (9 - 1) // limit + 1
    assert asked == {}


# --- what waits, and why --------------------------------------------------------------------


WAITING = [
    pytest.param(stock(1), {}, "", id="goes"),
    pytest.param(stock(1, held=True), {}, "held", id="held"),
    pytest.param(parked(stock(1)), {}, "parked", id="parked"),
    pytest.param(parked(price(1)), {}, "parked", id="price parked"),
    pytest.param(stock(1, doubt=True, sent_ms=NOW), {}, "in_doubt", id="in doubt"),
    pytest.param(price(1, doubt=True, sent_ms=NOW), {}, "in_doubt", id="price in doubt"),
    pytest.param(stock(1, doubt=True, sent_ms=NOW - 1), {}, "", id="doubt of an earlier round"),
    pytest.param(stock(1, doubt=True, sent_ms=None), {}, "", id="doubt without a send"),
    pytest.param(stock(1, doubt=False, sent_ms=NOW), {}, "", id="answered in this round"),
    pytest.param(stock(1), {"may_send_stock": False}, "orders_unread", id="orders unread"),
    pytest.param(price(1), {"may_send_stock": False}, "", id="price needs no orders"),
    pytest.param(stock(1), {"owed_products": frozenset({1})}, "claims_owed", id="claims owed"),
    pytest.param(stock(1), {"owed_products": frozenset({2})}, "", id="claims of another owed"),
    pytest.param(price(1), {"owed_products": frozenset({1})}, "", id="price needs no claims"),
    pytest.param(stock(1), {"unclear_items": frozenset({"1"})}, "undecodable_order", id="unclear"),
    pytest.param(stock(1), {"unclear_items": frozenset({"2"})}, "", id="another unclear"),
    pytest.param(price(1), {"unclear_items": frozenset({"1"})}, "", id="price of an unclear item"),
]


@pytest.mark.parametrize(("row", "around", "why"), WAITING)
def test_why_a_row_waits(row: ItemRow, around: dict[str, object], why: str) -> None:
    assert why_waiting(row, msgspec.structs.replace(AROUND, **around)) == why
    planned = plan([row], **around)
    # what was held is judged anew: one row is no mass
    goes = why in {"", "held"}
    assert keys(planned.chosen) == ([row.key] if goes else [])
    assert keys(planned.waiting) == ([] if goes else [row.key])
    assert not planned.left_over, "it is of no use to ask again at once"


def test_one_field_waits_and_the_other_goes() -> None:
    rows = [stock(1), price(1)]
    for around in (
        {"may_send_stock": False},
        {"owed_products": frozenset({1})},
        {"unclear_items": frozenset({"1"})},
    ):
        planned = plan(rows, **around)
        assert keys(planned.chosen) == [("1", "price")]
        assert keys(planned.waiting) == [("1", "stock")]
        assert not planned.left_over


def test_several_items_of_one_product_wait_for_its_claims_together() -> None:
    rows = [stock(1, product_id=7), stock(2, product_id=7), stock(3, product_id=8)]
    assert items(plan(rows, owed_products=frozenset({7})).chosen) == [3]


def test_what_waits_does_not_use_up_the_limit() -> None:
    rows = [parked(stock(item, pending_since_ms=1)) for item in range(1, 6)]
    rows += [stock(item, pending_since_ms=2) for item in range(6, 9)]
    planned = plan(rows, limit=3)
    assert items(planned.chosen) == [6, 7, 8]
    assert not planned.left_over


# --- parked ---------------------------------------------------------------------------------


def test_a_parked_row_waits_for_its_time_to_the_millisecond() -> None:
    row = parked(stock(1), due_ms=NOW)
    assert items(plan([row], now_ms=NOW - 1).waiting) == [1]
    assert items(plan([row], now_ms=NOW).chosen) == [1]


@pytest.mark.parametrize("news", [{"value": 6000}, {"generation": 2}])
def test_a_parked_row_goes_at_once_when_its_value_or_link_changed(news: dict[str, int]) -> None:
    row = msgspec.structs.replace(parked(stock(1)), **news)
    assert keys(plan([row]).chosen) == [("1", "stock")]


def test_a_parked_field_does_not_keep_the_other_back() -> None:
    assert keys(plan([parked(stock(1)), price(1)]).chosen) == [("1", "price")]


def test_a_parked_row_that_is_told_by_now_is_settled() -> None:
    row = parked(stock(1, is_pending=False))
    assert keys(plan([row]).settled) == [("1", "stock")]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"sku": ""}, "the item has no SKU in the shop"),
        ({"same_sku": 1}, "the SKU is not unique in the shop"),
        ({}, ""),
    ],
)
def test_an_item_the_shop_cannot_tell_apart_is_not_sent(
    fields: dict[str, object], why: str
) -> None:
    rows = [stock(1, **fields), price(1, **fields)]
    assert {why_unsendable(row) for row in rows} == {why}
    planned = plan([*rows, stock(2)])
    assert planned.unsendable == ([(row, why) for row in rows] if why else [])
    assert items(planned.chosen) == ([2] if why else [1, 2])


def test_an_unsendable_item_is_parked_once_and_looked_at_again_when_due() -> None:
    nameless = stock(1, sku="")
    assert keys(plan([parked(nameless)]).waiting) == [("1", "stock")]
    assert plan([parked(nameless)]).unsendable == []
    due = plan([parked(nameless, due_ms=NOW)])
    assert [row.key for row, _ in due.unsendable] == [("1", "stock")]
    changed = plan([replace(parked(nameless), value=1)])
    assert [row.key for row, _ in changed.unsendable] == [("1", "stock")]


# --- a refused item, a refused list ---------------------------------------------------------


def test_both_fields_go_together_until_they_were_refused_together() -> None:
    both = plan([price(1), stock(1)])
    assert sorted(keys(both.chosen)) == [("1", "price"), ("1", "stock")]
    assert both.waiting == []
    first = plan([price(1, alone=True), stock(1, alone=True)])
    assert keys(first.chosen) == [("1", "stock")]
    assert keys(first.waiting) == [("1", "price")]
    assert first.left_over, "the price goes in another request of the round"


def test_after_stock_went_alone_the_price_goes_alone() -> None:
    told = plan([stock(1, is_pending=False), price(1, alone=True)])
    assert (keys(told.chosen), told.left_over) == ([("1", "price")], False)
    refused = plan([parked(stock(1)), price(1, alone=True)])
    assert keys(refused.chosen) == [("1", "price")]
    unanswered = plan([stock(1, alone=True, doubt=True, sent_ms=NOW), price(1, alone=True)])
    assert (keys(unanswered.chosen), unanswered.left_over) == ([("1", "price")], False)


@pytest.mark.parametrize("alone", ["stock", "price"])
def test_one_field_marked_is_enough_to_part_them(alone: str) -> None:
    rows = [stock(1, alone=alone == "stock"), price(1, alone=alone == "price")]
    assert len(plan(rows).chosen) == 1


def test_an_item_that_goes_alone_does_not_part_others() -> None:
    rows = [stock(1, alone=True), price(1, alone=True), stock(2), price(2)]
    assert keys(plan(rows).chosen) == [("1", "stock"), ("2", "stock"), ("2", "price")]


def test_a_list_that_is_halved_sends_only_its_half() -> None:
    rows = [row for item in range(1, 5) for row in (stock(item), price(item))]
    half = plan(rows, only=frozenset({"2", "3"}))
    assert items(half.chosen) == [2, 3]
    assert items(half.waiting) == [1, 4]
    assert half.left_over
    whole = plan(rows, only=frozenset({"1", "2", "3", "4"}))
    assert (items(whole.chosen), whole.left_over) == ([1, 2, 3, 4], False)


def test_halving_finds_the_one_bad_item_and_tells_the_other_ninety_nine() -> None:
    rows = {item: stock(item) for item in range(1, 101)}
    lists: list[frozenset[str] | None] = [None]
    told: set[int] = set()
    culprits: list[int] = []
    requests = 0
    while lists:
        sent = items(plan(rows.values(), only=lists.pop(0)).chosen)
        requests += 1
        if 71 not in sent:
            told |= set(sent)
            for item in sent:
                rows[item] = replace(rows[item], is_pending=False)
        elif len(sent) == 1:
            culprits += sent
            rows[71] = parked(rows[71])
        else:
            half = len(sent) // 2
            lists = [frozenset(map(str, sent[:half])), frozenset(map(str, sent[half:])), *lists]
    assert culprits == [71]
    assert told == set(range(1, 101)) - {71}
    assert requests <= 15
    assert items(plan(rows.values()).chosen) == [], "and it is not sent again the next minute"


# --- the request ----------------------------------------------------------------------------


def test_the_request_names_each_item_once_with_the_fields_that_go() -> None:
    rows = [stock(1, value=0), price(2, value=129_900), price(1, value=500), stock(3, value=1900)]
    assert combined(rows) == (
        InventoryItem("sku-1", stock_milli=0, price_e4=500),
        InventoryItem("sku-2", price_e4=129_900),
        InventoryItem("sku-3", stock_milli=1900),
    )
