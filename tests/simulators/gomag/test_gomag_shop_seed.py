from collections import Counter
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.simulators.gomag import GomagShop, SimRequest, build_shop
from magazie.simulators.gomag.seed.barcodes import check_digit
from tests.simulators.gomag.gomag_caller import Clock


def has_right_check_digit(ean: str) -> bool:
    return ean.isdigit() and check_digit(ean[:-1]) == ean[-1]


def test_known_check_digits() -> None:
    assert [check_digit(c) for c in ("400638133393", "9638507", "01234567890")] == ["1", "4", "5"]


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_never_passes(digits: str, place: int, change: int) -> None:
    wrong = str((int(digits[place]) + change) % 10)
    changed = digits[:place] + wrong + digits[place + 1 :]
    assert check_digit(digits) != check_digit(changed)


def test_a_large_shop_is_built_quickly(clock: Clock) -> None:
    started = thread_time()
    shop = build_shop(3, 10_000, now_ms=clock)
    assert thread_time() - started < 5
    assert len(shop.truth.products()) == 10_000


@pytest.fixture(scope="module")
def big() -> GomagShop:
    return build_shop(21, 3_000, now_ms=lambda: 1_772_438_400_000, orders=200)


def test_codes_are_as_untidy_as_real_ones(big: GomagShop) -> None:
    eans = [p.ean for p in big.truth.products()]
    good = [e for e in eans if has_right_check_digit(e) and set(e) != {"0"}]
    assert 0.75 < len(good) / len(eans) < 0.92
    assert {len(e) for e in good} == {8, 12, 13}
    assert 0.08 < eans.count("") / len(eans) < 0.16
    assert {"0", "-", "0000000000000"} <= set(eans)
    assert any(e.startswith("https://") for e in eans)
    assert any(n > 1 for e, n in Counter(good).items())


def test_skus_are_distinct_unless_asked_otherwise(big: GomagShop, clock: Clock) -> None:
    skus = [p.sku for p in big.truth.products()]
    assert len(set(skus)) == len(skus)
    careless = build_shop(1, 100, now_ms=clock, repeated_skus=3)
    assert len({p.sku for p in careless.truth.products()}) == 97


def test_goods_are_varied(big: GomagShop) -> None:
    products = list(big.state.catalogue.products.values())
    assert {p.vat_e2 for p in products} == {2100, 1100}
    assert {p.currency for p in products} == {"RON", "EUR"}
    assert {p.vat_included for p in products} == {True, False}
    assert {p.stock_managed for p in products} == {True, False}
    assert {p.enabled for p in products} == {True, False}
    assert any(p.stock_milli % 1_000 for p in products)
    assert any(p.stock_milli == 0 for p in products)
    assert any(p.special_price_e4 for p in products)
    assert any(p.bundle for p in products)
    assert {p.brand for p in products} >= {None, ""}
    assert all(p.base_price_e4 > 0 for p in products)
    assert min(p.id for p in products) >= 1
    assert max(p.id for p in products) > len(products)  # some were deleted long ago
    groups = Counter(p.parent for p in products)
    assert {1, 2, 3, 4, 5} == set(groups.values())
    assert all(p.parent in big.state.catalogue.products for p in products)


def test_letters_come_in_both_forms_and_as_entities(big: GomagShop) -> None:
    text = "".join(p.name + p.description for p in big.state.catalogue.products.values())
    for mark in ("ș", "ț", "ş", "ţ", "&#539;", "&nbsp;", "&amp;", "\r\n"):
        assert mark in text


def test_the_tree_is_three_deep_with_leftovers(big: GomagShop) -> None:
    categories = big.state.catalogue.categories.values()
    assert {c.depth for c in categories} == {0, 1, 2}
    names = [c.name for c in categories]
    assert "" in names
    assert names.count("Accesorii") == 3


def test_past_orders_are_in_every_status_and_never_in_the_future(big: GomagShop) -> None:
    orders = big.truth.orders()
    assert len(orders) == 200
    assert {o.status_id for o in orders} == {s.id for s in big.state.statuses}
    assert all(0 <= 1_772_438_400_000 - o.placed_ms <= 30 * 86_400_000 for o in orders)
    assert any(o.invoice for o in big.state.orders.by_id.values())


def test_pictures_are_served_and_a_few_are_gone(big: GomagShop) -> None:
    names = [n for p in big.state.catalogue.products.values() for n in p.images]
    statuses = Counter(
        big.handle(SimRequest("GET", f"/images/product/original/{name}")).status
        for name in names[:300] + [n for n in names if n.startswith("lipsa")]
    )
    assert set(statuses) == {200, 404}
    assert statuses[200] > 290
