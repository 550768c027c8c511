import re
from pathlib import Path

from magazie.simulators.gomag import Switches

DOCUMENT = Path(__file__).parents[3] / "docs" / "gomag_assumptions.md"


def test_the_document_names_every_switch_and_no_other() -> None:
    rows = [line.split("|") for line in DOCUMENT.read_text().splitlines() if line.startswith("|")]
    named = [name for row in rows for name in re.findall(r"`([a-z_]+)`", row[3])]
    assert sorted(named) == sorted(Switches.__struct_fields__)


def test_the_document_speaks_of_every_assumption() -> None:
    spoken = set(re.findall(r"\bA(\d+)\b", DOCUMENT.read_text()))
    assert spoken == {str(number) for number in range(1, 35)}
