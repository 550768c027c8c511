from magazie.actors.settings_book import Role
from tests.http.edges import PASSWORD, Edge


async def test_a_person_is_added_changed_and_removed(edge: Edge) -> None:
    body = {"name": "ion", "role": "picker", "password": PASSWORD}

    user = await edge.post("/api/v1/users", body)
    await edge.post("/api/v1/users", body, status=409)
    changed = await edge.ask("PATCH", "/api/v1/users/ion", {"role": "office"})

    assert user["role"] == "picker"
    assert (await changed.json())["role"] == "office"
    names = [one["name"] for one in (await edge.get("/api/v1/users", role=Role.ADMIN))["items"]]
    assert names == ["ana", "ion"]
    assert (await edge.ask("DELETE", "/api/v1/users/ion")).status == 204
    assert (await edge.ask("DELETE", "/api/v1/users/ion")).status == 404
    assert (await edge.ask("PATCH", "/api/v1/users/ion", {"role": "office"})).status == 404
    short = await edge.post("/api/v1/users", {**body, "password": "scurt"}, status=422)
    assert short["errors"][0]["field"] == "password"


async def test_a_token_is_shown_once_and_ends_when_it_is_taken_back(edge: Edge) -> None:
    made = await edge.post("/api/v1/tokens", {"name": "casa", "role": "picker"})
    bearer = {"Authorization": f"Bearer {made['token']}"}

    let_in = await edge.ask("GET", "/api/v1/me", role=None, headers=bearer)
    listed = await edge.ask("GET", "/api/v1/tokens")
    revoked = await edge.ask("DELETE", "/api/v1/tokens/casa")
    refused = await edge.ask("GET", "/api/v1/me", role=None, headers=bearer)

    assert await let_in.json() == {"name": "casa", "role": "picker", "via": "token"}
    assert made["token"] not in await listed.text()
    assert (revoked.status, refused.status) == (204, 401)
    await edge.post("/api/v1/tokens", {"name": "client-admin", "role": "picker"}, status=409)


async def test_the_answer_with_a_token_is_never_kept(edge: Edge) -> None:
    key = {"Idempotency-Key": "k1"}
    body = {"name": "casa", "role": "picker"}

    await edge.ask("POST", "/api/v1/tokens", body, headers=key)
    again = await edge.ask("POST", "/api/v1/tokens", body, headers=key)

    assert again.status == 409
    kept = await edge.parts.storage.read(
        lambda c: c.execute("SELECT count(*) FROM idempotency").fetchone()
    )
    assert kept == (0,)


async def test_company_and_warehouses_are_set(edge: Edge) -> None:
    company = {
        "name": "Exemplu SRL",
        "tax_id": "RO1",
        "registration": "J22/1/2020",
        "address": "Iași",
        "bank": "",
        "iban": "",
        "vat_payer": True,
    }

    stored = await edge.ask("PUT", "/api/v1/settings/company", company)
    added = await edge.post("/api/v1/settings/warehouses", {"code": "doi", "name": "Doi"})
    renamed = await edge.ask("PUT", "/api/v1/settings/warehouses/doi", {"name": "Al doilea"})

    assert await stored.json() == company
    assert await edge.get("/api/v1/settings/company", role=Role.OFFICE) == company
    assert added == {"code": "doi", "name": "Doi"}
    assert (await renamed.json())["name"] == "Al doilea"
    codes = [it["code"] for it in (await edge.get("/api/v1/settings/warehouses"))["items"]]
    assert codes == ["doi", "principal", "raft"]
    await edge.post("/api/v1/settings/warehouses", {"code": "doi", "name": "x"}, status=409)
    await edge.post("/api/v1/settings/warehouses", {"code": "a b", "name": "x"}, status=422)
    assert (await edge.ask("PUT", "/api/v1/settings/warehouses/x", {"name": "x"})).status == 404
