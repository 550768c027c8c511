"""What a scan means: tables of what readers send, and what holds of any text."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.codes import check_digit, in_store_ean
from magazie.model.finder import (
    Ambiguous,
    Identity,
    Named,
    ThingKind,
    Unknown,
    identify,
    lookup_keys,
    widest_key,
)

GS = "\x1d"
P1, P2, P3, ORDER, PARCEL = 1, 2, 3, 560, 9
GTIN_14 = "02000000001012"
BOX_14 = "1200000000101" + check_digit("1200000000101")


def product(number: int, code: str, pieces: int = 1) -> Named:
    return Named(ThingKind.PRODUCT, number, code, pieces * 1000)


THINGS = (
    product(P1, "CAN-330"),
    product(P1, "2000000001012"),
    product(P1, "FURNIZOR 77/1"),
    product(P1, "can.330-vechi"),
    product(P1, "CAN-330-BAX", 6),
    product(P1, BOX_14, 24),
    product(P2, "CEAI-20"),
    product(P2, "2000000001029"),
    product(P3, "*STEA*"),
    product(P3, "20000011"),
    Named(ThingKind.ORDER, ORDER, "560"),
    Named(ThingKind.PARCEL, PARCEL, "2030100012345"),
)


def found(text: str, things: tuple[Named, ...] = THINGS) -> object:
    keys = set(lookup_keys(text))
    return identify(text, [thing for thing in things if widest_key(thing.code) in keys])


def pieces_of(text: str) -> tuple[int, int]:
    its = found(text)
    assert isinstance(its, Identity)
    return its.id, its.pieces_milli // 1000


# --- G5: prefix, suffix, control characters -------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "\r2000000001012\n",
        "2000000001012\t",
        "2000000001012\\n",
        "*CAN-330*",
        "]E02000000001012",
        "\x022000000001012\x03",
        "\x02]E02000000001012\r\n",
        "]A0*CAN-330*",
        "CAN-330",
        "can-330",
        "CAN - 330",
        "02000000001012",
        "\ufeff2000000001012",
    ],
)
def test_g5_what_a_reader_puts_around_a_code_does_not_count(text: str) -> None:
    assert pieces_of(text) == (P1, 1)


# --- G9, G10: packs, and several codes a product --------------------------------------------


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("CAN-330-BAX", 6), ("can-330-bax\r\n", 6), (BOX_14, 24), (f"]C101{BOX_14}", 24)],
)
def test_g9_the_code_on_a_pack_counts_its_pieces(text: str, pieces: int) -> None:
    assert pieces_of(text) == (P1, pieces)


@pytest.mark.parametrize(
    "text", ["2000000001012", "CAN-330", "FURNIZOR 77/1", "furnizor77/1", "can.330-vechi"]
)
def test_g10_every_code_of_a_product_is_the_product(text: str) -> None:
    assert pieces_of(text) == (P1, 1)


def test_a_code_of_a_piece_and_its_box_alike_counts_one() -> None:
    things = (product(P1, "A", 6), product(P1, "A"))
    assert identify("A", things) == Identity(ThingKind.PRODUCT, P1, 1000)


# --- GS1 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (f"]C101{GTIN_14}", 1),
        (f"]C101{GTIN_14}17261231", 1),
        (f"]d201{GTIN_14}10L-5{GS}17261231", 1),
        (f"{GS}01{GTIN_14}10L-5", 1),
        (f"01{GTIN_14}10L-5{GS}306", 6),
        (f"(01){GTIN_14}(30)6", 6),
        (f"]C102{GTIN_14}3724", 24),
        (f"https://id.gs1.org/01/{GTIN_14}/10/L-5", 1),
        (f"]Q3https://exemplu.ro/01/{GTIN_14}", 1),
    ],
)
def test_a_gs1_message_names_the_goods_and_how_many(text: str, pieces: int) -> None:
    assert pieces_of(text) == (P1, pieces)


def test_lot_and_serial_of_a_gs1_message_are_told() -> None:
    its = found(f"]d201{GTIN_14}21SN/1{GS}10L-5")
    assert its == Identity(ThingKind.PRODUCT, P1, 1000, serial="SN/1", lot="L-5")


@pytest.mark.parametrize(
    "text",
    [
        f"]C101{GTIN_14}99",  # breaks off
        f"]C101{GTIN_14[:-1]}9",  # wrong check digit
        f"]C102{GTIN_14}",  # a content without its count
        f"]C101{GTIN_14}30" + "0" * 6,  # no piece
        f"01{GTIN_14}30",  # a count of no digits
        f"]C101{GTIN_14}30{GS}10L-5",
        f"]C101{GTIN_14}01{BOX_14}",  # two kinds of goods
        f"]C1{GTIN_14}X",
        "]C10012345600000000018",  # a pallet's number
        f"(01){GTIN_14}(30)6(",
        f"(01){GTIN_14}7(30)6",
        f"(01){GTIN_14} (30)6",
        "https://exemplu.ro/produs/2000000001012",
        f"x01{GTIN_14}",
    ],
)
def test_what_is_no_whole_gs1_message_is_unknown(text: str) -> None:
    assert found(text) == Unknown()


# --- never partial, never fuzzy -------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\r\n",
        "XXXX",
        "CAN-33",
        "CAN-3300",
        "CAN330",
        "200000000101",
        "2000000001013",
        "22000000001012",  # a box that nobody entered: never the piece in it
        "2000000001012 2000000001012",
        "CAN-330;CEAI-20",
        "N/A",
        "0",
        "*",
        "A" * 600,
    ],
)
def test_anything_less_or_more_than_a_code_is_unknown(text: str) -> None:
    assert found(text) == Unknown()


def test_the_text_as_it_came_decides_first() -> None:
    things = (*THINGS, product(P2, "STEA"), product(P1, "*stea*x"))
    assert identify("*STEA*", things) == Identity(ThingKind.PRODUCT, P3, 1000)
    assert identify("*stea*", things) == Identity(ThingKind.PRODUCT, P3, 1000)
    assert identify("]A0*STEA*", things) == Identity(ThingKind.PRODUCT, P2, 1000)


def test_letter_case_tells_two_products_apart_where_it_is_exact() -> None:
    things = (product(P1, "Ab-1"), product(P2, "aB-1"))
    assert identify("Ab-1", things) == Identity(ThingKind.PRODUCT, P1, 1000)
    assert identify("ab-1", things) == Ambiguous(((ThingKind.PRODUCT, P1), (ThingKind.PRODUCT, P2)))


def test_one_code_of_two_products_is_ambiguous() -> None:
    things = (product(P1, "5941234567899"), product(P2, "5941234567899"))
    assert isinstance(identify("5941234567899", things), Ambiguous)


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("560", ThingKind.ORDER, ORDER),
        ("560\r\n", ThingKind.ORDER, ORDER),
        ("]C0560", ThingKind.ORDER, ORDER),
        ("2030100012345", ThingKind.PARCEL, PARCEL),
        ("*2030100012345*", ThingKind.PARCEL, PARCEL),
    ],
)
def test_orders_and_parcels_are_found_by_their_numbers(
    text: str, kind: ThingKind, number: int
) -> None:
    assert found(text) == Identity(kind, number, 1000)


def test_a_parcel_number_with_more_behind_it_is_another() -> None:
    assert found("2030100012345001") == Unknown()


# --- what holds of any text -----------------------------------------------------------------

MARKS = st.text("\r\n\t\x02\x03\x1d \ufeff", max_size=4)


@given(st.text(max_size=40))
def test_any_text_is_survived(text: str) -> None:
    assert isinstance(found(text), Identity | Unknown | Ambiguous)


@given(st.integers(0, 10**10 - 1), MARKS, MARKS)
def test_marks_change_nothing(number: int, before: str, after: str) -> None:
    ean = in_store_ean(number)
    thing = product(7, ean)
    assert identify(f"{before}{ean}{after}", [thing]) == Identity(ThingKind.PRODUCT, 7, 1000)


@given(st.integers(0, 10**10 - 1), st.data())
def test_one_wrong_digit_is_never_the_product(number: int, data: st.DataObject) -> None:
    ean = in_store_ean(number)
    place = data.draw(st.integers(0, len(ean) - 1))
    digit = data.draw(st.sampled_from([each for each in string.digits if each != ean[place]]))
    wrong = ean[:place] + digit + ean[place + 1 :]
    assert identify(wrong, [product(7, ean)]) == Unknown()


CODES = st.text(string.ascii_letters + string.digits + "-./", min_size=2, max_size=14).filter(
    lambda text: bool(widest_key(text))
)


@given(CODES, st.integers(1, 13))
def test_part_of_a_code_is_never_the_product(code: str, length: int) -> None:
    part = code[:length]
    if widest_key(part) != widest_key(code):
        assert identify(part, [product(7, code)]) == Unknown()


@given(CODES, st.lists(CODES, max_size=5))
def test_what_is_found_has_the_code_whole(text: str, codes: list[str]) -> None:
    things = [product(number, code) for number, code in enumerate(codes, start=1)]
    its = identify(text, things)
    if isinstance(its, Identity):
        assert widest_key(codes[its.id - 1]) in lookup_keys(text)
    else:
        matching = {it.id for it in things if widest_key(it.code) == widest_key(text)}
        assert len(matching) != 1


@given(CODES, st.permutations([product(n, c) for n, c in enumerate(["A-1", "a-1", "B2"], 1)]))
def test_the_order_of_what_is_known_does_not_matter(text: str, things: list[Named]) -> None:
    assert identify(text, things) == identify(text, sorted(things, key=lambda it: it.id))
