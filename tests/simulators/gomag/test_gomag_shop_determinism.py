from random import Random

from msgspec.structs import replace

from magazie.simulators.gomag import (
    DEMO_API_KEY,
    DEMO_SHOP_URL,
    FaultKind,
    SimRequest,
    WebhookSettings,
    build_shop,
)
from tests.simulators.gomag.gomag_caller import Clock

HEADERS = (("Apikey", DEMO_API_KEY), ("ApiShop", DEMO_SHOP_URL), ("User-Agent", "magazie/1"))


def busy_hour(seed: int) -> tuple[object, ...]:
    """Everything at once: shoppers, faults, hands, webhooks; returns all that came out."""
    now = [1_792_886_400_000]  # the night the clock goes back
    shop = build_shop(seed, 120, now_ms=lambda: now[0], orders=20)
    shop.shoppers.set_rate(12)
    shop.webhooks.configure(WebhookSettings(enabled=True, lost=0.2, doubled=0.3))
    for kind in FaultKind:
        shop.set_rate(kind, 0.03, delay_ms=20_000)
    script = Random(99)
    out: list[object] = []
    skus = list(shop.truth.stock())
    for _ in range(600):
        now[0] += script.randrange(8_000)
        drawn = script.random()
        if drawn < 0.4:
            query = (("page", str(script.randint(1, 3))), ("limit", "50"))
            name = script.choice(("order", "product", "category", "brand"))
            request = SimRequest("GET", f"/api/v1/{name}/read/json", query=query, headers=HEADERS)
            out.append(shop.handle(request))
        elif drawn < 0.8:
            sku = script.choice(skus)
            data = f'{{"products":[{{"sku":"{sku}","stock":{script.randint(0, 9)}}}]}}'
            path = "/api/v1/product/inventory/json"
            out.append(shop.handle(SimRequest("POST", path, headers=HEADERS, form={"data": data})))
        else:
            order = script.choice(shop.truth.orders())
            shop.office.set_status(order.id, script.choice((1, 5, 6, 7)))
        for delivery in shop.due_webhooks():
            out.append(delivery)
            shop.webhook_answered(delivery, script.choice((200, 200, 500, None)))
    return out, shop.truth.products(), shop.truth.orders(), shop.journal.entries


def test_the_same_seed_and_calls_give_the_same_answers() -> None:
    assert busy_hour(4) == busy_hour(4)


def test_another_seed_gives_others() -> None:
    assert busy_hour(4)[0] != busy_hour(5)[0]


def test_switches_of_one_shop_leave_another_alone(clock: Clock) -> None:
    first, second = build_shop(1, 5, now_ms=clock), build_shop(1, 5, now_ms=clock)
    first.switches = replace(first.switches, read_burst=1)
    first.inject(FaultKind.BOM)
    assert second.switches.read_burst == 40
    assert second.faults == []
