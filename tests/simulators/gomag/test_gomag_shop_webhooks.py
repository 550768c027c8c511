import base64
import hashlib
import hmac
import json

from magazie.simulators.gomag import GomagShop, OrderedItem, WebhookDelivery, WebhookSettings
from magazie.simulators.gomag.order_records import Order
from tests.simulators.gomag.gomag_caller import Caller, Clock


def order(shop: GomagShop) -> Order:
    return shop.place_order([OrderedItem(sku="X")])


def due_within(shop: GomagShop, clock: Clock, ms: int = 10_000) -> list[WebhookDelivery]:
    clock.pass_ms(ms)
    return shop.due_webhooks()


def test_off_by_default(shop: GomagShop, clock: Clock) -> None:
    order(shop)
    assert due_within(shop, clock) == []


def test_a_call_comes_late_names_the_order_and_is_signed(shop: GomagShop, clock: Clock) -> None:
    shop.webhooks.configure(WebhookSettings(enabled=True, secret="taina"))
    made = order(shop)
    assert shop.due_webhooks() == []
    (call,) = due_within(shop, clock)
    assert json.loads(call.body) == {
        "event": "order.created",
        "order": {"id": str(made.id), "number": made.number},
    }
    digest = hmac.new(b"taina", call.body, hashlib.sha256).digest()
    headers = dict(call.headers)
    assert headers["X-Webhook-Signature"] == base64.b64encode(digest).decode()
    assert headers["X-Simulator-Note"] == "not a Gomag contract"
    assert due_within(shop, clock) == []


def test_changes_call_too(shop: GomagShop, clock: Clock, caller: Caller) -> None:
    shop.webhooks.configure(WebhookSettings(enabled=True))
    made = order(shop)
    due_within(shop, clock)
    caller.write("order/status", {"orders": [{"order": made.id, "status": 6}]})
    (call,) = due_within(shop, clock)
    assert json.loads(call.body)["event"] == "order.updated"
    shop.webhooks.configure(WebhookSettings(enabled=True, events=("created",)))
    shop.office.cancel_order(made.id)
    assert due_within(shop, clock) == []


def test_calls_are_lost_doubled_and_out_of_order(shop: GomagShop, clock: Clock) -> None:
    shop.webhooks.configure(WebhookSettings(enabled=True, lost=0.3, doubled=0.2))
    made = []
    for _ in range(200):
        clock.pass_ms(100)
        made.append(order(shop).id)
    told = [int(json.loads(call.body)["order"]["id"]) for call in due_within(shop, clock)]
    assert 100 < len(set(told)) < 180
    assert len(told) > len(set(told)) + 10
    assert told != sorted(told)
    assert set(told) < set(made)


def test_a_failed_call_is_made_again_and_then_given_up(shop: GomagShop, clock: Clock) -> None:
    shop.webhooks.configure(WebhookSettings(enabled=True))
    order(shop)
    attempts = []
    for _ in range(10):
        for call in due_within(shop, clock, 60_000):
            attempts.append(call.attempt)
            shop.webhook_answered(call, 500)
    assert attempts == [1, 2, 3]
    assert not shop.webhooks.disabled


def test_five_failures_in_a_row_switch_it_off(shop: GomagShop, clock: Clock) -> None:
    shop.webhooks.configure(WebhookSettings(enabled=True, attempts=1))
    answers = [500, None, 404, 302, 204, 500, 500, 500, 500, 500]
    for answer in answers:
        assert not shop.webhooks.disabled
        order(shop)
        (call,) = due_within(shop, clock)
        shop.webhook_answered(call, answer)
    assert shop.webhooks.disabled
    order(shop)
    assert due_within(shop, clock) == []
    shop.webhooks.configure(shop.webhooks.settings)
    order(shop)
    assert len(due_within(shop, clock)) == 1


def test_next_due_tells_of_calls(shop: GomagShop, clock: Clock) -> None:
    assert shop.next_due_ms() is None
    shop.webhooks.configure(WebhookSettings(enabled=True, shortest_delay_ms=700))
    order(shop)
    due_ms = shop.next_due_ms()
    assert due_ms is not None
    assert clock.ms + 700 <= due_ms <= clock.ms + 3_000
