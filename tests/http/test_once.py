import asyncio

from magazie.actors.settings_book import Role
from magazie.model.ids import decode_id
from tests.http.edges import Edge, order_body, until

PRODUCT = {"code": "P1", "name": "Produs"}
KEY = {"Idempotency-Key": "cheia-1"}


async def test_the_same_request_gets_its_first_answer_again(edge: Edge) -> None:
    first = await edge.ask("POST", "/api/v1/products", PRODUCT, headers=KEY)
    again = await edge.ask("POST", "/api/v1/products", PRODUCT, headers=KEY)

    assert (first.status, again.status) == (201, 201)
    assert await first.read() == await again.read()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len((await edge.get("/api/v1/products"))["items"]) == 1


async def test_the_answer_again_has_the_version_of_the_first(edge: Edge) -> None:
    product = await edge.ask("POST", "/api/v1/products", PRODUCT, headers=KEY)
    order = await edge.ask("POST", "/api/v1/orders", order_body(), headers=KEY)
    path = f"/api/v1/products/{(await product.json())['id']}"
    await edge.ask("PATCH", path, {"name": "Alt nume"}, headers=KEY)

    again = await edge.ask("POST", "/api/v1/products", PRODUCT, headers=KEY)
    changed = await edge.ask("PATCH", path, {"name": "Alt nume"}, headers=KEY)
    ordered = await edge.ask("POST", "/api/v1/orders", order_body(), headers=KEY)

    assert (product.headers["ETag"], again.headers["ETag"]) == ('"1"', '"1"')
    assert changed.headers["ETag"] == '"2"'
    assert ordered.headers["ETag"] == order.headers["ETag"]


async def test_an_order_answers_201_again_under_its_key(edge: Edge) -> None:
    first = await edge.ask("POST", "/api/v1/orders", order_body(), headers=KEY)
    again = await edge.ask("POST", "/api/v1/orders", order_body(), headers=KEY)
    without = await edge.ask("POST", "/api/v1/orders", order_body())

    assert (first.status, again.status, without.status) == (201, 201, 200)
    assert await first.read() == await again.read()


async def test_a_key_belongs_to_one_body(edge: Edge) -> None:
    await edge.ask("POST", "/api/v1/products", PRODUCT, headers=KEY)

    other = await edge.ask("POST", "/api/v1/products", {**PRODUCT, "code": "P2"}, headers=KEY)

    assert other.status == 422
    assert (await other.json())["type"] == "urn:magazie:problem:key_reused"


async def test_a_key_belongs_to_one_client_and_one_address(edge: Edge) -> None:
    await edge.ask("POST", "/api/v1/products", PRODUCT, headers=KEY, role=Role.ADMIN)
    body = {"code": "P2", "name": "Alt produs"}

    other_client = await edge.ask("POST", "/api/v1/products", body, headers=KEY, role=Role.OFFICE)
    other_address = await edge.ask("POST", "/api/v1/categories", {"name": "C"}, headers=KEY)

    assert (other_client.status, other_address.status) == (201, 201)


async def test_a_request_under_way_is_not_begun_twice(edge: Edge) -> None:
    gate = asyncio.Event()
    hidden = edge.parts.directory.ask

    def slow_ask(*arguments: object, **options: object) -> object:
        async def later() -> object:
            await gate.wait()
            return await hidden(*arguments, **options)  # type: ignore[arg-type]

        return later()

    edge.parts.directory.ask = slow_ask  # type: ignore[method-assign,assignment]
    running = asyncio.create_task(edge.ask("POST", "/api/v1/products", PRODUCT, headers=KEY))
    await until(lambda: edge.parts.traffic.in_flight == 1)
    await asyncio.sleep(0.05)

    same = await edge.ask("POST", "/api/v1/products", PRODUCT, headers=KEY)
    other = await edge.ask("POST", "/api/v1/products", {**PRODUCT, "code": "X"}, headers=KEY)
    gate.set()

    assert same.status == 409
    assert (await same.json())["type"] == "urn:magazie:problem:still_running"
    assert other.status == 422
    assert (await running).status == 201
    assert (await edge.ask("POST", "/api/v1/products", PRODUCT, headers=KEY)).status == 201


async def test_a_refusal_leaves_the_key_free(edge: Edge) -> None:
    product = await edge.product("P1")
    body = {
        "kind": "adjustment",
        "warehouse": "principal",
        "reference": "INV",
        "lines": [{"product": product["id"], "quantity": "-1"}],
    }

    refused = await edge.ask("POST", "/api/v1/stock/movements", body, headers=KEY)
    await edge.receive(product["id"], "1")
    done = await edge.ask("POST", "/api/v1/stock/movements", body, headers=KEY)

    assert (refused.status, done.status) == (422, 201)


async def test_answers_without_a_body_are_kept_too(edge: Edge) -> None:
    body = {"name": "ion", "role": "picker", "password": "o parola buna"}
    await edge.post("/api/v1/users", body)

    first = await edge.ask("DELETE", "/api/v1/users/ion", headers=KEY)
    again = await edge.ask("DELETE", "/api/v1/users/ion", headers=KEY)

    assert (first.status, again.status) == (204, 204)


async def test_the_query_counts_as_content(edge: Edge) -> None:
    product = await edge.product("P1", additional_codes=[{"code": "A"}, {"code": "B"}])
    path = f"/api/v1/products/{product['id']}/codes"

    await edge.ask("DELETE", f"{path}?code=A", headers=KEY)
    other = await edge.ask("DELETE", f"{path}?code=B", headers=KEY)

    assert other.status == 422


async def test_keys_are_of_a_sane_form(edge: Edge) -> None:
    for key in ("", " ", "a b", "x" * 129):
        headers = {"Idempotency-Key": key}
        response = await edge.ask("POST", "/api/v1/products", PRODUCT, headers=headers)
        assert response.status == 400, key


async def test_a_kept_answer_outlives_what_it_speaks_of(edge: Edge) -> None:
    """The answer is the first one, although the record has moved on."""
    first = await edge.ask("POST", "/api/v1/products", PRODUCT, headers=KEY)
    product = await first.json()
    await edge.ask("PATCH", f"/api/v1/products/{product['id']}", {"name": "Nou"})

    again = await edge.ask("POST", "/api/v1/products", PRODUCT, headers=KEY)

    assert (await again.json())["name"] == "Produs"
    assert decode_id(product["id"]) > 0
