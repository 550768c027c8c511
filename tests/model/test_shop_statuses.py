import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.shop_statuses import Status, StatusBook

MAP = {
    "taken": "Comanda preluată",
    "picked": "",
    "invoiced": "Finalizată (Facturată)",
    "cancelled": "Anulată",
    "returned": "Returnată",
}
TYPED = [
    Status("1", "Comanda noua", "sale"),
    Status("2", "Comanda preluata", "sale"),
    Status("3", "Comanda Finalizata", "sale"),
    Status("4", "Anulata", "cancel"),
    Status("5", "Retur", "return"),
    Status("6", "Refuzata la livrare", "cancel"),
]
UNTYPED = [Status(status.id, status.name) for status in TYPED]


# --- which statuses want no goods -----------------------------------------------------------


@pytest.mark.parametrize("status", TYPED)
def test_a_type_says_whether_goods_are_wanted(status: Status) -> None:
    book = StatusBook(TYPED, MAP)
    assert book.wants_nothing(status.id, status.name) == (status.type in {"cancel", "return"})


def test_a_type_goes_before_a_mapped_name() -> None:
    book = StatusBook([Status("4", "Anulata", "sale")], MAP)
    assert not book.wants_nothing("4", "Anulata")


@pytest.mark.parametrize(
    ("status_id", "name", "nothing"),
    [
        ("1", "Comanda noua", False),
        ("4", "Anulata", True),
        ("5", "Retur", False),
        ("6", "Refuzata la livrare", False),
        ("9", "ANULATĂ", True),
        ("9", "returnata", True),
        ("9", "Returnată și restituită", False),
        ("", "Anulata", True),
        ("", "", False),
    ],
)
def test_without_types_the_mapped_names_say_it(status_id: str, name: str, nothing: bool) -> None:  # noqa: FBT001 - a column of the table
    assert StatusBook(UNTYPED, MAP).wants_nothing(status_id, name) == nothing


def test_the_shops_list_goes_before_the_name_an_order_shows() -> None:
    renamed = StatusBook([Status("4", "Anulata")], MAP)
    assert renamed.wants_nothing("4", "Comanda respinsa")
    assert not StatusBook([Status("4", "Comanda respinsa")], MAP).wants_nothing("4", "Anulata")


def test_before_the_list_is_known_the_name_alone_says_it() -> None:
    book = StatusBook([], MAP)
    assert book.is_empty
    assert book.wants_nothing("4", "anulata")
    assert not book.wants_nothing("4", "Comanda noua")


@pytest.mark.parametrize("names", [{}, {"cancelled": "", "returned": ""}])
def test_without_names_only_types_say_it(names: dict[str, str]) -> None:
    assert not StatusBook(UNTYPED, names).wants_nothing("4", "Anulata")
    assert not StatusBook([], names).wants_nothing("", "")
    assert StatusBook(TYPED, names).wants_nothing("4", "Anulata")


def test_only_cancelling_and_returning_milestones_want_nothing() -> None:
    book = StatusBook(UNTYPED, MAP)
    assert not book.wants_nothing("2", "Comanda preluata")
    assert not book.wants_nothing("8", "Finalizată (Facturată)")


# --- milestones -----------------------------------------------------------------------------


def test_a_milestone_is_found_by_its_name_without_case_and_diacritics() -> None:
    book = StatusBook(TYPED, {"taken": "COMANDA PRELUATĂ", "cancelled": "anulată"})
    assert not book.is_empty
    assert book.id_for("taken") == "2"
    assert book.id_for("cancelled") == "4"
    assert book.name_for("taken") == "COMANDA PRELUATĂ"


def test_both_forms_of_a_letter_are_one_name() -> None:
    book = StatusBook(
        [Status("8", "Expediată şi facturată")], {"shipped": "Expediată și facturată"}
    )
    assert book.id_for("shipped") == "8"


@pytest.mark.parametrize("milestone", ["picked", "shipped", "invoiced"])
def test_what_is_not_mapped_or_not_in_the_list_is_not_told(milestone: str) -> None:
    assert StatusBook([*TYPED, Status("7", "")], MAP).id_for(milestone) is None


def test_an_unmapped_milestone_has_no_name() -> None:
    book = StatusBook(TYPED, MAP)
    assert (book.name_for("picked"), book.name_for("shipped")) == ("", "")


def test_a_status_of_a_milestone_is_known_as_one() -> None:
    book = StatusBook(TYPED, MAP)
    assert [status.id for status in TYPED if book.is_milestone(status.id)] == ["2", "4"]
    assert not book.is_milestone("99")
    assert not book.is_milestone("")


def test_a_second_status_of_the_same_name_is_the_same_milestone() -> None:
    """An order that came in either of them was further than 'taken' already."""
    book = StatusBook([Status(twin, "Comanda preluata") for twin in ("2", "12")], MAP)
    assert book.id_for("taken") in {"2", "12"}
    assert book.is_milestone("2")
    assert book.is_milestone("12")


def test_the_map_is_taken_as_it_was_given() -> None:
    names = {"taken": "Comanda preluata"}
    book = StatusBook(TYPED, names)
    names["taken"] = "Anulata"
    assert book.id_for("taken") == "2"


STATUSES = st.lists(
    st.builds(
        Status,
        st.sampled_from("123456"),
        st.sampled_from(["Nouă", "noua", "Anulată", "Retur", ""]),
        st.sampled_from([None, None, "sale", "return", "cancel"]),
    ),
    max_size=6,
    unique_by=lambda status: status.id,
)
NAMES = st.dictionaries(
    st.sampled_from(["taken", "invoiced", "cancelled", "returned"]),
    st.sampled_from(["NOUA", "anulata", "retur", ""]),
)


@given(STATUSES, NAMES)
def test_a_found_milestone_has_the_mapped_name_and_is_known_as_one(
    statuses: list[Status], names: dict[str, str]
) -> None:
    book = StatusBook(statuses, names)
    plain = {"Nouă": "noua", "noua": "noua", "Anulată": "anulata", "Retur": "retur", "": ""}
    for milestone in ("taken", "invoiced", "cancelled", "returned"):
        wanted = names.get(milestone, "").lower()
        fitting: set[str | None] = {s.id for s in statuses if wanted and plain[s.name] == wanted}
        assert book.id_for(milestone) in (fitting or {None})
    told = {name.lower() for name in names.values()} - {""}
    released = {names.get(key, "").lower() for key in ("cancelled", "returned")} - {""}
    for status in statuses:
        assert book.is_milestone(status.id) == (plain[status.name] in told)
        expected = (
            plain[status.name] in released
            if status.type is None
            else status.type in {"cancel", "return"}
        )
        assert book.wants_nothing(status.id, "noua") == expected
