import json
from collections.abc import Sequence

import msgspec
import pytest
from gomag_doubles import (
    ScriptedTransport,
    fixture,
    make_shop,
    ok,
    run_virtual,
)
from hypothesis import given
from hypothesis import strategies as st

from magazie.gomag.wire_inventory import decode_outcomes
from magazie.ports import (
    HttpRequest,
    InventoryItem,
    ItemAnswer,
    ItemOutcome,
    Refused,
)

DONE, MISSING = ItemOutcome(ItemAnswer.DONE), ItemOutcome(ItemAnswer.MISSING)


def send(answer: object, *items: InventoryItem) -> tuple[dict[str, ItemOutcome], HttpRequest]:
    transport = ScriptedTransport(ok(answer))
    outcomes = run_virtual(make_shop(transport).send_inventory(items))
    return dict(outcomes), transport.requests[0]


def items(*skus: str) -> list[InventoryItem]:
    return [InventoryItem(sku=sku, stock_milli=1000) for sku in skus]


def test_what_is_sent_for_stock_and_price() -> None:
    _, request = send(
        fixture("inventory_partial.json"),
        InventoryItem(sku="A", stock_milli=7000),
        InventoryItem(sku="B ", stock_milli=1900, price_e4=253_407),
        InventoryItem(sku="C", price_e4=499_000),
        InventoryItem(sku="D", stock_milli=0),
    )
    ((field, text),) = request.form
    assert field == "data"
    assert json.loads(text) == {
        "products": [
            {"sku": "A", "stock": "7"},
            {"sku": "B ", "stock": "1.9", "price": "25.3407", "priceWithVat": 1},
            {"sku": "C", "price": "49.90", "priceWithVat": 1},
            {"sku": "D", "stock": "0"},
        ]
    }


def test_success_is_item_by_item() -> None:
    outcomes, _ = send(
        fixture("inventory_partial.json"), *items("CAN-330", "NU-EXISTA", "CEAI-20", "SET-02")
    )
    assert outcomes == {
        "CAN-330": DONE,
        "NU-EXISTA": ItemOutcome(ItemAnswer.UNKNOWN_ITEM, "MISSING_ITEMS"),
        "CEAI-20": ItemOutcome(ItemAnswer.REFUSED, "not adjustable"),
        "SET-02": MISSING,
    }


def told(*rows: object, key: str | None = "") -> bytes:
    data = list(rows) if key is None else {key: list(rows)}
    return json.dumps({"error": "200", "data": data}).encode()


GOOD_ROW = {"sku": "A", "ean": "", "status": "200"}


@pytest.mark.parametrize(
    ("body", "skus", "read"),
    [
        (told(GOOD_ROW, key=None), ["A"], [DONE]),
        (told(GOOD_ROW, key="2000000001012"), ["A"], [DONE]),
        (told({**GOOD_ROW, "status": 200}), ["A"], [DONE]),
        (b'{"data":{"":{"sku":"A","status":"200"}}}', ["A"], [DONE]),
        (b'{"data":{"a":{"b":[{"sku":"A","status":"200"}]}}}', ["A"], [DONE]),
        (told({**GOOD_ROW, "sku": "A"}), ["A "], [DONE]),
        (told({**GOOD_ROW, "sku": " A"}), ["A"], [DONE]),
        (told({**GOOD_ROW, "sku": "A "}), ["A", "A "], [MISSING, DONE]),
        (told({**GOOD_ROW, "sku": " A"}), ["A", "A "], [MISSING, MISSING]),
        (told({**GOOD_ROW, "sku": "a"}), ["A"], [MISSING]),
        (told({"sku": "A", "stock": "7"}), ["A"], [MISSING]),
        (told({"sku": 8001, "status": "200"}), ["8001"], [DONE]),
        (told({"sku": "A", "status": "404"}), ["A"], [ItemOutcome(ItemAnswer.UNKNOWN_ITEM, "404")]),
        (
            told({"sku": "A", "status": "600", "errorMessage": "MISSING_ITEMS"}),
            ["A"],
            [ItemOutcome(ItemAnswer.UNKNOWN_ITEM, "MISSING_ITEMS")],
        ),
        (
            told({"sku": "A", "status": "failed"}),
            ["A"],
            [ItemOutcome(ItemAnswer.REFUSED, "status failed")],
        ),
        (
            told(GOOD_ROW, {"sku": "A", "status": "500", "message": "no"}, GOOD_ROW),
            ["A"],
            [ItemOutcome(ItemAnswer.REFUSED, "no")],
        ),
        (told(None, 5, [], "x", {"sku": [1]}, GOOD_ROW), ["A"], [DONE]),
        (told({"sku": "other", "status": "200"}), ["A"], [MISSING]),
        (told(), ["A"], [MISSING]),
        (b'{"data":[]}', ["A"], [MISSING]),
        (b'{"data":"x"}', ["A"], [MISSING]),
        (b"{}", ["A"], [MISSING]),
        (b"[]", ["A"], [MISSING]),
        (b'{"data":{"":[{"sku":"A","status":"200","ean":"\xff"}]}}', ["A"], [DONE]),
    ],
)
def test_rows_of_every_shape(body: bytes, skus: Sequence[str], read: list[ItemOutcome]) -> None:
    assert list(decode_outcomes(body, skus).values()) == read


@given(st.lists(st.text(max_size=4), unique=True, max_size=8), st.text(max_size=3))
def test_each_sku_told_done_is_done_and_each_sku_has_an_outcome(skus: list[str], key: str) -> None:
    body = msgspec.json.encode({"data": {key: [{"sku": sku, "status": 200} for sku in skus]}})
    outcomes = decode_outcomes(body, [*skus, "never sent back"])
    assert outcomes == {
        **{sku: DONE if sku else MISSING for sku in skus},
        "never sent back": MISSING,
    }


def test_a_whole_request_refused() -> None:
    async def scenario() -> None:
        shop = make_shop(ScriptedTransport(ok({"error": "600", "message": ["TOO_MANY"]})))
        with pytest.raises(Refused, match="600: TOO_MANY"):
            await shop.send_inventory(items("A"))
        assert shop.budget().blocked_until_s == 0.0

    run_virtual(scenario())


@pytest.mark.parametrize(
    "wrong",
    [
        items(*(str(number) for number in range(1001))),
        items("A", "A"),
        [InventoryItem(sku="A")],
    ],
)
def test_requests_that_must_not_be_built(wrong: list[InventoryItem]) -> None:
    async def scenario() -> None:
        transport = ScriptedTransport(ok({}))
        with pytest.raises(ValueError, match="item"):
            await make_shop(transport).send_inventory(wrong)
        assert not transport.requests

    run_virtual(scenario())


def test_a_thousand_items_go_in_one_request_and_none_in_no_request() -> None:
    skus = [str(number) for number in range(1000)]
    outcomes, _ = send(told(*({"sku": sku, "status": "200"} for sku in skus)), *items(*skus))
    assert set(outcomes.values()) == {DONE}

    async def scenario() -> None:
        transport = ScriptedTransport(ok({}))
        assert await make_shop(transport).send_inventory([]) == {}
        assert not transport.requests

    run_virtual(scenario())


def test_2350_changes_go_within_the_allowed_rate() -> None:
    async def scenario() -> list[float]:
        transport = ScriptedTransport(ok({"error": "200", "data": []}))
        shop = make_shop(transport)
        skus = [str(number) for number in range(2350)]
        limit = shop.inventory_limit
        for first in range(0, len(skus), limit):
            await shop.send_inventory(items(*skus[first : first + limit]))
        return [transport.times[-1] - transport.times[0], float(len(transport.requests))]

    assert run_virtual(scenario()) == [0.0, 3.0]
