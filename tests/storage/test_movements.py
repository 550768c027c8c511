import sqlite3
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from magazie.storage import movements, stock
from magazie.storage.movements import Movement, MovementKind, MovementLine, MovementState
from magazie.storage.stock import LedgerEntry, StaleRevisionError
from tests.storage.schema import with_schema

WHOLE = Movement(
    id=3,
    source="erp",
    idempotency_key="k1",
    kind=MovementKind.TRANSFER,
    warehouse="principal",
    to_warehouse="magazin",
    reference="AV 7",
    supplier="Lut SRL",
    content_hash=b"hash",
    created_by="ana",
    created_ms=9,
    lines=(MovementLine(1, 5, 2000, 12_345, "fragil"), MovementLine(2, 6, 1500)),
)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with with_schema() as connection:
        for code in ("principal", "magazin"):
            connection.execute("INSERT INTO warehouses VALUES (?, ?)", (code, code))
        for product_id in (5, 6):
            connection.execute(
                "INSERT INTO products (id, code, code_key, name, created_ms, changed_ms)"
                " VALUES (?1, ?1, ?1, 'x', 0, 0)",
                (product_id,),
            )
        yield connection


def test_a_document_comes_back_as_it_was_stored(connection: sqlite3.Connection) -> None:
    assert movements.insert(connection, WHOLE)
    assert movements.load(connection, ("erp", "k1")) == WHOLE
    assert movements.load(connection, ("erp", "k2")) is None
    assert movements.find_key(connection, 3) == ("erp", "k1")
    assert movements.find_key(connection, 4) is None


def test_a_key_is_used_once(connection: sqlite3.Connection) -> None:
    movements.insert(connection, WHOLE)
    assert not movements.insert(connection, replace(WHOLE, id=4))
    assert movements.insert(connection, replace(WHOLE, id=5, source="other"))


def test_what_became_of_lines_is_stored_with_the_balances(connection: sqlite3.Connection) -> None:
    movements.insert(connection, WHOLE)
    for place, leg, delta in (("principal", "out", -2000), ("magazin", "in", 2000)):
        entry = LedgerEntry("m:3", 1, place, leg, "transfer", delta, 8000 + delta, "AV 7")
        stock.append_ledger(connection, 5, entry, 10)
    owed = movements.load(connection, ("erp", "k1"))
    assert owed is not None
    assert owed.lines[0].is_owed
    assert owed.lines[0].on_hand_milli == {"principal": 6000, "magazin": 10_000}

    done = replace(
        owed,
        state=MovementState.POSTED,
        revision=2,
        lines=(
            replace(owed.lines[0], posted=True),
            replace(owed.lines[1], problem="not enough"),
        ),
    )
    movements.settle(connection, owed, done)
    assert movements.load(connection, ("erp", "k1")) == done
    assert done.problems == ((2, "not enough"),)
    for revision in (2, 4):
        with pytest.raises(StaleRevisionError):
            movements.settle(connection, owed, replace(done, revision=revision))


def test_documents_that_owe_are_found_oldest_first(connection: sqlite3.Connection) -> None:
    for number in (4, 3, 5):
        movements.insert(connection, replace(WHOLE, id=number, idempotency_key=str(number)))
    before = movements.load(connection, ("erp", "3"))
    assert before is not None
    movements.settle(connection, before, replace(before, state=MovementState.POSTED, revision=2))

    assert movements.owing_keys(connection, 9) == [("erp", "4"), ("erp", "5")]
    assert movements.owing_keys(connection, 1) == [("erp", "4")]
