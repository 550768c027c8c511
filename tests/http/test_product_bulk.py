import asyncio
from typing import Any

import pytest

from magazie.actors.settings_book import Role
from magazie.storage import jobs, work_rows
from magazie.storage.jobs import JobKind
from magazie.sync import product_edit
from magazie.sync.product_edit import ProductEdits
from tests.http.edges import NOW_MS, Edge

PATH = "/api/v1/products/bulk"


async def followed(edge: Edge, started: Any, state: str = "done") -> Any:
    async with asyncio.timeout(20):
        while True:
            job = await edge.get(f"/api/v1/jobs/{started['job']}", role=Role.OFFICE)
            if job["state"] not in {"waiting", "running"}:
                assert job["state"] == state, job
                return job["result"]
            await asyncio.sleep(0.005)


async def done(edge: Edge, body: object) -> Any:
    return await followed(edge, await edge.post(PATH, body, status=202))


async def by_code(edge: Edge) -> dict[str, Any]:
    return {it["code"]: it for it in (await edge.get("/api/v1/products?limit=200"))["items"]}


async def test_fields_of_chosen_products_are_set(edge: Edge) -> None:
    category = await edge.post("/api/v1/categories", {"name": "Scule"})
    red = {"name": "Culoare", "values": ["roșu"]}
    width = {"name": "Lățime", "values": ["5"]}
    one = await edge.product("P1", attributes=[red, width], prices={"principal": "9.99"})
    two = await edge.product("P2")
    await edge.product("P3")
    blue = {"name": "Culoare", "values": ["albastru"]}

    result = await done(
        edge,
        {
            "products": [one["id"], two["id"], one["id"]],
            "set": {
                "category_id": category["id"],
                "brand": "Unu",
                "unit": "set",
                "vat_rate": "9",
                "location": "A-1",
                "tracking": "lot",
                "attributes": [blue, {"name": "Lățime", "values": []}],
            },
        },
    )

    assert (result["products"], result["changed"], result["left"]) == (2, 2, 0)
    products = await by_code(edge)
    for code in ("P1", "P2"):
        it = products[code]
        assert (it["category_id"], it["brand"], it["unit"]) == (category["id"], "Unu", "set")
        assert (it["vat_rate"], it["location"], it["attributes"]) == ("9", "A-1", [blue])
        assert (it["tracking"], it["version"]) == ("lot", 2)
    assert products["P1"]["prices"] == {"principal": "9.99"}
    assert products["P3"]["brand"] == ""


async def test_a_filter_chooses_as_the_list_does(edge: Edge) -> None:
    for number in range(3):
        await edge.product(f"P{number}", brand="Unu")
    await edge.product("X1", brand="Doi")

    result = await done(edge, {"filter": {"brand": "Unu", "q": "P"}, "set": {"location": "B"}})

    assert (result["products"], result["changed"]) == (3, 3)
    assert (await by_code(edge))["X1"]["location"] == ""
    again = await done(edge, {"filter": {}, "set": {"location": "B"}})
    assert (again["products"], again["changed"], again["unchanged"]) == (4, 1, 3)


async def test_a_dry_run_tells_before_and_after_and_changes_nothing(edge: Edge) -> None:
    for number in range(25):
        await edge.product(f"P{number:02}", brand="Unu", prices={"raft": "10"})
    price = {"warehouse": "raft", "percent": "12.5"}

    result = await done(
        edge, {"filter": {}, "set": {"brand": "Doi"}, "price": price, "dry_run": True}
    )

    assert (result["dry_run"], result["changed"], len(result["rows"])) == (True, 25, 20)
    first = result["rows"][0]
    assert first["code"] == "P00"
    assert first["before"] == {"brand": "Unu", "price": "10.00"}
    assert first["after"] == {"brand": "Doi", "price": "11.25"}
    products = (await by_code(edge)).values()
    assert {(it["brand"], it["prices"]["raft"], it["version"]) for it in products} == {
        ("Unu", "10.00", 1)
    }


async def test_prices_by_percentage_and_by_value(edge: Edge) -> None:
    await edge.product("P1", prices={"raft": "9.99", "principal": "5"})
    await edge.product("P2", prices={"raft": "0.01"})
    await edge.product("P3")

    result = await done(edge, {"filter": {}, "price": {"warehouse": "raft", "percent": "-60"}})

    assert (result["changed"], result["left"]) == (1, 2)
    assert [(it["code"], it["en"]) for it in result["problems"]] == [
        ("P2", "the price would be 0 or less"),
        ("P3", "the product has no price in this warehouse"),
    ]
    assert all(it["ro"] != it["en"] for it in result["problems"])
    assert (await by_code(edge))["P1"]["prices"] == {"principal": "5.00", "raft": "4.00"}
    exact = {"warehouse": "raft", "percent": "0.1", "decimals": 4}
    await done(edge, {"filter": {"code": "P1"}, "price": exact})
    assert (await by_code(edge))["P1"]["prices"]["raft"] == "4.004"

    result = await done(edge, {"filter": {}, "price": {"warehouse": "raft", "value": "7.5"}})
    assert result["changed"] == 3
    assert {it["prices"]["raft"] for it in (await by_code(edge)).values()} == {"7.50"}


async def test_a_product_that_is_not_there_stops_no_other(edge: Edge) -> None:
    product = await edge.product("P1")
    missing = "0000000000009"

    result = await done(edge, {"products": [missing, product["id"]], "set": {"location": "C"}})

    assert (result["products"], result["changed"], result["left"]) == (2, 1, 1)
    assert [it["product"] for it in result["problems"]] == [missing]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"set": {"brand": "Unu"}}, "products"),
        ({"products": ["0000000000001"], "filter": {}, "set": {"brand": "Unu"}}, "products"),
        ({"filter": {}}, "set"),
        ({"filter": {}, "set": {}}, "set"),
        ({"filter": {}, "set": {"unit": " "}}, "set.unit"),
        ({"filter": {}, "set": {"brand": "x" * 250}}, "set.brand"),
        ({"filter": {}, "set": {"category_id": "0000000000077"}}, "set.category_id"),
        (
            {"filter": {}, "set": {"attributes": [{"name": "A", "values": ["1"]}] * 2}},
            "set.attributes[1].name",
        ),
        ({"filter": {}, "price": {"warehouse": "altul", "value": "1"}}, "price.warehouse"),
        ({"filter": {}, "price": {"warehouse": "raft"}}, "price.value"),
        ({"filter": {}, "price": {"warehouse": "raft", "value": "0"}}, "price.value"),
        (
            {"filter": {}, "price": {"warehouse": "raft", "value": "1", "percent": "1"}},
            "price.value",
        ),
        ({"filter": {}, "price": {"warehouse": "raft", "percent": "-100"}}, "price.percent"),
        ({"filter": {}, "price": {"warehouse": "raft", "percent": "1.001"}}, "price.percent"),
        ({"filter": {}, "price": {"warehouse": "raft", "percent": 5}}, "price.percent"),
        (
            {"filter": {}, "price": {"warehouse": "raft", "percent": "1", "decimals": 5}},
            "price.decimals",
        ),
        ({"filter": {"colour": "red"}, "set": {"brand": "Unu"}}, "filter.colour"),
        ({"filter": {}, "set": {"name": "X"}}, "set.name"),
        ({"filter": {}, "sync": {"magazin": {"stock": True}}}, "products"),
        (
            {
                "products": ["0000000000001"],
                "sync": {"magazin": {"stock": True}},
                "set": {"brand": "Unu"},
            },
            "sync",
        ),
    ],
)
async def test_what_cannot_be_is_refused_by_its_field(edge: Edge, body: Any, field: str) -> None:
    await edge.product("P1", prices={"raft": "1"})
    before = await by_code(edge)

    problem = await edge.post(PATH, body, status=422)

    assert [each["field"] for each in problem["errors"]] == [field]
    assert await by_code(edge) == before
    assert (await edge.get("/api/v1/jobs", role=Role.OFFICE))["items"] == []


async def test_another_edit_waits_for_the_running_one(edge: Edge) -> None:
    await edge.product("P1")
    body = {"filter": {}, "set": {"brand": "Unu"}}
    running = await edge.parts.storage.write(
        lambda c: jobs.start(c, JobKind.PRODUCT_EDITS, "products", "{}", NOW_MS)
    )

    problem = await edge.post(PATH, body, status=409)

    assert problem["type"] == "urn:magazie:problem:conflict"
    await edge.parts.cancel_job(running[0].id)
    assert (await done(edge, body))["changed"] == 1


async def test_a_key_adds_a_percentage_once(edge: Edge) -> None:
    await edge.product("P1", prices={"raft": "10"})
    body = {"filter": {}, "price": {"warehouse": "raft", "percent": "10"}}
    headers = {"Idempotency-Key": "scumpire-1"}

    first = await (await edge.ask("POST", PATH, body, headers=headers)).json()
    await followed(edge, first)
    again = await edge.ask("POST", PATH, body, headers=headers)

    assert (again.status, await again.json()) == (202, first)
    assert (await by_code(edge))["P1"]["prices"]["raft"] == "11.00"


async def test_a_picker_may_not(edge: Edge) -> None:
    body = {"filter": {}, "set": {"brand": "Unu"}}
    assert (await edge.ask("POST", PATH, body, role=Role.PICKER)).status == 403


# --- stops --------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


async def nowhere(_done: int, _total: int | None, _more: object = None) -> None:
    return


async def job_of(edge: Edge, body: Any) -> jobs.Job:
    """The job of a request, which nobody works on."""
    kept: list[bytes] = []

    async def start(arguments: bytes, beside: Any) -> int:
        kept.append(arguments)

        def unit(connection: Any) -> int:
            job, _ = jobs.start(
                connection, JobKind.PRODUCT_EDITS, "products", arguments.decode(), NOW_MS
            )
            beside(connection, job)
            return job.id

        return await edge.parts.storage.write(unit)

    edge.parts.start_edits = start
    await edge.post(PATH, body, status=202)
    job = await edge.parts.storage.read(lambda c: jobs.under_way(c)[0])
    assert job.arguments.encode() == kept[0]
    return job


@pytest.mark.parametrize("stops_at", [1, 2, 3, 4])
async def test_a_stop_at_any_chunk_adds_a_percentage_once(
    edge: Edge, monkeypatch: pytest.MonkeyPatch, stops_at: int
) -> None:
    monkeypatch.setattr(product_edit, "APPLIED_AT_ONCE", 3)
    for number in range(10):
        await edge.product(f"P{number}", prices={"raft": "10"})
    job = await job_of(edge, {"filter": {}, "price": {"warehouse": "raft", "percent": "10"}})
    parts = edge.parts
    edits = ProductEdits(storage=parts.storage, directory=parts.directory, book=parts.book)
    kept, calls = edits._advance, 0

    async def broken(*args: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == stops_at:
            raise Killed
        await kept(*args)

    monkeypatch.setattr(edits, "_advance", broken)
    with pytest.raises(Killed):
        await edits.work(job, nowhere)
    # a person reprices one that was done and is not noted, and one that is still to come
    done_one = f"P{stops_at * 3 - 3}"
    products = await by_code(edge)
    for code in {done_one, "P9"}:
        path = f"/api/v1/products/{products[code]['id']}/prices/raft"
        assert (await edge.ask("PUT", path, {"price": "50"})).status == 200
    result = await edits.work(job, nowhere)

    products = await by_code(edge)
    prices = {code: it["prices"]["raft"] for code, it in products.items()}
    assert prices == {f"P{n}": "11.00" for n in range(10)} | {done_one: "50.00", "P9": "50.00"}
    is_left = stops_at < 4
    assert (result.changed, result.left) == (10 - is_left, int(is_left))
    assert [it.en for it in result.problems] == ["the price was changed meanwhile"] * is_left
    assert not await parts.storage.read(lambda c: work_rows.done(c, job.id))


async def test_a_cancelled_edit_stops_and_the_next_one_begins_anew(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = ProductEdits._advance

    async def slowly(*args: Any, **noted: Any) -> None:
        await asyncio.sleep(0.01)
        await kept(*args, **noted)

    monkeypatch.setattr(ProductEdits, "_advance", slowly)
    monkeypatch.setattr(product_edit, "APPLIED_AT_ONCE", 1)
    for number in range(30):
        await edge.product(f"P{number:02}")
    started = await edge.post(PATH, {"filter": {}, "set": {"brand": "Unu"}}, status=202)
    while not (await by_code(edge))["P01"]["brand"]:
        await asyncio.sleep(0.001)
    await edge.post(f"/api/v1/jobs/{started['job']}/cancel", status=200)
    await followed(edge, started, state="cancelled")
    await asyncio.sleep(0.05)
    brands = [it["brand"] for it in (await by_code(edge)).values()]
    assert 0 < brands.count("Unu") < 30

    result = await done(edge, {"filter": {}, "set": {"brand": "Unu"}})

    left = 30 - brands.count("Unu")
    assert result["changed"] in {left, left - 1}, "one may have been on its way when cancelled"
