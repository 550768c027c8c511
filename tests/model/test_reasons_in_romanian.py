"""What the program itself gives as a reason is known in Romanian wherever it is told."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from magazie.model.reason_words import reason_in_romanian
from magazie.model.romanian_faults import in_romanian
from magazie.model.shop_reasons import of_shop_in_romanian
from tests.source_tree import PACKAGE

SHOP_ERRORS = {"Throttled", "Unreachable", "Unauthorized", "NotApplied", "OutcomeUnknown"}
SHOP_ERRORS |= {"Unreadable", "ReadUnsettledError", "TransportError"}
WITHOUT_WORDS = {"HTTP 7: 7", "7", "7: 7"}
"""Nothing in them is ours to say."""
FIELD_ERRORS = {"ForeignNumberError", "TimeFormatError"}
WITHOUT_FIELD = {"7: 7", "date: 7"}
"""The fault is another's to say."""
OF_A_PRODUCT = ("product_*", "own_codes", "kept_products", "movement_rules", "publishing_maps")
REFUSALS = ("ProductNotFoundError", "LinkNotFoundError", "CodeNotFoundError", "ImageNotFoundError")
REFUSALS += ("MovementDiffersError", "OpeningTooLateError", "NotEnoughStockError")


def texts_in(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be, with ``7`` for what is filled in."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            yield "".join(it.value if isinstance(it, ast.Constant) else "7" for it in values)
        case ast.IfExp(body=body, orelse=orelse):
            yield from texts_in(body)
            yield from texts_in(orelse)


def given_to(names: set[str], place: int, file: Path) -> Iterator[str]:
    """Texts written at this place of a call of one of these names."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
            yield from (text for each in node.args[place : place + 1] for text in texts_in(each))


def reasons_of_shops() -> set[str]:
    files = [*(PACKAGE / "gomag").rglob("*.py"), *(PACKAGE / "sync").rglob("*.py")]
    return {text for file in files for text in given_to(SHOP_ERRORS, 0, file)} - WITHOUT_WORDS


def faults_of_fields() -> set[str]:
    """What is wrong with a field of an order, as the field's name and the fault."""
    models = [PACKAGE / "model" / f"{name}.py" for name in ("foreign_numbers", "romanian_time")]
    faults = {text for file in models for text in given_to(FIELD_ERRORS, 0, file)}
    faults = {f"date: {fault}" for fault in faults if "with offset" not in fault}
    shapes = {
        text
        for file in (PACKAGE / "gomag").glob("*.py")
        for text in (*given_to({"ShapeError"}, 0, file), *named(file, "told"))
    }
    return faults | {shape for shape in shapes if shape not in WITHOUT_FIELD}


def named(file: Path, name: str) -> Iterator[str]:
    """Texts that a variable of this name is given."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            yield from texts_in(node.value)


def faults_of_products() -> set[str]:
    actors = [file for name in OF_A_PRODUCT for file in (PACKAGE / "actors").glob(f"{name}.py")]
    faults = {text for file in actors for text in given_to({"FieldFault"}, 1, file)}
    every = list((PACKAGE / "actors").rglob("*.py"))
    return faults | {text for file in every for text in given_to(set(REFUSALS), 0, file)}


def faults_of_edits() -> set[str]:
    files = (PACKAGE / "sync").rglob("*.py")
    return {text for file in files for text in given_to({"EditRefusedError"}, 0, file)}


def test_texts_are_found_where_they_are_written(tmp_path: Path) -> None:
    file = tmp_path / "some.py"
    file.write_text('raise Bad("a") if x else Bad(f"b {y!r} c" if z else "d", 1)\nOther("e")\n')

    assert list(given_to({"Bad"}, 0, file)) == ["a", "b 7 c", "d"]


@pytest.mark.parametrize("reason", sorted(reasons_of_shops()))
def test_what_we_say_of_a_shop_is_known_in_romanian(reason: str) -> None:
    assert of_shop_in_romanian(reason) != reason
    assert reason_in_romanian(reason) != reason


@pytest.mark.parametrize("fault", sorted(faults_of_fields()))
def test_what_is_wrong_with_a_field_is_known_in_romanian(fault: str) -> None:
    told = reason_in_romanian(f"order 8: {fault}")
    assert told.startswith("comanda 8: ")
    assert told != f"comanda 8: {fault}"


@pytest.mark.parametrize("fault", sorted(faults_of_products() | faults_of_edits()))
def test_what_is_wrong_with_a_product_is_known_in_romanian(fault: str) -> None:
    assert reason_in_romanian(fault) != fault
    assert reason_in_romanian(f"prices.a: {fault}").startswith("prices.a: ")
    if "on hand" not in fault and "leave" not in fault and "known already" not in fault:
        assert in_romanian(fault) != fault or "; " in fault


def test_all_are_looked_at() -> None:
    assert len(reasons_of_shops()) >= 15
    assert len(faults_of_products()) >= 25
    assert len(faults_of_fields()) >= 15
    assert {"must not be empty", "no such product"} <= faults_of_products()


@pytest.mark.parametrize(
    ("english", "romanian"),
    [
        (
            "no complete answer within 30 s: the shop was not reached, and is tried again in 9 s",
            (
                "niciun răspuns întreg în 30 s: magazinul nu a putut fi contactat; se încearcă din"
                " nou peste 9 s"
            ),
        ),
        (
            "not a page of orders: no orders in it",
            "nu este o pagină de comenzi: fără comenzi în ea",
        ),
        ("date: missing", "date: lipsește"),
        ("600: no reason given", "600: fără niciun motiv"),
        ("600: Numele este rezervat", "600: Numele este rezervat"),
        ("order 7: x \\1", "comanda 7: x \\1"),
    ],
)
def test_reasons_within_reasons(english: str, romanian: str) -> None:
    assert reason_in_romanian(english) == romanian
