"""Shoppers who order, and the shop's own people."""

from collections.abc import Callable

import pytest

from magazie.simulators.gomag import GomagShop, OrderedItem, UnknownInShopError, build_shop
from tests.simulators.gomag.gomag_caller import Caller, Clock


def test_random_orders_respect_stock(shop: GomagShop) -> None:
    shop.shoppers.shopper_orders(400)
    for product in shop.truth.products():
        kept = product.stock_managed and product.stock_status in {"instock", "notinstock"}
        assert product.stock_milli >= 0 or not kept


def test_random_orders_may_oversell(shop: GomagShop) -> None:
    shop.shoppers.shopper_orders(200, oversell=True)
    assert min(shop.truth.stock().values()) < 0


def test_random_orders_are_varied(shop: GomagShop) -> None:
    orders = shop.shoppers.shopper_orders(200)
    lines = {len([i for i in o.lines if i.type == "product"]) for o in orders}
    assert lines == {1, 2, 3, 4, 6}
    assert any(o.buyer.company for o in orders)
    assert any(o.buyer.customer_id for o in orders)
    assert any(not o.buyer.customer_id for o in orders)
    assert any(d.voucher for o in orders for d in o.discounts)
    assert any(not d.voucher for o in orders for d in o.discounts)
    assert any(o.delivery.locker for o in orders)
    assert any(line.type == "service" for o in orders for line in o.lines)
    assert any(line.quantity_milli % 1_000 for o in orders for line in o.lines)
    assert any(o.payment.completed for o in orders)
    assert len({o.number for o in orders}) == 200


def test_an_empty_shop_takes_no_random_order(clock: Clock) -> None:
    assert build_shop(1, 0, now_ms=clock, orders=0).place_random_order() is None


def test_orders_come_at_a_rate_and_are_dated_when_they_came(shop: GomagShop, clock: Clock) -> None:
    before = len(shop.truth.orders())
    shop.shoppers.set_rate(6)
    clock.pass_ms(10 * 60_000)
    came = shop.truth.orders()[before:]
    assert 30 < len(came) < 90
    moments = [order.placed_ms for order in came]
    assert moments == sorted(moments)
    assert clock.ms - 600_000 < moments[0] < moments[-1] <= clock.ms
    assert moments[-1] - moments[0] > 300_000
    shop.shoppers.set_rate(0)
    clock.pass_ms(10 * 60_000)
    assert len(shop.truth.orders()) == before + len(came)


def test_asking_often_or_seldom_makes_no_difference(clock: Clock) -> None:
    start = clock.ms

    def run(step_ms: int) -> tuple[object, object]:
        clock.ms = start
        shop = build_shop(5, 40, now_ms=clock, orders=0)
        shop.shoppers.set_rate(20)
        for _ in range(600_000 // step_ms):
            clock.pass_ms(step_ms)
            shop.tick()
        return shop.truth.orders(), shop.truth.stock()

    assert run(600_000) == run(1_500)


def test_a_changed_rate_replaces_the_old_one(shop: GomagShop, clock: Clock) -> None:
    before = len(shop.truth.orders())
    for _ in range(5):
        shop.shoppers.set_rate(6)
    clock.pass_ms(10 * 60_000)
    assert len(shop.truth.orders()) - before < 90


def test_edited_lines_move_stock(shop: GomagShop, skus: list[str]) -> None:
    first, second = skus[:2]
    shop.office.set_stock(first, 10_000)
    shop.office.set_stock(second, 10_000)
    order = shop.place_order([OrderedItem(sku=first, quantity_milli=3_000)])

    def stock() -> tuple[int, int]:
        truth = shop.truth.stock()
        return truth[first], truth[second]

    shop.office.edit_order(
        order.id, [OrderedItem(sku=first, quantity_milli=1_000), OrderedItem(sku=second)]
    )
    assert stock() == (9_000, 9_000)
    shop.office.set_quantity(order.id, 1, 4_000)
    assert stock() == (9_000, 6_000)
    shop.office.set_quantity(order.id, 0, 0)
    assert [line.sku for line in shop.truth.order(order.id).lines] == [second]
    shop.office.cancel_order(order.id)
    shop.office.set_quantity(order.id, 0, 1_000)
    assert stock() == (10_000, 10_000)


def test_a_deleted_order_leaves_no_trace(caller: Caller, shop: GomagShop, skus: list[str]) -> None:
    stock = shop.truth.stock()[skus[0]]
    order = shop.place_order([OrderedItem(sku=skus[0])])
    shop.office.delete_order(order.id)
    assert caller.get("order/read", number=order.number)["orders"] == []
    with pytest.raises(UnknownInShopError):
        shop.truth.order(order.id)
    assert shop.truth.stock()[skus[0]] == stock


def test_a_product_deleted_and_restored_has_a_new_id(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    old = caller.product(skus[0])
    order = shop.place_order([OrderedItem(sku=skus[0])])
    shop.office.delete_product(skus[0])
    assert caller.get("product/read", sku=skus[0])["products"] == []
    assert caller.order(order.number)["items"][0]["id"] == old["id"]
    new_id = shop.office.restore_product(skus[0])
    new = caller.product(skus[0])
    assert new["id"] == str(new_id) != old["id"]
    assert new["name"] == old["name"]
    with pytest.raises(UnknownInShopError):
        shop.office.restore_product(skus[0])
    caller.write("product/delete", {"skus": [skus[1]]})
    shop.office.restore_product(skus[1])
    assert caller.product(skus[1])["name"]


def test_a_renamed_sku_keeps_its_id(caller: Caller, shop: GomagShop, skus: list[str]) -> None:
    old = caller.product(skus[0])
    shop.office.rename_sku(skus[0], "ALT-COD")
    assert caller.get("product/read", sku=skus[0])["products"] == []
    assert caller.product("ALT-COD")["id"] == old["id"]
    assert caller.inventory({"sku": skus[0]})["data"][""][0]["status"] == "404"


def test_siblings_outlive_their_main_version(caller: Caller, shop: GomagShop) -> None:
    main = next(p for p in shop.state.catalogue.products.values() if p.parent != p.id)
    parent = shop.state.catalogue.products[main.parent]
    shop.office.delete_product(parent.sku)
    row = caller.product(main.sku)
    assert (row["parent"], row["parent_sku"]) == (str(parent.id), "")


def test_things_typed_by_hand(caller: Caller, shop: GomagShop, skus: list[str]) -> None:
    shop.office.set_price(skus[0], 123_400)
    shop.office.set_stock(skus[0], 2_500)
    order = shop.place_order([OrderedItem(sku=skus[0])])
    shop.office.attach_invoice(order.id, "MAG", "17")
    shop.office.set_status(order.id, "Livrata")
    row = caller.product(skus[0])
    assert (row["base_price"], row["stock"]) == ("12.3400", "1.500")
    seen = caller.order(order.number)
    assert seen["invoice"] == {"series": "MAG", "number": "17", "date": "2026-03-02 10:00:00"}
    assert seen["status"] == "Livrata"
    mistakes: tuple[Callable[[], None], ...] = (
        lambda: shop.office.set_stock("NIMIC", 1),
        lambda: shop.office.cancel_order(1),
        lambda: shop.office.set_status(order.id, "Pierduta"),
        lambda: shop.office.set_quantity(order.id, 5, 1),
    )
    for mistake in mistakes:
        with pytest.raises(UnknownInShopError):
            mistake()


def test_a_line_may_point_at_a_product_that_is_gone(caller: Caller, shop: GomagShop) -> None:
    order = shop.place_order(
        [OrderedItem(sku="STERS", product=999_999, price_e4=120_000, name="Șters")]
    )
    assert caller.order(order.number)["items"][0] == {
        "id": "999999",
        "type": "product",
        "sku": "STERS",
        "ean": "",
        "name": "Șters",
        "price": "12",
        "baseprice": "12",
        "vat": "21",
        "quantity": "1.00",
    }
