import json
import re

import pytest

from magazie.actors.outbox_messages import Outcome
from magazie.http.page_files import STATIC
from magazie.http.page_texts import WORDS, Language
from magazie.model.orders import OrderStatus
from magazie.storage.reads.outbox import WaitingState
from tests.http.edges import Edge
from tests.http.test_login import log_in


async def test_without_a_session_the_page_leads_to_the_log_in(edge: Edge) -> None:
    browser = await edge.ask("GET", "/?lang=en", role=None, headers={"Accept": "text/html,*/*"})
    program = await edge.ask("GET", "/", role=None)

    assert (browser.status, browser.headers["Location"]) == (303, "/login?next=%2F%3Flang%3Den")
    assert program.status == 401


async def test_the_page_speaks_romanian_first_and_english_when_asked(edge: Edge) -> None:
    await log_in(edge)

    pages = {}
    for path, accepted in (("/", ""), ("/", "fr"), ("/", "en-US,en;q=0.9"), ("/?lang=en", "ro")):
        response = await edge.ask(
            "GET", path, role=None, headers={"Accept-Language": accepted} if accepted else {}
        )
        pages[(path, accepted)] = await response.text()
    assert [re.findall(r'<html lang="(..)"', text) for text in pages.values()] == [
        ["ro"],
        ["ro"],
        ["en"],
        ["en"],
    ]
    assert "Ultimele comenzi" in pages[("/", "")]
    assert "ana · office" in pages[("/", "")]
    assert (await edge.ask("GET", "/?lang=xx", role=None)).status == 422


async def test_the_page_runs_only_its_own_scripts(edge: Edge) -> None:
    await log_in(edge)
    response = await edge.ask("GET", "/", role=None)
    text = await response.text()

    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"\son\w+=|style=|javascript:", text)
    (words,) = re.findall(r'id="words">(.*?)</script>', text)
    assert json.loads(words)["orders"] == "Comenzi"
    assert "{{" not in text


async def test_names_on_the_page_are_escaped(edge: Edge) -> None:
    await log_in(edge)
    company = {"name": '</script><b>"SRL', "vat_payer": True}
    await edge.ask("PUT", "/api/v1/settings/company", company)

    text = await (await edge.ask("GET", "/", role=None)).text()

    assert "<b>" not in text
    assert "&lt;/script&gt;&lt;b&gt;&quot;SRL" in text


async def test_files_of_the_pages_are_open_and_kept_by_browsers(edge: Edge) -> None:
    for name, content_type in (
        ("pages.css", "text/css"),
        ("status.js", "text/javascript"),
        ("icon.svg", "image/svg+xml"),
    ):
        response = await edge.ask("GET", f"/static/{name}", role=None)
        again = await edge.ask(
            "GET",
            f"/static/{name}",
            role=None,
            headers={"If-None-Match": response.headers["ETag"]},
        )
        assert (response.status, response.content_type) == (200, content_type)
        assert (again.status, await again.read()) == (304, b"")
    for name in ("login.html", "status.html", "..%2Fapp.py", "nimic.css"):
        assert (await edge.ask("GET", f"/static/{name}", role=None)).status == 404


def test_every_word_the_script_uses_is_there_in_both_languages() -> None:
    script = STATIC["status.js"].content.decode()
    used = set(re.findall(r"words\.([a-z_]+)", script))

    for language in Language:
        assert used <= set(WORDS[language])


@pytest.mark.parametrize("prefix", ["state_", "wait_", "outcome_"])
def test_words_that_stand_for_states_are_complete(prefix: str) -> None:
    states = {"state_": OrderStatus, "wait_": WaitingState, "outcome_": Outcome}[prefix]

    assert {f"{prefix}{state}" for state in states} <= set(WORDS[Language.RO])
