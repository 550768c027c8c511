import json
import random
from typing import Any

from magazie.actors.settings_book import Role
from magazie.http.app import ENDPOINTS_KEY
from tests.http.edges import Edge

ODD: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 1e308, 2**63, 2**64, -(2**63) - 1),
    *("", " ", "0", "-0", "1.", ".5", "1e5", "+1", "١", "9" * 30, "0." + "0" * 30, "NaN", "ț"),
    *("x" * 5000, "a\u0000b", "\u202e", "../..", "%00", "';--", "{}", "0000000000001"),
    *("7zzzzzzzzzzzz", "principal", "magazin", "P1", "2026-13-45", "9999-12-31T23:59:59+14:00"),
    *([], {}, [[]], [None], [{}], {"": ""}, {"a": {"b": {"c": []}}}, ["x"] * 30),
]


def odd(chance: random.Random, document: dict[str, Any], schema: dict[str, Any], depth: int) -> Any:
    """A value that mostly has the schema's shape and now and then has not."""
    if depth > 6 or chance.random() < 0.12:
        return chance.choice(ODD)
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return odd(chance, document, document["components"]["schemas"][name], depth + 1)
    if "anyOf" in schema:
        return odd(chance, document, chance.choice(schema["anyOf"]), depth + 1)
    if "enum" in schema:
        return chance.choice(schema["enum"])
    match schema.get("type"):
        case "object":
            return odd_object(chance, document, schema, depth)
        case "array":
            items = schema.get("items", {})
            if not isinstance(items, dict):
                return chance.choice(ODD)
            count = chance.choice([0, 1, 1, 2, 3])
            return [odd(chance, document, items, depth + 1) for _ in range(count)]
        case "boolean":
            return chance.random() < 0.5
        case "integer":
            return chance.choice([0, 1, 2, 60, 10**18])
    return chance.choice([example for example in ODD if isinstance(example, str)])


def odd_object(
    chance: random.Random, document: dict[str, Any], schema: dict[str, Any], depth: int
) -> dict[str, Any]:
    if "properties" not in schema:
        inner = schema.get("additionalProperties", {})
        keys = chance.sample(["principal", "magazin", "raft", "", "taken"], 2)
        return {key: odd(chance, document, inner or {}, depth + 1) for key in keys}
    required = schema.get("required", [])
    return {
        name: odd(chance, document, inner, depth + 1)
        for name, inner in schema["properties"].items()
        if name in required or chance.random() < 0.5
    }


def odd_path(chance: random.Random, path: str, ids: list[str]) -> str:
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        filled = chance.choice([*ids, "magazin", "principal", "1", "x", "%00", "ț", "a%2Fb", "-"])
        path = path[:start] + filled + path[end + 1 :]
    return path


async def test_nothing_that_is_asked_makes_the_service_fail(edge: Edge) -> None:
    product = await edge.product("P1")
    await edge.receive(product["id"], "5")
    document = await edge.get("/openapi.json")
    ids = [product["id"], "0000000000001", "0000000000002"]
    statuses: dict[int, int] = {}
    endpoints = [each for each in edge.app[ENDPOINTS_KEY] if each.path != "/ws/events"]
    for seed in range(700):
        chance = random.Random(seed)
        each = chance.choice(endpoints)
        operation = document["paths"][each.path][each.method.lower()]
        path = odd_path(chance, each.path, ids)
        fields = {
            one["name"]: odd(chance, document, one["schema"], 3)
            for one in operation["parameters"]
            if one["in"] == "query" and chance.random() < 0.3
        }
        query = "&".join(
            f"{name}={json.dumps(value)[:200].strip(chr(34))}" for name, value in fields.items()
        ).replace("#", "")
        headers = {"Content-Type": "application/json"}
        if chance.random() < 0.2:
            headers["Idempotency-Key"] = chance.choice(["k1", "k2", "a b"])
        if chance.random() < 0.2:
            headers["If-Match"] = chance.choice(['"1"', "*", '"99"', "x"])
        raw = None
        if "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            raw = json.dumps(odd(chance, document, schema, 0)).encode()
        role = chance.choice([Role.ADMIN, Role.ADMIN, Role.OFFICE])
        response = await edge.ask(
            each.method, f"{path}?{query}" if query else path, role=role, headers=headers, raw=raw
        )
        text = await response.text()
        assert response.status < 500 or response.status == 503, (seed, each.path, raw, text)
        if response.status >= 400 and each.path != "/login":
            assert response.content_type == "application/problem+json", (seed, each.path)
            assert json.loads(text)["status"] == response.status
        statuses[response.status] = statuses.get(response.status, 0) + 1

    assert {200, 201, 404, 422} <= set(statuses), statuses
