"""Under which address other devices are told to find the service."""

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from magazie.http.origins import Reached, reached_at


def reached(host: str | None, public_url: str = "", origin: str | None = None) -> Reached:
    headers = {"Host": host, "Origin": origin}
    given = {name: value for name, value in headers.items() if value is not None}
    return reached_at(make_mocked_request("POST", "/", headers=given), public_url)


def test_what_is_set_goes_before_what_was_asked() -> None:
    assert reached("10.0.0.5:8080", "https://erp.ro/") == Reached("https://erp.ro", is_shared=True)


@pytest.mark.parametrize("host", ["10.0.0.5:8080", "magazie.lan", "[fd00::5]:8080", "erp.ro:443"])
def test_the_address_that_was_asked_at_is_good_for_others(host: str) -> None:
    assert reached(host) == Reached(f"http://{host}", is_shared=True)


def test_a_browser_knows_of_the_proxy_that_ends_tls() -> None:
    assert reached("erp.ro", origin="https://erp.ro").origin == "https://erp.ro"
    for other in ("https://evil.example", "null", "ftp://erp.ro", "http://["):
        assert reached("erp.ro", origin=other).origin == "http://erp.ro"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8080", "localhost:8080", "a.localhost", "[::1]:80", "0.0.0.0:1", "127.1.2.3"],
)
def test_the_address_of_this_machine_is_good_here_only(host: str) -> None:
    assert reached(host) == Reached(f"http://{host}", is_shared=False)


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "erp.ro/x",
        "a b",
        "erp.ro#",
        "u@erp.ro",
        "erp.ro:8x",
        "<svg>",
        "[:::::]",
        "[::1",
        "ă.ro",
    ],
)
def test_what_is_no_host_is_told_to_nobody(host: str | None) -> None:
    assert reached(host) == Reached("", is_shared=False)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30))
def test_nothing_but_a_host_gets_into_the_address(host: str) -> None:
    origin = reached(host).origin
    assert origin in {"", f"http://{host}"}
    if origin:
        assert not set(host) & set("/?#@\\<>\"' ")
