import ssl
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, web
from aiohttp.test_utils import make_mocked_request

from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_messages import UpdateUser
from magazie.http.app import build_app
from magazie.http.login_throttle import FREE_BY_ADDRESS, FREE_BY_NAME, LoginThrottle
from magazie.http.origins import is_own_origin
from magazie.http.parts import DemoLogin
from magazie.http.sessions import KEY_BYTES, KEY_FILE, SessionKeyError, read_session_key
from tests.http.edges import PASSWORD, Edge

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def log_in(edge: Edge, password: str = PASSWORD, **headers: str) -> ClientResponse:
    body = {"name": "ana", "password": password}
    return await edge.ask("POST", "/login", body, role=None, headers=headers)


def cookie_of(response: ClientResponse) -> SimpleCookie:
    return SimpleCookie(response.headers["Set-Cookie"])


async def test_a_person_logs_in_asks_and_logs_out(edge: Edge) -> None:
    response = await log_in(edge)
    (morsel,) = cookie_of(response).values()

    assert await response.json() == {"name": "ana", "role": "office"}
    assert (morsel["httponly"], morsel["samesite"], morsel["secure"]) == (True, "Lax", "")
    me = await edge.ask("GET", "/api/v1/me", role=None)
    assert await me.json() == {"name": "ana", "role": "office", "via": "session"}
    assert (await edge.ask("POST", "/logout", role=None)).status == 204
    assert (await edge.ask("GET", "/api/v1/me", role=None)).status == 401


async def test_a_form_leads_on_to_a_page_of_ours_only(edge: Edge) -> None:
    body = f"name=ana&password={PASSWORD}".replace(" ", "+").encode()

    for target, leads_to in (
        ("/docs?x=1", "/docs?x=1"),
        ("//rau.test", "/"),
        ("https://rau.test", "/"),
        ("/%5Crau.test", "/"),
        ("/a%0Ab", "/"),
        ("", "/"),
    ):
        path = f"/login?next={target.replace('?', '%3F').replace('=', '%3D')}"
        response = await edge.ask("POST", path, role=None, headers=FORM, raw=body)
        assert (response.status, response.headers["Location"]) == (303, leads_to)
    wrong = await edge.ask("POST", "/login", role=None, headers=FORM, raw=b"name=ana&password=x")
    assert wrong.status == 401
    assert "Numele sau parola nu sunt bune." in await wrong.text()
    for odd in (b"name=ana", b"%ff", b"name=a&" * 20):
        response = await edge.ask("POST", "/login", role=None, headers=FORM, raw=odd)
        assert response.status == 401


async def test_a_wrong_password_and_an_unknown_name_look_the_same(edge: Edge) -> None:
    wrong = await log_in(edge, "alta parola")
    unknown = await edge.ask("POST", "/login", {"name": "x", "password": "y"}, role=None)

    assert (wrong.status, unknown.status) == (401, 401)
    assert await wrong.json() == await unknown.json()
    assert "Set-Cookie" not in wrong.headers


async def test_the_cookie_is_secure_where_the_service_ends_tls_itself(edge: Edge) -> None:
    tls = Path(__file__).parent.parent / "cli" / "tls"
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls / "cert.pem", tls / "key.pem")
    runner = web.AppRunner(build_app(edge.parts))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    try:
        address = f"https://127.0.0.1:{runner.addresses[0][1]}/login"
        body = {"name": "ana", "password": PASSWORD}
        async with ClientSession() as client, client.post(address, json=body, ssl=False) as answer:
            (morsel,) = cookie_of(answer).values()
    finally:
        await runner.cleanup()

    assert morsel["secure"]


async def test_guessing_is_slowed_down(edge: Edge) -> None:
    for _ in range(FREE_BY_NAME):
        assert (await log_in(edge, "gresit")).status == 401

    slowed = await log_in(edge)

    assert slowed.status == 429
    assert int(slowed.headers["Retry-After"]) >= 1
    form = await edge.ask(
        "POST", "/login", role=None, headers=FORM, raw=b"name=ana&password=gresit"
    )
    assert form.status == 429
    assert "Prea multe încercări" in await form.text()


async def test_a_session_ends_with_the_persons_epoch(edge: Edge) -> None:
    await log_in(edge)
    assert (await edge.ask("GET", "/api/v1/me", role=None)).status == 200

    await edge.parts.directory.ask(SettingsActor, SETTINGS_KEY, UpdateUser("ana"))

    assert (await edge.ask("GET", "/api/v1/me", role=None)).status == 401


async def test_a_session_ends_after_two_weeks(edge: Edge) -> None:
    await log_in(edge)
    edge.clock.ms += 15 * 24 * 3600 * 1000

    assert (await edge.ask("GET", "/api/v1/me", role=None)).status == 401


@pytest.mark.parametrize("change", ["", "x", "cut", "swap"])
async def test_a_forged_cookie_opens_nothing(edge: Edge, change: str) -> None:
    (morsel,) = cookie_of(await log_in(edge)).values()
    forged = {
        "": "",
        "x": "x.y",
        "cut": morsel.value[:-2],
        "swap": "X" + morsel.value[1:],
    }[change]
    edge.client.session.cookie_jar.clear()

    response = await edge.ask(
        "GET", "/api/v1/me", role=None, headers={"Cookie": f"magazie_session={forged}"}
    )

    assert response.status == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://rau.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 404),
        ({"Sec-Fetch-Site": "none"}, 404),
        ({}, 404),
    ],
)
async def test_with_a_session_only_our_own_pages_may_change_things(
    edge: Edge, headers: dict[str, str], status: int
) -> None:
    await log_in(edge)

    response = await edge.ask(
        "POST", "/api/v1/alerts/0000000000009/close", role=None, headers=headers
    )

    assert response.status == status
    assert (await edge.ask("GET", "/api/v1/me", role=None, headers=headers)).status == 200


@pytest.mark.parametrize(
    ("origin", "is_own"),
    [
        ("https://erp.exemplu.test", True),
        ("http://depozit:8080", True),
        ("http://erp.exemplu.test", False),
        ("https://erp.exemplu.test:444", False),
        ("https://depozit", False),
        ("null", False),
        ("", False),
    ],
)
def test_our_own_origin_is_that_of_the_public_url_or_the_host(origin: str, *, is_own: bool) -> None:
    headers = {"Host": "depozit:8080", "Origin": origin}
    request = make_mocked_request("POST", "/", headers=headers)

    assert is_own_origin(request, "https://erp.exemplu.test/") is is_own


async def test_nobody_is_logged_in_by_another_site(edge: Edge) -> None:
    response = await log_in(edge, Origin="https://rau.test")

    assert response.status == 403


async def test_the_log_in_page_speaks_both_languages_and_shows_the_demo(edge: Edge) -> None:
    plain = await (await edge.ask("GET", "/login", role=None)).text()
    english = await edge.ask("GET", "/login", role=None, headers={"Accept-Language": "en-GB,en"})
    edge.parts.demo = DemoLogin("demo", "parola<demo>")
    demo = await (await edge.ask("GET", "/login?lang=en&next=/docs", role=None)).text()

    assert 'lang="ro"' in plain
    assert "Parolă" in plain
    assert "Password" in await english.text()
    assert 'value="demo"' in demo
    assert "parola&lt;demo&gt;" in demo
    assert "/login?next=/docs" in demo
    assert english.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in english.headers["Content-Security-Policy"]


def test_the_throttle_doubles_and_forgets() -> None:
    now = 0.0
    throttle = LoginThrottle(lambda: now)
    waits = []
    for _ in range(FREE_BY_NAME + 3):
        throttle.failed("ana", "10.0.0.1")
        waits.append(throttle.wait_s("ana", "10.0.0.9"))

    assert waits == [0, 0, 0, 0, 2, 4, 8, 16]
    assert throttle.wait_s("ion", "10.0.0.1") == 0
    now = 16.0
    assert throttle.wait_s("ana", "10.0.0.9") == 0
    throttle.succeeded("ana", "10.0.0.1")
    throttle.failed("ana", "10.0.0.1")
    assert throttle.wait_s("ana", "10.0.0.9") == 0


def test_who_is_let_in_often_may_not_guess_more_often() -> None:
    throttle = LoginThrottle(lambda: 0.0)
    throttle.failed("ana", "10.0.0.1")
    for _ in range(10):
        throttle.succeeded("ana", "10.0.0.1")
    for number in range(FREE_BY_ADDRESS):
        throttle.failed(f"nume{number}", "10.0.0.1")

    assert throttle.wait_s("altul", "10.0.0.1") > 0


def test_the_throttle_counts_addresses_and_stays_small() -> None:
    throttle = LoginThrottle(lambda: 0.0)
    for number in range(FREE_BY_ADDRESS):
        throttle.failed(f"nume{number}", "10.0.0.1")

    assert throttle.wait_s("altul", "10.0.0.1") > 0
    for number in range(30_000):
        throttle.failed(f"n{number}", f"a{number}")
    assert len(throttle._by_name) <= 10_000


def test_the_session_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Any) -> None:
    made = read_session_key(tmp_path, lambda count: b"r" * count)
    again = read_session_key(tmp_path, lambda count: b"s" * count)

    assert made == again == b"r" * KEY_BYTES
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / KEY_FILE).write_bytes(b"scurt")
    with pytest.raises(SessionKeyError):
        read_session_key(tmp_path, lambda count: b"s" * count)
