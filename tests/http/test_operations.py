import sqlite3
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from magazie.actors.settings_book import Role
from magazie.model.ids import encode_id
from magazie.storage.alerts import clear_alert, raise_alert
from tests.http.edges import HOOK_SECRET, NOW_MS, Edge, order_body


@dataclass
class Check:
    name: str
    trouble: str | None

    def problem(self) -> str | None:
        return self.trouble


async def test_the_process_lives_and_says_what_is_not_ready(edge: Edge) -> None:
    ready = await edge.get("/readyz")
    edge.parts.readiness = (Check("magazin", "its orders were not read yet"), Check("x", None))
    response = await edge.ask("GET", "/readyz")

    assert await (await edge.ask("GET", "/healthz", role=None)).json() == {"status": "ok"}
    assert ready == {
        "is_ready": True,
        "parts": [{"part": "storage", "is_ready": True, "problem": ""}],
    }
    assert response.status == 503
    not_ready = [part for part in (await response.json())["parts"] if not part["is_ready"]]
    assert not_ready == [
        {"part": "magazin", "is_ready": False, "problem": "its orders were not read yet"}
    ]


async def test_storage_that_does_not_answer_is_not_ready(edge: Edge) -> None:
    await edge.parts.storage.close()

    response = await edge.ask("GET", "/readyz")

    assert response.status == 503
    (part,) = (await response.json())["parts"]
    assert (part["part"], part["is_ready"]) == ("storage", False)


async def test_operations_show_books_actors_storage_and_shops(edge: Edge) -> None:
    product = await edge.product("P1")
    await edge.receive(product["id"], "5")
    await edge.post("/api/v1/orders", order_body())

    shown = await edge.get("/api/v1/operations")

    books = shown["books"]
    assert (books["products"], books["orders"], books["orders_open"]) == (1, 1, 1)
    assert (books["on_hand"], books["reserved"]) == ("5", "2")
    assert shown["actors"]["OrderActor"]["live"] == 1
    assert shown["actors"]["OrderActor"]["handled"] >= 1
    assert shown["storage"]["units"] > 0
    assert shown["version"] == "1.2.3"
    (shop,) = shown["shops"]
    assert (shop["name"], shop["is_served"]) == ("magazin", True)
    assert shop["budget"] == {"read_left": 39.5, "write_left": 9.0}
    assert shop["orders"]["is_complete"] is True
    assert shop["outbox"]["pending"] == 0


async def test_shops_are_asked_at_most_once_a_second(edge: Edge) -> None:
    before = (await edge.get("/api/v1/operations"))["actors"]["GomagOutbox"]["handled"]
    again = (await edge.get("/api/v1/operations"))["actors"]["GomagOutbox"]["handled"]
    edge.clock.ms += 1000
    later = (await edge.get("/api/v1/operations"))["actors"]["GomagOutbox"]["handled"]

    assert again == before
    assert later == before + 1


async def test_metrics_are_read_by_prometheus(edge: Edge) -> None:
    await edge.post("/api/v1/orders", order_body())
    await edge.ask("GET", "/api/v1/nimic")
    await edge.ask("POST", "/webhooks/gomag/magazin?secret=gresit", role=None)
    await edge.ask("POST", f"/webhooks/gomag/magazin?secret={HOOK_SECRET}", role=None)

    response = await edge.ask("GET", "/metrics", role=Role.PICKER)
    families = {it.name: it for it in text_string_to_metric_families(await response.text())}

    def value(family: str, **labels: str) -> float:
        found = [
            sample.value
            for sample in families[family].samples
            if labels.items() <= sample.labels.items()
        ]
        assert found, (family, labels)
        return found[0]

    route = {"method": "POST", "route": "/api/v1/orders"}
    assert value("magazie_http_requests", status="201", **route) == 1
    assert value("magazie_http_request_seconds", le="+Inf", **route) == 1
    assert value("magazie_http_requests", route="unknown", status="404") == 1
    assert value("magazie_webhooks_refused") == 1
    assert value("magazie_actors_live", **{"class": "OrderActor"}) == 1
    assert value("magazie_actor_messages_handled", message="PlaceOrder") == 1
    assert value("magazie_actor_turn_seconds", message="PlaceOrder", le="+Inf") == 1
    assert value("magazie_storage_commits") > 0
    assert value("magazie_storage_commit_seconds", le="+Inf") > 0
    assert value("magazie_outbox_pending", shop="magazin") == 0
    assert value("magazie_outbox_oldest_pending_seconds", shop="magazin") == 0
    assert value("magazie_shop_budget_read_left", shop="magazin") == 39.5
    assert value("magazie_books_orders") == 1
    assert "magazie_loop_lag_seconds" in families
    labels = {
        text for it in families.values() for one in it.samples for text in one.labels.values()
    }
    assert not labels & {"1001", "client-admin", "client-picker"}


HELD = {"count": "3", "shop": "magazin"}


async def test_an_alert_is_seen_by_a_person_and_cleared_by_its_fact(edge: Edge) -> None:
    def raised(connection: sqlite3.Connection) -> None:
        raise_alert(connection, "shortage", "order:1", {"missing": "2"}, NOW_MS)
        raise_alert(connection, "held_sends", "magazin", HELD, NOW_MS + 1000)

    await edge.parts.storage.write(raised)

    held, shortage = (await edge.get("/api/v1/alerts"))["items"]
    assert (held["kind"], shortage["subject"]) == ("held_sends", f"order:{encode_id(1)}")
    by_subject = await edge.get(f"/api/v1/alerts?subject={shortage['subject']}")
    assert by_subject["items"] == [shortage]
    odd = await edge.ask("GET", "/api/v1/alerts?subject=order:7uuuuuuuuuuuu")
    assert odd.status == 422
    assert (shortage["state"], shortage["seen_by"]) == ("open", None)
    assert (shortage["title"], bool(shortage["advice"])) == ("Lipsă de stoc la o comandă", True)
    english = (await edge.get("/api/v1/alerts?lang=en&kind=shortage"))["items"]
    assert (english[0]["title"], english[0]["text"]) == ("An order lacks goods", "2 missing")
    assert shortage["text"] == "lipsesc 2"
    assert held["text"].startswith("3 valori")
    path = f"/api/v1/alerts/{shortage['id']}/close"
    closed = await edge.post(path, status=200)
    assert (closed["state"], closed["seen_by"]) == ("seen", "client-admin")
    assert (await edge.post(path, status=200)) == closed
    assert len((await edge.get("/api/v1/alerts"))["items"]) == 2
    await edge.parts.storage.write(lambda c: clear_alert(c, "shortage", "order:1", NOW_MS + 2000))
    assert (await edge.get("/api/v1/alerts"))["items"] == [held]
    assert len((await edge.get("/api/v1/alerts?state=cleared"))["items"]) == 1
    assert (await edge.get("/api/v1/alerts?kind=shortage"))["items"] == []
    assert (await edge.ask("POST", "/api/v1/alerts/0000000000009/close")).status == 404


async def test_the_alert_of_a_refused_line_goes_when_it_is_closed(edge: Edge) -> None:
    facts = {"movement": "reception", "reference": "x", "line": "1", "problem": "refused"}
    subject = "movement:1/line:1"
    await edge.parts.storage.write(
        lambda c: raise_alert(c, "movement_line_refused", subject, facts, NOW_MS)
    )
    (alert,) = (await edge.get("/api/v1/alerts"))["items"]
    path = f"/api/v1/alerts/{alert['id']}/close"
    closed = await edge.post(path, status=200)
    assert (closed["state"], closed["seen_by"]) == ("cleared", "client-admin")
    assert (await edge.post(path, status=200)) == closed
    assert (await edge.get("/api/v1/alerts"))["items"] == []


async def test_an_alert_of_an_earlier_version_shows_its_text(edge: Edge) -> None:
    def earlier(connection: sqlite3.Connection) -> None:
        raise_alert(connection, "shortage", "order:1", {"missing": "2"}, NOW_MS)
        raise_alert(connection, "shortage", "order:2", {"missing": "2"}, NOW_MS + 1)
        raise_alert(connection, "shortage", "order:3", {"missing": "2"}, NOW_MS + 2)
        connection.execute(
            "UPDATE alerts SET text = 'as it was', facts = NULL WHERE subject = 'order:1'"
        )
        connection.execute(
            "UPDATE alerts SET facts = '{\"other\":\"1\"}' WHERE subject = 'order:2'"
        )

    await edge.parts.storage.write(earlier)
    shown = (await edge.get("/api/v1/alerts"))["items"]
    assert [it["text"] for it in shown] == ["lipsesc 2", "2 missing", "as it was"]

    # raised again by its fact, it has them
    def again(connection: sqlite3.Connection) -> None:
        raise_alert(connection, "shortage", "order:1", {"missing": "2"}, NOW_MS + 3)

    await edge.parts.storage.write(again)
    shown = (await edge.get("/api/v1/alerts"))["items"]
    assert [it["text"] for it in shown] == ["lipsesc 2", "2 missing", "lipsesc 2"]


async def test_where_shops_stand_is_asked_anew_though_the_clock_was_put_back(edge: Edge) -> None:
    (before,) = (await edge.get("/api/v1/operations"))["shops"]
    edge.desk.is_complete = False
    edge.clock.ms -= 3_600_000
    (after,) = (await edge.get("/api/v1/operations"))["shops"]

    assert (before["orders"]["is_complete"], after["orders"]["is_complete"]) == (True, False)
