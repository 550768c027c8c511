import msgspec

from magazie.actors.settings_book import Role
from magazie.storage.jobs import find
from tests.http.edges import Edge

PATH = "/api/v1/shops/magazin/sync-switches"


async def test_a_filter_becomes_a_job_and_the_same_one_is_found_again(edge: Edge) -> None:
    body = {"filter": {"brand": "Unu", "linked": True}, "stock": False}

    started = await edge.post(PATH, body, status=202)
    again = await edge.post(PATH, body, status=202)

    assert again == started
    jobs = await edge.get("/api/v1/jobs", role=Role.OFFICE)
    assert [job["kind"] for job in jobs["items"]] == ["sync_switches"]
    job = await edge.parts.storage.read(lambda c: find(c, 1))
    assert job is not None
    order = msgspec.json.decode(job.arguments)
    assert (order["products"], order["stock"], order["price"]) == (None, False, None)
    assert (order["wanted"]["brand"], order["wanted"]["shop"]) == ("Unu", "magazin")


async def test_another_change_waits_for_the_running_one(edge: Edge) -> None:
    product = await edge.product("P1")
    await edge.post(PATH, {"products": [product["id"]], "stock": False}, status=202)

    problem = await edge.post(PATH, {"products": [product["id"]], "stock": True}, status=409)

    assert problem["type"] == "urn:magazie:problem:conflict"


async def test_what_is_asked_must_be_one_thing(edge: Edge) -> None:
    for body in (
        {"stock": False},
        {"filter": {}},
        {"products": [], "stock": False},
        {"products": ["0000000000001"], "filter": {}, "stock": False},
        {"filter": {"colour": "red"}, "stock": False},
    ):
        await edge.post(PATH, body, status=422)
    assert (
        await edge.ask("POST", PATH, {"filter": {}, "price": True}, role=Role.PICKER)
    ).status == 403
