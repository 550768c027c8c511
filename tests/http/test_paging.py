from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from magazie.actors.settings_book import Role
from tests.http.edges import Edge


async def test_pages_follow_on_without_gap_or_repeat(edge: Edge) -> None:
    for number in range(7):
        await edge.product(f"P{number}", name="La fel")

    for sort in ("code", "-code", "name,-code", "-name", "-changed_at,code"):
        seen: list[str] = []
        cursor = ""
        while True:
            page = await edge.get(f"/api/v1/products?limit=3&sort={sort}{cursor}")
            seen += [product["code"] for product in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        whole = await edge.get(f"/api/v1/products?sort={sort}")
        assert seen == [product["code"] for product in whole["items"]]
        assert sorted(seen) == [f"P{number}" for number in range(7)]


async def test_a_row_that_comes_meanwhile_moves_no_other(edge: Edge) -> None:
    for number in range(1, 5):
        await edge.product(f"P{number}")
    first = await edge.get("/api/v1/products?limit=2")
    await edge.product("P0")

    second = await edge.get(f"/api/v1/products?limit=2&cursor={first['next']}")

    assert [product["code"] for product in second["items"]] == ["P3", "P4"]
    assert second["next"] is None


async def test_a_cursor_is_good_for_its_own_list_only(edge: Edge) -> None:
    for number in range(4):
        product = await edge.product(f"P{number}")
        await edge.receive(product["id"], "1")
    cursor = (await edge.get("/api/v1/products?limit=2&brand="))["next"]
    assert cursor

    for path in (
        f"/api/v1/products?limit=2&cursor={cursor}",
        f"/api/v1/products?limit=2&brand=&sort=-code&cursor={cursor}",
        f"/api/v1/orders?cursor={cursor}",
        "/api/v1/products?cursor=abc",
        "/api/v1/products?cursor=%F0%9F%98%80",
        "/api/v1/products?cursor=",
    ):
        response = await edge.ask("GET", path)
        assert response.status == 422, path
        assert (await response.json())["errors"][0]["field"] == "cursor"
    more = await edge.get(f"/api/v1/products?limit=3&brand=&cursor={cursor}")
    assert [product["code"] for product in more["items"]] == ["P2", "P3"]


async def test_a_forged_cursor_is_refused(edge: Edge) -> None:
    product = await edge.product("P1", links=[{"shop": "magazin", "external_id": "1", "sku": "S"}])
    await edge.receive(product["id"], "1")
    await edge.receive(product["id"], "1", "raft")
    for path in ("/api/v1/stock?limit=1", "/api/v1/shops/magazin/outbox?limit=1"):
        real = (await edge.get(path))["next"] if "stock" in path else None
        encode = msgspec.msgpack.encode
        of = decoded(real)[0] if real is not None else b""
        for after in ([], [1], ["a"], [2**63], [None], [1, 2, 3, 4], ["a", 1], [[]]):
            cursor = urlsafe_b64encode(encode([of, after])).decode().rstrip("=")
            response = await edge.ask("GET", f"{path}&cursor={cursor}")
            assert response.status in {200, 422}, (path, after)
            is_place = "stock" in path and len(after) == 2
            assert (response.status == 200) is is_place, (path, after)


def decoded(cursor: str) -> tuple[bytes, list[object]]:
    raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    return msgspec.msgpack.decode(raw, type=tuple[bytes, list[object]])


async def test_limits_and_sorts_are_held(edge: Edge) -> None:
    for query, field in (
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("sort=ean", "sort"),
        ("sort=code,code", "sort"),
        ("sort=", ""),
    ):
        response = await edge.ask("GET", f"/api/v1/products?{query}", role=Role.PICKER)
        if field:
            assert response.status == 422, query
            assert (await response.json())["errors"][0]["field"] == field
        else:
            assert response.status == 200


async def test_short_lists_page_too(edge: Edge) -> None:
    for code in ("c", "a", "b"):
        body = {"code": code, "name": f"Depozit {code}"}
        response = await edge.ask("POST", "/api/v1/settings/warehouses", body)
        assert response.status == 201
    whole = await edge.get("/api/v1/settings/warehouses")
    first = await edge.get("/api/v1/settings/warehouses?limit=2")
    rest = await edge.get(f"/api/v1/settings/warehouses?limit=200&cursor={first['next']}")

    assert first["items"] + rest["items"] == whole["items"]
    assert (len(first["items"]), rest["next"]) == (2, None)
    response = await edge.ask("GET", f"/api/v1/categories?cursor={first['next']}")
    assert response.status == 422
