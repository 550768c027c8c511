import pytest

from magazie.actors.settings_book import Role
from magazie.http.app import ENDPOINTS_KEY
from tests.http.edges import Edge

OPEN_TO_ALL = {
    ("GET", "/healthz"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/static/{name}"),
    ("GET", "/terminal"),
    ("GET", "/media/{sha256}"),
    # these check who asks by themselves: a shop's secret, a token in the first message
    ("POST", "/webhooks/gomag/{shop}"),
    ("GET", "/ws/events"),
    ("GET", "/ws/scan"),
    ("POST", "/login/pair"),
    ("POST", "/login/terminal"),
}


async def test_every_address_has_a_role_or_is_open_by_contract(edge: Edge) -> None:
    endpoints = edge.app[ENDPOINTS_KEY]

    without_role = {(each.method, each.path) for each in endpoints if each.role is None}
    registered = {
        (route.method, route.resource.canonical)
        for route in edge.app.router.routes()
        if route.resource is not None and route.method not in {"HEAD", "*"}
    }

    assert without_role == OPEN_TO_ALL
    assert registered == {(each.method, each.path) for each in endpoints}


async def test_who_brings_nothing_gets_nothing(edge: Edge) -> None:
    for each in edge.app[ENDPOINTS_KEY]:
        if each.role is None:
            continue
        path = each.path.replace("{", "").replace("}", "")
        response = await edge.ask(each.method, path, role=None)
        assert response.status == 401, each.path
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert (await response.json())["type"] == "urn:magazie:problem:not_authenticated"


async def test_who_has_too_low_a_role_is_refused(edge: Edge) -> None:
    for each in edge.app[ENDPOINTS_KEY]:
        if each.role not in {Role.ADMIN, Role.OFFICE}:
            continue
        path = each.path.replace("{", "").replace("}", "")
        below = Role.OFFICE if each.role is Role.ADMIN else Role.PICKER
        response = await edge.ask(each.method, path, role=below)
        assert response.status == 403, each.path


@pytest.mark.parametrize(
    "stated",
    [
        "Bearer",
        "Bearer ",
        "Bearer nimic",
        "Basic YTpi",
        "nimic",
        "Bearer " + "x" * 5000,
        "Bearer ț",
    ],
)
async def test_a_header_that_opens_nothing(edge: Edge, stated: str) -> None:
    response = await edge.ask("GET", "/api/v1/me", role=None, headers={"Authorization": stated})

    assert response.status == 401


async def test_the_scheme_is_read_in_any_case(edge: Edge) -> None:
    token = edge.tokens[Role.PICKER]

    response = await edge.ask(
        "GET", "/api/v1/me", role=None, headers={"Authorization": f"bearer {token}"}
    )

    assert response.status == 200
