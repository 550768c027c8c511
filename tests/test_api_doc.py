"""The API document names what the program serves, and nothing else; its examples are read back."""

import itertools
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from magazie.cli import main
from magazie.http import openapi
from magazie.http.api.jobs import JobShown
from magazie.http.app import ENDPOINTS_KEY
from magazie.http.endpoint import Endpoint
from magazie.http.fields import read_field
from magazie.http.paging import Paging
from magazie.http.problems import Problem, ProblemError, ProblemKind
from magazie.storage.jobs import JobKind
from tests.http.edges import Edge, edge_over
from tests.source_tree import ROOT
from tests.storage.fresh_books import open_fresh

DOCUMENT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")

METHODS = "GET|POST|PUT|PATCH|DELETE"
ADDRESS_ROW = re.compile(rf"^\| `({METHODS}) (/[^`]*)` \| (\w+) \| (.+) \|$", re.MULTILINE)
ADDRESS = re.compile(rf"(?:`(?:(?:{METHODS}) )?|http://127\.0\.0\.1:8080)(/[^`?\"\s]*)")
PROBLEM_ROW = re.compile(r"^\| (\d{3}) \| `(\w+)` \| .+ \|$", re.MULTILINE)
WORDS_ROW = re.compile(r"^\| `([A-Z]\w+)` \| (`.+) \|$", re.MULTILINE)
COMMAND_ROW = re.compile(r"^\| `magazie ([^`]+)` \|", re.MULTILINE)
METRIC = re.compile(r"`(magazie_\w+)`")
EXAMPLE = re.compile(
    r"^`([A-Z]\w+)`[^\n]*(?:\n[^\n]+)*:\n\n```json\n(.*?)\n```$", re.MULTILINE | re.DOTALL
)
FENCED_JSON = re.compile(r"^```json$", re.MULTILINE)


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    storage = await open_fresh(tmp_path / "magazie.db")
    try:
        async with edge_over(storage, tmp_path) as built:
            yield built
    finally:
        await storage.close()


@pytest.fixture
def endpoints(edge: Edge) -> tuple[Endpoint, ...]:
    return edge.app[ENDPOINTS_KEY]


def pattern_of(path: str) -> str:
    """What a concrete address of this path looks like; the path itself does too."""
    return re.sub(r"\\{[^{}]+\\}", "[^/]+", re.escape(path))


def structs_in(endpoints: tuple[Endpoint, ...]) -> Iterator[tuple[type[Any], bool]]:
    """The structs that cross the edge, and whether they come in."""
    yield Problem, False
    for each in endpoints:
        yield each.body, True
        for answer in each.answers.values():
            if answer is not None:
                yield from ((kind, False) for kind in (answer, *get_args(answer)))


def test_every_address_stands_in_a_table_once_with_its_role(
    endpoints: tuple[Endpoint, ...],
) -> None:
    rows = ADDRESS_ROW.findall(DOCUMENT)

    assert len({(method, path) for method, path, _, _ in rows}) == len(rows)
    assert {(method, path): role for method, path, role, _ in rows} == {
        (each.method, each.path): "all" if each.role is None else each.role.value
        for each in endpoints
    }


def test_every_filter_of_a_list_is_named(endpoints: tuple[Endpoint, ...]) -> None:
    told = {(method, path): text for method, path, _, text in ADDRESS_ROW.findall(DOCUMENT)}
    filters = {
        (each.method, each.path): set(each.query.__struct_fields__) - set(Paging.__struct_fields__)
        for each in endpoints
        if issubclass(each.query, Paging)
    }

    assert filters["GET", "/api/v1/stock"] == {"product", "warehouse", "short"}
    for address, names in filters.items():
        assert names <= set(re.findall(r"`(\w+)`", told[address])), address


def test_the_kinds_of_jobs_are_all_told() -> None:
    told = {(method, path): text for method, path, _, text in ADDRESS_ROW.findall(DOCUMENT)}
    (kinds,) = re.findall(r"`kind` \(([^)]*)\)", told["GET", "/api/v1/jobs"])

    assert re.findall(r"`(\w+)`", kinds) == [kind.value for kind in JobKind]


def test_every_address_named_anywhere_is_served(endpoints: tuple[Endpoint, ...]) -> None:
    known = re.compile("|".join(pattern_of(each.path) for each in endpoints))
    named = ADDRESS.findall(DOCUMENT)

    assert "/webhooks/gomag/{shop}" in named
    assert "/api/v1/orders" in named
    assert [path for path in named if not known.fullmatch(path)] == []


def test_every_problem_is_told_with_its_status() -> None:
    assert {(int(status), kind) for status, kind in PROBLEM_ROW.findall(DOCUMENT)} == {
        (ProblemError(kind, "").status, kind.value) for kind in ProblemKind
    }


def test_every_word_of_a_state_or_kind_is_told(endpoints: tuple[Endpoint, ...]) -> None:
    schemas = openapi.describe(endpoints, version="", public_url="")["components"]["schemas"]
    enums = {name: set(schema["enum"]) for name, schema in schemas.items() if "enum" in schema}
    enums.pop("ProblemKind")

    assert {
        name: set(re.findall(r"`(\w+)`", words)) for name, words in WORDS_ROW.findall(DOCUMENT)
    } == enums


async def test_every_metric_is_named(edge: Edge) -> None:
    page = await (await edge.ask("GET", "/metrics")).text()
    ours = set(re.findall(r"^# HELP (magazie_\w+) ", page, re.MULTILINE))

    assert set(METRIC.findall(DOCUMENT)) == ours
    for name in set(re.findall(r"`(process_\w+)`", DOCUMENT)):
        assert f"# HELP {name} " in page


def test_every_example_is_what_its_struct_reads_and_writes(
    endpoints: tuple[Endpoint, ...],
) -> None:
    structs = {kind.__name__: (kind, comes_in) for kind, comes_in in structs_in(endpoints)}
    examples = EXAMPLE.findall(DOCUMENT)

    for name, text in examples:
        kind, comes_in = structs[name]
        example = json.loads(text)
        if kind is JobShown:
            example["result"] = None  # msgspec writes a Raw that may be null, and reads none
        read = msgspec.json.decode(json.dumps(example), type=kind, dec_hook=read_field)
        if not comes_in:
            assert json.loads(msgspec.json.encode(read)) == example, name
    # each block of JSON has its struct, but for the empty list
    assert len(examples) == len(FENCED_JSON.findall(DOCUMENT)) - 1
    assert {"OrderIn", "OrderShown", "ProductShown", "StockShown", "Event"} <= {
        name for name, _ in examples
    }


def test_every_command_is_told_with_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    def help_on(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--help"])
        assert ended.value.code == 0
        return capsys.readouterr().out

    told = COMMAND_ROW.findall(DOCUMENT)
    offered = set(re.findall(r"^    (\w+) ", help_on(), re.MULTILINE))

    assert {row.split()[0] for row in told} == offered
    for row in told:
        words = itertools.takewhile(re.compile("[a-z]+").fullmatch, row.split())
        options = set(re.findall(r"--[\w-]+", row))
        known = set(re.findall(r"--[\w-]+", help_on(*words)))
        assert known - {"--help", "--config"} == options, row


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("`GET /api/v1/orders?status=short`", ["/api/v1/orders"]),
        ('curl "http://127.0.0.1:8080/metrics"', ["/metrics"]),
        ("see `/ws/events`, not and/or", ["/ws/events"]),
        ("`link` is `shop/external_id`", []),
    ],
)
def test_an_address_is_found_where_one_stands(text: str, named: list[str]) -> None:
    assert ADDRESS.findall(text) == named


@pytest.mark.parametrize(
    ("path", "address", "is_one"),
    [
        ("/api/v1/jobs/{id}", "/api/v1/jobs/{id}", True),
        ("/api/v1/jobs/{id}", "/api/v1/jobs/0000000000002", True),
        ("/api/v1/jobs/{id}", "/api/v1/jobs/1/cancel", False),
        ("/api/v1/jobs", "/api/v1/jobless", False),
    ],
)
def test_an_address_is_known_by_its_path(path: str, address: str, *, is_one: bool) -> None:
    assert bool(re.fullmatch(pattern_of(path), address)) is is_one
