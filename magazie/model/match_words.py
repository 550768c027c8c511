"""Why an import does what it does with an item, in words for people, in Romanian and English."""

import re
from collections.abc import Mapping
from typing import Final

from magazie.model.matching import MatchReason, Verdict
from magazie.model.romanian_faults import refusal_in_romanian

_RO_EN: Final[Mapping[MatchReason, tuple[str, str]]] = {
    MatchReason.LINKED: ("Este legat deja.", "It is linked already."),
    MatchReason.IGNORED: (
        "Cineva a hotărât să nu fie importat.",
        "A person decided to leave it out.",
    ),
    MatchReason.SAME_CODES: (
        "Codurile lui sunt ale unui singur produs.",
        "Its codes are those of one product.",
    ),
    MatchReason.RETURNED: (
        "A revenit în magazin cu același id: legătura revine.",
        "It is back in the shop with the same id: its link comes back.",
    ),
    MatchReason.CHOSEN: ("Cineva a ales produsul.", "A person chose the product."),
    MatchReason.NOTHING_ALIKE: (
        "Niciun produs nu are codurile lui.",
        "No product has its codes.",
    ),
    MatchReason.NO_CODES: (
        "Nu are SKU sau EAN de folosit: produsul primește un cod făcut din id-ul articolului.",
        "It has no usable SKU or EAN: the product gets a code made of the item's id.",
    ),
    MatchReason.WANTED_NEW: (
        "Cineva a hotărât să fie un produs nou.",
        "A person decided that it is a new product.",
    ),
    MatchReason.CODES_DISAGREE: (
        "SKU-ul {sku} este al unui produs, iar EAN-ul {ean} al altuia.",
        "The SKU {sku} is that of one product, the EAN {ean} that of another.",
    ),
    MatchReason.SEVERAL_PRODUCTS: (
        "Mai multe produse răspund la SKU-ul {sku} sau EAN-ul {ean}.",
        "Several products answer to the SKU {sku} or the EAN {ean}.",
    ),
    MatchReason.SEVERAL_ITEMS: (
        "Mai multe articole ale magazinului ar fi același produs; și articolele: {items}.",
        "Several items of the shop would be the same product; also the items: {items}.",
    ),
    MatchReason.PRODUCT_TAKEN: (
        "Produsul are deja un articol în acest magazin: {items}.",
        "The product has an item in this shop already: {items}.",
    ),
    MatchReason.FAMILY_CODE: (
        "SKU-ul {sku} este și codul unei familii de variante: {items}.",
        "The SKU {sku} is also the code of a family of versions: {items}.",
    ),
    MatchReason.UNTIED_BEFORE: (
        "A fost dezlegat de cineva de acest produs.",
        "A person untied it from this product.",
    ),
    MatchReason.NAMELESS: (
        "Nu are nici cod de folosit, nici nume.",
        "It has neither a usable code nor a name.",
    ),
    MatchReason.REFUSED: ("Nu a fost primit: {detail}.", "It was refused: {detail}."),
}

_COLUMN: Final = {"ro": 0, "en": 1}
NOTHING: Final = "–"
"""Stands where a value is not there."""


def why(verdict: Verdict, sku: str, ean: str, *, language: str = "en") -> str:
    """One sentence; ``language`` is ``ro`` or ``en``."""
    values = {"sku": sku, "ean": ean, "detail": verdict.detail}
    return sentence(verdict.reason, values | {"items": ", ".join(verdict.items)}, language)


def sentence(reason: MatchReason, values: Mapping[str, str], language: str) -> str:
    """The same of the values that its words name; what is not among them is not known."""
    detail = values.get("detail", "").rstrip(".")
    return _RO_EN[reason][_COLUMN[language]].format(
        sku=values.get("sku") or NOTHING,
        ean=values.get("ean") or NOTHING,
        items=values.get("items", ""),
        detail=refusal_in_romanian(detail) if language == "ro" else detail,
    )


def why_in_romanian(english: str) -> str:
    """The same sentence in Romanian; what is none of ``why`` stays as it is."""
    found = reason_of(english)
    return sentence(*found, "ro") if found is not None else english


def reason_of(english: str) -> tuple[MatchReason, dict[str, str]] | None:
    """The reason that a sentence of ``why`` gives, and the values in it; None for another text."""
    for reason, pattern in _ENGLISH:
        found = pattern.fullmatch(english)
        if found:
            return reason, found.groupdict()
    return None


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*)", re.escape(english)), re.DOTALL)


_ENGLISH: Final = tuple((reason, _pattern(english)) for reason, (_, english) in _RO_EN.items())
