"""What is still on its way is listed apart, and is a fault only where nothing should be."""

from pathlib import Path

import pytest

from magazie.storage.books import Fault, check_books
from magazie.storage.books.check import PROOFS
from tests.storage.books.furniture import START_MS
from tests.storage.books.spoiling import spoil

CUP_ITEM = "shop = 'magazin' AND external_id = '11' AND field = 'price'"

OWED = [
    pytest.param(
        ["UPDATE orders SET claims_wanted = 2 WHERE id = 1"],
        "owed_claims order:1: order N501 from magazin: claims of revision 2 are not known"
        " to be set",
        id="claims",
    ),
    pytest.param(
        ["UPDATE picking_sessions SET told_revision = 0 WHERE id = 901"],
        "owed_picking picking:901: its orders are not known to know of it",
        id="what is in hand",
    ),
    pytest.param(
        ["UPDATE tallies SET state = 'posting' WHERE id = 912"],
        "owed_tally tally:912: its movement is not known to be there",
        id="the movement of what was counted",
    ),
    pytest.param(
        [
            """INSERT INTO movements VALUES (88, '', '', 'reception', 'raft', NULL, 'NIR 3', '',
                x'00', 'posting', '', 1, 1)""",
            "INSERT INTO movement_lines VALUES (88, 1, 4, 1500, NULL, '', 0, '')",
        ],
        "owed_posting movement:88/line:1: reception NIR 3: 1.5 of product 4 are not known to be"
        " posted",
        id="a posting",
    ),
    pytest.param(
        [
            """INSERT INTO publications (shop, product_id, state, batch, changed_ms)
                VALUES ('magazin', 4, 'waiting', 5, 1)"""
        ],
        "owed_publication product:4/magazin: is still to be sent",
        id="a publication",
    ),
    pytest.param(
        ["UPDATE prices SET price_e4 = 100000 WHERE product_id = 1"],
        "owed_value item:magazin/11/price: CANA 1 is 10.00 here, the shop acknowledged 49.90",
        id="a price",
    ),
    pytest.param(
        ["UPDATE shops SET stock_generation = 1, stock_warehouse = 'raft' WHERE name = 'magazin'"],
        "owed_value item:magazin/11/stock: CANA 1 is 2 here, the shop acknowledged 10",
        id="stock of another warehouse",
    ),
    pytest.param(
        [f"UPDATE outbox_items SET doubt = 1 WHERE {CUP_ITEM}"],
        "owed_value item:magazin/11/price: CANA 1 is 49.90 here, the shop acknowledged 49.90"
        " (in doubt)",
        id="an answer",
    ),
    pytest.param(
        [f"DELETE FROM outbox_items WHERE {CUP_ITEM}"],
        "owed_value item:magazin/11/price: CANA 1 is 49.90 here, the shop acknowledged nothing",
        id="a first send",
    ),
    pytest.param(
        [
            "UPDATE prices SET price_e4 = 0 WHERE product_id = 1",
            f"UPDATE outbox_items SET held = 1, reason = 'no\nway' WHERE {CUP_ITEM}",
        ],
        "owed_value item:magazin/11/price: CANA 1 is 0.00 here, the shop acknowledged 49.90"
        " (held; no way)",
        id="a person's word",
    ),
    pytest.param(
        ["UPDATE outbox_statuses SET state = 'due', reason = 'busy' WHERE order_id = 1"],
        "owed_status order:1/taken: order N501 is taken, magazin is not told yet (busy)",
        id="a milestone",
    ),
    pytest.param(
        ["UPDATE outbox_statuses SET state = 'doubt' WHERE order_id = 9"],
        "owed_status order:9/cancelled: order N507 is cancelled, magazin may not know it",
        id="a milestone in doubt",
    ),
    pytest.param(
        ["DELETE FROM outbox_statuses WHERE order_id = 1"],
        "owed_status order:1/taken: order N501 is taken, which is not noted for magazin",
        id="the note of a milestone",
    ),
    pytest.param(
        ["UPDATE untaken_orders SET external_id = '501' WHERE reason = 'before_start'"],
        "owed_untaken order:1: order N501 is taken and still listed as not taken",
        id="an entry to be dropped",
    ),
    pytest.param(
        [
            """INSERT INTO listing (shop, external_id, sku, ean, name, state, product, read_ms)
                VALUES ('magazin', '15', 'CUTIT-5', '', '', 'creating', x'00', 1)"""
        ],
        "owed_import item:magazin/15: CUTIT-5 was being created by an import",
        id="an import",
    ),
    pytest.param(
        [
            """INSERT INTO listing (shop, external_id, sku, ean, name, state, product, read_ms,
                decision, decided_product) VALUES ('magazin', '15', 'CUTIT-5', '', '', 'new',
                x'00', 1, 'link', 1)"""
        ],
        "owed_decision item:magazin/15: its link was decided and is not made",
        id="a decided link",
    ),
    pytest.param(
        [
            """UPDATE products SET images = '[{"url":"https://x.ro/1.jpg"}]' WHERE id = 1""",
            "INSERT INTO missing_images VALUES ('https://x.ro/1.jpg', 1, '')",
        ],
        "owed_image product:1: https://x.ro/1.jpg is still to be fetched or told",
        id="an image",
    ),
    pytest.param(
        [
            """INSERT INTO jobs (kind, subject, state, arguments, created_ms, changed_ms)
                VALUES ('import', 'magazin', 'running', '{}', 1, 1)"""
        ],
        "owed_job job:1: import of magazin is running",
        id="a job",
    ),
]


@pytest.mark.parametrize(("statements", "line"), OWED)
def test_a_step_to_come_is_owed_and_no_fault(books: Path, statements: list[str], line: str) -> None:
    spoil(books, *statements)

    report = check_books(books)

    assert report.faults == ()
    assert line in report.owed


@pytest.mark.parametrize(("statements", "line"), OWED)
def test_in_books_at_rest_it_is_a_fault(books: Path, statements: list[str], line: str) -> None:
    spoil(books, *statements)
    owed = check_books(books).owed

    report = check_books(books, settled=True)

    assert report.owed == ()
    assert tuple(str(fault) for fault in report.faults) == owed
    assert line in owed


def test_every_kind_of_step_is_tried() -> None:
    tried = {str(case.values[1]).split()[0] for case in OWED}

    assert {proof.name for proof in PROOFS if proof.name.startswith("owed_")} == tried


def test_owed_steps_come_sorted(books: Path) -> None:
    spoil(books, "UPDATE prices SET price_e4 = 100000")

    subjects = [line.split()[1] for line in check_books(books).owed]

    assert subjects == [f"item:magazin/{item}/price:" for item in (11, 12, 13)]


def test_faults_and_steps_are_told_apart(books: Path) -> None:
    spoil(
        books,
        "UPDATE prices SET price_e4 = 100000 WHERE product_id = 1",
        "UPDATE orders SET cancelled_by = 'office' WHERE id = 1",
    )

    report = check_books(books)

    text = "is open and cancelled by office"
    assert report.faults == (Fault("cancelled_by", "order:1", text),)
    assert [line.split()[0] for line in report.owed] == ["owed_value"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sync_switches SET price = 0",
        "UPDATE links SET state = 'gone' WHERE product_id = 1",
        "UPDATE shops SET price_warehouse = NULL WHERE name = 'magazin'",
    ],
)
def test_what_a_shop_is_not_told_is_not_owed(books: Path, statement: str) -> None:
    spoil(
        books,
        "UPDATE prices SET price_e4 = 100000 WHERE product_id = 1",
        "INSERT INTO sync_switches VALUES (1, 'magazin', 1, 1)",
        "INSERT INTO alerts (kind, subject, text, since_ms, state, changed_ms)"
        " VALUES ('no_price_source', 'magazin', '', 1, 'cleared', 1)",
        statement,
    )

    assert check_books(books).owed == ()


def test_an_old_order_is_not_told_of_any_more(books: Path) -> None:
    long_ago_ms = START_MS - 40 * 24 * 3600 * 1000
    spoil(
        books,
        "DELETE FROM outbox_statuses WHERE order_id = 1",
        f"UPDATE orders SET taken_at_ms = {long_ago_ms} WHERE id = 1",
    )

    assert check_books(books).owed == ()
