"""Whose a courier's label is: a table of labels, and what holds of any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.parcel_labels import is_label_of, shipment_on

AWB = "1SDY241065761"
SAMEDAY = st.sampled_from(["Sameday", "SAMEDAY COURIER", "Same Day", "sameday-easybox"])
OTHERS = st.sampled_from(["FAN Courier", "Cargus", "DPD", "GLS", "Curier rapid", "", "Day"])
AWBS = st.text(st.sampled_from("0123456789ABC"), min_size=1, max_size=16)


@pytest.mark.parametrize(
    ("label", "carrier", "wanted"),
    [
        ("1SDY241065761", "Sameday", True),
        ("1SDY241065761001", "Sameday", True),
        ("1SDY241065761012", "Sameday Courier", True),
        ("1SDY241065761999", "sameday easybox", True),
        ("1SDY241065761000", "Sameday", False),
        ("1SDY24106576101", "Sameday", False),
        ("1SDY2410657610001", "Sameday", False),
        ("1SDY241065761001001", "Sameday", False),
        ("1SDY241065761 001", "Sameday", False),
        ("1SDY241065761-01", "Sameday", False),
        ("1SDY24106576100A", "Sameday", False),
        ("1SDY24106576100\u0661", "Sameday", False),
        ("1SDY241065761001\n", "Sameday", False),
        ("01SDY241065761001", "Sameday", False),
        ("1sdy241065761001", "Sameday", False),
        ("1SDY24106576", "Sameday", False),
        ("", "Sameday", False),
        # how these number their pieces is not certain
        ("1SDY241065761", "FAN Courier", True),
        ("1SDY241065761001", "FAN Courier", False),
        ("1SDY241065761001", "Cargus", False),
        ("1SDY241065761001", "DPD", False),
        ("1SDY241065761001", "GLS", False),
        ("1SDY241065761001", "", False),
    ],
)
def test_a_label_is_of_a_shipment_by_the_whole_of_it(
    label: str,
    carrier: str,
    *,
    wanted: bool,
) -> None:
    assert is_label_of(label, AWB, carrier) is wanted


@given(AWBS, st.integers(1, 999), SAMEDAY)
def test_each_piece_of_sameday_is_found(awb: str, piece: int, carrier: str) -> None:
    label = f"{awb}{piece:03}"
    assert is_label_of(label, awb, carrier)
    assert shipment_on(label) == awb


@given(AWBS, st.text(max_size=20), st.one_of(SAMEDAY, OTHERS))
def test_nothing_but_a_piece_number_stands_behind_it(awb: str, text: str, carrier: str) -> None:
    for label in (text, awb + text, text + awb):
        if is_label_of(label, awb, carrier):
            piece = label.removeprefix(awb)
            assert piece == "" or (piece.isascii() and piece.isdigit() and 1 <= int(piece) <= 999)
            assert shipment_on(label) == awb or piece == ""


@given(AWBS, st.text(max_size=8), OTHERS)
def test_of_other_couriers_the_awb_alone_is_a_label(awb: str, behind: str, carrier: str) -> None:
    assert is_label_of(awb + behind, awb, carrier) == (not behind)


@given(st.text(max_size=8), SAMEDAY)
def test_no_number_is_no_shipments(label: str, carrier: str) -> None:
    assert not is_label_of(label, "", carrier)
