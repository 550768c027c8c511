"""The operator's handbook names every alert that the program raises, and no other."""

import ast
import re
from collections.abc import Iterator

from tests.source_tree import ROOT, modules

HANDBOOK = ROOT / "docs" / "operations.md"
ROW = re.compile(r"^\| (`[^|]*`) \|", re.MULTILINE)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        name = getattr(node, "func", None)
        if isinstance(node, ast.Call) and isinstance(name, ast.Name) and name.id == "raise_alert":
            yield node


def strings(tree: ast.AST) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def described() -> set[str]:
    table = HANDBOOK.read_text(encoding="utf-8").partition("## Alerts")[2]
    return {kind for row in ROW.findall(table) for kind in re.findall(r"`(\w+)`", row)}


def test_every_alert_raised_is_described() -> None:
    raised = {
        kind.value
        for file in modules().values()
        for call in calls(ast.parse(file.read_text(encoding="utf-8")))
        for kind in call.args[1:2]
        if isinstance(kind, ast.Constant)
    }

    assert "shortage" in raised
    assert raised - described() == set()


def test_every_alert_described_can_be_raised() -> None:
    raising = [
        tree
        for file in modules().values()
        for tree in [ast.parse(file.read_text(encoding="utf-8"))]
        if any(calls(tree))
    ]
    known = {text for tree in raising for text in strings(tree)}

    assert described() - known == set()
