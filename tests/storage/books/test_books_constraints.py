import pytest

from magazie.storage.books.constraints import conditions_of


@pytest.mark.parametrize(
    ("statement", "conditions"),
    [
        ("CREATE TABLE t (a INTEGER)", []),
        ("CREATE TABLE t (a INTEGER CHECK (a > 0), b TEXT CHECK(b<>''))", ["a > 0", "b<>''"]),
        ("CREATE TABLE t (a REFERENCES u (b) CHECK (a <= max(0, (c))))", ["a <= max(0, (c))"]),
        ("CREATE TABLE t (a TEXT CHECK (a <> ')' AND a <> '--'))", ["a <> ')' AND a <> '--'"]),
        ("CREATE TABLE t (\n-- Ana's CHECK (no)\na INTEGER CHECK (\n a > 0 -- (\n))", ["a > 0"]),
        ("CREATE TABLE t (a TEXT DEFAULT 'CHECK (a)', PRIMARY KEY (a))", []),
    ],
)
def test_conditions_are_read_from_a_statement(statement: str, conditions: list[str]) -> None:
    assert list(conditions_of(statement)) == conditions
