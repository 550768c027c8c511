"""Pairing a terminal, and signing in at it by badge or PIN."""

import asyncio
import re
from typing import Any

import pytest
from aiohttp import ClientResponse

from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_book import Role
from magazie.actors.settings_messages import AddUser, RemoveUser, UpdateUser
from magazie.actors.terminal_desk import PAIRING_LASTS_MS
from tests.http.edges import PASSWORD, Edge
from tests.http.terminals import TestTerminal


async def person(edge: Edge, name: str = "dan", role: Role = Role.PICKER) -> None:
    await edge.parts.directory.ask(SettingsActor, SETTINGS_KEY, AddUser(name, role, PASSWORD))


async def paired(edge: Edge, name: str = "T1") -> str:
    offered = await edge.post("/api/v1/picking/terminals", {"name": name})
    answer = await edge.ask("POST", "/login/pair", {"code": offered["code"]}, role=None)
    assert answer.status == 200
    body = await answer.json()
    assert body["terminal"] == name
    return str(body["token"])


async def sign_in(edge: Edge, token: str, **how: str) -> ClientResponse:
    return await edge.ask("POST", "/login/terminal", {"terminal": token, **how}, role=None)


async def badge(edge: Edge, name: str = "dan") -> str:
    return str((await edge.post(f"/api/v1/picking/pickers/{name}/badge"))["code"])


async def pin(edge: Edge, value: str | None, name: str = "dan") -> ClientResponse:
    return await edge.ask("PUT", f"/api/v1/picking/pickers/{name}/pin", {"pin": value})


async def test_a_badge_at_a_paired_terminal_logs_in(edge: Edge) -> None:
    await person(edge)
    token, code = await paired(edge), await badge(edge)
    answer = await sign_in(edge, token, badge=code)
    assert answer.status == 200
    assert await answer.json() == {"name": "dan", "role": "picker"}
    me = await edge.ask("GET", "/api/v1/me", role=None)
    assert (await me.json())["name"] == "dan"


async def test_a_name_and_a_pin_log_in(edge: Edge) -> None:
    await person(edge)
    token = await paired(edge)
    assert (await pin(edge, "4711")).status == 204
    assert (await sign_in(edge, token, name="dan", pin="4711")).status == 200
    assert (await sign_in(edge, token, name="dan", pin="4712")).status == 401
    assert (await pin(edge, None)).status == 204
    assert (await sign_in(edge, token, name="dan", pin="4711")).status == 401


@pytest.mark.parametrize("how", [{}, {"name": "dan"}, {"pin": "4711"}, {"badge": "MBALTA"}])
async def test_anything_less_does_not(edge: Edge, how: dict[str, str]) -> None:
    await person(edge)
    await pin(edge, "4711")
    assert (await sign_in(edge, await paired(edge), **how)).status == 401


async def test_without_a_paired_terminal_nobody_signs_in(edge: Edge) -> None:
    await person(edge)
    code = await badge(edge)
    await pin(edge, "4711")
    assert (await sign_in(edge, "strain", badge=code)).status == 401
    assert (await sign_in(edge, "strain", name="dan", pin="4711")).status == 401
    token = await paired(edge)
    assert (await edge.ask("DELETE", "/api/v1/picking/terminals/T1")).status == 204
    assert (await sign_in(edge, token, badge=code)).status == 401
    assert (await edge.ask("DELETE", "/api/v1/picking/terminals/T1")).status == 404


async def test_a_pairing_code_is_good_once_and_for_a_while(edge: Edge) -> None:
    offered = await edge.post("/api/v1/picking/terminals", {"name": "T1"})
    body = {"code": offered["code"]}
    assert (await edge.ask("POST", "/login/pair", body, role=None)).status == 200
    assert (await edge.ask("POST", "/login/pair", body, role=None)).status == 401
    late = await edge.post("/api/v1/picking/terminals", {"name": "T2"})
    edge.clock.ms += PAIRING_LASTS_MS + 1
    answer = await edge.ask("POST", "/login/pair", {"code": late["code"]}, role=None)
    assert answer.status == 401


async def test_the_offer_shows_a_qr_code_of_the_address(edge: Edge) -> None:
    offered = await edge.post("/api/v1/picking/terminals", {"name": "T1"})
    assert offered["url"].endswith(f"/terminal#pair={offered['code']}")
    assert offered["url"].startswith("http://127.0.0.1:")
    # no phone opens that
    assert "public_url" in offered["advice"]["en"]
    assert "public_url" in offered["advice"]["ro"]
    assert re.fullmatch(r"<svg [^>]+>(<path [^>]+/>){2}</svg>", offered["qr"])
    assert len(offered["qr"]) < 20_000


async def test_pairing_anew_ends_the_earlier_token(edge: Edge) -> None:
    await person(edge)
    code, first = await badge(edge), await paired(edge)
    second = await paired(edge)
    assert (await sign_in(edge, first, badge=code)).status == 401
    assert (await sign_in(edge, second, badge=code)).status == 200


async def test_a_new_badge_ends_the_earlier_one_and_may_be_taken_away(edge: Edge) -> None:
    await person(edge)
    token = await paired(edge)
    first, second = await badge(edge), await badge(edge)
    assert (await sign_in(edge, token, badge=first)).status == 401
    assert (await sign_in(edge, token, badge=second)).status == 200
    assert (await edge.ask("DELETE", "/api/v1/picking/pickers/dan/badge")).status == 204
    assert (await sign_in(edge, token, badge=second)).status == 401


async def test_badges_and_pins_are_for_pickers_alone(edge: Edge) -> None:
    assert (await edge.ask("POST", "/api/v1/picking/pickers/ana/badge")).status == 422
    assert (await pin(edge, "4711", "ana")).status == 422
    assert (await edge.ask("POST", "/api/v1/picking/pickers/nimeni/badge")).status == 404
    await person(edge)
    token, code = await paired(edge), await badge(edge)
    await edge.parts.directory.ask(SettingsActor, SETTINGS_KEY, UpdateUser("dan", role=Role.OFFICE))
    assert (await sign_in(edge, token, badge=code)).status == 401


async def test_a_namesake_has_no_badge(edge: Edge) -> None:
    await person(edge)
    token, code = await paired(edge), await badge(edge)
    await edge.parts.directory.ask(SettingsActor, SETTINGS_KEY, RemoveUser("dan"))
    edge.clock.ms += 1
    await person(edge)
    assert (await sign_in(edge, token, badge=code)).status == 401
    listed: Any = await edge.get("/api/v1/picking/terminals", role=Role.OFFICE)
    assert listed["pickers"] == []


@pytest.mark.parametrize("value", ["123", "123456789", "12a4", "", "１２３４"])
async def test_a_pin_has_four_to_eight_digits(edge: Edge, value: str) -> None:
    await person(edge)
    assert (await pin(edge, value)).status == 422


async def test_who_guesses_must_wait(edge: Edge) -> None:
    await person(edge)
    await pin(edge, "4711")
    token = await paired(edge)
    statuses = [(await sign_in(edge, token, name="dan", pin="0000")).status for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert (await sign_in(edge, token, name="dan", pin="4711")).status == 429
    pairing = [
        (await edge.ask("POST", "/login/pair", {"code": "x"}, role=None)).status for _ in range(6)
    ]
    assert pairing[-1] == 429


async def test_wrong_badges_at_one_terminal_stop_no_other(edge: Edge) -> None:
    await person(edge)
    one, two, code = await paired(edge, "T1"), await paired(edge, "T2"), await badge(edge)
    statuses = [(await sign_in(edge, one, badge="5940000000011")).status for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert (await sign_in(edge, two, badge=code)).status == 200


async def test_who_has_no_terminal_keeps_nobody_out(edge: Edge) -> None:
    await person(edge)
    await pin(edge, "4711")
    token, code = await paired(edge), await badge(edge)
    for _ in range(6):
        await sign_in(edge, "strain", badge="MBALTA")
        await sign_in(edge, "strain", name="dan", pin="0000")
    assert (await sign_in(edge, "strain", badge="MBALTA")).status == 429
    assert (await sign_in(edge, token, badge=code)).status == 200
    assert (await sign_in(edge, token, name="dan", pin="4711")).status == 200


async def test_wrong_pairing_codes_make_only_their_sender_wait(edge: Edge) -> None:
    offered = await edge.post("/api/v1/picking/terminals", {"name": "T1"})

    async def pair_from(address: str, code: str) -> int:
        headers = {"X-Forwarded-For": address}
        answer = await edge.ask("POST", "/login/pair", {"code": code}, role=None, headers=headers)
        return answer.status

    assert [await pair_from("10.0.0.1", "x") for _ in range(6)] == [401] * 5 + [429]
    assert await pair_from("10.0.0.2", offered["code"]) == 200


async def test_who_guesses_badges_and_codes_holds_up_nobody_else(edge: Edge) -> None:
    await person(edge)
    token, code = await paired(edge), await badge(edge)
    stranger = {"X-Forwarded-For": "10.0.0.66"}
    for address, body in (
        ("/login/terminal", {"terminal": "x", "badge": "MBX"}),
        ("/login/pair", {"code": "x"}),
    ):
        tries = [
            (await edge.ask("POST", address, body, role=None, headers=stranger)).status
            for _ in range(6)
        ]
        assert tries == [401] * 5 + [429]
    assert (await sign_in(edge, token, badge=code)).status == 200
    await paired(edge, "T2")


async def test_what_is_listed_holds_no_secret(edge: Edge) -> None:
    await person(edge)
    await badge(edge)
    await pin(edge, "4711")
    await paired(edge)
    listed = await edge.get("/api/v1/picking/terminals", role=Role.OFFICE)
    assert listed["pickers"] == [{"name": "dan", "badge": True, "pin": True}]
    assert [sorted(it) for it in listed["terminals"]] == [
        ["created_at", "created_by", "name", "paired_at", "pairing_expires_at"]
    ]
    assert (await edge.ask("GET", "/api/v1/picking/terminals", role=Role.PICKER)).status == 403


async def refused_with(edge: Edge, name: str, **hello: str) -> int | None:
    socket = await edge.client.ws_connect("/ws/scan")
    said = {"type": "hello", "protocol": 1, "terminal": name, "token": edge.tokens[Role.PICKER]}
    await socket.send_json({**said, **hello})
    await asyncio.wait_for(socket.receive(), 5)
    return socket.close_code


async def test_only_paired_terminals_scan_where_that_is_set(edge: Edge) -> None:
    token = await paired(edge, "T1")
    assert (await TestTerminal.connect(edge, "T9")).welcomed["type"] == "welcome"
    settings = {"terminals_paired_only": True}
    assert (await edge.ask("PUT", "/api/v1/settings/picking", settings)).status == 200
    assert await refused_with(edge, "T9") == 4406
    assert await refused_with(edge, "T1", pairing="another") == 4406
    # the token is good for the name that came with it alone
    assert await refused_with(edge, "T9", pairing=token) == 4406
    assert (await TestTerminal.connect(edge, "T1", pairing=token)).welcomed["terminal"] == "T1"
    assert (await edge.ask("DELETE", "/api/v1/picking/terminals/T1")).status == 204
    assert await refused_with(edge, "T1", pairing=token) == 4406
