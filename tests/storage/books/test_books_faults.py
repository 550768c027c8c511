"""For each kind of fault: break one promise, see just that found."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from magazie.storage.books import BooksReport, check_books
from magazie.storage.books.check import PROOFS
from tests.storage.books import bulk_corruptions as bulk
from tests.storage.books import goods_corruptions as goods
from tests.storage.books import picking_corruptions as picking
from tests.storage.books import record_corruptions as records
from tests.storage.books import shop_corruptions as shops
from tests.storage.books import tally_corruptions as tallies
from tests.storage.books.corruption import Corruption, Found
from tests.storage.books.spoiling import spoil

CORRUPTIONS = (
    *records.FILE,
    *records.REFERENCES,
    *records.ORDERS,
    *records.LINKS,
    *goods.STOCK,
    *goods.CLAIMS,
    *goods.MOVEMENTS,
    *picking.PICKING,
    *tallies.TALLIES,
    *shops.FEEDS,
    *shops.PUBLICATIONS,
    *shops.OUTBOX,
    *shops.ALERTS,
    *bulk.BULK,
)
OWED_KINDS = {name for proof in PROOFS if (name := proof.name).startswith("owed_")}
WITH_KINDS_OF_THEIR_OWN = {"claim_lines", "codes"} | {
    proof.name for proof in PROOFS if proof.name.startswith("alert ")
}


def found(report: BooksReport) -> Found:
    return frozenset((fault.kind, fault.subject) for fault in report.faults)


def due(books: Path, corruption: Corruption) -> Found:
    """What is to be found, with the ids that documents drew."""
    with closing(sqlite3.connect(books)) as connection:
        ids = dict(connection.execute("SELECT idempotency_key, id FROM movements").fetchall())
    return frozenset(
        (kind, re.sub(r"<(\w+)>", lambda match: str(ids[match[1]]), subject))
        for kind, subject in corruption.found
    )


def test_clean_books_have_no_fault_and_owe_nothing(clean_books: Path) -> None:
    assert check_books(clean_books, settled=True) == BooksReport(faults=(), owed=())


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda corruption: corruption.name)
def test_a_broken_promise_is_found_and_nothing_else(books: Path, corruption: Corruption) -> None:
    spoil(books, *corruption.statements, loosened=corruption.loosened)

    assert found(check_books(books)) == due(books, corruption)


def test_every_promise_is_broken_once() -> None:
    broken = {kind for corruption in CORRUPTIONS for kind, _ in corruption.found}

    assert {proof.name for proof in PROOFS} - OWED_KINDS - WITH_KINDS_OF_THEIR_OWN <= broken


def test_an_alert_that_a_person_has_seen_is_still_open(books: Path) -> None:
    spoil(books, "UPDATE alerts SET state = 'seen', seen_by = 'Ana'")

    assert check_books(books).faults == ()


def test_a_claim_may_lag_while_it_is_owed(books: Path) -> None:
    spoil(
        books,
        "UPDATE orders SET claims_wanted = 3 WHERE id = 8",
        "UPDATE order_lines SET quantity_milli = 7000 WHERE order_id = 8",
    )

    assert check_books(books).faults == ()


def test_a_line_may_be_in_the_ledger_before_its_document_notes_it(books: Path) -> None:
    spoil(
        books,
        "UPDATE movement_lines SET posted = 0 WHERE movement_id ="
        " (SELECT id FROM movements WHERE kind = 'transfer')",
        "UPDATE movements SET state = 'posting' WHERE kind = 'transfer'",
    )

    assert check_books(books).faults == ()


def test_faults_are_sorted_and_a_line_each(books: Path) -> None:
    spoil(
        books,
        "UPDATE orders SET total_bani = 1 WHERE id = 6",
        "UPDATE orders SET total_bani = 1 WHERE id = 5",
        "UPDATE alerts SET text = 'first' || char(10) || 'second' WHERE kind = 'shortage'",
    )

    lines = [str(fault) for fault in check_books(books).faults]

    assert lines == [
        "alert_text order:2/product:2: its shortage alert says first second, due is 2 missing",
        "alert_text order:5/product:2: its shortage alert says first second, due is 1 missing",
        "order_total order:5: the total is 0.01, lines and delivery less discounts make 98.22",
        "order_total order:6: the total is 0.01, lines and delivery less discounts make 15.99",
    ]


def test_damage_to_the_file_is_a_fault_and_ends_no_other_proof(books: Path) -> None:
    with closing(sqlite3.connect(books)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'ledger'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    spoil(books, "UPDATE orders SET cancelled_by = 'office' WHERE id = 1")
    with books.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)

    shown = found(check_books(books))

    assert {("unprovable", "integrity"), ("unprovable", "balance")} <= shown
    assert ("cancelled_by", "order:1") in shown


def test_numbers_too_large_to_add_up_are_a_fault(books: Path) -> None:
    spoil(books, "UPDATE ledger SET delta_milli = 9223372036854775807 WHERE product_id = 1")

    assert ("unprovable", "balance") in found(check_books(books))


def test_progress_is_told_before_each_proof(clean_books: Path) -> None:
    told: list[tuple[int, int, str]] = []

    check_books(clean_books, progress=lambda *step: told.append(step))

    assert told == [(number, len(PROOFS), proof.name) for number, proof in enumerate(PROOFS)]
