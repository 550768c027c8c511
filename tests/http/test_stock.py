from tests.http.edges import Edge, order_body

MOVEMENTS = "/api/v1/stock/movements"


def document(kind: str, *lines: tuple[str, str], **fields: object) -> dict[str, object]:
    return {
        "kind": kind,
        "warehouse": "principal",
        "reference": "NIR 7",
        "lines": [{"product": product, "quantity": quantity} for product, quantity in lines],
        **fields,
    }


async def test_a_reception_is_in_the_ledger(edge: Edge) -> None:
    product = (await edge.product("P1"))["id"]
    body = document("reception", (product, "12.5"), supplier="Furnizor SRL")
    body["lines"] = [{"product": product, "quantity": "12.5", "unit_cost": "3.1", "note": "raft"}]

    movement = await edge.post(MOVEMENTS, body)

    assert movement["state"] == "posted"
    assert movement["created_by"] == "client-admin"
    (line,) = movement["lines"]
    assert line["on_hand"] == {"principal": "12.5"}
    assert (line["unit_cost"], line["note"], line["posted"]) == ("3.10", "raft", True)
    (entry,) = (await edge.get(f"/api/v1/stock/{product}/ledger"))["items"]
    assert entry["movement"] == movement["id"]
    assert (entry["leg"], entry["delta"], entry["on_hand"]) == ("in", "12.5", "12.5")
    assert await edge.get(f"{MOVEMENTS}/{movement['id']}") == movement


async def test_a_transfer_moves_between_warehouses(edge: Edge) -> None:
    product = (await edge.product("P1"))["id"]
    await edge.receive(product, "5")

    await edge.post(MOVEMENTS, document("transfer", (product, "2"), to_warehouse="raft"))

    rows = (await edge.get(f"/api/v1/stock?product={product}"))["items"]
    assert [(row["warehouse"], row["on_hand"]) for row in rows] == [
        ("principal", "3"),
        ("raft", "2"),
    ]
    (raft,) = (await edge.get("/api/v1/stock?warehouse=raft"))["items"]
    assert raft["available"] == "2"
    deltas = (await edge.get(f"/api/v1/stock/{product}/ledger?sort=seq"))["items"]
    assert [entry["delta"] for entry in deltas] == ["5", "-2", "2"]
    only = (await edge.get(f"/api/v1/stock/{product}/ledger?warehouse=raft"))["items"]
    assert [entry["delta"] for entry in only] == ["2"]


async def test_more_than_is_there_cannot_leave(edge: Edge) -> None:
    product = (await edge.product("P1"))["id"]
    await edge.receive(product, "1")

    problem = await edge.post(MOVEMENTS, document("adjustment", (product, "-2")), status=422)

    assert [error["field"] for error in problem["errors"]] == ["lines[0].quantity"]
    await edge.post(MOVEMENTS, document("adjustment", (product, "-1")))
    (row,) = (await edge.get(f"/api/v1/stock?product={product}"))["items"]
    assert row["on_hand"] == "0"


async def test_a_repeated_key_moves_nothing_twice(edge: Edge) -> None:
    product = (await edge.product("P1"))["id"]
    body = document("reception", (product, "5"))
    key = {"Idempotency-Key": "nir-7"}

    first = await edge.ask("POST", MOVEMENTS, body, headers=key)
    again = await edge.ask("POST", MOVEMENTS, body, headers=key)
    other = await edge.ask("POST", MOVEMENTS, document("reception", (product, "6")), headers=key)

    assert (first.status, again.status, other.status) == (201, 201, 422)
    assert await first.read() == await again.read()
    (row,) = (await edge.get(f"/api/v1/stock?product={product}"))["items"]
    assert row["on_hand"] == "5"


async def test_movements_are_listed_and_filtered(edge: Edge) -> None:
    first, second = [(await edge.product(code))["id"] for code in ("P1", "P2")]
    one = await edge.post(MOVEMENTS, document("opening", (first, "0")))
    two = await edge.post(MOVEMENTS, document("reception", (second, "4"), reference="NIR 8"))
    three = await edge.post(MOVEMENTS, document("transfer", (second, "1"), to_warehouse="raft"))

    async def found(query: str) -> list[str]:
        return [it["id"] for it in (await edge.get(f"{MOVEMENTS}?{query}"))["items"]]

    assert await found("") == [three["id"], two["id"], one["id"]]
    assert await found("kind=opening") == [one["id"]]
    assert await found("warehouse=raft") == [three["id"]]
    assert await found("reference=NIR%208") == [two["id"]]
    assert await found(f"product={second}") == [three["id"], two["id"]]
    assert await found("state=posting") == []


async def test_stock_of_which_orders_want_more(edge: Edge) -> None:
    short, enough = [(await edge.product(code))["id"] for code in ("P1", "P2")]
    await edge.receive(short, "1")
    await edge.receive(enough, "9")
    lines = [{"sku": code, "quantity": "2", "price": "1"} for code in ("P1", "P2")]
    await edge.post("/api/v1/orders", order_body(lines=lines))

    assert [it["product"] for it in (await edge.get("/api/v1/stock?short=true"))["items"]] == [
        short
    ]
    assert [it["product"] for it in (await edge.get("/api/v1/stock?short=false"))["items"]] == [
        enough
    ]


async def test_what_is_not_there(edge: Edge) -> None:
    assert (await edge.ask("GET", "/api/v1/stock/0000000000009/ledger")).status == 404
    assert (await edge.ask("GET", f"{MOVEMENTS}/0000000000009")).status == 404
    body = document("reception", ("0000000000009", "1"))
    problem = await edge.post(MOVEMENTS, body, status=422)
    assert [error["field"] for error in problem["errors"]] == ["lines[0].product"]
