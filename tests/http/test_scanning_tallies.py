"""Receiving and counting, over a socket."""

import asyncio
from typing import Any

import pytest

from tests.http.edges import Edge
from tests.http.terminals import E1, E2, TestTerminal, furnish, place


@pytest.fixture
async def stocked(edge: Edge) -> Edge:
    await furnish(edge)
    return edge


async def announced(edge: Edge, *quantities: str) -> Any:
    products = (await edge.get("/api/v1/products?sort=code"))["items"]
    lines = [
        {"product": product["id"], "quantity": quantity, "unit_cost": "2.50"}
        for product, quantity in zip(products, quantities, strict=False)
    ]
    body = {"warehouse": "principal", "reference": "AVIZ 7", "supplier": "Furnizor"}
    return await edge.post("/api/v1/receptions", {**body, "lines": lines})


async def on_hand(edge: Edge, code: str) -> str:
    (product,) = (await edge.get(f"/api/v1/products?q={code}"))["items"]
    rows = (await edge.get(f"/api/v1/stock?product={product['id']}"))["items"]
    return str(next(row["on_hand"] for row in rows if row["warehouse"] == "principal"))


async def test_a_reception_is_counted_over_the_socket(stocked: Edge) -> None:
    reception = await announced(stocked, "2", "1")
    terminal = await TestTerminal.connect(stocked)
    assert (terminal.session, terminal.tally) == (None, None)
    state = await terminal.say("receive", reception=reception["id"])
    head = {key: state[key] for key in ("type", "kind", "state", "reference", "supplier")}
    assert head == {
        "type": "tally",
        "kind": "reception",
        "state": "open",
        "reference": "AVIZ 7",
        "supplier": "Furnizor",
    }
    assert (state["terminal"], state["owner_name"]) == ("T1", "client-picker")
    assert [(it["code"], it["expected"], it["counted"], it["flag"]) for it in state["lines"]] == [
        ("CAN-330", "2", None, ""),
        ("CEAI-20", "1", None, ""),
    ]
    answer = await terminal.say("scan", code=E1, quantity="2")
    assert {key: answer[key] for key in ("outcome", "line", "counted", "expected", "tally")} == {
        "outcome": "counted",
        "line": 1,
        "counted": "2",
        "expected": "2",
        "tally": state["tally"],
    }
    assert await terminal.scan(E1, serial="S1", lot="L1") == "surplus"
    assert (await terminal.say("undo"))["outcome"] == "undone"
    incomplete = await terminal.say("complete")
    assert (incomplete["outcome"], incomplete["lines"]) == (
        "incomplete",
        [{"line": 2, "why": "missing", "expected": "1"}],
    )
    assert (await terminal.say("set", line=2, quantity="0"))["outcome"] == "set"
    assert (await terminal.say("complete", accept_missing=True))["outcome"] == "completed"
    await terminal.until_tally(state="done")
    assert await on_hand(stocked, "CAN-330") == "102"
    assert await terminal.scan(E1) == "no_tally"
    logged = await stocked.parts.storage.read(
        lambda c: c.execute(
            "SELECT serial, lot FROM tally_operations WHERE serial <> ''"
        ).fetchall()
    )
    assert logged == [("S1", "L1")]


async def test_a_shelf_is_counted_blind_over_the_socket(stocked: Edge) -> None:
    terminal = await TestTerminal.connect(stocked)
    state = await terminal.say("count", location="a 30", warehouse="principal")
    assert [(it["code"], it["expected"]) for it in state["lines"]] == [("CAN-330", None)]
    answer = await terminal.say("scan", code=E1, quantity="98")
    assert "expected" not in answer
    assert await terminal.scan(E2) == "astray"
    count = await stocked.get(f"/api/v1/counts/{state['tally']}")
    assert [(it["expected"], it["counted"]) for it in count["lines"]] == [(None, "98"), (None, "1")]
    assert (await terminal.say("complete"))["outcome"] == "completed"
    count = await stocked.get(f"/api/v1/counts/{state['tally']}")
    assert [(it["expected"], it["difference"], it["flag"]) for it in count["lines"]] == [
        ("100", "-2", None),
        (None, None, "astray"),
    ]
    movement = await stocked.get(f"/api/v1/stock/movements/{count['movement']}")
    assert (movement["kind"], movement["reference"]) == ("adjustment", "Inventar a 30")
    assert [it["quantity"] for it in movement["lines"]] == ["-2"]
    assert (await on_hand(stocked, "CAN-330"), await on_hand(stocked, "CEAI-20")) == ("98", "100")


async def test_taking_over_is_told_and_both_screens_show_the_same(stocked: Edge) -> None:
    reception = await announced(stocked, "5")
    first = await TestTerminal.connect(stocked, "T1")
    second = await TestTerminal.connect(stocked, "T2")
    await first.say("receive", reception=reception["id"])
    await second.say("receive", reception=reception["id"])
    assert second.tally_state["terminal"] == "T1"
    outcomes = sorted(await asyncio.gather(first.scan(E1), second.scan(E1)))
    assert outcomes == ["counted", "owned_by_other"]
    async with asyncio.timeout(1):
        await second.until_tally(l1="1")
    await second.say("take_over")
    assert second.tally_state["terminal"] == "T2"
    while first.lost is None:
        await first.hear()
    assert first.lost == {"type": "lost", "to": "T2", "tally": reception["id"]}
    refused = await first.say("scan", code=E1)
    assert (refused["outcome"], refused["owner"]) == ("owned_by_other", "T2")
    assert await second.scan(E1) == "counted"
    assert (await second.say("leave"))["outcome"] == "left"
    await first.until_tally(terminal=None)
    assert (await first.say("take_over"))["terminal"] == "T1"
    assert await first.scan(E1) == "counted"


async def test_what_was_counted_offline_is_replayed(stocked: Edge) -> None:
    reception = await announced(stocked, "5")
    terminal = await TestTerminal.connect(stocked)
    await terminal.say("receive", reception=reception["id"])
    assert await terminal.scan(E1, op="a") == "counted"
    await terminal.drop()
    for _ in range(2):
        terminal = await TestTerminal.connect(stocked)
        assert terminal.tally == reception["id"]
        outcomes = [await terminal.scan(code, op) for op, code in (("a", E1), ("b", E1), ("c", E2))]
        assert outcomes == ["counted", "counted", "unexpected"]
        await terminal.drop()
    terminal = await TestTerminal.connect(stocked)
    await terminal.until_tally(l1="2", l2="1")
    done = await terminal.say("complete", "d", accept_missing=True)
    await terminal.drop()
    terminal = await TestTerminal.connect(stocked)
    assert terminal.tally is None
    terminal.tally = reception["id"]
    assert await terminal.say("complete", "d", accept_missing=True) == done
    other = await terminal.say("receive", "e", reference="NIR 8", warehouse="principal")
    assert await terminal.say("complete", "d", tally=reception["id"], accept_missing=True) == done
    assert (await terminal.say("receive", "e", reference="NIR 8", warehouse="principal"))[
        "tally"
    ] == other["tally"]


async def test_a_terminal_has_a_session_or_a_tally(stocked: Edge) -> None:
    await place(stocked, "560", ("CAN-330", "2"))
    terminal = await TestTerminal.connect(stocked)
    await terminal.open("560")
    await terminal.say("count", location="A-30", warehouse="principal")
    assert (await terminal.say("next"))["reason"] == "tally_open"
    assert (await terminal.say("leave"))["outcome"] == "left"
    await terminal.open("560")
    assert await terminal.scan(E1, tally=None) == "counted"
    refused = await terminal.say("receive", reference="NIR 8", warehouse="principal")
    assert refused["reason"] == "session_open"
    other = await TestTerminal.connect(stocked, "T2")
    await other.say("count", location="A-30", warehouse="principal")
    refused = await terminal.say("count", location="A-30", warehouse="principal")
    assert (refused["reason"], refused["owner"], refused["owner_name"], refused["tally"]) == (
        "location_taken",
        "T2",
        "client-picker",
        other.tally,
    )


RECEIVE, COUNT = '"op": "x", "seq": 1, "type": "receive"', '"op": "x", "seq": 1, "type": "count"'
SET = '"op": "x", "seq": 1, "type": "set", "tally": "1"'
OTHER = '"op": "x", "seq": 1, "type"'


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (RECEIVE, "invalid"),
        (f'{RECEIVE}, "reception": "1", "reference": "2"', "invalid"),
        (f'{RECEIVE}, "reference": " "', "invalid"),
        (f'{RECEIVE}, "reference": "a\\u0000"', "invalid"),
        (f'{RECEIVE}, "reference": "a\\n"', "invalid"),
        (f'{RECEIVE}, "reference": "{"9" * 201}"', "invalid"),
        (f'{RECEIVE}, "reference": "NIR", "supplier": "a\\u0007"', "invalid"),
        (f'{RECEIVE}, "reception": 7', "invalid"),
        ('"type": "receive", "seq": 1, "reference": "NIR"', "no_op"),
        (COUNT, "invalid"),
        (f'{COUNT}, "location": ""', "invalid"),
        (f'{COUNT}, "location": "A\\u0007"', "invalid"),
        (f'{COUNT}, "location": "{"A" * 101}"', "invalid"),
        (f'{OTHER}: "set", "line": 1, "quantity": "1"', "invalid"),
        (f'{SET}, "line": 1, "quantity": "-1"', "invalid"),
        (f'{SET}, "line": 0, "quantity": "1"', "invalid"),
        (f'{SET}, "line": 1, "quantity": "1.2345"', "invalid"),
        (f'{SET}, "line": 1, "quantity": 1', "invalid"),
        (f'{OTHER}: "leave"', "invalid"),
        ('"type": "leave", "tally": "1", "seq": 1', "no_op"),
        (f'{OTHER}: "take_over"', "invalid"),
        (f'{OTHER}: "complete", "accept_missing": 1', "invalid"),
        (f'{OTHER}: "scan", "tally": "{"9" * 65}", "code": "1"', "invalid"),
        (f'{OTHER}: "scan", "tally": "1", "code": "{"9" * 65_536}"', "too_long"),
        (f'{OTHER}: "recieve"', "unknown_type"),
        ("nu e JSON", "not_json"),
    ],
)
async def test_what_is_no_message_is_told_and_the_socket_stays(
    stocked: Edge, sent: str, reason: str
) -> None:
    terminal = await TestTerminal.connect(stocked)
    await terminal.say("receive", reference="NIR 8", warehouse="principal")
    await terminal.socket.send_str(f"{{{sent}}}")
    answer = await terminal.hear()
    while answer["type"] == "tally":
        answer = await terminal.hear()
    assert (answer["type"], answer["reason"]) == ("error", reason)
    assert await terminal.scan(E1) == "counted"


@pytest.mark.parametrize("tally", ["", "alta", "0000000000009", "9" * 64])
async def test_another_tally_than_the_open_one_is_none(stocked: Edge, tally: str) -> None:
    terminal = await TestTerminal.connect(stocked)
    await terminal.say("receive", reference="NIR 8", warehouse="principal")
    assert await terminal.scan(E1, tally=tally) == "no_tally"
    assert (await terminal.say("leave", tally=tally))["outcome"] == "no_tally"
    assert (await terminal.say("complete", tally=tally))["outcome"] == "no_tally"
    assert (await terminal.say("take_over", tally=tally))["outcome"] == "no_tally"
    assert await terminal.scan(E1) == "counted"


async def test_another_terminals_tally_is_left_alone(stocked: Edge) -> None:
    first = await TestTerminal.connect(stocked, "T1")
    await first.say("receive", reference="NIR 8", warehouse="principal")
    await first.scan(E1)
    second = await TestTerminal.connect(stocked, "T2")
    for kind, fields in (
        ("scan", {"code": E1}),
        ("undo", {}),
        ("set", {"line": 1, "quantity": "9"}),
        ("leave", {}),
        ("complete", {}),
    ):
        answer = await second.say(kind, tally=first.tally, **fields)
        assert (answer["outcome"], answer["owner"]) == ("owned_by_other", "T1"), kind
    shown = await stocked.get(f"/api/v1/receptions/{first.tally}")
    assert (shown["state"], shown["lines"][0]["counted"]) == ("open", "1")


async def test_an_operation_sent_twice_is_answered_alike(stocked: Edge) -> None:
    await place(stocked, "560", ("CAN-330", "5"))
    terminal = await TestTerminal.connect(stocked)
    await terminal.say("receive", reference="NIR 8", warehouse="principal")
    first = await terminal.say("scan", "x", code=E1)
    assert await terminal.say("scan", "x", code=E1) == first
    reused = {"type": "error", "reason": "op_reused", "op": "x"}
    assert await terminal.say("scan", "x", code=E2) == reused
    assert await terminal.say("scan", "x", code=E1, quantity="2") == reused
    await terminal.say("complete")
    await terminal.open("560")
    assert await terminal.say("scan", "x", code=E1) == reused
    assert await terminal.say("scan", "y", code=E1) != reused


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("receive", {"reception": "0000000000009"}, "no_such_reception"),
        ("receive", {"reception": "nimic"}, "no_such_reception"),
        ("receive", {"reference": "NIR"}, "no_warehouse"),
        ("receive", {"reference": "NIR", "warehouse": "nicaieri"}, "no_such_warehouse"),
        ("count", {"location": "...", "warehouse": "principal"}, "no_place"),
    ],
)
async def test_what_cannot_be_opened_is_told(
    stocked: Edge, kind: str, fields: dict[str, str], reason: str
) -> None:
    terminal = await TestTerminal.connect(stocked)
    assert await terminal.say(kind, "x", **fields) == {
        "type": "error",
        "reason": reason,
        "op": "x",
    }
    assert (await terminal.say(kind, "x", **fields))["reason"] == reason


async def test_bundles_and_numbers_of_orders_are_not_counted(stocked: Edge) -> None:
    await place(stocked, "560", ("CAN-330", "1"))
    (part,) = (await stocked.get("/api/v1/products?q=CAN-330"))["items"]
    parts = [{"product": part["id"], "quantity": "2"}]
    await stocked.product("SET-9", bundle=parts)
    terminal = await TestTerminal.connect(stocked)
    await terminal.say("receive", reference="NIR 8", warehouse="principal")
    assert await terminal.scan("SET-9") == "bundle"
    answer = await terminal.say("scan", code="560")
    assert (answer["outcome"], answer["found"]) == ("not_goods", "order")
    assert (await terminal.say("complete"))["reason"] == "nothing_counted"
