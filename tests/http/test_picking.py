"""Picking over HTTP: queue, sessions, figures, messages, settings."""

import hashlib
from typing import get_args

import msgspec
import pytest

from magazie.actors.picking_messages import RefusedReason
from magazie.actors.settings_book import Role
from magazie.http.api.terminal_log_shapes import OperationOutcome
from magazie.http.scanning.messages import BadReason, Scan, digest_of, read_message
from magazie.model.picking import Outcome
from tests.http.edges import Edge
from tests.http.terminals import E1, E2, TestTerminal, furnish, place


@pytest.fixture
async def stocked(edge: Edge) -> Edge:
    await furnish(edge)
    return edge


async def picked(edge: Edge, number: str = "1") -> str:
    """An order picked with a wrong scan, an undo and a minute passed; answers its session."""
    await place(edge, number, ("CAN-330", "2"))
    terminal = await TestTerminal.connect(edge)
    session = str((await terminal.open(number))["session"])
    for code in (E2, E1, E1):
        await terminal.scan(code)
    await terminal.say("undo")
    await terminal.scan(E1)
    edge.clock.ms += 60_000
    assert (await terminal.say("complete"))["outcome"] == "completed"
    return session


async def test_the_queue_shows_urgent_orders_first(stocked: Edge) -> None:
    first = await place(stocked, "1", ("CAN-330", "2"), ("CEAI-20", "1"))
    urgent = await place(stocked, "2", ("CAN-330", "1"))
    await place(stocked, "short", ("CAN-330", "500"))
    address = f"/api/v1/picking/queue/{urgent['id']}"
    assert (await stocked.ask("PUT", address, {"urgent": True})).status == 204
    listed = await stocked.get("/api/v1/picking/queue")
    assert [(it["order"], it["urgent"], it["lines"], it["pieces"]) for it in listed["items"]] == [
        (urgent["id"], True, 1, "1"),
        (first["id"], False, 2, "3"),
    ]
    assert (await stocked.ask("PUT", address, {"urgent": False})).status == 204
    page = await stocked.get("/api/v1/picking/queue?limit=1")
    assert [it["number"] for it in page["items"]] == ["1"]
    rest = await stocked.get(f"/api/v1/picking/queue?limit=1&cursor={page['next']}")
    assert [it["number"] for it in rest["items"]] == ["2"]
    assert (await stocked.get("/api/v1/picking/queue?warehouse=raft"))["items"] == []
    unknown = await stocked.ask("PUT", "/api/v1/picking/queue/0000000000009", {"urgent": True})
    assert unknown.status == 404
    refused = await stocked.ask("PUT", address, {"urgent": True}, role=Role.PICKER)
    assert refused.status == 403


async def test_sessions_and_their_log_are_shown(stocked: Edge) -> None:
    session = await picked(stocked)
    (listed,) = (await stocked.get("/api/v1/picking/sessions?state=completed"))["items"]
    assert (listed["id"], listed["terminal"], listed["picker"]) == (session, "T1", "client-picker")
    assert (await stocked.get("/api/v1/picking/sessions?state=open"))["items"] == []
    by_order = f"/api/v1/picking/sessions?order={listed['orders'][0]}&terminal=T1"
    assert len((await stocked.get(by_order))["items"]) == 1
    state = await stocked.get(f"/api/v1/picking/sessions/{session}")
    assert (state["state"], state["orders"][0]["lines"][0]["picked"]) == ("completed", "2")
    log = (await stocked.get(f"/api/v1/picking/sessions/{session}/operations"))["items"]
    assert [(it["number"], it["kind"], it["outcome"], it["change"]) for it in log] == [
        (1, "open", "opened", "0"),
        (2, "scan", "not_in_order", "0"),
        (3, "scan", "counted", "1"),
        (4, "scan", "counted", "1"),
        (5, "undo", "undone", "-1"),
        (6, "scan", "counted", "1"),
        (7, "complete", "completed", "0"),
    ]
    assert (log[2]["code"], log[2]["picked"]) == (E1, "1")
    missing = await stocked.ask("GET", "/api/v1/picking/sessions/0000000000009")
    assert missing.status == 404


async def test_a_session_with_nothing_in_hand_is_left_by_the_office(stocked: Edge) -> None:
    order = await place(stocked, "1", ("CAN-330", "2"))
    terminal = await TestTerminal.connect(stocked)
    await terminal.open("1")
    await terminal.scan(E1)
    address = f"/api/v1/picking/sessions/{terminal.session}/leave"
    assert (await stocked.ask("POST", address)).status == 409
    await terminal.say("undo")
    assert (await stocked.ask("POST", address)).status == 200
    assert (await stocked.ask("POST", address)).status == 200
    assert (await stocked.get(f"/api/v1/orders/{order['id']}"))["fulfilment"] == "open"
    assert await terminal.scan(E1) == "no_session"


async def test_figures_by_person_and_day(stocked: Edge) -> None:
    await picked(stocked, "1")
    await picked(stocked, "2")
    (row,) = (await stocked.get("/api/v1/picking/figures", role=Role.OFFICE))["days"]
    assert row == {
        "day": "2026-11-18",
        "picker": "client-picker",
        "picks": 6,
        "pieces": "6",
        "errors_caught": 2,
        "undone": 2,
        "orders": 2,
        "seconds_per_order": 60,
        "received": "0",
        "counted": "0",
    }
    other = "/api/v1/picking/figures?day_from=2026-11-01&day_to=2026-11-02"
    assert (await stocked.get(other, role=Role.OFFICE))["days"] == []
    for bad in (
        "day_from=2026-13-01",
        "day_from=2026-11-02&day_to=2026-11-01",
        "day_to=ieri",
        "day_from=9999-12-31",
    ):
        refused = await stocked.ask("GET", f"/api/v1/picking/figures?{bad}")
        assert refused.status == 422, bad


async def test_cutoffs_and_quantity_entry_are_settings(stocked: Edge) -> None:
    settings = {
        "quantity_entry": False,
        "cutoffs": [{"delivery": "Curier", "time": "16:30"}],
        "terminals_paired_only": True,
    }
    address = "/api/v1/settings/picking"
    assert await stocked.get(address) == {
        "quantity_entry": True,
        "cutoffs": [],
        "terminals_paired_only": False,
    }
    assert (await stocked.ask("PUT", address, settings)).status == 200
    assert await stocked.get(address) == settings
    wrong = {"cutoffs": [{"delivery": "Curier", "time": "25:00"}]}
    assert (await stocked.ask("PUT", address, wrong)).status == 422
    assert (await stocked.ask("PUT", address, settings, role=Role.OFFICE)).status == 403


async def test_everything_said_is_in_the_catalogue_in_both_languages(edge: Edge) -> None:
    messages = (await edge.get("/api/v1/picking/messages"))["messages"]
    by_key = {it["key"]: it for it in messages}
    assert len(by_key) == len(messages)
    said = {*Outcome, *get_args(RefusedReason), *get_args(BadReason), "lost", "internal"}
    assert said <= by_key.keys()
    assert all(it["ro"] and it["en"] and it["ro"] != it["en"] for it in messages)


async def test_no_two_outcomes_look_or_sound_alike(edge: Edge) -> None:
    messages = (await edge.get("/api/v1/picking/messages"))["messages"]
    outcomes = [it for it in messages if it["key"] in set(Outcome)]
    assert len({it["color"] for it in outcomes}) == len(outcomes)
    assert len({str(it["sound"]) for it in outcomes}) == len(outcomes)
    errors = [it for it in outcomes if it["kind"] == "error"]
    assert {it["key"] for it in errors} == {
        "over",
        "not_in_order",
        "unknown_code",
        "ambiguous_code",
        "order_cancelled",
        "serial_used",
        "serial_elsewhere",
        "owned_by_other",
        "no_session",
    }


def test_the_log_knows_every_outcome_of_a_session() -> None:
    known = {it.value for it in OperationOutcome}
    assert known == {it.value for it in Outcome} - {"no_session"} | {
        "opened",
        "taken_over",
        "refused",
    }


async def test_scans_are_counted_for_prometheus(stocked: Edge) -> None:
    await picked(stocked)
    page = await (await stocked.ask("GET", "/metrics")).text()
    assert 'magazie_picking_operations_total{outcome="counted"} 3.0' in page
    assert 'magazie_picking_operations_total{outcome="not_in_order"} 1.0' in page
    assert "magazie_picking_terminals 1.0" in page
    assert "magazie_picking_sessions 0.0" in page


async def test_serial_numbers_are_asked_for_and_read_with_the_order(stocked: Edge) -> None:
    products = (await stocked.get("/api/v1/products?code=CAN-330"))["items"]
    path = f"/api/v1/products/{products[0]['id']}"
    assert products[0]["tracking"] == "none"
    changed = await stocked.ask("PATCH", path, {"tracking": "serial"})
    assert (await changed.json())["tracking"] == "serial"
    assert (await stocked.ask("PATCH", path, {"tracking": "maybe"})).status == 422
    bundled = await stocked.ask("PATCH", path, {"bundle": []})
    assert "bundle's parts" in (await bundled.json())["detail"]
    order = await place(stocked, "1", ("CAN-330", "1"))
    address = f"/api/v1/picking/orders/{order['id']}/noted"
    assert await stocked.get(address) == {"order": order["id"], "goods": []}
    terminal = await TestTerminal.connect(stocked)
    state = await terminal.open("1")
    assert state["orders"][0]["lines"][0]["tracking"] == "serial"
    assert await terminal.scan(E1) == "serial_needed"
    assert await terminal.scan(E1, serial="SN-1", lot="L-1") == "counted"
    (goods,) = (await stocked.get(address))["goods"]
    assert goods == {
        "line": 1,
        "product": products[0]["id"],
        "serial": "SN-1",
        "lot": "L-1",
        "quantity": "1",
    }
    log = await stocked.get(f"/api/v1/picking/sessions/{terminal.session}/operations")
    assert [(it["outcome"], it["serial"]) for it in log["items"][1:]] == [
        ("serial_needed", ""),
        ("counted", "SN-1"),
    ]
    await place(stocked, "2", ("CAN-330", "1"))
    other = await TestTerminal.connect(stocked, "T2")
    await other.open("2")
    refused = await other.say("scan", code=E1, serial="sn-1")
    assert (refused["outcome"], refused["held_by"]) == ("serial_elsewhere", "1")
    missing = await stocked.ask("GET", "/api/v1/picking/orders/0000000000009/noted")
    assert missing.status == 404


async def test_a_scan_without_a_lot_is_the_operation_it_was_before_there_were_lots() -> None:
    said = read_message('{"type": "scan", "op": "a", "seq": 1, "code": "X"}')
    assert isinstance(said, Scan)
    content = [
        "Scan",
        {"code": "X", "quantity": 1000, "serial": ""},
    ]
    told = msgspec.json.encode(content)
    assert digest_of(said) == hashlib.blake2b(told, digest_size=16).digest()


async def test_goods_of_a_cancelled_order_are_noted_as_put_back(stocked: Edge) -> None:
    await picked(stocked)
    (order,) = (await stocked.get("/api/v1/orders"))["items"]
    path = f"/api/v1/orders/{order['id']}"
    refused = await stocked.ask("POST", f"{path}/put-back", role=Role.PICKER)
    assert (refused.status, (await refused.json())["type"]) == (409, "urn:magazie:problem:conflict")
    await stocked.ask("POST", f"{path}/cancel")
    alerts = (await stocked.get("/api/v1/alerts?state=open"))["items"]
    assert [it["kind"] for it in alerts] == ["picked_order_changed"]
    back = await stocked.ask("POST", f"{path}/put-back", role=Role.PICKER)
    shown = await back.json()
    assert (back.status, shown["status"], shown["lines"][0]["picked"]) == (200, "cancelled", "0")
    assert (await stocked.get("/api/v1/alerts?state=open"))["items"] == []
    unknown = await stocked.ask("POST", "/api/v1/orders/0000000000009/put-back")
    assert unknown.status == 404
