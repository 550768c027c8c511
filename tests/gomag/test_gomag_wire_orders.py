import json
from datetime import datetime
from typing import Any

import pytest
from gomag_doubles import NOW_MS, ODD, fixture, raw
from hypothesis import given
from hypothesis import strategies as st

from magazie.gomag.wire_orders import decode_order, decode_statuses
from magazie.ports import (
    Address,
    Carrier,
    Company,
    Delivery,
    Discount,
    LineKind,
    Payment,
    ShopLine,
    ShopOrder,
    ShopStatus,
    StatusType,
    UndecodableOrder,
)

ORDERS: dict[str, dict[str, Any]] = json.loads(fixture("order_page_map.json"))["orders"]


def order(changes: dict[str, Any] | None = None, *, without: str = "", key: str = "") -> ShopOrder:
    decoded = any_order(changes, without=without, key=key)
    assert isinstance(decoded, ShopOrder), decoded
    return decoded


def broken(changes: dict[str, Any] | None = None, *, without: str = "") -> UndecodableOrder:
    decoded = any_order(changes, without=without)
    assert isinstance(decoded, UndecodableOrder), decoded
    return decoded


def any_order(
    changes: dict[str, Any] | None = None, *, without: str = "", key: str = ""
) -> ShopOrder | UndecodableOrder:
    wire = {**ORDERS["5120"], **(changes or {})}
    wire.pop(without, None)
    return decode_order(raw(wire), key, NOW_MS)


def with_item(**changes: object) -> dict[str, Any]:
    first, *rest = ORDERS["5120"]["items"]
    return {"items": [{**first, **changes}, *rest]}


def test_a_whole_order() -> None:
    wire = raw(ORDERS["5120"])
    decoded = decode_order(wire, "5120", NOW_MS)
    assert isinstance(decoded, ShopOrder)
    assert decoded == ShopOrder(
        external_id="5120",
        number="70001234",
        placed_at_ms=1_795_504_502_000,
        placed_raw="2026-11-24 09:15:02",
        status="Comanda noua",
        status_id="1",
        currency="RON",
        total_bani=13479,
        lines=(
            ShopLine(
                kind=LineKind.PRODUCT,
                item_id="311",
                sku="CAN-330",
                ean="2000000001012",
                name='Cană emailată 330 ml "Argeș"',
                quantity_milli=2000,
                price_e4=499_000,
                base_price_e4=599_000,
                vat_rate_e2=2100,
            ),
            ShopLine(
                kind=LineKind.PRODUCT,
                item_id="312",
                sku="CEAI-20",
                ean="",
                name="Ceai de tei",
                quantity_milli=1000,
                price_e4=250_000,
                base_price_e4=250_000,
                vat_rate_e2=1100,
            ),
        ),
        discounts=(Discount(name="Toamna", value_bani=1000, voucher="TOAMNA10"),),
        delivery=Delivery(name="Curier rapid", fee_bani=1999, locker_id="", due_ms=None),
        shipping=Address(
            name="Ilinca Munteanu",
            phone="0700000001",
            email="ilinca@client.example",
            county="Iași",
            city="Iași",
            address="Str. Ștefan cel Mare 5",
            postcode="700001",
            country="Romania",
        ),
        billing=Address(
            name="Ilinca Munteanu",
            company="Exemplu SRL",
            phone="0700000001",
            email="ilinca@client.example",
            county="Iași",
            city="Iași",
            address="Str. Lungă 1",
            country="Romania",
        ),
        company=Company(
            name="Exemplu SRL",
            tax_id="RO12345674",
            registration="J40/1/2020",
            bank="Banca",
            iban="RO49AAAA1B31007593840000",
        ),
        customer_id="881",
        payment=Payment(name="Numerar sau Ramburs", online=False, completed=False),
        observation="Vă rog sunați înainte",
        sales_channel="Website",
        raw=wire,
        digest=decoded.digest,
    )
    assert len(decoded.digest) == 16


def test_items_as_a_map_a_locker_and_a_paid_order() -> None:
    decoded = decode_order(raw(ORDERS["5119"]), "5119", NOW_MS)
    assert isinstance(decoded, ShopOrder)
    assert [line.sku for line in decoded.lines] == ["SET-02"]
    assert decoded.payment == Payment(name="Card", online=True, completed=True)
    assert decoded.delivery.locker_id == "4471"
    assert decoded.delivery.due_ms == 1_795_644_000_000
    assert decoded.shipping.company == "Alt Exemplu SRL"
    assert decoded.company is None
    assert decoded.observation == ""
    assert decoded.discounts == ()


def test_numbers_for_texts_lists_for_maps_and_a_service() -> None:
    decoded = decode_order(raw(ORDERS["5118"]), "5118", NOW_MS)
    assert isinstance(decoded, ShopOrder)
    assert (decoded.external_id, decoded.number, decoded.status_id) == ("5118", "70001232", "7")
    assert decoded.total_bani == 3000
    service, wool = decoded.lines
    assert (service.kind, service.item_id, service.price_e4) == (LineKind.SERVICE, "", 150_000)
    assert (service.vat_rate_e2, service.base_price_e4) == (None, None)
    assert (wool.kind, wool.sku, wool.ean) == (LineKind.PRODUCT, "8001", "")
    assert (wool.quantity_milli, wool.vat_rate_e2) == (1500, 2100)
    assert decoded.shipping == decoded.billing == Address()
    assert decoded.payment == Payment()
    assert decoded.delivery == Delivery()
    assert (decoded.company, decoded.customer_id, decoded.sales_channel) == (None, "", "")


SCALES = {"price": 4, "quantity": 3, "vat": 2}


def scaled_forms(scaled: int, scale: int) -> list[object]:
    """One number in every form the wire is known to use for it."""
    whole, fraction = divmod(scaled, 10**scale)
    text = f"{whole}.{fraction:0{scale}d}"
    forms: list[object] = [text, f" {text} ", text + "0", text.rstrip("0").rstrip(".") or "0"]
    forms.append(float(text))
    if not fraction:
        forms += [whole, str(whole)]
    return forms


@given(st.integers(0, 10_000_000), st.sampled_from(sorted(SCALES)))
def test_a_number_means_the_same_in_every_form(scaled: int, field: str) -> None:
    scaled %= 10_001 if field == "vat" else 10_000_001
    read = set()
    for form in scaled_forms(scaled, SCALES[field]):
        line = order(with_item(**{field: form})).lines[0]
        read.add(
            {"price": line.price_e4, "quantity": line.quantity_milli}.get(field, line.vat_rate_e2)
        )
    assert read == {scaled}


@given(st.integers(0, 10_000_000))
def test_the_total_means_the_same_in_every_form(scaled: int) -> None:
    assert {order({"total": form}).total_bani for form in scaled_forms(scaled, 2)} == {scaled}


@pytest.mark.parametrize(
    ("text", "price_e4"),
    [
        ("12,50", 125_000),
        ("12.5", 125_000),
        ("1.234,56", 12_345_600),
        ("1,234.56", 12_345_600),
        ("1.2345", 12_345),
        (12.345, 123_450),
        (49.99000000000001, 499_900),
        ("-5", -50_000),
    ],
)
def test_prices_of_lines(text: object, price_e4: int) -> None:
    assert order(with_item(price=text)).lines[0].price_e4 == price_e4


@pytest.mark.parametrize("value", [True, "NaN", "1,234", "doi", None, "", [1], {"a": 1}, "1e3"])
@pytest.mark.parametrize("field", ["price", "quantity"])
def test_a_number_that_is_none_spoils_its_order_and_names_the_field(
    field: str, value: object
) -> None:
    found = broken(with_item(**{field: value}))
    assert found.problem.startswith(f"items.{field}: ")
    assert found.external_id == "5120"
    assert found.item_ids == ("311", "312")
    assert json.loads(found.raw)["number"] == "70001234"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"items": None}, "items: missing"),
        ({"items": [None]}, "Expected `object`, got `null` - at `$.items[0]`"),
        ({"items": "x"}, "got `str` - at `$.items`"),
        ({"items": [{**ORDERS["5120"]["items"][0], "quantity": "-1"}]}, "items.quantity"),
        ({"items": [{**ORDERS["5120"]["items"][0], "vat": "190"}]}, "items.vat"),
        ({"number": ""}, "number: missing"),
        ({"date": "0000-00-00 00:00:00"}, "date: missing"),
        ({"date": "24.11.2026"}, "date: '24.11.2026' is not a local time"),
        ({"date": None}, "date: missing"),
        ({"total": None}, "total: missing"),
        ({"total": True}, "total"),
        ({"currency": ""}, "currency: missing"),
        ({"status": "", "statusId": 0}, "status: missing"),
        ({"payment": {"completed": "poate"}}, "payment.completed"),
        ({"payment": [1]}, "payment: a list"),
        ({"shipping": {"city": {"id": 1}}}, "city: a text is expected, not a map"),
        ({"discounts": [{"value": "-3"}]}, "discounts.value"),
        ({"discounts": [{"name": "x"}]}, "discounts.value: missing"),
        ({"delivery": {"total": "gratis"}}, "delivery.total"),
        ({"total": 1e300}, "total"),
    ],
)
def test_an_order_of_another_shape_is_kept_raw_with_its_reason(
    changes: dict[str, Any], problem: str
) -> None:
    found = broken(changes)
    assert problem in found.problem
    assert found.external_id == "5120"
    assert found.raw == raw({**ORDERS["5120"], **changes})


@pytest.mark.parametrize(
    ("row", "external_id", "item_ids"),
    [
        (b"null", "77", ()),
        (b"[]", "77", ()),
        (b'"text"', "77", ()),
        (b'{"id":[1],"items":{"a":{"id":5},"b":{"id":[2]},"c":3,"d":{"id":"5"}}}', "77", ("5",)),
        (b'{"id":"8","items":"none"}', "8", ()),
        (b'{"id":"8","number":1e999}', "8", ()),
    ],
)
def test_rows_that_are_hardly_orders(
    row: bytes, external_id: str, item_ids: tuple[str, ...]
) -> None:
    found = decode_order(row, "77", NOW_MS)
    assert isinstance(found, UndecodableOrder)
    assert (found.external_id, found.item_ids, found.raw) == (external_id, item_ids, row)


def test_a_row_of_a_list_without_id_has_none() -> None:
    found = decode_order(b"{}", "", NOW_MS)
    assert isinstance(found, UndecodableOrder)
    assert found.external_id is None


def test_an_order_without_id_takes_its_key() -> None:
    assert order(without="id", key="5120").external_id == "5120"


def test_no_lines_is_an_order() -> None:
    assert order({"items": []}).lines == ()
    assert order({"items": {}}).lines == ()


def test_an_unknown_kind_of_line_is_taken_for_goods() -> None:
    assert order(with_item(type="cadou")).lines[0].kind is LineKind.PRODUCT
    assert order(with_item(type=None)).lines[0].kind is LineKind.PRODUCT
    assert order(with_item(type="Service")).lines[0].kind is LineKind.SERVICE


def test_codes_keep_the_text_as_sent() -> None:
    line = order(with_item(sku=" CAN\u00a0-330 ", ean="0000")).lines[0]
    assert (line.sku, line.ean) == (" CAN\u00a0-330 ", "0000")


@pytest.mark.parametrize(
    ("company", "read"),
    [
        ([], None),
        ({}, None),
        ("", None),
        (None, None),
        (False, None),
        ({"name": "", "code": ""}, None),
        ("Firma SRL", Company(name="Firma SRL")),
        ({"name": "Firmă\u0163 SRL"}, Company(name="Firmăț SRL")),
        ({"code": 12345674}, Company(name="", tax_id="12345674")),
    ],
)
def test_companies(company: object, read: Company | None) -> None:
    assert order({"billing": {"company": company}}).company == read


def test_a_delivery_date_in_free_words_is_no_date() -> None:
    assert order({"delivery": {"date": "vineri", "total": "5"}}).delivery == Delivery(fee_bani=500)


@pytest.mark.parametrize(
    ("text", "observed", "placed"),
    [
        # 25 October 2026 has 03:30 twice; the observation decides.
        ("2026-10-25 03:30:00", "2026-10-25T00:35:00Z", "2026-10-25T00:30:00Z"),
        ("2026-10-25 03:30:00", "2026-10-25T01:35:00Z", "2026-10-25T01:30:00Z"),
        # 29 March 2026 has no 03:30; it moves forward.
        ("2026-03-29 03:30:00", "2026-03-29T02:00:00Z", "2026-03-29T01:30:00Z"),
    ],
)
def test_times_of_the_switching_nights(text: str, observed: str, placed: str) -> None:
    def ms(moment: str) -> int:
        return int(datetime.fromisoformat(moment).timestamp()) * 1000

    decoded = decode_order(raw({**ORDERS["5120"], "date": text}), "", ms(observed))
    assert isinstance(decoded, ShopOrder)
    assert decoded.placed_at_ms == ms(placed)
    assert decoded.placed_raw == text


def test_the_digest_is_of_the_meaning_not_of_the_writing() -> None:
    wire = ORDERS["5120"]
    turned = dict(reversed(wire.items()))
    spaced = json.dumps(turned, indent=3, ensure_ascii=True).encode()
    first, second = decode_order(raw(wire), "", NOW_MS), decode_order(spaced, "", NOW_MS)
    assert isinstance(first, ShopOrder)
    assert isinstance(second, ShopOrder)
    assert first.raw != second.raw
    assert first.digest == second.digest


@given(st.sampled_from(sorted(ORDERS["5120"])), st.text(min_size=1, max_size=5))
def test_the_digest_leaves_nothing_out(field: str, text: str) -> None:
    base = order()
    other = {"unknown_" + text: text, field: ORDERS["5120"][field]}
    assert order(other).digest != base.digest
    assert order({"observation": text}).digest != base.digest


def test_damaged_text_in_an_order_is_repaired_for_reading_and_kept_as_sent() -> None:
    wire = raw(ORDERS["5120"]).replace("Vă rog".encode(), b"V\xff rog")
    decoded = decode_order(wire, "", NOW_MS)
    assert isinstance(decoded, ShopOrder)
    assert decoded.observation == "V\ufffd rog sunați înainte"
    assert decoded.raw == wire


@given(st.sampled_from(sorted(ORDERS["5120"])), ODD)
def test_any_field_may_be_anything(field: str, value: object) -> None:
    decoded = any_order({field: value})
    assert decoded.raw
    if isinstance(decoded, UndecodableOrder):
        assert decoded.problem
        assert decoded.item_ids == ("311", "312") or field == "items"


def test_statuses() -> None:
    entries = [("", raw(entry)) for entry in json.loads(fixture("order_statuses.json"))]
    assert decode_statuses(entries) == (
        ShopStatus(id="1", name="Comanda noua", type=None),
        ShopStatus(id="6", name="Comanda preluata", type=StatusType.SALE),
        ShopStatus(id="5", name="Returnata", type=StatusType.RETURN),
        ShopStatus(id="7", name="Anulata", type=StatusType.CANCEL),
        ShopStatus(id="31", name="În lucru la atelier", type=None),
    )
    odd = [("9", b'{"name":"X"}'), ("", b'{"name":"no id"}'), ("1", b"3"), ("2", b'{"name":[1]}')]
    assert decode_statuses(odd) == (ShopStatus(id="9", name="X", type=None),)


def test_the_carrier_and_the_number_of_its_parcel_are_read() -> None:
    shown = {"carrier": {"name": "Curier rapid", "awb": " 2044789013 "}}
    assert order(shown).carrier == Carrier("Curier rapid", "2044789013")
    assert order({"carrier": {"name": "Curier", "awb": 2044789013}}).carrier.awb == "2044789013"


@pytest.mark.parametrize("awb", ["", "waiting", "Waiting", "0", 0, None, [], False, "9" * 101])
def test_a_parcel_that_has_no_number_yet_has_none(awb: object) -> None:
    assert order({"carrier": {"name": "Curier", "awb": awb}}).carrier == Carrier("Curier")


@pytest.mark.parametrize("odd", [None, [], "", "Curier", 7, True, [1], {"awb": ["1", "2"]}])
def test_a_carrier_of_another_shape_keeps_no_order_out(odd: object) -> None:
    assert order({"carrier": odd}).carrier == Carrier()
