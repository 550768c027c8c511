from typing import Any

import msgspec
import pytest
from gomag_doubles import fixture, raw

from magazie.gomag.odd_values import ShapeError, entries_of, flag_of, id_of, text_of
from magazie.gomag.paging import Page, read_page
from magazie.ports import (
    Unreadable,
)


@pytest.mark.parametrize("nothing", [None, False, [], {}, ""])
def test_every_way_of_writing_nothing(nothing: Any) -> None:
    assert text_of(nothing, "x") == ""
    assert id_of(nothing, "x") == ""


@pytest.mark.parametrize("wrong", [True, [msgspec.Raw(b"1")], {"a": msgspec.Raw(b"1")}])
def test_what_is_no_text_names_its_field(wrong: Any) -> None:
    with pytest.raises(ShapeError, match=r"^phone: "):
        text_of(wrong, "phone")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("1", True),
        (1, True),
        (True, True),
        ("true", True),
        ("0", False),
        (0, False),
        (False, False),
        ("", None),
        (None, None),
        ([], None),
    ],
)
def test_flags(value: Any, read: object) -> None:
    assert flag_of(value, "enabled") is read


@pytest.mark.parametrize("value", ["da", 2, 1.5, "11"])
def test_a_flag_that_is_neither(value: Any) -> None:
    with pytest.raises(ShapeError, match=r"enabled: .* is neither 0 nor 1"):
        flag_of(value, "enabled")


@pytest.mark.parametrize(("value", "read"), [(0, ""), ("0", ""), (7, "7"), (" 7 ", "7")])
def test_ids(value: Any, read: str) -> None:
    assert id_of(value, "id") == read


def test_entries_of_both_kinds() -> None:
    one, two = msgspec.Raw(b"1"), msgspec.Raw(b"2")
    assert entries_of({"9": one, "7": two}) == [("9", b"1"), ("7", b"2")]
    assert entries_of([one, two]) == [("", b"1"), ("", b"2")]
    assert entries_of(None) == []


def test_a_page_by_id_keeps_order_and_bytes() -> None:
    body = fixture("order_page_map.json")
    page = read_page(body, "orders", asked=1)
    assert (page.page, page.pages, page.total) == (1, 1, 3)
    assert [key for key, _ in page.rows] == ["5120", "5119", "5118"]
    assert all(row in body for _, row in page.rows)


@pytest.mark.parametrize("empty", [[], {}, None])
def test_an_empty_page(empty: object) -> None:
    body = raw({"total": "0", "page": 1, "pages": 0, "orders": empty})
    assert read_page(body, "orders", asked=1) == Page(page=1, pages=1, total=0, rows=())


def test_counts_may_be_text_or_number_or_missing() -> None:
    rows = [{"id": 1}, {"id": 2}]
    for total in (101, "101", " 101 "):
        page = read_page(raw({"total": total, "products": rows}), "products", asked=1)
        assert (page.page, page.pages, page.total) == (1, 2, 101)
    page = read_page(raw({"products": rows}), "products", asked=1)
    assert (page.page, page.pages, page.total) == (1, 1, 2)


def test_a_page_after_the_last_is_empty_whatever_is_repeated_there() -> None:
    body = raw({"total": 250, "page": 3, "pages": 3, "products": [{"id": 1}]})
    assert read_page(body, "products", asked=4) == Page(page=4, pages=3, total=250, rows=())
    assert len(read_page(body, "products", asked=3).rows) == 1


def test_another_page_than_asked_is_not_taken() -> None:
    body = raw({"total": 250, "page": 1, "pages": 3, "products": [{"id": 1}]})
    with pytest.raises(Unreadable, match="page 2 of products was asked for, page 1 was sent"):
        read_page(body, "products", asked=2)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"total": 0},
        {"total": 1, "products": "x"},
        {"total": "mult", "products": []},
        {"total": True, "products": []},
        {"total": -1, "products": []},
    ],
)
def test_what_is_no_page(body: object) -> None:
    with pytest.raises(Unreadable, match="not a page of products"):
        read_page(raw(body), "products", asked=1)


def test_broken_utf8_in_one_row_leaves_the_others_as_sent() -> None:
    body = b'{"total":2,"orders":{"1":{"a":"\xff"},"2":{"b":"\xc8\x99"}}}'
    page = read_page(body, "orders", asked=1)
    assert page.rows == (("1", b'{"a":"\xff"}'), ("2", b'{"b":"\xc8\x99"}'))
    assert len(read_page(body.replace(b'"1"', b'"\xff"'), "orders", asked=1).rows) == 2
