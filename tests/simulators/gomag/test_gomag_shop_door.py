import json

import pytest
from msgspec.structs import replace

from magazie.simulators.gomag import DEMO_SHOP_URL, ShopProfile, SimRequest, build_shop
from tests.simulators.gomag.gomag_caller import Caller, Clock

MISSING = {"error": 100, "message": "Missing Api User"}


def with_header(caller: Caller, name: str, value: str | None) -> Caller:
    kept = tuple(pair for pair in caller.headers if pair[0].lower() != name.lower())
    caller.headers = kept if value is None else (*kept, (name, value))
    return caller


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Apikey", None),
        ("Apikey", "altceva"),
        ("ApiShop", None),
        ("ApiShop", DEMO_SHOP_URL + "/"),
        ("ApiShop", DEMO_SHOP_URL.replace("https", "http")),
        ("ApiShop", DEMO_SHOP_URL.removeprefix("https://")),
    ],
)
def test_key_and_shop_must_be_right(caller: Caller, name: str, value: str | None) -> None:
    response = with_header(caller, name, value).read("category/read")
    assert (response.status, json.loads(response.body)) == (200, MISSING)


def test_shop_may_be_named_by_host_or_not_at_all_by_switch(caller: Caller) -> None:
    with_header(caller, "ApiShop", DEMO_SHOP_URL.removeprefix("https://"))
    caller.shop.switches = replace(caller.shop.switches, api_shop_match="host")
    assert "categories" in caller.get("category/read")
    with_header(caller, "ApiShop", None)
    assert caller.get("category/read") == MISSING
    caller.shop.switches = replace(caller.shop.switches, api_shop_match="ignored")
    assert "categories" in caller.get("category/read")


@pytest.mark.parametrize("agent", [None, "", "PostmanRuntime/7.4", "python-requests/2.31"])
def test_missing_and_library_user_agents_get_a_404_page(caller: Caller, agent: str | None) -> None:
    response = with_header(caller, "User-Agent", agent).read("category/read")
    assert response.status == 404
    assert response.body.startswith(b"<!DOCTYPE html>")


def test_the_key_is_looked_at_before_the_user_agent(caller: Caller) -> None:
    with_header(with_header(caller, "User-Agent", None), "Apikey", None)
    assert caller.read("category/read").status == 200
    caller.shop.switches = replace(caller.shop.switches, door_order="agent_first")
    assert caller.read("category/read").status == 404


def test_wrong_key_by_switch_is_401(caller: Caller) -> None:
    caller.shop.switches = replace(caller.shop.switches, wrong_key="http_401")
    assert with_header(caller, "Apikey", "x").read("category/read").status == 401


def test_a_key_may_lack_methods(clock: Clock, caller: Caller) -> None:
    profile = ShopProfile(api_keys={"doar-comenzi": ("order/",)})
    caller.shop = build_shop(1, 5, now_ms=clock, profile=profile)
    with_header(caller, "Apikey", "doar-comenzi")
    assert "orders" in caller.get("order/read")
    refusal = caller.get("product/read")
    assert refusal["error"] == "101"
    assert "permisiuni" in refusal["message"]
    caller.shop.switches = replace(caller.shop.switches, lacking_right="missing_api_user")
    assert caller.get("product/read") == MISSING


@pytest.mark.parametrize(
    "name", ["awb/add", "invoice/add", "order/file/add", "product/reads", "brand/write"]
)
def test_unknown_addresses(caller: Caller, name: str) -> None:
    assert caller.write(name, {"order": 1}).status == 404
    caller.shop.switches = replace(caller.shop.switches, unknown_address="json_404")
    response = caller.write(name, {"order": 1})
    assert (response.status, json.loads(response.body)["error"]) == (200, "404")


def test_a_read_by_post_is_unknown_and_a_write_by_get_has_no_data(caller: Caller) -> None:
    assert caller.write("order/read", {}).status == 404
    assert caller.get("order/status") == {"error": "404", "message": ["NO DATA"]}


@pytest.mark.parametrize(
    "name", ["product/inventory", "product/write", "order/add", "order/status"]
)
def test_a_raw_json_body_or_a_wrong_field_is_no_data(
    caller: Caller, skus: list[str], name: str
) -> None:
    data = {"products": [{"sku": skus[0], "stock": 1}]}
    caller.clock.pass_ms(60_000)
    headers = (*caller.headers, ("Content-Type", "application/json"))
    raw = SimRequest(
        "POST", f"/api/v1/{name}/json", headers=headers, body=json.dumps(data).encode()
    )
    no_data = {"error": "404", "message": ["NO DATA"]}
    assert json.loads(caller.shop.handle(raw).body) == no_data
    assert json.loads(caller.write(name, data, field="products").body) == no_data


def test_a_raw_json_body_by_switch(caller: Caller, skus: list[str]) -> None:
    caller.shop.switches = replace(caller.shop.switches, raw_json_body="accepted")
    data = {"products": [{"sku": skus[0], "stock": 41}]}
    headers = (*caller.headers, ("Content-Type", "application/json"))
    body = json.dumps(data).encode()
    caller.shop.handle(
        SimRequest("POST", "/api/v1/product/inventory/json", headers=headers, body=body)
    )
    assert caller.shop.truth.stock()[skus[0]] == 41_000


def test_multipart_fields_are_read(caller: Caller, skus: list[str]) -> None:
    boundary = "hotar"
    data = json.dumps({"products": [{"sku": skus[0], "stock": "5.5"}]})
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="data"\r\n\r\n{data}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="a.pdf"\r\n\r\nx\r\n'
        f"--{boundary}--\r\n"
    ).encode()
    headers = (*caller.headers, ("Content-Type", f"multipart/form-data; boundary={boundary}"))
    request = SimRequest("POST", "/api/v1/product/inventory/json", headers=headers, body=body)
    assert request.fields() == {"data": data}
    caller.shop.handle(request)
    assert caller.shop.truth.stock()[skus[0]] == 5_500


def test_the_largest_form_by_switch(caller: Caller, skus: list[str]) -> None:
    caller.shop.switches = replace(caller.shop.switches, largest_form_bytes=100)
    long_name = {"products": [{"sku": "x" * 200, "stock": 1}]}
    assert caller.write("product/inventory", long_name).status == 413
    assert caller.write("order/status", {"orders": []}).status == 200


def test_blocked_agents_by_switch(caller: Caller) -> None:
    caller.shop.switches = replace(caller.shop.switches, blocked_agents=("magazie",))
    assert caller.read("category/read").status == 404
    with_header(caller, "User-Agent", "python-requests/2.31")
    assert caller.read("category/read").status == 200


def test_a_request_is_made_of_what_clients_have() -> None:
    request = SimRequest.to(
        "GET",
        "https://api.gomag.ro/api/v1/order/read/json?page=2",
        query=[("limit", "50")],
        headers={"Apikey": "k"},
    )
    assert request.path == "/api/v1/order/read/json"
    assert request.parameters() == {"page": "2", "limit": "50"}
    assert request.header("APIKEY") == "k"
    assert request.fields() == {}
    assert SimRequest.to("POST", "/x", form=[("data", "{}")]).fields() == {"data": "{}"}
