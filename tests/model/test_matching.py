"""Which product a shop's item is: each rule by itself, and what holds of any shop."""

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.codes import keys_of
from magazie.model.match_words import why, why_in_romanian
from magazie.model.matching import (
    Choice,
    ChoiceAction,
    MatchAction,
    Matching,
    MatchReason,
    ShopItem,
    Tie,
    TieState,
    Verdict,
    judge,
)

X, Y = 1, 2
EAN = "5941234567899"
CREATE, LINK, ASK, KEEP = (
    MatchAction.CREATE,
    MatchAction.LINK,
    MatchAction.ASK,
    MatchAction.KEEP,
)
PLACEHOLDERS = ["", "0", "-", "0000000000000", "n/a", " "]


def shop(products: Mapping[int, Iterable[str]], *items: ShopItem) -> Matching:
    """A shop's items beside products that have these codes."""
    named: dict[str, list[int]] = {}
    for product_id, texts in products.items():
        for key in sorted({keys_of(text)[-1] for text in texts if keys_of(text)}):
            named.setdefault(key, []).append(product_id)
    matching = Matching(lambda key: named.get(key, []))
    for item in items:
        matching.put(item)
    return matching


def verdict(products: Mapping[int, Iterable[str]], *items: ShopItem) -> Verdict:
    """The verdict on the first of them."""
    return shop(products, *items).verdict(items[0].external_id)


def said(found: Verdict) -> tuple[MatchAction, MatchReason]:
    return found.action, found.reason


@pytest.mark.parametrize(
    ("sku", "ean"),
    [
        ("can-330 ", ""),
        ("ＣＡＮ-330", "0"),
        ("", "5941234567899"),
        ("5941234567899", "CAN\xa0-330"),
        ("CAN-330", "05941234567899"),
        ("ALT-1", "5941234567899"),
    ],
)
def test_all_hits_the_same_product_is_a_link(sku: str, ean: str) -> None:
    products = {X: ["CAN-330", "5941234567899"], Y: ["CAN-331"]}
    found = verdict(products, ShopItem("1", sku, ean))
    assert (*said(found), found.product_id) == (LINK, MatchReason.SAME_CODES, X)


def test_no_hit_creates() -> None:
    found = verdict({X: ["A"]}, ShopItem("1", "B", "5941234567899"))
    assert said(found) == (CREATE, MatchReason.NOTHING_ALIKE)


def test_an_sku_that_says_one_and_an_ean_that_says_another_is_a_persons() -> None:
    found = verdict({X: ["A"], Y: ["5941234567899"]}, ShopItem("1", "a", "5941234567899"))
    assert (*said(found), found.products) == (ASK, MatchReason.CODES_DISAGREE, (X, Y))


def test_one_code_of_several_products_is_a_persons() -> None:
    products = {X: ["A", "5941234567899"], Y: ["5941234567899"]}
    for sku in ("A", "", "NOU"):
        found = verdict(products, ShopItem("1", sku, "5941234567899"))
        assert (*said(found), found.products) == (ASK, MatchReason.SEVERAL_PRODUCTS, (X, Y))


@pytest.mark.parametrize("sku", PLACEHOLDERS)
@pytest.mark.parametrize("ean", PLACEHOLDERS)
def test_placeholders_are_no_key(sku: str, ean: str) -> None:
    twin = ShopItem("2", ean, sku)
    found = verdict({X: ["0", "-"]}, ShopItem("1", sku, ean), twin)
    assert said(found) == (CREATE, MatchReason.NO_CODES)
    nameless = verdict({}, ShopItem("1", sku, ean, has_name=False), twin)
    assert said(nameless) == (ASK, MatchReason.NAMELESS)


def test_a_name_is_not_needed_where_there_is_a_code() -> None:
    assert verdict({}, ShopItem("1", "A", "", has_name=False)).action is CREATE


def test_two_items_that_would_link_to_one_product_are_both_a_persons() -> None:
    matching = shop(
        {X: ["A", "5941234567899"]}, ShopItem("1", "A", ""), ShopItem("2", "B", "5941234567899")
    )
    for mine, other in (("1", "2"), ("2", "1")):
        found = matching.verdict(mine)
        assert said(found) == (ASK, MatchReason.SEVERAL_ITEMS)
        assert (found.products, found.items) == ((X,), (other,))


def test_a_linked_item_stays_and_the_other_is_a_persons() -> None:
    linked = ShopItem("1", "A", "", tie=Tie(X, TieState.LINKED))
    matching = shop({X: ["A"]}, linked, ShopItem("2", "a ", ""))
    assert said(matching.verdict("1")) == (KEEP, MatchReason.LINKED)
    found = matching.verdict("2")
    assert (*said(found), found.items) == (ASK, MatchReason.PRODUCT_TAKEN, ("1",))


def test_two_items_that_would_be_created_alike_are_both_a_persons() -> None:
    matching = shop({}, ShopItem("1", "A", "5941234567899"), ShopItem("2", "B", "5941234567899"))
    assert said(matching.verdict("1")) == said(matching.verdict("2"))
    assert said(matching.verdict("1")) == (ASK, MatchReason.SEVERAL_ITEMS)


def test_an_ignored_item_is_in_nobodys_way() -> None:
    ignored = ShopItem("2", "A", "", choice=Choice(ChoiceAction.IGNORE))
    matching = shop({}, ShopItem("1", "A", ""), ignored)
    assert matching.verdict("1").action is CREATE
    assert matching.verdict("2").action is MatchAction.IGNORE


def test_the_same_id_gets_its_link_back_whatever_its_codes_say() -> None:
    back = ShopItem("1", "ALTUL", "", tie=Tie(X, TieState.GONE))
    found = verdict({X: ["A"], Y: ["ALTUL"]}, back)
    assert (*said(found), found.product_id) == (LINK, MatchReason.RETURNED, X)


def test_a_new_id_is_linked_where_the_old_link_is_gone_alone() -> None:
    new = ShopItem("2", "A", "")
    assert verdict({X: ["A"]}, new).action is LINK
    old = ShopItem("1", "VECHI", "", tie=Tie(X, TieState.LINKED))
    assert said(verdict({X: ["A"]}, new, old)) == (ASK, MatchReason.PRODUCT_TAKEN)


def test_what_a_person_untied_is_not_tied_again() -> None:
    untied = ShopItem("1", "A", "", tie=Tie(X, TieState.UNTIED))
    assert said(verdict({X: ["A"]}, untied)) == (ASK, MatchReason.UNTIED_BEFORE)
    assert verdict({Y: ["A"]}, untied).product_id == Y
    done = ShopItem(
        "1", "Z", "", tie=Tie(X, TieState.UNTIED), choice=Choice(ChoiceAction.LINK, X, is_done=True)
    )
    assert said(verdict({}, done)) == (ASK, MatchReason.UNTIED_BEFORE)


def test_a_persons_word_goes_before_every_rule() -> None:
    products = {X: ["A"], Y: ["5941234567899"]}
    linking = ShopItem("1", "A", "5941234567899", choice=Choice(ChoiceAction.LINK, Y))
    creating = ShopItem("2", "A", "", choice=Choice(ChoiceAction.CREATE))
    matching = shop(products, linking, creating)
    found = matching.verdict("1")
    assert (*said(found), found.product_id) == (LINK, MatchReason.CHOSEN, Y)
    assert said(matching.verdict("2")) == (CREATE, MatchReason.WANTED_NEW)


def test_a_code_of_another_family_is_a_persons() -> None:
    versions = [ShopItem(str(at), f"TRICOU-{at}", "", family="TRICOU") for at in (2, 3)]
    for products in ({}, {X: ["TRICOU"]}):
        stray = ShopItem("1", "tricou", "", family="CANA")
        found = verdict(products, stray, *versions)
        assert (*said(found), found.items) == (ASK, MatchReason.FAMILY_CODE, ("2", "3"))
        main = ShopItem("1", "TRICOU", "", family="TRICOU")
        assert verdict(products, main, *versions).action in {CREATE, LINK}


def test_what_is_put_again_replaces_what_was() -> None:
    matching = shop({}, ShopItem("1", "A", "", family="F"), ShopItem("2", "A", ""))
    matching.put(ShopItem("2", "B", ""))
    assert matching.verdict("1").action is CREATE
    matching.put(ShopItem("3", "F", ""))
    assert matching.verdict("3").reason is MatchReason.FAMILY_CODE
    matching.drop("1")
    matching.drop("1")
    assert matching.verdict("3").action is CREATE
    assert (len(matching), matching.ids()) == (2, ["2", "3"])


# --- of any shop ---------------------------------------------------------------------------

CODES = ["A", "a ", "B", "C", "5941234567899", "05941234567899", "2000000001012", "0", "-", ""]
codes = st.sampled_from(CODES)
nomenclatures = st.dictionaries(st.integers(1, 4), st.lists(codes, max_size=3), max_size=4)
ties = st.none() | st.builds(Tie, st.integers(1, 4), st.sampled_from(TieState))
choices = st.none() | st.builds(
    Choice, st.sampled_from(ChoiceAction), st.integers(1, 4), st.booleans()
)


@st.composite
def shops(draw: st.DrawFn, *, decided: bool = True) -> list[ShopItem]:
    return [
        ShopItem(
            str(number),
            draw(codes),
            draw(codes),
            draw(st.booleans()),
            draw(st.sampled_from(["", "", "A", "F"])),
            draw(st.sampled_from(["", "0", "1"])),
            draw(ties) if decided else None,
            draw(choices) if decided else None,
        )
        for number in range(draw(st.integers(1, 5)))
    ]


@given(codes, codes, nomenclatures)
def test_a_link_never_guesses(sku: str, ean: str, products: dict[int, list[str]]) -> None:
    found = verdict(products, ShopItem("1", sku, ean))
    wanted = {keys_of(text)[-1] for text in (sku, ean) if keys_of(text)}
    hits = {
        product_id
        for product_id, texts in products.items()
        if wanted & {keys_of(text)[-1] for text in texts if keys_of(text)}
    }
    assert (found.action is LINK) == (len(hits) == 1)
    assert (found.action is CREATE) == (not hits)
    assert (found.action is ASK) == (len(hits) > 1)


@given(nomenclatures, shops())
def test_the_order_of_items_does_not_matter(
    products: dict[int, list[str]], items: list[ShopItem]
) -> None:
    one, other = shop(products, *items), shop(products, *reversed(items))
    assert [one.verdict(it.external_id) for it in items] == [
        other.verdict(it.external_id) for it in items
    ]


@given(nomenclatures, shops(decided=False), st.data())
def test_an_import_cut_anywhere_ends_the_same(
    products: dict[int, list[str]], items: list[ShopItem], data: st.DataObject
) -> None:
    """Carrying out some of the verdicts changes none of the others."""
    before = shop(products, *items)
    verdicts = {it.external_id: before.verdict(it.external_id) for it in items}
    done = data.draw(st.sets(st.sampled_from(sorted(verdicts))))
    books = {product_id: list(texts) for product_id, texts in products.items()}
    after_items = []
    for number, item in enumerate(items):
        found = verdicts[item.external_id]
        tied = found.product_id
        if item.external_id in done and found.action is CREATE:
            tied = 100 + number
            books[tied] = [item.sku, item.ean]
        is_tied = item.external_id in done and found.action in {LINK, CREATE}
        tie = Tie(tied, TieState.LINKED) if is_tied and tied is not None else None
        after_items.append(
            ShopItem(
                item.external_id, item.sku, item.ean, item.has_name, item.family, item.main, tie
            )
        )
    after = shop(books, *after_items)
    for item in after_items:
        found = after.verdict(item.external_id)
        assert found == verdicts[item.external_id] if item.tie is None else found.action is KEEP


@given(nomenclatures, shops())
def test_no_two_items_are_made_one_product_by_rule(
    products: dict[int, list[str]], items: list[ShopItem]
) -> None:
    matching = shop(products, *items)
    by_rule = [
        found.product_id
        for it in items
        for found in [matching.verdict(it.external_id)]
        if found.reason in {MatchReason.SAME_CODES, MatchReason.RETURNED}
    ]
    kept = [it.tie.product_id for it in items if it.tie and it.tie.state is TieState.LINKED]
    assert len(by_rule) == len(set(by_rule))
    assert not set(by_rule) & set(kept)


@given(nomenclatures, shops())
def test_every_verdict_is_said_in_both_languages(
    products: dict[int, list[str]], items: list[ShopItem]
) -> None:
    matching = shop(products, *items)
    for item in items:
        found = matching.verdict(item.external_id)
        romanian, english = (why(found, item.sku, item.ean, language=it) for it in ("ro", "en"))
        assert romanian
        assert english
        assert romanian != english
        assert "{" not in romanian + english


@pytest.mark.parametrize("products", [{}, {X: [EAN]}], ids=["no product", "one product"])
def test_thousands_of_items_of_one_code_are_judged_without_a_look_at_each_other(
    products: dict[int, list[str]],
) -> None:
    count = 3000
    asked = 0

    def find(key: str) -> list[int]:
        nonlocal asked
        asked += 1
        return named.get(key, [])

    named = {keys_of(text)[-1]: [it] for it, texts in products.items() for text in texts}
    matching = Matching(find)
    for number in range(count):
        matching.put(ShopItem(f"{number:04}", f"S{number}", EAN))
    verdicts = [matching.verdict(external_id) for external_id in matching.ids()]
    assert {said(it) for it in verdicts} == {(ASK, MatchReason.SEVERAL_ITEMS)}
    assert verdicts[0].items == tuple(f"{number:04}" for number in range(1, 21))
    assert verdicts[-1].items == tuple(f"{number:04}" for number in range(20))
    assert asked < count * 50


def test_a_refusal_is_told_in_one_language() -> None:
    detail = "name: must have at most 500 characters; sku: must have 0 to 100 characters"
    found = Verdict(ASK, MatchReason.REFUSED, detail=detail)
    romanian = (
        "Nu a fost primit: name: trebuie să aibă cel mult 500 caractere;"
        " sku: trebuie să aibă de la 0 la 100 caractere."
    )

    assert why(found, "A", "", language="ro") == romanian
    assert why_in_romanian(why(found, "A", "")) == romanian
    assert why(found, "A", "") == f"It was refused: {detail}."


def test_every_reason_has_its_words() -> None:
    for reason in MatchReason:
        assert why(Verdict(ASK, reason), "A", "")


def test_judging_alone_needs_no_shop() -> None:
    assert judge(ShopItem("1", "A", ""), (X,), ()).product_id == X
