from typing import Any

import pytest
from msgspec.structs import replace

from magazie.simulators.gomag import GomagShop, OrderDetails, OrderedItem
from magazie.simulators.gomag.order_records import Buyer, Company, Delivery, Discount, Order
from tests.simulators.gomag.gomag_caller import Caller, Clock

SHIPPING = {
    "lastname": "Manea",
    "firstname": "Ioana",
    "address": "Str. Lungă 3",
    "city": "Brașov",
    "region": "Brașov",
    "country": "Romania",
}


def numbers(caller: Caller, **query: object) -> list[str]:
    return [row["number"] for row in (caller.get("order/read", **query)["orders"] or {}).values()]


def place(
    shop: GomagShop, number: str, placed: str | None = None, *items: OrderedItem, **details: Any
) -> Order:
    lines = items or (OrderedItem(sku="LIBER", price_e4=100_000),)
    return shop.place_order(lines, OrderDetails(number=number, placed=placed, **details))


def added(number: str, *products: dict[str, object], **more: object) -> dict[str, object]:
    return {
        "number": number,
        "payment": "cod",
        "shipping": SHIPPING,
        "products": list(products) or [{"sku": "L", "name": "L", "price": 5, "quantity": 1}],
        **more,
    }


def test_newest_first_and_pages(caller: Caller, shop: GomagShop, clock: Clock) -> None:
    for number in "ABCDE":
        clock.pass_ms(1_000)
        place(shop, number)
    assert numbers(caller)[:5] == list("EDCBA")
    page = caller.get("order/read", limit=2, page=2)
    assert (page["total"], page["pages"]) == ("17", 9)
    assert [row["number"] for row in page["orders"].values()] == ["C", "B"]
    shop.switches = replace(shop.switches, order_limit_honoured=False)
    assert len(numbers(caller, limit=2)) == 17
    shop.switches = replace(shop.switches, order_sort="ascending_id")
    assert numbers(caller)[-5:] == list("ABCDE")


def test_the_page_moves_when_orders_come_between(
    caller: Caller, shop: GomagShop, clock: Clock
) -> None:
    for number in "ABCD":
        clock.pass_ms(1_000)
        place(shop, number)
    assert numbers(caller, limit=2, page=1) == ["D", "C"]
    place(shop, "E")
    assert numbers(caller, limit=2, page=2) == ["C", "B"]  # C twice


def test_an_unknown_parameter_is_ignored(caller: Caller, shop: GomagShop) -> None:
    order = place(shop, "ULTIMA")
    assert numbers(caller, order_id=order.id - 3)[0] == "ULTIMA"
    assert numbers(caller, id=order.id - 3)[0] == "ULTIMA"
    assert numbers(caller, number="ULTIMA") == ["ULTIMA"]


def test_days_are_romanian_days_with_both_ends(caller: Caller, shop: GomagShop) -> None:
    place(shop, "SARA", "2026-01-09 23:59:59")
    place(shop, "MIEZ", "2026-01-10 00:00:00")
    place(shop, "FIN", "2026-01-11 23:59:59")
    assert numbers(caller, startDate="2026-01-10", endDate="2026-01-11") == ["FIN", "MIEZ"]
    assert numbers(caller, endDate="2026-01-10") == ["MIEZ", "SARA"]
    assert numbers(caller, date="2026-01-10") == ["MIEZ"]
    assert numbers(caller, date="2026-01-10", startDate="2026-01-11") == []
    assert numbers(caller, startDate="2024-00-00") == numbers(caller)
    assert numbers(caller, startDate="10.01.2026") == numbers(caller)
    shop.switches = replace(shop.switches, date_filter="since_day")
    assert numbers(caller, date="2026-01-10")[-2:] == ["FIN", "MIEZ"]


def test_the_hour_that_occurs_twice(caller: Caller, shop: GomagShop, clock: Clock) -> None:
    for number, moment_ms in (
        ("UNU", 1_792_888_200_000),  # 2026-10-25 00:30:00Z, 03:30 summer time
        ("DOI", 1_792_889_400_000),  # 00:50:00Z, 03:50 summer time
        ("TREI", 1_792_891_800_000),  # 01:30:00Z, 03:30 winter time
        ("PATRU", 1_792_893_600_000),  # 02:00:00Z, 04:00 winter time
    ):
        clock.ms = moment_ms
        place(shop, number)
    rows = caller.get("order/read", date="2026-10-25")["orders"].values()
    assert [(row["number"], row["date"][11:]) for row in rows] == [
        ("PATRU", "04:00:00"),
        ("DOI", "03:50:00"),  # the table is sorted by the text, not by when it was
        ("TREI", "03:30:00"),
        ("UNU", "03:30:00"),
    ]


def test_the_hour_that_does_not_occur(caller: Caller, shop: GomagShop, clock: Clock) -> None:
    clock.ms = 1_774_745_999_000  # 2026-03-29 00:59:59Z
    assert place(shop, "INAINTE").placed == "2026-03-29 02:59:59"
    clock.pass_ms(1_000)
    assert place(shop, "DUPA").placed == "2026-03-29 04:00:00"
    caller.write("order/add", added("GAURA", date="2026-03-29 03:30:00"))
    assert caller.order("GAURA")["date"] == "2026-03-29 03:30:00"
    assert numbers(caller, date="2026-03-29") == ["DUPA", "GAURA", "INAINTE"]


def test_orders_of_one_second_are_all_there_once(caller: Caller, shop: GomagShop) -> None:
    made = [place(shop, f"S{i}").number for i in range(7)]
    pages = [numbers(caller, startDate="2026-03-02", limit=3, page=p) for p in (1, 2, 3, 4)]
    seen = [number for page in pages for number in page]
    assert seen[:7] == made[::-1]
    assert len(seen) == len(set(seen))


def test_updated_follows_any_change_or_content_alone(
    caller: Caller, shop: GomagShop, clock: Clock
) -> None:
    order = place(shop, "VECHI", "2026-01-05 10:00:00")
    clock.pass_ms(86_400_000)
    assert numbers(caller, updated="2026-03-03") == []
    caller.write("order/status", {"orders": [{"order": order.id, "status": 8}]})
    assert numbers(caller, updated="2026-03-03") == ["VECHI"]
    clock.pass_ms(86_400_000)
    shop.switches = replace(shop.switches, order_updated_by="content_only")
    shop.office.attach_shipment(order.id, "FAN Courier", "2150900010001")
    assert numbers(caller, updated="2026-03-04") == []
    shop.office.set_quantity(order.id, 0, 3_000)
    assert numbers(caller, updated="2026-03-04") == ["VECHI"]
    assert numbers(caller, updated="2026-03-03") == ["VECHI"]
    shop.switches = replace(shop.switches, updated_filter="on_day")
    assert numbers(caller, updated="2026-03-03") == []


def test_filters_by_status_customer_and_awb(caller: Caller, shop: GomagShop) -> None:
    place(shop, "ANULATA", status=7)
    place(shop, "RETUR", status=5)
    order = place(shop, "AWB")
    shop.office.attach_shipment(order.id, "Sameday", "1SMD")
    assert numbers(caller, awbNumber="1SMD") == ["AWB"]
    assert caller.order("AWB")["carrier"] == {"name": "Sameday", "awb": "1SMD"}
    assert {"ANULATA", "RETUR"} <= set(numbers(caller, statusIds="5,7"))
    assert "AWB" not in numbers(caller, statusIds="5,7")
    shop.switches = replace(shop.switches, several_status_ids="first_only")
    assert "ANULATA" not in numbers(caller, statusIds="5,7")
    account = next(iter(shop.state.customers.values()))
    place(shop, "CONT", buyer=account.buyer)
    assert "CONT" in numbers(caller, customer=account.id)
    assert "AWB" not in numbers(caller, customer=account.id)


def test_the_total_is_lines_and_delivery_less_discounts(caller: Caller, shop: GomagShop) -> None:
    place(
        shop,
        "SUMA",
        None,
        OrderedItem(sku="X", price_e4=10_050_000),
        OrderedItem(sku="Y", price_e4=499_900, quantity_milli=1_500),
        delivery=Delivery("Easybox", 1_499, 4_071),
        discounts=(Discount("voucher", 50_250, "JUMATE"), Discount("fidelitate", 100)),
    )
    row = caller.order("SUMA")
    assert row["total"] == "591.48"  # 1005 + 74.985 + 14.99 − 502.50 − 1 = 591.475
    assert [(i["price"], i["quantity"]) for i in row["items"]] == [
        ("1005", "1.00"),
        ("49.99", "1.50"),
    ]
    assert row["delivery"]["total"] == 14.99
    assert row["delivery"]["lockerId"] == 4071
    assert row["discounts"] == [
        {"value": "502.5", "name": "voucher", "voucher": "JUMATE"},
        {"value": "1", "name": "fidelitate", "voucher": ""},
    ]


def test_shipping_as_product_keeps_the_total(caller: Caller, shop: GomagShop) -> None:
    place(shop, "T", delivery=Delivery("Curier", 1_999))
    total = caller.order("T")["total"]
    shop.switches = replace(shop.switches, shipping_as_product=True)
    answer = caller.get("order/read", number="T")
    (row,) = answer["orders"].values()
    assert answer["shippingAsProduct"] is True
    assert (row["delivery"]["total"], row["total"]) == (0, total)
    assert (row["items"][-1]["type"], row["items"][-1]["price"]) == ("service", "19.99")


def test_a_firm_is_a_text_in_shipping_and_a_map_in_billing(caller: Caller, shop: GomagShop) -> None:
    person = Buyer(
        firstname="Ana",
        lastname="Pop",
        phone="07",
        email="a@posta.example",
        address="Str. 1",
        city="Iași",
        region="Iași",
    )
    firm = replace(person, company=Company("Firma SRL", "RO1", "J1/1/2000"), customer_id=9)
    place(shop, "PF", buyer=person)
    place(shop, "PJ", buyer=firm)
    private, company = caller.order("PF"), caller.order("PJ")
    assert "company" not in private["billing"]
    assert "customerId" not in private["billing"]
    assert "zipcode" not in private["shipping"]
    assert company["shipping"]["company"] == ""
    assert company["billing"]["company"]["code"] == "RO1"
    assert company["billing"]["customerId"] == 9


def test_status_by_ids_only(caller: Caller, shop: GomagShop) -> None:
    order = place(shop, "N1")
    no_data = {"error": "404", "message": ["NO DATA"]}
    for asked in (
        {"order": "N1", "status": 8},
        {"order": order.id, "status": "Platita"},
        {"order": order.id, "status": 99},
        {"order": 999_999, "status": 8},
        {},
    ):
        assert caller.post("order/status", {"orders": [asked]}) == no_data
    assert shop.truth.order(order.id).status_id == 1
    answer = caller.post("order/status", {"orders": [{"order": str(order.id), "status": "8"}]})
    assert answer["error"] == "200"
    assert (caller.order("N1")["status"], caller.order("N1")["statusId"]) == ("Platita", "8")


def test_status_by_number_or_name_by_switch(caller: Caller, shop: GomagShop) -> None:
    order = place(shop, "N1")
    asked = {"orders": [{"order": "N1", "status": "Platita"}]}
    shop.switches = replace(shop.switches, unknown_order_status="acknowledged")
    assert caller.post("order/status", asked)["error"] == "200"
    assert shop.truth.order(order.id).status_id == 1
    shop.switches = replace(shop.switches, unknown_order_status="applied")
    assert caller.post("order/status", asked)["error"] == "200"
    assert shop.truth.order(order.id).status_id == 8


def test_one_status_a_request(caller: Caller, shop: GomagShop) -> None:
    first, second = place(shop, "N1"), place(shop, "N2")
    asked = {"orders": [{"order": o.id, "status": 8} for o in (first, second)]}
    assert caller.post("order/status", asked)["error"] == "600"
    assert shop.truth.order(first.id).status_id == 1
    shop.switches = replace(shop.switches, several_statuses="first_only")
    assert len(caller.post("order/status", asked)["data"]) == 1
    assert [shop.truth.order(o.id).status_id for o in (first, second)] == [8, 1]


def test_statuses_tell_types_by_switch(caller: Caller, shop: GomagShop) -> None:
    assert set(caller.get("order/status/read")[0]) == {"id", "name"}
    shop.switches = replace(shop.switches, status_types=True)
    types = {row["name"]: row["type"] for row in caller.get("order/status/read")}
    assert (types["Anulata"], types["Returnata"], types["Platita"]) == ("cancel", "return", "sale")


def test_cancelling_gives_stock_back_once(caller: Caller, shop: GomagShop, skus: list[str]) -> None:
    stock = shop.truth.stock()[skus[0]]
    order = place(shop, "C", None, OrderedItem(sku=skus[0], quantity_milli=1_000))
    assert shop.truth.stock()[skus[0]] == stock - 1_000

    def move(status: int) -> int:
        caller.write("order/status", {"orders": [{"order": order.id, "status": status}]})
        return shop.truth.stock()[skus[0]]

    assert [move(status) for status in (7, 7, 5, 6, 8, 5)] == [
        stock,
        stock,
        stock,
        stock - 1_000,
        stock - 1_000,
        stock,
    ]


def test_what_gives_stock_back_by_switch(caller: Caller, shop: GomagShop, skus: list[str]) -> None:
    stock = shop.truth.stock()[skus[0]]
    shop.switches = replace(shop.switches, restoring_types=("cancel",), reopening_takes_stock=False)
    order = place(shop, "C", None, OrderedItem(sku=skus[0]))
    shop.office.set_status(order.id, "Returnata")
    assert shop.truth.stock()[skus[0]] == stock - 1_000
    shop.office.cancel_order(order.id)
    assert shop.truth.stock()[skus[0]] == stock
    shop.office.set_status(order.id, "Platita")
    assert shop.truth.stock()[skus[0]] == stock


def test_stock_is_taken_only_where_it_is_kept(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    shop.office.set_stock_managed(skus[1], managed=False)
    before = shop.truth.stock()
    items = (OrderedItem(sku=skus[0]), OrderedItem(sku=skus[0]), OrderedItem(sku=skus[1]))
    place(shop, "M", None, *items)
    after = shop.truth.stock()
    assert (before[skus[0]] - after[skus[0]], before[skus[1]] - after[skus[1]]) == (2_000, 0)
    shop.switches = replace(shop.switches, orders_take_stock=False)
    place(shop, "N", None, *items)
    assert shop.truth.stock() == after


def test_selling_the_last_one_turns_the_status(
    caller: Caller, shop: GomagShop, skus: list[str], clock: Clock
) -> None:
    shop.office.set_stock(skus[0], 1_000)
    dated = caller.product(skus[0])["updated"]
    clock.pass_ms(60_000)
    place(shop, "L", None, OrderedItem(sku=skus[0]))
    row = caller.product(skus[0])
    assert (row["stock"], row["stock_status"], row["updated"]) == ("0.000", "notinstock", dated)
    shop.switches = replace(shop.switches, sale_touches_product=True)
    place(shop, "O", None, OrderedItem(sku=skus[0]))
    assert caller.product(skus[0])["stock"] == "-1.000"
    assert caller.product(skus[0])["updated"] > dated


def test_add_stores_what_was_sent(caller: Caller, shop: GomagShop, skus: list[str]) -> None:
    stock = shop.truth.stock()[skus[0]]
    sent = added(
        "EXT-1",
        {"sku": skus[0], "name": "Ceva", "price": "10.50", "quantity": "2", "tax": "21"},
        shippingValue="9.99",
        paymentStatus="payed",
        paymentKey="mobilpay",
        billing={**SHIPPING, "company": "Firma SRL", "companyCode": "RO7", "email": "f@x.example"},
        discounts=[{"name": "cupon", "voucher": "CINCI", "value": "5"}],
    )
    answer = caller.post("order/add", sent)
    row = caller.order("EXT-1")
    assert row["id"] == str(answer["id"])
    assert row["date"] == answer["date"]
    assert row["total"] == "25.99"
    assert row["payment"] == {"name": "Card online (Netopia) ", "online": "1", "completed": "1"}
    assert row["billing"]["company"]["code"] == "RO7"
    assert row["items"][0]["id"] == str(shop.office.product(skus[0]).id)
    assert shop.truth.stock()[skus[0]] == stock - 2_000


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"number": ""}, "MISSING_NUMBER"),
        ({"payment": None}, "MISSING_PAYMENT"),
        ({"products": []}, "MISSING_PRODUCTS"),
        ({"shipping": {**SHIPPING, "city": ""}}, "MISSING_SHIPPING_CITY"),
        ({"currency": "XYZ"}, "INVALID_CURRENCY"),
        ({"products": [{"sku": "L", "price": "mult", "quantity": 1}]}, "INVALID_NUMBER"),
    ],
)
def test_add_refuses_what_is_incomplete(
    caller: Caller, shop: GomagShop, broken: dict[str, object], code: str
) -> None:
    before = len(shop.truth.orders())
    answer = caller.post("order/add", {**added("EXT"), **broken})
    assert (answer["error"], answer["status"], answer["message"]) == ("600", "600", [code])
    assert len(shop.truth.orders()) == before


def test_a_repeated_add_is_another_order_unless_switched(caller: Caller, shop: GomagShop) -> None:
    for _ in range(2):
        caller.write("order/add", added("EXT"))
    assert numbers(caller, number="EXT") == ["EXT", "EXT"]
    shop.switches = replace(shop.switches, repeated_order_number="refused")
    assert caller.post("order/add", added("EXT"))["message"] == ["EXISTING_NUMBER"]
    shop.switches = replace(shop.switches, unknown_order_sku="refused")
    assert caller.post("order/add", added("EXT-2"))["message"] == ["MISSING_ITEMS"]


def test_an_order_in_euro(caller: Caller, shop: GomagShop) -> None:
    sent = added("EUR-1", {"sku": "L", "price": "10", "quantity": 1}, currency="EUR")
    caller.write("order/add", sent)
    row = caller.order("EUR-1")
    assert (row["currency"], row["total"], row["items"][0]["price"]) == ("EUR", "10", "10")
    shop.switches = replace(shop.switches, foreign_order_amounts="multiplied_ron")
    row = caller.order("EUR-1")
    assert (row["currency"], row["total"], row["items"][0]["price"]) == ("RON", "50.27", "50.2677")


def test_notes_add_up(caller: Caller, shop: GomagShop) -> None:
    order = place(shop, "N")
    for _ in range(2):
        caller.write("order/note/add", {"order": order.id, "note": "Sună"})
    assert shop.truth.order(order.id).notes == ("Sună", "Sună")
    unknown = {"order": 9, "note": "x"}
    assert caller.post("order/note/add", unknown)["data"] == unknown
    shop.switches = replace(shop.switches, unknown_note_order="no_data")
    assert caller.post("order/note/add", unknown)["message"] == ["NO DATA"]
    assert caller.post("order/note/add", {"order": order.id})["message"] == ["NO DATA"]


def test_customers_by_phone_and_mail(caller: Caller, shop: GomagShop) -> None:
    account = next(iter(shop.state.customers.values()))
    for query in ({"phone": account.buyer.phone}, {"email": account.buyer.email}):
        found = caller.get("customer/read", **query)
        assert str(account.id) in found["customers"]
        assert int(found["total"]) < len(shop.state.customers)
