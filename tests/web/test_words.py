"""Page and service mean the same words."""

import re

from magazie.model.picking import Outcome
from magazie.model.tally import TallyOutcome
from tests.source_tree import ROOT


def test_the_page_knows_every_outcome() -> None:
    source = (ROOT / "web" / "src" / "scan" / "protocol.ts").read_text(encoding="utf-8")
    listed = source.partition("OUTCOMES = [")[2].partition("]")[0]

    assert set(re.findall(r'"(\w+)"', listed)) == {str(one) for one in (*Outcome, *TallyOutcome)}


def test_the_page_has_no_words_for_refusals_of_its_own() -> None:
    texts = (ROOT / "web" / "src" / "texts.ts").read_text(encoding="utf-8")

    assert "refusal_" not in texts
