from typing import Any

import pytest
from msgspec.structs import replace

from magazie.simulators.gomag import GomagShop, ProductTruth
from tests.simulators.gomag.gomag_caller import Caller, Clock


def statuses(answer: Any) -> list[str]:
    return [row["status"] for rows in answer["data"].values() for row in rows]


def test_absolute_stock_and_price_with_vat(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    answer = caller.inventory(
        {"sku": skus[0], "stock": "7", "price": "19.99", "priceWithVat": 1},
        {"sku": "NIMIC", "stock": 1},
        {"sku": skus[1], "stock": 1.9},
    )
    assert statuses(answer) == ["200", "404", "200"]
    assert shop.truth.stock()[skus[0]] == 7_000
    assert shop.truth.prices()[skus[0]] == 199_900
    assert shop.truth.stock()[skus[1]] == 1_900
    row = caller.product(skus[0])
    assert (row["stock"], row["base_price"]) == ("7.000", "19.9900")
    entry = shop.journal.of("product/inventory")[0]
    assert entry.applied
    assert entry.refused == ["NIMIC"]


def test_a_write_dates_the_product(caller: Caller, skus: list[str], clock: Clock) -> None:
    clock.ms = 1_774_738_800_000  # 2026-03-29 01:00:00 in Bucharest, the night of the change
    caller.inventory({"sku": skus[0], "stock": 3})
    assert caller.product(skus[0])["updated"] == "2026-03-29 01:01:00"


def test_increments_add_up_and_are_counted(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    caller.inventory({"sku": skus[0], "stock": 5, "addStock": 0})
    assert shop.journal.increments() == 0
    for _ in range(2):  # a retry doubles it
        caller.inventory({"sku": skus[0], "addStock": "2"})
    assert shop.truth.stock()[skus[0]] == 9_000
    assert shop.journal.increments() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stock", "mult"),
        ("price", "12,50"),
        ("price", True),
        ("stock", "NaN"),
        ("stockStatus", "poate"),
        ("currency", "XYZ"),
    ],
)
def test_a_field_that_cannot_be_used_refuses_its_item_alone(
    caller: Caller, shop: GomagShop, skus: list[str], field: str, value: object
) -> None:
    def held() -> ProductTruth:
        return next(p for p in shop.truth.products() if p.sku == skus[0])

    before = held()
    answer = caller.inventory({"sku": skus[0], "stock": 123, field: value}, {"sku": skus[1]})
    assert statuses(answer) == ["600", "200"]
    assert held() == before
    assert shop.journal.entries[-1].refused == [skus[0]]


def test_stock_status_follows_managed_stock(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    caller.inventory({"sku": skus[0], "stock": 0})
    assert caller.product(skus[0])["stock_status"] == "notinstock"
    caller.inventory({"sku": skus[0], "stock": 2})
    assert caller.product(skus[0])["stock_status"] == "instock"
    caller.inventory({"sku": skus[0], "stock": 0, "stockStatus": "preorder"})
    assert caller.product(skus[0])["stock_status"] == "preorder"
    shop.office.set_stock_managed(skus[1], managed=False)
    caller.inventory({"sku": skus[1], "stock": 0})
    assert caller.product(skus[1])["stock_status"] == "instock"


@pytest.mark.parametrize(
    ("rule", "managed", "expected"),
    [("always", False, "notinstock"), ("never", True, "instock")],
)
def test_stock_status_by_switch(
    caller: Caller, shop: GomagShop, skus: list[str], rule: str, *, managed: bool, expected: object
) -> None:
    shop.switches = replace(shop.switches, stock_status_follows=rule)
    shop.office.set_stock_managed(skus[0], managed=managed)
    caller.inventory({"sku": skus[0], "stock": 0})
    assert caller.product(skus[0])["stock_status"] == expected


def test_flags_are_set(caller: Caller, skus: list[str]) -> None:
    caller.inventory({"sku": skus[0], "stockManagement": 0, "allowBackorders": "1"})
    row = caller.product(skus[0])
    assert (str(row["stockManagement"]), str(row["allowOrdersWhenOutOfStock"])) == ("0", "1")


@pytest.mark.parametrize(
    ("rule", "value", "price"),
    [
        ("zero_or_empty", "8.50", "8.5000"),
        ("zero_or_empty", 0, "10.0000"),
        ("zero_or_empty", "", "10.0000"),
        ("zero_or_empty", None, "9.0000"),
        ("zero_empty_or_null", None, "10.0000"),
        ("nothing", 0, "9.0000"),
    ],
)
def test_promotions_begin_and_end(
    caller: Caller, shop: GomagShop, skus: list[str], rule: str, value: object, price: str
) -> None:
    shop.switches = replace(shop.switches, special_price_removed_by=rule)
    shop.office.set_price(skus[0], 100_000)
    shop.office.set_promotion(skus[0], 90_000)
    caller.inventory({"sku": skus[0], "specialPrice": value})
    row = caller.product(skus[0])
    assert (row["base_price"], row["price"]) == ("10.0000", price)


@pytest.mark.parametrize(
    ("flag", "rule", "stored"),
    [
        ({"priceWithVat": 1}, "as_product", 1_000_000),
        ({"priceWithVat": "0"}, "as_product", 1_210_000),
        ({}, "as_product", 1_210_000),
        ({}, "with_vat", 1_000_000),
        ({}, "without_vat", 1_210_000),
    ],
)
def test_prices_of_products_kept_without_vat(
    caller: Caller,
    shop: GomagShop,
    skus: list[str],
    flag: dict[str, object],
    rule: str,
    stored: int,
) -> None:
    shop.switches = replace(shop.switches, price_without_flag=rule)
    product = shop.office.product(skus[0])
    product.vat_included, product.vat_e2 = False, 2100
    caller.inventory({"sku": skus[0], "price": "121", **flag})
    assert shop.truth.prices()[skus[0]] == stored


def test_items_by_ean_change_all_who_share_it(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    for sku in skus[:2]:
        shop.office.set_ean(sku, "5940000000017")
    answer = caller.inventory({"ean": "5940000000017", "stock": 6})
    assert answer["data"] == {
        "5940000000017": [{"sku": sku, "ean": "5940000000017", "status": "200"} for sku in skus[:2]]
    }
    assert [shop.truth.stock()[sku] for sku in skus[:2]] == [6_000, 6_000]
    shop.switches = replace(shop.switches, shared_ean="first", inventory_answer_key="empty")
    answer = caller.inventory({"ean": "5940000000017", "stock": 8})
    assert list(answer["data"]) == [""]
    assert [shop.truth.stock()[sku] for sku in skus[:2]] == [8_000, 6_000]


def test_a_sku_wins_over_an_ean(caller: Caller, shop: GomagShop, skus: list[str]) -> None:
    shop.office.set_ean(skus[1], "5940000000017")
    caller.inventory({"sku": skus[0], "ean": "5940000000017", "stock": 66})
    assert shop.truth.stock()[skus[0]] == 66_000
    assert shop.truth.stock()[skus[1]] != 66_000
    assert statuses(caller.inventory({"sku": "NIMIC", "ean": "5940000000017"})) == ["404"]


def test_a_repeated_sku_changes_the_older_product(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    first, second = sorted((shop.office.product(sku) for sku in skus[:2]), key=lambda p: p.id)
    shop.office.rename_sku(second.sku, first.sku)
    caller.inventory({"sku": first.sku, "stock": 71})
    assert (first.stock_milli, second.stock_milli == 71_000) == (71_000, False)
    shop.switches = replace(shop.switches, repeated_sku="all")
    caller.inventory({"sku": first.sku, "stock": 72})
    assert (first.stock_milli, second.stock_milli) == (72_000, 72_000)


def test_at_most_a_thousand_items(caller: Caller, shop: GomagShop, skus: list[str]) -> None:
    fine = [{"sku": "NIMIC"}] * 999 + [{"sku": skus[0], "stock": 51}]
    assert len(statuses(caller.inventory(*fine))) == 1_000
    assert shop.truth.stock()[skus[0]] == 51_000
    too_many = [{"sku": skus[0], "stock": 52}] + [{"sku": "NIMIC"}] * 1_000
    answer = caller.inventory(*too_many)
    assert (answer["error"], answer["message"]) == ("600", ["TOO_MANY_ITEMS"])
    assert shop.truth.stock()[skus[0]] == 51_000
    assert not shop.journal.entries[-1].applied
    shop.switches = replace(shop.switches, over_cap="truncate")
    assert len(statuses(caller.inventory(*too_many))) == 1_000
    assert shop.truth.stock()[skus[0]] == 52_000


def test_the_same_write_again_is_done_again_unless_switched(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    caller.pause_ms = 1_000
    shop.office.set_stock(skus[0], 0)
    shop.switches = replace(shop.switches, repeated_writes="answered_again")
    for _ in range(3):
        assert statuses(caller.inventory({"sku": skus[0], "addStock": 1})) == ["200"]
    assert shop.truth.stock()[skus[0]] == 1_000
    caller.clock.pass_ms(60_000)
    caller.inventory({"sku": skus[0], "addStock": 1})
    assert shop.truth.stock()[skus[0]] == 2_000


def test_stock_may_be_told_short(caller: Caller, shop: GomagShop, skus: list[str]) -> None:
    shop.switches = replace(shop.switches, stock_text="shortest")
    caller.inventory({"sku": skus[0], "stock": 7})
    assert caller.product(skus[0])["stock"] == "7"
