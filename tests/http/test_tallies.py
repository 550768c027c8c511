"""Receptions and counts over HTTP."""

from typing import Any, get_args

import pytest

from magazie.actors.settings_book import Role
from magazie.actors.tally_messages import TallyReason
from magazie.http.api.terminal_log_shapes import TallyOperationOutcome
from magazie.model.tally import TallyOutcome
from tests.http.edges import Edge
from tests.http.terminals import E1, E2, TestTerminal, furnish


@pytest.fixture
async def stocked(edge: Edge) -> Edge:
    await furnish(edge)
    return edge


async def body_of(edge: Edge, **fields: Any) -> dict[str, Any]:
    products = (await edge.get("/api/v1/products?sort=code"))["items"]
    lines = [{"product": it["id"], "quantity": "3", "unit_cost": "2.50"} for it in products]
    return {"warehouse": "principal", "reference": "AVIZ 7", "lines": lines, **fields}


async def test_a_delivery_is_announced_listed_and_read(stocked: Edge) -> None:
    made = await stocked.post("/api/v1/receptions", await body_of(stocked, supplier="Furnizor"))
    assert (made["state"], made["announced"], made["created_by"]) == (
        "waiting",
        True,
        "client-admin",
    )
    (line, _) = made["lines"]
    told = {key: line[key] for key in ("line", "code", "expected", "counted", "difference")}
    assert told == {
        "line": 1,
        "code": "CAN-330",
        "expected": "3",
        "counted": None,
        "difference": None,
    }
    assert line["unit_cost"] == "2.50"
    assert await stocked.get(f"/api/v1/receptions/{made['id']}") == made
    (listed,) = (await stocked.get("/api/v1/receptions"))["items"]
    assert (listed["id"], listed["line_count"], listed["counted_lines"]) == (made["id"], 2, 0)
    assert (await stocked.ask("GET", f"/api/v1/counts/{made['id']}")).status == 404
    assert (await stocked.ask("GET", "/api/v1/receptions/0000000000009")).status == 404


async def test_receptions_are_filtered_and_paged(stocked: Edge) -> None:
    made = [
        (await stocked.post("/api/v1/receptions", await body_of(stocked, reference=f"A{n}")))["id"]
        for n in range(3)
    ]
    raft = await body_of(stocked, warehouse="raft")
    other = (await stocked.post("/api/v1/receptions", raft))["id"]
    terminal = await TestTerminal.connect(stocked)
    await terminal.say("receive", reception=made[0])
    await stocked.ask("DELETE", f"/api/v1/receptions/{made[1]}")

    async def ids(query: str) -> list[str]:
        return [it["id"] for it in (await stocked.get(f"/api/v1/receptions?{query}"))["items"]]

    assert await ids("state=waiting") == [other, made[2]]
    assert await ids("state=open,left") == [made[1], made[0]]
    assert await ids("warehouse=raft") == [other]
    assert await ids("sort=id&limit=2") == made[:2]
    page = await stocked.get("/api/v1/receptions?limit=3")
    rest = await stocked.get(f"/api/v1/receptions?limit=3&cursor={page['next']}")
    assert [it["id"] for it in rest["items"]] == [made[0]]
    for bad in ("state=", "state=odd", "state=open,", "state=open%0A", "sort=who"):
        assert (await stocked.ask("GET", f"/api/v1/receptions?{bad}")).status == 422, bad


async def test_the_same_key_announces_one_delivery(stocked: Edge) -> None:
    body, headers = await body_of(stocked), {"Idempotency-Key": "k1"}
    first = await stocked.ask("POST", "/api/v1/receptions", body, headers=headers)
    again = await stocked.ask("POST", "/api/v1/receptions", body, headers=headers)
    assert (first.status, again.status) == (201, 201)
    assert await first.read() == await again.read()
    assert len((await stocked.get("/api/v1/receptions"))["items"]) == 1
    other = await stocked.ask(
        "POST", "/api/v1/receptions", body | {"reference": "B"}, headers=headers
    )
    assert other.status == 422


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"warehouse": "nicaieri"}, "warehouse"),
        ({"warehouse": None}, "warehouse"),
        ({"reference": "  "}, "reference"),
        ({"lines": []}, "lines"),
        ({"lines": [{"product": "0000000000009", "quantity": "1"}]}, "lines[0].product"),
        ({"extra": 1}, "extra"),
    ],
)
async def test_what_cannot_be_announced_is_refused(
    stocked: Edge, fields: dict[str, Any], field: str
) -> None:
    body = await body_of(stocked, **fields)
    refused = await stocked.ask("POST", "/api/v1/receptions", body)
    assert refused.status == 422
    assert [it["field"] for it in (await refused.json())["errors"]] == [field]
    assert (await stocked.get("/api/v1/receptions"))["items"] == []


async def test_a_product_stands_on_one_line(stocked: Edge) -> None:
    body = await body_of(stocked)
    body["lines"].append({**body["lines"][0], "quantity": "-1"})
    assert (await stocked.ask("POST", "/api/v1/receptions", body)).status == 422
    body["lines"][-1]["quantity"] = "1"
    refused = await (await stocked.ask("POST", "/api/v1/receptions", body)).json()
    assert [it["field"] for it in refused["errors"]] == ["lines[2].product"]


async def test_who_may_what(stocked: Edge) -> None:
    body = await body_of(stocked)
    assert (await stocked.ask("POST", "/api/v1/receptions", body, role=Role.PICKER)).status == 403
    made = await (await stocked.ask("POST", "/api/v1/receptions", body, role=Role.OFFICE)).json()
    address = f"/api/v1/receptions/{made['id']}"
    assert (await stocked.ask("DELETE", address, role=Role.PICKER)).status == 403
    assert (await stocked.ask("DELETE", address, role=Role.OFFICE)).status == 204
    assert (await stocked.ask("GET", address, role=Role.PICKER)).status == 200
    assert (await stocked.ask("GET", "/api/v1/counts", role=None)).status == 401


async def test_a_reception_is_withdrawn_only_while_nothing_is_counted(stocked: Edge) -> None:
    made = await stocked.post("/api/v1/receptions", await body_of(stocked))
    address = f"/api/v1/receptions/{made['id']}"
    terminal = await TestTerminal.connect(stocked)
    await terminal.say("receive", reception=made["id"])
    await terminal.scan(E1)
    assert (await stocked.ask("DELETE", address)).status == 409
    await terminal.say("undo")
    headers = {"Idempotency-Key": "k1"}
    for _ in range(2):
        assert (await stocked.ask("DELETE", address, headers=headers)).status == 204
    assert (await stocked.ask("DELETE", address)).status == 204
    assert (await stocked.get(address))["state"] == "left"
    await terminal.until_tally(state="left")
    assert await terminal.scan(E1) == "no_tally"
    assert (await stocked.ask("DELETE", "/api/v1/receptions/0000000000009")).status == 404
    counting = await terminal.say("count", location="A-30", warehouse="principal")
    assert (await stocked.ask("DELETE", f"/api/v1/receptions/{counting['tally']}")).status == 404


async def test_the_office_gives_a_count_up(stocked: Edge) -> None:
    terminal = await TestTerminal.connect(stocked)
    begun = await terminal.say("count", location="A-30", warehouse="principal")
    await terminal.scan(E1)
    address = f"/api/v1/counts/{begun['tally']}"
    before = await stocked.get("/api/v1/stock/movements")
    assert (await stocked.ask("DELETE", address, role=Role.PICKER)).status == 403
    headers = {"Idempotency-Key": "k1"}
    for _ in range(2):
        assert (await stocked.ask("DELETE", address, headers=headers)).status == 204
    assert (await stocked.ask("DELETE", address)).status == 204
    assert (await stocked.get(address))["state"] == "left"
    await terminal.until_tally(state="left")
    assert await terminal.scan(E1) == "no_tally"
    assert await stocked.get("/api/v1/stock/movements") == before
    again = await terminal.say("count", location="A-30", warehouse="principal")
    assert again["tally"] != begun["tally"]
    # what is complete is in the books
    for line in again["lines"]:
        await terminal.say("set", line=line["line"], quantity="0")
    assert (await terminal.say("complete"))["outcome"] == "completed"
    done = f"/api/v1/counts/{again['tally']}"
    assert (await stocked.ask("DELETE", done)).status == 409
    assert (await stocked.ask("DELETE", done.replace("counts", "receptions"))).status == 404


async def test_what_differs_is_in_the_record_and_told_once(stocked: Edge) -> None:
    body = await body_of(stocked)
    body["lines"].pop()
    made = await stocked.post("/api/v1/receptions", body)
    terminal = await TestTerminal.connect(stocked)
    await terminal.say("receive", reception=made["id"])
    await terminal.scan(E1, quantity="1.5")
    await terminal.scan(E2)
    await terminal.say("complete", accept_missing=True)
    shown = await stocked.get(f"/api/v1/receptions/{made['id']}")
    assert [(it["code"], it["difference"], it["flag"]) for it in shown["lines"]] == [
        ("CAN-330", "-1.5", None),
        ("CEAI-20", "1", "unexpected"),
    ]
    assert (shown["state"], shown["owner_name"], shown["version"]) == ("done", "client-picker", 6)
    assert shown["ended_at"] is not None
    movement = await stocked.get(f"/api/v1/stock/movements/{shown['movement']}")
    assert (movement["kind"], movement["state"], movement["created_by"]) == (
        "reception",
        "posted",
        "client-picker",
    )
    (alert,) = (await stocked.get("/api/v1/alerts?kind=reception_differs"))["items"]
    assert alert["subject"] == f"tally:{made['id']}"
    found = await stocked.get(f"/api/v1/alerts?subject=tally:{made['id']}")
    assert [it["id"] for it in found["items"]] == [alert["id"]]


async def test_everything_said_of_tallies_is_in_the_catalogue(edge: Edge) -> None:
    messages = (await edge.get("/api/v1/picking/messages"))["messages"]
    by_key = {it["key"]: it for it in messages}
    reasons = {reason for each in get_args(TallyReason) for reason in (get_args(each) or (each,))}
    assert {*TallyOutcome, *reasons} <= by_key.keys()
    outcomes = [by_key[outcome] for outcome in TallyOutcome]
    assert len({it["color"] for it in outcomes}) == len(outcomes)
    assert len({str(it["sound"]) for it in outcomes}) == len(outcomes)


async def test_no_two_messages_of_the_catalogue_look_or_sound_alike(edge: Edge) -> None:
    messages = (await edge.get("/api/v1/picking/messages"))["messages"]
    refused = {it["color"] for it in messages if it["key"] == "op_reused"}
    spoken = [it for it in messages if it["color"] not in refused]
    assert len({it["color"] for it in spoken}) == len(spoken)
    assert len({str(it["sound"]) for it in spoken}) == len(spoken)


async def test_tallies_are_counted_for_prometheus(stocked: Edge) -> None:
    terminal = await TestTerminal.connect(stocked)
    await terminal.say("receive", reference="NIR 8", warehouse="principal")
    await terminal.scan(E1)
    page = await (await stocked.ask("GET", "/metrics")).text()
    assert "magazie_tallies_open 1.0" in page
    assert "magazie_tallies_posting 0.0" in page
    assert 'magazie_picking_operations_total{outcome="counted"} 1.0' in page
    assert 'magazie_terminal_pieces_today{work="received"} 1.0' in page
    assert 'magazie_terminal_pieces_today{work="counted"} 0.0' in page


async def test_what_a_person_received_and_counted_is_in_the_figures(stocked: Edge) -> None:
    terminal = await TestTerminal.connect(stocked)
    await terminal.say("receive", reference="NIR 8", warehouse="principal")
    await terminal.scan(E1, quantity="40")
    await terminal.say("undo")
    await terminal.scan(E1, quantity="4")
    await terminal.say("set", line=1, quantity="3")
    await terminal.say("complete")
    await terminal.say("count", location="A-20", warehouse="principal")
    await terminal.scan(E2, quantity="1.5")
    (row,) = (await stocked.get("/api/v1/picking/figures", role=Role.OFFICE))["days"]
    told = (row["picker"], row["received"], row["counted"], row["picks"], row["pieces"])
    assert told == ("client-picker", "3", "1.5", 0, "0")
    # who corrects somebody else's count downwards counted nothing
    other = await TestTerminal.connect(stocked, "T2", stocked.tokens[Role.OFFICE])
    await other.say("take_over", tally=terminal.tally)
    await other.say("set", line=1, quantity="1")
    days = (await stocked.get("/api/v1/picking/figures", role=Role.OFFICE))["days"]
    assert [(it["picker"], it["counted"]) for it in days] == [
        ("client-office", "0"),
        ("client-picker", "1.5"),
    ]
    page = await (await stocked.ask("GET", "/metrics")).text()
    assert 'magazie_terminal_pieces_today{work="counted"} 1.0' in page


async def test_the_log_of_a_tally_is_read(stocked: Edge) -> None:
    terminal = await TestTerminal.connect(stocked)
    begun = await terminal.say("receive", reference="NIR 8", warehouse="principal")
    await terminal.scan("nimic")
    await terminal.scan(E1, lot="L-1")
    await terminal.say("undo")
    await terminal.say("set", line=7, quantity="1")
    await terminal.say("leave")
    await (await TestTerminal.connect(stocked, "T2")).say("take_over", tally=begun["tally"])
    address = f"/api/v1/receptions/{begun['tally']}/operations"
    log = (await stocked.get(address, role=Role.PICKER))["items"]
    assert [(it["number"], it["kind"], it["outcome"], it["change"]) for it in log] == [
        (1, "receive", "opened", "0"),
        (2, "scan", "unknown_code", "0"),
        (3, "scan", "counted", "1"),
        (4, "undo", "undone", "-1"),
        (5, "set", "refused", "0"),
        (6, "leave", "left", "0"),
    ]
    counted = {key: log[2][key] for key in ("code", "lot", "line", "counted", "picker", "terminal")}
    assert counted == {
        "code": E1,
        "lot": "L-1",
        "line": 1,
        "counted": "1",
        "picker": "client-picker",
        "terminal": "T1",
    }
    first = await stocked.get(f"{address}?limit=2&sort=-number")
    assert [it["number"] for it in first["items"]] == [6, 5]
    for wrong in (
        address.replace("receptions", "counts"),
        address.replace(begun["tally"], "0" * 13),
    ):
        assert (await stocked.ask("GET", wrong)).status == 404
    assert (await stocked.ask("GET", address, role=None)).status == 401


def test_the_log_knows_every_outcome_of_a_tally() -> None:
    known = {it.value for it in TallyOperationOutcome}
    assert known == {*TallyOutcome} - {"no_tally"} | {"opened", "taken_over", "refused"}


async def test_goods_with_a_number_come_in_with_it(stocked: Edge) -> None:
    products = (await stocked.get("/api/v1/products?sort=code"))["items"]
    for product, tracking in zip(products, ("serial", "lot"), strict=True):
        await stocked.ask("PATCH", f"/api/v1/products/{product['id']}", {"tracking": tracking})
    made = await stocked.post("/api/v1/receptions", await body_of(stocked))
    terminal = await TestTerminal.connect(stocked)
    begun = await terminal.say("receive", reception=made["id"])
    assert [(it["tracking"], E1 in it["codes"], it["noted"]) for it in begun["lines"]] == [
        ("serial", True, []),
        ("lot", False, []),
    ]
    asked = await terminal.say("scan", code=E1)
    assert (asked["outcome"], asked["line"], asked["name"]) == (
        "serial_needed",
        1,
        "Produsul CAN-330",
    )
    assert await terminal.scan(E1, serial="SN-1") == "counted"
    assert await terminal.scan(E1, serial="sn-1") == "serial_used"
    assert await terminal.scan(E1, serial="SN-2", quantity="2") == "quantity_not_allowed"
    assert await terminal.scan(E2, quantity="3") == "lot_needed"
    assert await terminal.scan(E2, quantity="3", lot="L-1") == "counted"
    assert (await terminal.say("set", line=2, quantity="9"))["reason"] == "number_needed"
    shown = await stocked.get(f"/api/v1/receptions/{made['id']}")
    assert [it["noted"] for it in shown["lines"]] == [
        [{"serial": "SN-1", "lot": "", "quantity": "1"}],
        [{"serial": "", "lot": "L-1", "quantity": "3"}],
    ]
    assert (await terminal.say("set", line=1, quantity="0"))["outcome"] == "set"
    assert await terminal.scan(E1, serial="SN-1") == "counted"
    assert (await terminal.say("complete", accept_missing=True))["outcome"] == "completed"
    again = await stocked.get(f"/api/v1/receptions/{made['id']}")
    assert [it["noted"] for it in again["lines"]] == [it["noted"] for it in shown["lines"]]
    # nothing is asked for where goods are only counted
    counting = await terminal.say("count", location="A-30", warehouse="principal")
    assert [(it["tracking"], it["codes"]) for it in counting["lines"]] == [("none", [])]
    assert await terminal.scan(E1) == "counted"
