import re
import sqlite3

from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import ObserveOrder
from magazie.actors.settings_book import Role
from magazie.http.api.outbox import MilestoneState
from magazie.storage import outbox_items, outbox_marks
from tests.http.edges import NOW_MS, Edge
from tests.http.shop_data import shop_order

OUTBOX = "/api/v1/shops/magazin/outbox"


async def sold_product(edge: Edge, code: str = "P1", item: str = "1") -> str:
    product: dict[str, str] = await edge.product(
        code,
        prices={"principal": "10"},
        links=[{"shop": "magazin", "external_id": item, "sku": f"S{item}"}],
    )
    await edge.receive(product["id"], "5")
    return product["id"]


async def test_what_waits_is_listed_with_what_the_shop_should_have(edge: Edge) -> None:
    product = await sold_product(edge)

    outbox = await edge.get(OUTBOX)

    assert outbox["summary"]["pending"] == 2
    assert outbox["statuses"] == []
    stock, price = sorted(outbox["items"], key=lambda item: item["field"], reverse=True)
    assert (stock["key"], stock["sku"], stock["product"]) == ("1", "S1", product)
    assert (stock["should_have"], stock["shop_has"], stock["state"]) == ("5", None, "waiting")
    assert (price["field"], price["should_have"]) == ("price", "10.00")


async def test_what_the_shop_has_does_not_wait(edge: Edge) -> None:
    product = await sold_product(edge)

    def told(connection: sqlite3.Connection) -> None:
        rows = outbox_items.for_items(connection, "magazin", ["1"])
        sends = [(*row.key, row.value or 0, row.generation, row.touch, NOW_MS, 0) for row in rows]
        outbox_marks.mark_sent(connection, "magazin", sends, NOW_MS)
        outbox_marks.mark_acked(connection, "magazin", [(*row.key, None) for row in rows], NOW_MS)

    await edge.parts.storage.write(told)
    explained = await edge.get(f"{OUTBOX}/explain?product={product}")

    assert (await edge.get(OUTBOX))["items"] == []
    values = {value["field"]: value for value in explained["values"]}
    assert values["stock"]["state"] == "told"
    assert (values["stock"]["shop_has"], values["price"]["shop_has"]) == ("5", "10.00")


async def test_parked_items_are_tried_again(edge: Edge) -> None:
    await sold_product(edge)

    def park(connection: sqlite3.Connection) -> None:
        (row, *_) = outbox_items.for_items(connection, "magazin", ["1"])
        parked = (*row.key, NOW_MS + 60_000, "refuzat", row.value, row.generation)
        outbox_marks.park(connection, "magazin", [parked])

    await edge.parts.storage.write(park)

    (parked,) = (await edge.get(f"{OUTBOX}?state=parked"))["items"]
    assert (parked["reason"], parked["attempts"]) == ("refuzat", 1)
    assert parked["next_try_at"] == "2026-11-18T13:07:40+02:00"
    assert await edge.post(f"{OUTBOX}/1/retry", status=202) == {"accepted": True}
    assert await edge.post(f"{OUTBOX}/99/retry", status=202) == {"accepted": False}
    assert (await edge.get(f"{OUTBOX}?state=parked"))["items"] == []
    assert edge.desk.flushes == 2


async def test_held_values_wait_for_a_word(edge: Edge) -> None:
    await sold_product(edge)

    def hold(connection: sqlite3.Connection) -> None:
        waiting = [("1", "stock", NOW_MS, True)]
        outbox_marks.note_waiting(connection, "magazin", waiting)

    await edge.parts.storage.write(hold)
    (held,) = (await edge.get(f"{OUTBOX}?state=held"))["items"]

    released = await edge.post(f"{OUTBOX}/release", {"items": ["77"]}, status=202)
    assert (held["field"], released) == ("stock", {"released": 0})
    assert await edge.post(f"{OUTBOX}/release", status=202) == {"released": 1}
    assert (await edge.get(f"{OUTBOX}?state=held"))["items"] == []


async def test_pages_of_what_waits_follow_on(edge: Edge) -> None:
    for number in range(1, 5):
        await sold_product(edge, f"P{number}", str(number))

    for sort in ("pending_since", "-pending_since"):
        seen: list[tuple[str, str]] = []
        cursor = ""
        while True:
            page = await edge.get(f"{OUTBOX}?limit=3&sort={sort}{cursor}")
            seen += [(item["key"], item["field"]) for item in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert len(seen) == len(set(seen)) == 8


async def test_flushing_wakes_the_sender(edge: Edge) -> None:
    refused = await edge.ask("POST", f"{OUTBOX}/flush", role=Role.PICKER)

    assert refused.status == 403
    assert await edge.post(f"{OUTBOX}/flush", status=202) == {"accepted": True}
    assert edge.desk.flushes == 1


async def test_milestones_of_an_order_are_explained(edge: Edge) -> None:
    key = ("shop", "magazin", "900")
    message = ObserveOrder(
        "magazin", shop_order("900", "A900"), 1, "principal", wants_nothing=False
    )
    held = await edge.parts.directory.ask(OrderActor, key, message)
    (order,) = (await edge.get("/api/v1/orders?shop=magazin"))["items"]

    explained = await edge.get(f"{OUTBOX}/explain?order={order['id']}")

    assert held.created
    assert (order["shop"], order["number"], order["origin"]) == ("magazin", "A900", "shop")
    assert explained == {"values": [], "milestones": []}
    edit = await edge.ask("PATCH", f"/api/v1/orders/{order['id']}", {"observation": "x"})
    assert (edit.status, (await edit.json())["type"]) == (
        409,
        "urn:magazie:problem:edited_in_shop",
    )


async def test_explaining_wants_a_product_or_an_order(edge: Edge) -> None:
    assert (await edge.ask("GET", f"{OUTBOX}/explain")).status == 422
    both = f"{OUTBOX}/explain?product=0000000000009&order=0000000000009"
    assert (await edge.ask("GET", both)).status == 422
    assert (await edge.ask("GET", f"{OUTBOX}/explain?product=0000000000009")).status == 404
    assert (await edge.ask("GET", "/api/v1/shops/altul/outbox")).status == 404


async def test_every_state_that_a_milestone_can_be_stored_in_is_named(edge: Edge) -> None:
    def table(connection: sqlite3.Connection) -> str:
        query = "SELECT sql FROM sqlite_master WHERE name = 'outbox_statuses'"
        return str(connection.execute(query).fetchone()[0])

    stored = set(re.findall(r"\bstate = '(\w+)'", await edge.parts.storage.read(table)))

    assert stored == set(MilestoneState)
