"""Why a job broke off, and what more there is to say of a product that is not published."""

import pykka
import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.actors.field_faults import FieldFault, FieldsRefusedError
from magazie.model import publish_details, work_troubles
from magazie.model.publish_details import (
    PublishDetail,
    PublishDetailCode,
    broken_off,
    items_with_it,
    kept,
    not_shown,
    read,
    refused_here,
    shop_said,
    words,
)
from magazie.model.publishing import CHANGING
from magazie.model.work_troubles import WorkTrouble, trouble_words
from magazie.ports import (
    NotApplied,
    OutcomeUnknown,
    Refused,
    Throttled,
    Unauthorized,
    Unreachable,
    Unreadable,
)
from magazie.storage.errors import DiskFullError, TransactionLostError
from magazie.storage.jobs import JobProblem
from magazie.sync.job_troubles import LONGEST_REASON, ShopNotServedError, trouble_of
from magazie.sync.order_reader import ReadUnsettledError
from magazie.sync.publishing import PublishFailedError

KEY_RO = "Magazinul refuză cheia sau dreptul cerut. Îndreptați cheia în setări, apoi reluați."
KEY_EN = "The shop refuses the key, or the right it needs. Mend the key, then start again."
DETAILS = st.one_of(
    st.builds(shop_said, st.text(min_size=1)),
    st.builds(items_with_it, st.lists(st.text(min_size=1), min_size=1, max_size=3).map(tuple)),
    st.builds(not_shown, st.lists(st.sampled_from(CHANGING), max_size=3).map(tuple)),
    st.builds(refused_here, st.text()),
    st.builds(broken_off, st.sampled_from(WorkTrouble), st.text()),
)


@pytest.mark.parametrize("trouble", list(WorkTrouble))
def test_every_trouble_is_told_in_both_languages_and_says_what_to_do(trouble: WorkTrouble) -> None:
    ro, en = work_troubles._RO_EN[trouble]

    assert (trouble_words(trouble, "", "ro"), trouble_words(trouble, "", "en")) == (ro, en)
    assert ro != en
    assert en.isascii()
    assert not set("şţŞŢ") & set(ro)
    for text in (ro, en):
        assert text.count(".") >= 2, "what happened, then what to do"
        assert text.endswith(".")
    told = trouble_words(trouble, "HTTP 500: {x}", "ro")
    assert told.endswith(": HTTP 500: {x}") is (trouble not in work_troubles._TELLS_ALL)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (Unauthorized("HTTP 401: x"), "shop_refuses_key"),
        (Unreachable("x"), "shop_unreachable"),
        (Throttled("x"), "shop_over_budget"),
        (Refused("600", ["x"]), "shop_refused"),
        (NotApplied("x"), "shop_blocked"),
        (Unreadable("x"), "shop_unreadable"),
        (OutcomeUnknown("x"), "shop_silent"),
        (ShopNotServedError("magazin"), "shop_not_served"),
        (ReadUnsettledError("x"), "orders_unsettled"),
        (pykka.Timeout("x"), "busy"),
        (TransactionLostError("x"), "busy"),
        (DiskFullError(), "disk_full"),
        (FieldsRefusedError(FieldFault("code", "is given twice")), "refused"),
        (RuntimeError("x"), "failed"),
        (RuntimeError(), "failed"),
    ],
)
def test_what_was_raised_is_told_apart(error: Exception, trouble: str) -> None:
    given_up = PublishFailedError("magazin: x")
    given_up.__cause__ = error

    assert trouble_of(error)[0] == trouble
    assert trouble_of(error)[1]
    assert trouble_of(given_up)[0] == trouble


def test_a_long_reason_is_cut() -> None:
    assert len(trouble_of(OutcomeUnknown("y" * 9999))[1]) == LONGEST_REASON


def test_a_job_of_an_earlier_version_keeps_its_text() -> None:
    assert JobProblem("magazin", "HTTP 500").words("ro") == "HTTP 500"
    told = JobProblem("magazin", "the list of order statuses is empty", WorkTrouble.SHOP_UNREADABLE)
    assert told.words("ro").endswith("lista stărilor comenzilor este goală")


@given(DETAILS)
def test_a_detail_that_is_kept_is_read_again_and_told(detail: PublishDetail) -> None:
    assert read(kept(detail)) == detail
    for language in ("ro", "en"):
        assert words(detail, language)


@pytest.mark.parametrize("code", list(PublishDetailCode))
def test_every_detail_has_words_in_both_languages(code: PublishDetailCode) -> None:
    bare = PublishDetail(code)

    assert words(bare, "ro")
    assert words(bare, "en")
    assert (words(bare, "ro") != words(bare, "en")) is (code != PublishDetailCode.SHOP_SAID)
    assert set(publish_details._FIELDS) == set(CHANGING)


@pytest.mark.parametrize(
    ("detail", "ro", "en"),
    [
        (
            not_shown(("name", "vat_rate_e2")),
            "Au fost trimise și nu apar în magazin: numele, cota de TVA.",
            "Sent, and not there in the shop: the name, the VAT rate.",
        ),
        (
            refused_here("a: this item is tied to another product; untie it first"),
            "Nu a putut fi legat aici: a: articolul este legat de alt produs; dezlegați-l întâi.",
            "It could not be linked here: a: this item is tied to another product; untie it first.",
        ),
        (shop_said("600: Nume rezervat"), "600: Nume rezervat", "600: Nume rezervat"),
        (shop_said("status 5"), "starea 5", "status 5"),
        (
            broken_off(WorkTrouble.SHOP_REFUSES_KEY, "101: Cheie greșită"),
            f"{KEY_RO} Magazinul spune: 101: Cheie greșită",
            f"{KEY_EN} The shop says: 101: Cheie greșită",
        ),
    ],
)
def test_a_detail_in_both_languages(detail: PublishDetail, ro: str, en: str) -> None:
    assert (words(detail, "ro"), words(detail, "en")) == (ro, en)


def test_an_earlier_versions_detail_is_read() -> None:
    assert read("") is None
    assert kept(items_with_it(())) == kept(shop_said("")) == ""
    assert read("Numele este rezervat") == "Numele este rezervat"
    assert read("not there after it was sent: name, brand") == not_shown(("name", "brand"))
    assert read('{"code":"later"}') == '{"code":"later"}'
    later = PublishDetail(PublishDetailCode.BROKEN_OFF, {"trouble": "of_a_later_version"})
    assert words(later, "ro") == trouble_words(WorkTrouble.FAILED, "", "ro")
