from magazie.actors.settings_book import Role
from tests.http.edges import Edge


async def test_a_product_is_created_whole_and_read_back(edge: Edge) -> None:
    category = await edge.post("/api/v1/categories", {"name": "Scule"})
    body = {
        "code": "SC-1",
        "name": "Ciocan",
        "ean": "5941234567899",
        "additional_codes": [{"code": "CUTIE", "kind": "packaging", "pieces": "12"}],
        "vat_rate": "21",
        "weight": "0.5",
        "brand": "Fierar",
        "category_id": category["id"],
        "attributes": [{"name": "Culoare", "values": ["roșu"]}],
        "images": [{"url": "https://www.magazin.test/1.jpg"}],
        "prices": {"principal": "49.9"},
        "sync": {"magazin": {"stock": False}},
        "links": [{"shop": "magazin", "external_id": "77", "sku": "SC-1"}],
    }

    response = await edge.ask("POST", "/api/v1/products", body, role=Role.OFFICE)
    product = await response.json()

    assert response.status == 201, product
    assert response.headers["ETag"] == '"1"'
    assert product["prices"] == {"principal": "49.90"}
    assert product["sync"] == {"magazin": {"stock": False, "price": True}}
    assert product["links"] == [
        {"shop": "magazin", "external_id": "77", "sku": "SC-1", "state": "linked"}
    ]
    assert product["additional_codes"] == [{"code": "CUTIE", "kind": "packaging", "pieces": "12"}]
    assert (product["weight"], product["vat_rate"]) == ("0.5", "21")
    assert product["category_id"] == category["id"]
    assert await edge.get(f"/api/v1/products/{product['id']}") == product
    assert (await edge.get("/api/v1/categories"))["items"] == [category]


async def test_two_products_never_share_a_code(edge: Edge) -> None:
    await edge.product("SC-1")

    problem = await edge.post("/api/v1/products", {"code": "sc -1", "name": "Altul"}, status=409)

    assert problem["type"] == "urn:magazie:problem:exists"
    assert [error["field"] for error in problem["errors"]] == ["code"]


async def test_a_product_is_changed_only_as_it_was_read(edge: Edge) -> None:
    product = await edge.product("SC-1", weight="2", brand="Vechi")
    path = f"/api/v1/products/{product['id']}"

    changed = await edge.ask("PATCH", path, {"brand": "Nou"}, headers={"If-Match": '"1"'})
    late = await edge.ask("PATCH", path, {"brand": "Alt"}, headers={"If-Match": '"1"'})
    emptied = await edge.ask("PATCH", path, {"weight": None}, headers={"If-Match": "*"})

    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    assert late.status == 412
    assert (await late.json())["type"] == "urn:magazie:problem:version_differs"
    assert (await emptied.json())["weight"] is None
    assert (await edge.get(path))["brand"] == "Nou"
    odd = await edge.ask("PATCH", path, {"brand": "Alt"}, headers={"If-Match": "W/abc"})
    assert odd.status == 412


async def test_record_and_switches_change_in_one_request(edge: Edge) -> None:
    product = await edge.product("SC-1")
    path = f"/api/v1/products/{product['id']}"

    response = await edge.ask(
        "PATCH", path, {"name": "Nume nou", "sync": {"magazin": {"price": False}}}
    )

    assert response.status == 200
    read = await edge.get(path)
    assert read["name"] == "Nume nou"
    assert read["sync"] == {"magazin": {"stock": True, "price": False}}
    unknown = await edge.ask("PATCH", path, {"sync": {"altul": {"price": False}}})
    assert unknown.status == 422


async def test_further_codes_come_and_go(edge: Edge) -> None:
    product = await edge.product("SC-1")
    path = f"/api/v1/products/{product['id']}/codes"

    added = await edge.post(path, {"code": "5941234567899"}, status=200)
    await edge.post(path, {"code": "5941234567899"}, status=200)
    removed = await edge.ask("DELETE", f"{path}?code=5941234567899")
    gone = await edge.ask("DELETE", f"{path}?code=5941234567899")

    assert [code["code"] for code in added["additional_codes"]] == ["5941234567899"]
    assert (await removed.json())["additional_codes"] == []
    assert gone.status == 404
    assert (await edge.ask("DELETE", path)).status == 422


async def test_prices_are_set_by_warehouse(edge: Edge) -> None:
    product = await edge.product("SC-1")
    path = f"/api/v1/products/{product['id']}/prices"

    set_price = await edge.ask("PUT", f"{path}/principal", {"price": "25.3407"})

    assert (await set_price.json())["prices"] == {"principal": "25.3407"}
    assert (await edge.ask("PUT", f"{path}/altul", {"price": "1"})).status == 404
    assert (await edge.ask("PUT", f"{path}/raft", {"price": "1.00001"})).status == 422
    assert (await edge.ask("PUT", f"{path}/raft", {"price": 1})).status == 422


async def test_items_of_shops_are_tied_and_untied(edge: Edge) -> None:
    first, second = await edge.product("A"), await edge.product("B")
    link = {"shop": "magazin", "external_id": "77", "sku": "A"}

    tied = await edge.post(f"/api/v1/products/{first['id']}/links", link, status=200)
    taken = await edge.post(f"/api/v1/products/{second['id']}/links", link, status=409)
    untied = await edge.ask("DELETE", f"/api/v1/products/{first['id']}/links/magazin/77")

    assert [link["external_id"] for link in tied["links"]] == ["77"]
    assert taken["type"] == "urn:magazie:problem:exists"
    assert (await untied.json())["links"] == []
    await edge.post(f"/api/v1/products/{second['id']}/links", link, status=200)


async def test_switches_of_many_products_change_at_once(edge: Edge) -> None:
    ids = [(await edge.product(f"P{number}"))["id"] for number in range(60)]
    missing = "0000000000009"
    body = {"products": [*ids, missing], "sync": {"magazin": {"stock": False}}}

    done = await edge.post("/api/v1/products/bulk", body, status=200)

    assert done["done"] == 60
    assert [problem["product"] for problem in done["problems"]] == [missing]
    assert (await edge.get(f"/api/v1/products/{ids[59]}"))["sync"]["magazin"]["stock"] is False
    body["sync"] = {"altul": {"stock": False}}
    await edge.post("/api/v1/products/bulk", body, status=422)


async def test_products_are_found_by_code_and_words(edge: Edge) -> None:
    hammer = await edge.product(
        "SC-1",
        name="Ciocan șlefuit",
        brand="Fierar",
        additional_codes=[{"code": "5941234567899"}],
        links=[{"shop": "magazin", "external_id": "77", "sku": "x"}],
    )
    saw = await edge.product("FE-2", name="Ferăstrău")

    async def found(query: str) -> list[str]:
        return [it["id"] for it in (await edge.get(f"/api/v1/products?{query}"))["items"]]

    assert await found("") == [saw["id"], hammer["id"]]
    assert await found("sort=name") == [hammer["id"], saw["id"]]
    assert await found("code=sc-1") == [hammer["id"]]
    assert await found("code=05941234567899") == [hammer["id"]]
    assert await found("code=nimic") == []
    assert await found("code=-") == []
    assert await found("q=slefuit%20CIOCAN") == [hammer["id"]]
    assert await found("q=ferastrau") == [saw["id"]]
    assert await found("brand=Fierar") == [hammer["id"]]
    assert await found("shop=magazin") == [hammer["id"]]
    assert await found("external_id=77&shop=magazin") == [hammer["id"]]
    assert await found("has_problems=true") == []
    assert await found("has_problems=false") == [saw["id"], hammer["id"]]
    assert await found("changed_from=2100-01-01T00:00:00Z") == []


async def test_a_product_that_is_not_there(edge: Edge) -> None:
    for path in ("/api/v1/products/0000000000009", "/api/v1/products/x"):
        assert (await edge.ask("GET", path)).status == 404
        assert (await edge.ask("PATCH", path, {"name": "x"})).status == 404
