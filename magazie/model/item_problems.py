"""What is wrong with a shop's item: a code with its values, and its words in both languages.

Items of a listing and the products that were made of them keep the code and the values, as JSON.
What an earlier version wrote down are English sentences; they are known again where they are ours.
"""

import enum
from collections.abc import Mapping
from typing import Final

import msgspec

from magazie.model.match_words import NOTHING, reason_of, sentence
from magazie.model.matching import MatchReason, Verdict
from magazie.model.old_item_problems import known_again


class ItemProblemCode(enum.StrEnum):
    """What is wrong; the first of them are reasons for which an import leaves an item alone."""

    CODES_DISAGREE = "codes_disagree"
    SEVERAL_PRODUCTS = "several_products"
    SEVERAL_ITEMS = "several_items"
    PRODUCT_TAKEN = "product_taken"
    FAMILY_CODE = "family_code"
    UNTIED_BEFORE = "untied_before"
    NAMELESS = "nameless"
    REFUSED = "refused"
    GONE = "gone"
    """The shop has it no more."""
    STOCK_NOT_KEPT = "stock_not_kept"
    """The shop does not keep its stock, so none was opened here."""
    FOREIGN_CURRENCY = "foreign_currency"
    CURRENCY_UNKNOWN = "currency_unknown"
    PRICE_WITHOUT_VAT = "price_without_vat"
    NOT_A_NUMBER = "not_a_number"
    DOUBTFUL_NUMBER = "doubtful_number"
    """A text that may be one of two numbers."""
    NUMBER_TOO_LARGE = "number_too_large"
    NUMBER_NEGATIVE = "number_negative"
    TOO_MANY_DECIMALS = "too_many_decimals"
    NOT_A_TEXT = "not_a_text"
    NOT_A_FLAG = "not_a_flag"
    NOT_A_LIST = "not_a_list"
    PART_INCOMPLETE = "part_incomplete"
    UNREADABLE = "unreadable"


class ItemProblem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong; ``values`` are those that its words name."""

    code: ItemProblemCode
    values: Mapping[str, str] = {}


ItemProblems = tuple[ItemProblem | str, ...]
"""What is wrong, as it is kept; a text was written by an earlier version."""

_ASKED: Final[Mapping[ItemProblemCode, tuple[str, str]]] = {
    ItemProblemCode.CODES_DISAGREE: (
        "Legați articolul de produsul lui sau corectați codul greșit în magazin.",
        "Link the item to its product, or correct the wrong code in the shop.",
    ),
    ItemProblemCode.SEVERAL_PRODUCTS: (
        "Legați articolul de cel potrivit.",
        "Link the item to the right one.",
    ),
    ItemProblemCode.SEVERAL_ITEMS: (
        "Legați unul de produs, iar pe celelalte lăsați-le deoparte sau dați-le alte coduri.",
        "Link one to the product, and leave the others out or give them other codes.",
    ),
    ItemProblemCode.PRODUCT_TAKEN: (
        "Lăsați articolul deoparte, cereți un produs nou sau dezlegați-l pe celălalt.",
        "Leave the item out, ask for a new product, or untie the other one.",
    ),
    ItemProblemCode.FAMILY_CODE: (
        "Dați variantei un cod al ei în magazin sau legați articolul de produsul lui.",
        "Give the version a code of its own in the shop, or link the item to its product.",
    ),
    ItemProblemCode.UNTIED_BEFORE: (
        "Legați-l din nou, cereți un produs nou sau lăsați-l deoparte.",
        "Link it again, ask for a new product, or leave it out.",
    ),
    ItemProblemCode.NAMELESS: (
        "Dați-i un nume sau un cod în magazin, apoi importați din nou.",
        "Give it a name or a code in the shop, then import again.",
    ),
    ItemProblemCode.REFUSED: (
        "Îndreptați în magazin ce este arătat, apoi importați din nou.",
        "Mend in the shop what is named, then import again.",
    ),
}
"""What to do where an import left the item to a person; why it did is ``match_words``'s to say."""

_RO_EN: Final[Mapping[ItemProblemCode, tuple[str, str]]] = {
    ItemProblemCode.GONE: (
        "Nu mai este în magazin. Dacă s-a vândut definitiv, nu este nimic de făcut.",
        "It is no longer in the shop. If it is sold for good, there is nothing to do.",
    ),
    ItemProblemCode.STOCK_NOT_KEPT: (
        "Magazinul nu îi ține stocul, deci aici nu are: introduceți-l printr-o recepție.",
        "The shop does not keep its stock, so it has none here: enter it by a reception.",
    ),
    ItemProblemCode.FOREIGN_CURRENCY: (
        "Prețul din magazin este în {currency} și nu a fost preluat: puneți aici unul în lei.",
        "The shop's price is in {currency} and was not taken: set one in lei here.",
    ),
    ItemProblemCode.CURRENCY_UNKNOWN: (
        "Prețul din magazin nu are monedă și nu a fost preluat: puneți aici unul în lei.",
        "The shop's price has no currency and was not taken: set one in lei here.",
    ),
    ItemProblemCode.PRICE_WITHOUT_VAT: (
        "Prețul din magazin este fără TVA și nu a fost preluat: puneți aici unul cu TVA.",
        "The shop's price is without VAT and was not taken: set one with VAT here.",
    ),
    ItemProblemCode.NOT_A_NUMBER: (
        "{field}: „{value}” nu este un număr. Corectați în magazin.",
        "{field}: '{value}' is not a number. Correct it in the shop.",
    ),
    ItemProblemCode.DOUBTFUL_NUMBER: (
        "{field}: „{value}” se poate citi {one} sau {other}. Scrieți-l limpede în magazin.",
        "{field}: '{value}' may be {one} or {other}. Write it clearly in the shop.",
    ),
    ItemProblemCode.NUMBER_TOO_LARGE: (
        "{field}: {value} este prea mare. Corectați în magazin.",
        "{field}: {value} is too large. Correct it in the shop.",
    ),
    ItemProblemCode.NUMBER_NEGATIVE: (
        "{field}: {value} este sub zero. Corectați în magazin.",
        "{field}: {value} is below zero. Correct it in the shop.",
    ),
    ItemProblemCode.TOO_MANY_DECIMALS: (
        "{field}: {value} are prea multe zecimale. Corectați în magazin.",
        "{field}: {value} has too many decimals. Correct it in the shop.",
    ),
    ItemProblemCode.NOT_A_TEXT: (
        "{field}: magazinul a trimis altceva decât un text. Completați aici de mână.",
        "{field}: the shop sent something else than a text. Fill it in here by hand.",
    ),
    ItemProblemCode.NOT_A_FLAG: (
        "{field}: „{value}” nu este nici da, nici nu. Verificați articolul în magazin.",
        "{field}: '{value}' is neither yes nor no. Look at the item in the shop.",
    ),
    ItemProblemCode.NOT_A_LIST: (
        "{field}: magazinul a trimis altceva decât o listă. Completați aici de mână.",
        "{field}: the shop sent something else than a list. Fill it in here by hand.",
    ),
    ItemProblemCode.PART_INCOMPLETE: (
        "Unei părți a setului îi lipsește SKU-ul sau cantitatea. Corectați setul în magazin.",
        "A part of the bundle lacks its SKU or quantity. Correct the bundle in the shop.",
    ),
    ItemProblemCode.UNREADABLE: (
        "{field}: ce a trimis magazinul nu se poate citi. Completați aici de mână.",
        "{field}: what the shop sent cannot be read. Fill it in here by hand.",
    ),
}

_FIELDS: Final = {
    "sku": ("SKU", "SKU"),
    "ean": ("EAN", "EAN"),
    "name": ("Numele", "The name"),
    "description": ("Descrierea", "The description"),
    "short_description": ("Descrierea scurtă", "The short description"),
    "brand": ("Marca", "The brand"),
    "um": ("Unitatea de măsură", "The unit"),
    "url": ("Adresa", "The address"),
    "weight": ("Greutatea", "The weight"),
    "enabled": ("Starea activ sau inactiv", "Whether it is enabled"),
    "parent": ("Produsul principal", "The main product"),
    "group_key": ("Codul familiei", "The family's code"),
    "stockManagement": ("Urmărirea stocului", "Whether its stock is kept"),
    "allowOrdersWhenOutOfStock": ("Vânzarea fără stoc", "Whether it is sold without stock"),
    "stock": ("Stocul", "The stock"),
    "base_price": ("Prețul de listă", "The list price"),
    "price": ("Prețul", "The price"),
    "vat_included": ("Dacă prețul are TVA", "Whether the price has VAT"),
    "vat": ("Cota de TVA", "The VAT rate"),
    "currency": ("Moneda", "The currency"),
    "categories": ("Categoriile", "The categories"),
    "attributes": ("Atributele", "The attributes"),
    "images": ("Imaginile", "The images"),
    "bundleItems": ("Părțile setului", "The bundle's parts"),
}
"""The fields of a shop's item, as people call them."""

_COLUMN: Final = {"ro": 0, "en": 1}
_BETWEEN: Final = "; "
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ItemProblems).decode


def left_to_a_person(verdict: Verdict, sku: str, ean: str) -> ItemProblem:
    """Why an import leaves an item to a person."""
    named = {"sku": sku, "ean": ean, "items": ", ".join(verdict.items), "detail": verdict.detail}
    values = {name: value for name, value in named.items() if value}
    return ItemProblem(ItemProblemCode(verdict.reason.value), values)


def kept(problems: ItemProblems) -> str | None:
    """What is wrong, as it is kept in one column; None where nothing is."""
    return _encode(problems).decode() if problems else None


def read(stored: str | None) -> ItemProblems:
    """What is wrong, of such a column, or of one that an earlier version wrote."""
    if not stored:
        return ()
    if _is_coded(stored):
        try:
            return _decode(stored)
        except msgspec.MsgspecError:  # written by a later version
            return (stored,)
    parts = tuple(of_sentence(each) for each in stored.split(_BETWEEN))
    if reason_of(stored) is None and all(isinstance(each, ItemProblem) for each in parts):
        return parts
    return (of_sentence(stored),)


def of_sentence(problem: ItemProblem | str) -> ItemProblem | str:
    """A problem that an earlier version told in English, where that is known again."""
    if isinstance(problem, ItemProblem):
        return problem
    found = reason_of(problem)
    code, values = (found[0].value, found[1]) if found is not None else known_again(problem)
    if code not in set(ItemProblemCode):
        return problem
    said = {name: value for name, value in values.items() if value not in {"", NOTHING}}
    return ItemProblem(ItemProblemCode(code), said)


def what(problem: ItemProblem | str, language: str) -> str:
    """What is wrong, in ``ro`` or ``en``, without what to do where a person is to decide."""
    if isinstance(problem, str):
        return problem
    if problem.code in _ASKED:
        return sentence(MatchReason(problem.code.value), problem.values, language)
    template = _RO_EN[problem.code][_COLUMN[language]]
    return template.format_map(_Named(problem.values, language))


def words(problem: ItemProblem | str, language: str) -> str:
    """What is wrong and what to do, in ``ro`` or ``en``; a text of an earlier version as it is."""
    said = what(problem, language)
    if isinstance(problem, ItemProblem) and problem.code in _ASKED:
        return f"{said} {_ASKED[problem.code][_COLUMN[language]]}"
    return said


def conflict_text(stored: str | None) -> str:
    """What the alert of an item that waits for a person says in English."""
    if stored is None or not _is_coded(stored):
        return stored or ""
    return _BETWEEN.join(what(each, "en") for each in read(stored))


def _is_coded(stored: str) -> bool:
    return stored.startswith("[")


class _Named(dict[str, str]):
    """The values of a problem, its field by the name that people have for it; a dash for none."""

    def __init__(self, values: Mapping[str, str], language: str) -> None:
        super().__init__(values)
        field = values.get("field", "")
        if field in _FIELDS:
            self["field"] = _FIELDS[field][_COLUMN[language]]

    def __missing__(self, name: str) -> str:
        return NOTHING
