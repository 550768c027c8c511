"""Bundles and the safety buffer as other programs see them."""

from magazie.actors.settings_book import Role
from tests.http.edges import Edge, order_body


async def test_a_bundle_is_made_claimed_and_shown(edge: Edge) -> None:
    part = await edge.product("P2")
    await edge.receive(part["id"], "5")
    made = await edge.product("P1", bundle=[{"product": part["id"], "quantity": "2"}])
    assert made["bundle"] == [{"product": part["id"], "quantity": "2"}]

    order = await edge.post("/api/v1/orders", order_body())

    (line,) = order["lines"]
    assert line["parts"] == [{"product": part["id"], "quantity": "2"}]
    assert (line["quantity"], line["reserved"], line["shortage"]) == ("2", "2", "0")
    assert await edge.get(f"/api/v1/orders/{order['id']}") == order
    (row,) = (await edge.get(f"/api/v1/stock?product={part['id']}"))["items"]
    assert (row["reserved"], row["available"]) == ("4", "1")
    short = await edge.post("/api/v1/orders", order_body(number="2"))
    assert (short["status"], short["lines"][0]["shortage"]) == ("short", "2")
    found = await edge.get("/api/v1/orders?status=short")
    assert [each["number"] for each in found["items"]] == ["2"]
    found = await edge.get("/api/v1/orders?status=reserved")
    assert [each["id"] for each in found["items"]] == [order["id"]]


async def test_a_bundle_of_unknown_parts_parks_the_line(edge: Edge) -> None:
    await edge.product("P1", bundle=[])

    order = await edge.post("/api/v1/orders", order_body())

    assert order["lines"][0]["product"] is None
    assert [problem["kind"] for problem in order["problems"]] == ["unlinked_line"]


async def test_a_product_with_stock_does_not_become_a_bundle(edge: Edge) -> None:
    product, part = await edge.product("P1"), await edge.product("P2")
    await edge.receive(product["id"], "1")
    body = {"bundle": [{"product": part["id"], "quantity": "1"}]}

    response = await edge.ask("PATCH", f"/api/v1/products/{product['id']}", body, role=Role.OFFICE)

    assert response.status == 422
    assert (await response.json())["errors"][0]["field"] == "bundle"
    assert (await edge.get(f"/api/v1/products/{product['id']}"))["bundle"] is None
