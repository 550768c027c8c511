import asyncio
from typing import Any

import pytest

from magazie.actors.settings_book import Role
from tests.http.edges import Edge, order_body


async def stocked(edge: Edge, quantity: str = "5") -> str:
    product: dict[str, str] = await edge.product("P1")
    await edge.receive(product["id"], quantity)
    return product["id"]


async def test_an_order_is_taken_reserved_and_read_back(edge: Edge) -> None:
    product = await stocked(edge)

    response = await edge.ask("POST", "/api/v1/orders", order_body(), role=Role.OFFICE)
    order = await response.json()

    assert response.status == 201, order
    assert response.headers["ETag"] == '"1"'
    assert (order["status"], order["reserving"]) == ("reserved", False)
    assert (order["source"], order["shop"], order["total"]) == ("api", None, "99.80")
    assert order["lines"] == [
        {
            "line": 1,
            "kind": "product",
            "product": product,
            "sku": "P1",
            "name": "Produsul P1",
            "quantity": "2",
            "reserved": "2",
            "shortage": "0",
            "picked": "0",
            "shipped": "0",
            "price": "49.90",
            "vat_rate": "21",
            "parts": [],
        }
    ]
    assert await edge.get(f"/api/v1/orders/{order['id']}") == order
    (row,) = (await edge.get(f"/api/v1/stock?product={product}"))["items"]
    assert (row["on_hand"], row["reserved"], row["available"]) == ("5", "2", "3")


async def test_the_same_order_again_is_the_one_that_is_here(edge: Edge) -> None:
    await stocked(edge)
    first = await edge.post("/api/v1/orders", order_body())

    again = await edge.post("/api/v1/orders", order_body(), status=200)

    assert again == first


async def test_five_at_once_make_one_order(edge: Edge) -> None:
    product = await stocked(edge)

    answers = await asyncio.gather(
        *(edge.ask("POST", "/api/v1/orders", order_body()) for _ in range(5))
    )

    assert sorted(answer.status for answer in answers) == [200, 200, 200, 200, 201]
    (row,) = (await edge.get(f"/api/v1/stock?product={product}"))["items"]
    assert row["reserved"] == "2"


async def test_another_content_under_the_same_number_is_refused(edge: Edge) -> None:
    await stocked(edge)
    await edge.post("/api/v1/orders", order_body())
    other = order_body(lines=[{"sku": "P1", "quantity": "3", "price": "49.90"}])

    problem = await edge.post("/api/v1/orders", other, status=409)

    assert problem["type"] == "urn:magazie:problem:order_differs"
    await edge.post("/api/v1/orders", {**other, "source": "alt-program"})


async def test_numbers_that_differ_only_in_writing_are_the_same_content(edge: Edge) -> None:
    await stocked(edge)
    await edge.post("/api/v1/orders", order_body())
    spelled = order_body(
        lines=[{"sku": "P1", "quantity": "2.000", "price": "49.9", "name": None}], discounts=[]
    )

    await edge.post("/api/v1/orders", spelled, status=200)


async def test_goods_that_are_not_there_are_short(edge: Edge) -> None:
    await stocked(edge, "1.5")

    order = await edge.post("/api/v1/orders", order_body())

    assert order["status"] == "short"
    (line,) = order["lines"]
    assert (line["reserved"], line["shortage"]) == ("1.5", "0.5")
    assert await edge.get(f"/api/v1/orders/{order['id']}") == order


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_an_unknown_sku_parks_its_line_wherever_it_stands(edge: Edge, place: int) -> None:
    await stocked(edge)
    lines = [{"sku": "P1", "quantity": "1", "price": "10"} for _ in range(3)]
    lines[place]["sku"] = "STERS"

    order = await edge.post("/api/v1/orders", order_body(lines=lines))

    assert order["status"] == "short"
    assert [line["product"] is None for line in order["lines"]] == [
        index == place for index in range(3)
    ]
    assert [line["reserved"] for line in order["lines"]].count("1") == 2
    assert order["total"] == "30.00"
    (problem,) = order["problems"]
    assert (problem["kind"], problem["line"]) == ("unlinked_line", place + 1)
    assert await edge.get(f"/api/v1/orders/{order['id']}") == order


async def test_an_ambiguous_sku_parks_its_line(edge: Edge) -> None:
    code = {"code": "COMUN"}
    await edge.product("A", additional_codes=[code])
    await edge.product("B", additional_codes=[code])
    lines = [{"sku": "comun", "quantity": "1", "price": "1"}]

    order = await edge.post("/api/v1/orders", order_body(lines=lines))

    assert order["lines"][0]["product"] is None


async def test_a_line_may_name_its_product_by_id(edge: Edge) -> None:
    product = await stocked(edge)
    lines = [{"product": product, "quantity": "1", "price": "5.0001", "vat_rate": "9.5"}]

    order = await edge.post("/api/v1/orders", order_body(lines=lines))

    (line,) = order["lines"]
    assert (line["sku"], line["name"]) == ("P1", "Produsul P1")
    assert (line["price"], line["vat_rate"], line["reserved"]) == ("5.0001", "9.5", "1")


async def test_a_name_changed_meanwhile_is_the_one_of_the_next_order(edge: Edge) -> None:
    product = await stocked(edge)
    await edge.post("/api/v1/orders", order_body("1"))
    response = await edge.ask("PATCH", f"/api/v1/products/{product}", {"name": "Alt nume"})
    assert response.status == 200

    order = await edge.post("/api/v1/orders", order_body("2"))

    assert order["lines"][0]["name"] == "Alt nume"


async def test_the_total_counts_delivery_and_discounts(edge: Edge) -> None:
    await stocked(edge)
    body = order_body(
        delivery_fee="19.99",
        discounts=[{"name": "Voucher", "value": "10", "voucher": "TOAMNA"}],
        payment="Ramburs",
        lines=[{"sku": "P1", "quantity": "0.333", "price": "10.0050"}],
    )

    order = await edge.post("/api/v1/orders", body)

    assert order["total"] == "13.32"
    assert order["delivery"]["fee"] == "19.99"
    assert order["discounts"] == [{"name": "Voucher", "value": "10.00", "voucher": "TOAMNA"}]
    assert order["payment"] == {"name": "Ramburs", "online": False, "completed": False}


async def test_a_company_may_be_a_name_or_whole(edge: Edge) -> None:
    await stocked(edge)
    whole = {"name": "Exemplu SRL", "tax_id": "RO123", "registration": "J22/1/2020"}

    by_name = await edge.post(
        "/api/v1/orders", order_body("1", customer={"name": "Ana", "company": "Exemplu SRL"})
    )
    entire = await edge.post(
        "/api/v1/orders", order_body("2", customer={"name": "Ana", "company": whole})
    )

    assert by_name["customer"]["company"]["name"] == "Exemplu SRL"
    assert entire["customer"]["company"] == {**whole, "bank": "", "iban": ""}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"warehouse": "altul"}, "warehouse"),
    ({"currency": "lei"}, "currency"),
    ({"number": "  "}, "number"),
    ({"noutate": 1}, "noutate"),
    ({"lines": []}, "lines"),
    ({"lines": [{"sku": "P1", "quantity": "0", "price": "1"}]}, "lines[0].quantity"),
    ({"lines": [{"sku": "P1", "quantity": 2, "price": "1"}]}, "lines[0].quantity"),
    ({"lines": [{"sku": "P1", "quantity": "1.0001", "price": "1"}]}, "lines[0].quantity"),
    ({"lines": [{"sku": "P1", "quantity": "1", "price": "1.00001"}]}, "lines[0].price"),
    ({"lines": [{"sku": "P1", "quantity": "1", "price": "-1"}]}, "lines[0].price"),
    ({"lines": [{"sku": "P1", "quantity": "1", "price": "1e3"}]}, "lines[0].price"),
    ({"lines": [{"quantity": "1", "price": "1"}]}, "lines[0]"),
    ({"lines": [{"product": "1m7q5cqg0yjzb", "quantity": "1", "price": "1"}]}, "lines[0].product"),
    ({"lines": [{"product": "nu-e-id", "quantity": "1", "price": "1"}]}, "lines[0].product"),
    ({"lines": [{"sku": "P1", "quantity": "1", "price": "1", "x": 0}]}, "lines[0].x"),
    ({"discounts": [{"name": "tot", "value": "1000"}]}, "discounts"),
    ({"customer": {"phone": "0722"}}, "customer.name"),
    ({"customer": {"name": "a\u0000b"}}, "customer.name"),
    ({"lines": [{"sku": "P1", "quantity": "1000000", "price": "10000000"}]}, "lines"),
]


@pytest.mark.parametrize(("fields", "field"), WRONG)
async def test_what_is_wrong_is_named(edge: Edge, fields: dict[str, Any], field: str) -> None:
    problem = await edge.post("/api/v1/orders", order_body(**fields), status=422)

    assert [error["field"] for error in problem["errors"]] == [field]
    assert problem["errors"][0]["message"]
    assert (await edge.get("/api/v1/orders"))["items"] == []


async def test_an_order_has_at_most_five_hundred_lines(edge: Edge) -> None:
    line = {"sku": "FARA", "quantity": "1", "price": "1"}

    await edge.post("/api/v1/orders", order_body(lines=[line] * 501), status=422)
    order = await edge.post("/api/v1/orders", order_body(lines=[line] * 500))

    assert len(order["lines"]) == 500


async def test_a_cancelled_order_gives_its_goods_back(edge: Edge) -> None:
    product = await stocked(edge)
    order = await edge.post("/api/v1/orders", order_body())
    path = f"/api/v1/orders/{order['id']}/cancel"

    cancelled = await edge.post(path, status=200)
    again = await edge.post(path, status=200)

    assert cancelled["status"] == again["status"] == "cancelled"
    assert cancelled["version"] == again["version"] == order["version"] + 1
    assert cancelled["lines"][0]["reserved"] == "0"
    (row,) = (await edge.get(f"/api/v1/stock?product={product}"))["items"]
    assert row["available"] == "5"


async def test_a_parked_line_is_linked_by_hand(edge: Edge) -> None:
    product = await stocked(edge)
    body = order_body(lines=[{"sku": "STERS", "quantity": "2", "price": "10"}])
    order = await edge.post("/api/v1/orders", body)
    path = f"/api/v1/orders/{order['id']}/lines/1/link"

    linked = await edge.post(path, {"product": product}, status=200)

    assert (linked["status"], linked["problems"]) == ("reserved", [])
    assert linked["lines"][0]["product"] == product
    assert linked["lines"][0]["reserved"] == "2"
    assert (await edge.post(path, {"product": product}, status=200))["version"] == linked["version"]
    other = f"/api/v1/orders/{order['id']}/lines/7/link"
    await edge.post(other, {"product": product}, status=404)
    await edge.post(other.replace("7", "x"), {"product": product}, status=404)


async def test_an_order_of_another_program_is_edited(edge: Edge) -> None:
    await stocked(edge)
    order = await edge.post("/api/v1/orders", order_body())
    path = f"/api/v1/orders/{order['id']}"
    changes = {
        "lines": [{"line": 1, "quantity": "3"}],
        "observation": "sunați înainte",
        "customer": {"name": "Altcineva"},
    }

    stale = await edge.ask("PATCH", path, changes, headers={"If-Match": '"9"'})
    response = await edge.ask("PATCH", path, changes, headers={"If-Match": '"1"'})
    edited = await response.json()

    assert stale.status == 412
    assert response.status == 200, edited
    assert response.headers["ETag"] == f'"{edited["version"]}"'
    assert edited["lines"][0]["reserved"] == "3"
    assert edited["observation"] == "sunați înainte"
    assert edited["customer"]["name"] == "Altcineva"
    assert edited["delivery"] == order["delivery"]
    twice = {"lines": [{"line": 1, "quantity": "1"}, {"line": 1, "quantity": "2"}]}
    assert (await edge.ask("PATCH", path, twice)).status == 422


async def test_orders_are_found_by_what_people_know(edge: Edge) -> None:
    product = await stocked(edge, "3")
    first = await edge.post("/api/v1/orders", order_body("A-1"))
    second = await edge.post(
        "/api/v1/orders",
        order_body("B-2", source="b2b", customer={"name": "Maria", "email": "m@x.ro"}),
    )
    parked = await edge.post(
        "/api/v1/orders",
        order_body("C-3", lines=[{"sku": "STERS", "quantity": "1", "price": "1"}]),
    )

    async def found(query: str) -> list[str]:
        return [order["id"] for order in (await edge.get(f"/api/v1/orders?{query}"))["items"]]

    assert await found("") == [parked["id"], second["id"], first["id"]]
    assert await found("sort=id") == [first["id"], second["id"], parked["id"]]
    assert await found("sort=-total,number") == [first["id"], second["id"], parked["id"]]
    assert await found("number=A-1") == [first["id"]]
    assert await found("source=b2b") == [second["id"]]
    assert await found("shop=magazin") == []
    assert await found("status=reserved") == [first["id"]]
    assert await found("status=short") == [parked["id"], second["id"]]
    assert await found("status=taken") == []
    assert await found("fulfilment=cancelled") == []
    assert await found(f"product={product}") == [second["id"], first["id"]]
    assert await found("q=titeica") == [parked["id"], second["id"], first["id"]]
    assert await found("q=MARIA") == [second["id"]]
    assert await found("q=b-2") == [second["id"]]
    assert (
        await found("placed_from=2026-01-01T00:00:00%2B02:00&placed_to=2026-02-01T00:00:00Z") == []
    )
    await edge.post(f"/api/v1/orders/{first['id']}/cancel", status=200)
    assert await found("status=cancelled") == [first["id"]]
    assert (await edge.ask("GET", "/api/v1/orders?statut=x")).status == 422
    assert (await edge.ask("GET", "/api/v1/orders?status=x")).status == 422


async def test_an_order_that_is_not_there(edge: Edge) -> None:
    for path in ("/api/v1/orders/0000000000009", "/api/v1/orders/nu-e-id"):
        assert (await edge.ask("GET", path)).status == 404
        assert (await edge.ask("POST", f"{path}/cancel")).status == 404
