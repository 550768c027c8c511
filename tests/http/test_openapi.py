import json
import re
from typing import Any, get_args

import pytest

from magazie.actors.news import RecordKind
from magazie.actors.settings_book import Role
from magazie.http.api.outbox import MilestoneState
from magazie.http.app import ENDPOINTS_KEY
from magazie.http.problems import ProblemKind
from magazie.model.orders import Fulfilment, Invoicing, OrderStatus
from magazie.setting_rules import ShopKind
from magazie.storage.jobs import JobKind, JobState
from magazie.storage.movements import MovementKind
from tests.http.edges import Edge

Json = dict[str, Any]


@pytest.fixture
async def document(edge: Edge) -> Json:
    read: Json = await edge.get("/openapi.json")
    return read


def refs(value: object) -> set[str]:
    return set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(value)))


async def test_every_route_is_in_the_document_and_the_reverse(edge: Edge, document: Json) -> None:
    routes = {
        (route.method.lower(), route.resource.canonical)
        for route in edge.app.router.routes()
        if route.resource is not None and route.method not in {"HEAD", "*"}
    }
    described = {
        (method, path) for path, methods in document["paths"].items() for method in methods
    }

    assert described == routes
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == "1.2.3"


async def test_every_operation_says_what_a_client_needs(edge: Edge, document: Json) -> None:
    endpoints = edge.app[ENDPOINTS_KEY]
    ids = set()
    for each in endpoints:
        operation = document["paths"][each.path][each.method.lower()]
        ids.add(operation["operationId"])
        assert operation["summary"]
        assert operation["description"]
        named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", each.path))
        assert bool(operation["security"]) is (each.role is not None)
        headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
        assert ("Idempotency-Key" in headers) is each.takes_key
        assert ("If-Match" in headers) is each.takes_version
        if each.method == "POST" and each.has_json_body:
            assert "422" in operation["responses"]

    assert len(ids) == len(endpoints)


async def test_every_write_takes_an_idempotency_key(edge: Edge) -> None:
    without = {
        (each.method, each.path)
        for each in edge.app[ENDPOINTS_KEY]
        if each.method != "GET" and not each.takes_key
    }

    assert without == {
        ("POST", "/login"),
        # what they take or answer is a secret, of which no more is kept than a hash of its own
        ("POST", "/login/pair"),
        ("POST", "/login/terminal"),
        ("POST", "/api/v1/picking/terminals"),
        ("POST", "/api/v1/picking/pickers/{name}/badge"),
        ("PUT", "/api/v1/picking/pickers/{name}/pin"),
        ("POST", "/logout"),
        ("POST", "/webhooks/gomag/{shop}"),
        # its answer holds the token, which is kept nowhere
        ("POST", "/api/v1/tokens"),
        # the same file again changes nothing, and its body is not held in memory for a key
        ("POST", "/api/v1/files/products"),
        ("POST", "/api/v1/files/codes"),
        ("POST", "/api/v1/files/prices"),
        # a product that has a code gets no other
        ("POST", "/api/v1/stickers"),
    }


async def test_every_reference_leads_somewhere(document: Json) -> None:
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}

    assert refs(document) <= known


@pytest.mark.parametrize(
    "enum",
    [
        *(ProblemKind, OrderStatus, Fulfilment, Invoicing, JobState, JobKind, MovementKind, Role),
        *(ShopKind, MilestoneState),
    ],
)
async def test_every_state_and_kind_is_an_enum(document: Json, enum: Any) -> None:
    schema = document["components"]["schemas"][enum.__name__]

    assert schema["enum"] == sorted(enum)


async def test_no_state_or_kind_is_a_plain_text(document: Json) -> None:
    schemas = document["components"]["schemas"]
    plain = {
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, described in schema.get("properties", {}).items()
        if field in {"kind", "state", "type"} and "enum" not in described
        if not any("enum" in schemas[ref.rsplit("/", 1)[1]] for ref in refs(described))
        if not any("enum" in each for each in described.get("anyOf", []))
    }
    filters = {
        (path, one["name"])
        for path, methods in document["paths"].items()
        for one in methods.get("get", {}).get("parameters", [])
        if one["in"] == "query" and one["name"] in {"kind", "state"}
        if not refs(one) and "enum" not in json.dumps(one)
    }

    # an URN that ends in a ProblemKind, a word of the shop, and states with commas between
    assert plain == {"Problem.type", "ShopAttributeShown.type", "TallyQuery.state"}
    assert filters == {("/api/v1/receptions", "state"), ("/api/v1/counts", "state")}


async def test_news_of_every_kind_is_named(document: Json) -> None:
    named = document["components"]["schemas"]["Event"]["properties"]["type"]["enum"]

    assert set(named) == {"stock", "link", *get_args(RecordKind)}


async def test_decimals_times_and_ids_are_strings(document: Json) -> None:
    schemas = document["components"]["schemas"]

    assert schemas["LineIn"]["properties"]["quantity"]["type"] == "string"
    assert schemas["LineIn"]["properties"]["price"]["pattern"]
    assert schemas["OrderShown"]["properties"]["placed_at"]["format"] == "date-time"
    assert schemas["OrderShown"]["properties"]["id"]["type"] == "string"
    numbers = re.findall(r'"type": "number"', json.dumps(schemas))
    assert len(numbers) == 7  # milliseconds and request budgets of the operations page


async def test_query_fields_are_described_as_texts_of_their_kind(document: Json) -> None:
    operation = document["paths"]["/api/v1/orders"]["get"]
    fields = {one["name"]: one for one in operation["parameters"]}

    assert {"limit", "cursor", "sort", "status", "q", "placed_from"} <= set(fields)
    assert fields["limit"]["schema"]["maximum"] == 200
    assert fields["status"]["schema"]["$ref"].endswith("/OrderStatus")
    assert not any(one["required"] for one in fields.values())


async def test_the_documentation_page_needs_nothing_from_elsewhere(edge: Edge) -> None:
    response = await edge.ask("GET", "/docs")
    text = await response.text()

    assert response.content_type == "text/html"
    assert "/api/v1/orders/{id}" in text
    loaded = re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=['\"]([^'\"]+)", text)
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
    browser = await edge.ask("GET", "/docs", role=None, headers={"Accept": "text/html"})
    assert (browser.status, browser.headers["Location"]) == (303, "/login?next=%2Fdocs")
