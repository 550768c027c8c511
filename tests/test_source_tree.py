"""What holds of every file: modules stay short, and nothing names the machine it was made on."""

import json
import re
from pathlib import Path

import pytest

from tests.source_tree import ROOT, modules, project_files

LONGEST = 450

# Put together here so that this file does not hold what it looks for.
FOLDERS = r"work|root|farm|home/\w+|Users/\w+"
INDEXES = ["py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js.org", "/opt/py" + "pi"]
OPTIONS = ["--(extra-)?index" + "-url", "--find" + "-links", "--trusted" + "-host"]
MACHINE = re.compile(rf"(?<![\w.~-])/(?:{FOLDERS})/|[A-Z]:\\+Users\\+")
INDEX = re.compile("|".join([*map(re.escape, INDEXES), *OPTIONS]))
LINK = re.compile(r"\]\(([^)#\s]+)")
LOCK_ADDRESS = re.compile(r"\w+://")


def text_of(file: Path) -> str:
    return file.read_bytes().decode("utf-8", errors="replace")


def faults(found: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{number}: {match[0]}"
        for file in files
        for number, line in enumerate(text_of(file).splitlines(), start=1)
        for match in [found.search(line)]
        if match
    ]


def test_every_module_stays_under_450_lines() -> None:
    lengths = {name: len(text_of(file).splitlines()) for name, file in modules().items()}

    assert {name: length for name, length in lengths.items() if length >= LONGEST} == {}


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert faults(MACHINE, list(project_files())) == []


def test_no_file_names_a_package_index() -> None:
    assert faults(INDEX, list(project_files())) == []


def test_locks_hold_no_address() -> None:
    locks = [file for file in project_files() if file.suffix == ".lock"]

    assert {"requirements.lock", "requirements-dev.lock"} <= {file.name for file in locks}
    assert ROOT / "web" / "node.lock" in locks
    assert faults(LOCK_ADDRESS, locks) == []


def test_the_lock_of_the_pages_holds_no_address_of_a_package() -> None:
    lock = (ROOT / "web" / "package-lock.json").read_text()
    packages = json.loads(lock)["packages"]

    assert len(packages) > 1
    assert "://" not in lock
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_links_in_documents_lead_somewhere() -> None:
    documents = [file for file in project_files() if file.suffix == ".md"]
    broken = [
        f"{document.relative_to(ROOT)}: {link}"
        for document in documents
        for link in LINK.findall(text_of(document))
        if "://" not in link and not (document.parent / link).exists()
    ]

    assert ROOT / "README.md" in documents
    assert broken == []


@pytest.mark.parametrize(
    "line",
    ["at /ro" + "ot/x", "'/wo" + "rk/main'", "cd /ho" + "me/ana/magazie", "C:\\Use" + "rs\\Ana"],
)
def test_a_machine_folder_would_be_found(line: str) -> None:
    assert MACHINE.search(line)


@pytest.mark.parametrize("line", ["/api/v1/home/x", "./work/x", "https://a.ro/homepage", "/roots"])
def test_an_ordinary_path_is_none(line: str) -> None:
    assert not MACHINE.search(line)
