"""Rules of publishing: what stands against it, what is sent of an item, what is taken of us."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from magazie.model.publishing import (
    CHANGING,
    SHOP_SAID,
    Content,
    Facts,
    PublishProblem,
    Sending,
    TellingAttribute,
    changed_fields,
    is_in_the_way,
    merged,
    problems_of,
    still_holds,
    unconfirmed,
)

FULL = Facts(price_e4=100_000, vat_rate_e2=2100, sku="CANA", category_path=("Căni",))

TEXTS = st.sampled_from(["", "a", "b", "c"])
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["1", "2"]), st.lists(st.sampled_from("xyz"), min_size=1, unique=True)
).map(
    lambda found: tuple(
        TellingAttribute(key, key, f"A{key}", "dropdown", tuple(values))
        for key, values in found.items()
    )
)
CONTENTS = st.builds(
    Content,
    sku=st.just("CANA"),
    name=TEXTS,
    description=TEXTS,
    brand=TEXTS,
    ean=TEXTS,
    family=TEXTS,
    vat_rate_e2=st.sampled_from([None, 1100, 2100]),
    weight_milli=st.sampled_from([None, 100, 200]),
    category=st.sampled_from([(), ("Căni",), ("Casă", "Căni")]),
    attributes=ATTRIBUTES,
    images=st.sampled_from([(), ("u1",), ("u1", "u2")]),
)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({}, []),
        ({"price_e4": None}, ["no_price"]),
        ({"price_e4": 0}, ["no_price"]),
        ({"vat_rate_e2": None}, ["no_vat"]),
        ({"has_category": False, "is_mapped": False}, ["no_category"]),
        ({"is_mapped": False}, ["category_unmapped"]),
        ({"category_path": ()}, ["category_pending"]),
        ({"category_is_gone": True}, ["category_gone"]),
        ({"category_path": ("Bucătărie", " ")}, ["category_nameless"]),
        ({"sku_holders": ("7",)}, ["sku_in_use"]),
        ({"code_holders": ("8",)}, ["code_in_use"]),
        ({"items": ("5",), "code_holders": ("8",)}, []),
        ({"is_bundle": True}, ["bundle"]),
        ({"unreachable_images": 2}, ["image_unreachable"]),
        ({"price_e4": None, "vat_rate_e2": None}, ["no_price", "no_vat"]),
        ({"gone_items": ("5",)}, ["item_gone"]),
        # an item that is there keeps its own price, VAT rate and category
        ({"items": ("5",), "price_e4": None, "vat_rate_e2": None, "is_mapped": False}, []),
        ({"items": ("5",), "is_bundle": True}, []),
        ({"items": ("5",), "gone_items": ("4",)}, []),
        ({"items": ("5", "6")}, ["several_items"]),
        ({"items": ("5",), "sku": " "}, ["no_sku"]),
        ({"items": ("5",), "sku_holders": ("7",)}, ["sku_in_use"]),
        ({"items": ("5",), "category_is_gone": True}, ["category_gone"]),
    ],
)
def test_what_stands_against_it(changes: dict[str, object], problems: list[str]) -> None:
    found = problems_of(replace(FULL, **changes))
    assert list(found) == problems
    assert is_in_the_way(found) is (problems not in ([], ["image_unreachable"]))


@given(CONTENTS, CONTENTS, CONTENTS)
def test_nothing_is_sent_that_is_there_or_was_taken_so(
    wanted: Content, taken: Content, shown: Content
) -> None:
    fields = changed_fields(wanted, taken, shown)
    assert fields <= set(CHANGING)
    assert changed_fields(wanted, wanted, shown) == frozenset()
    assert changed_fields(wanted, taken, wanted) == frozenset()
    assert all(getattr(wanted, field) for field in fields), "nothing is ever emptied"


@given(CONTENTS, CONTENTS, CONTENTS)
def test_what_was_sent_is_there_and_once_taken_nothing_is_left_to_send(
    wanted: Content, taken: Content, shown: Content
) -> None:
    sending = Sending(wanted, "5", changed_fields(wanted, taken, shown))
    after = merged(shown, sending.told)
    assert unconfirmed(sending.told, after) == ()
    assert changed_fields(wanted, merged(taken, wanted), after) == frozenset()


@given(CONTENTS, CONTENTS, CONTENTS)
def test_what_people_changed_in_the_shop_stays(
    before: Content, wanted: Content, theirs: Content
) -> None:
    for field in changed_fields(wanted, before, theirs):
        assert getattr(wanted, field) != getattr(before, field)


@given(CONTENTS, CONTENTS, st.sets(st.sampled_from(list(PublishProblem))))
def test_what_the_shop_said_holds_while_the_same_would_be_sent(
    sent: Content, wanted: Content, problems: set[PublishProblem]
) -> None:
    told = tuple(sorted(problems))
    held = still_holds(told, Sending(sent), wanted)
    assert set(held) == (problems & SHOP_SAID if sent == wanted else set())
    assert set(still_holds(told, None, wanted)) == problems & SHOP_SAID
