"""Whichever way a code is written, the items that carry it are found, and no others."""

import sqlite3

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from magazie.model.codes import keys_of
from magazie.storage.listing import store_page
from magazie.storage.reads.shop_codes import ShopCodes
from tests.http.shop_data import shop_product
from tests.storage.schema import with_schema

EAN = "5940000000011"
WRITTEN = (
    *("", "0", "-", "n/a", "0000000000000"),
    *(EAN, f" {EAN}", f"0{EAN}", "594 0000000011", f"{EAN}\u00a0"),
    *("012345678905", "12345678905", "0012345678905", "00012345678905"),
    *("CAN-330", "can-330 ", "CAN\u00a0-330", "ＣＡＮ-330", "CAN330"),
    *("7", "007", "A7", "0A7", "Ș7", "ș7"),
)
TEXTS = st.sampled_from(WRITTEN)


def widest(*texts: str) -> set[str]:
    return {keys_of(text)[-1] for text in texts if keys_of(text)}


def stored(connection: sqlite3.Connection, items: list[tuple[str, str]]) -> ShopCodes:
    connection.execute("PRAGMA foreign_keys = OFF")
    shown = [
        replace(shop_product(f"{number}", sku, "Cană"), ean=ean)
        for number, (sku, ean) in enumerate(items)
    ]
    store_page(connection, "magazin", shown, 0)
    return ShopCodes(connection, "magazin")


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=8), st.lists(TEXTS, max_size=3))
@example([(EAN, EAN), ("CAN-330", "")], [EAN])
def test_it_finds_what_matching_would(items: list[tuple[str, str]], ours: list[str]) -> None:
    keys = widest(*ours)
    with with_schema() as connection:
        found = stored(connection, items).holders(keys)
    assert found == tuple(str(n) for n, texts in enumerate(items) if widest(*texts) & keys)


def test_what_is_gone_or_left_out_by_a_person_is_in_nobody_s_way() -> None:
    with with_schema() as connection:
        stored(connection, [("A", EAN), ("B", EAN), ("C", EAN), ("D", EAN)])
        connection.execute("UPDATE listing SET state = 'gone' WHERE external_id = '0'")
        connection.execute("UPDATE listing SET decision = 'ignore' WHERE external_id IN ('1', '2')")
        connection.execute(
            "INSERT INTO links (shop, external_id, product_id, sku, state, generation)"
            " VALUES ('magazin', '2', 1, 'C', 'linked', 1)"
        )
        codes = ShopCodes(connection, "magazin")
        assert codes.holders(widest(EAN)) == ("2", "3")
        assert codes.holders(widest(EAN), but=("3",)) == ("2",)
        assert ShopCodes(connection, "altul").holders(widest(EAN)) == ()
