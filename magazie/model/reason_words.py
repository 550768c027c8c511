"""Reasons that the program itself gives, in Romanian; a shop's own words stay as they are."""

from typing import Final

from magazie.model.known_sentences import KnownSentences
from magazie.model.match_words import why_in_romanian
from magazie.model.romanian_faults import refusal_in_romanian
from magazie.model.shop_reasons import of_shop_in_romanian

_WORDS: Final = (
    (r"the shop does not know this SKU", r"magazinul nu cunoaște acest SKU"),
    (r"refused by the shop", r"refuzat de magazin"),
    (r"the item has no SKU in the shop", r"articolul nu are SKU în magazin"),
    (r"the SKU is not unique in the shop", r"SKU-ul nu este unic în magazin"),
    (r"at most (.*) can leave", r"pot ieși cel mult \1"),
    (
        r"the stock in (.*) is known already; post an adjustment instead",
        r"stocul din \1 este deja cunoscut; introduceți o corecție",
    ),
    (
        r"another program keeps writing this item in the shop",
        r"alt program scrie mereu acest articol în magazin",
    ),
)
_KNOWN: Final = KnownSentences(_WORDS)


def reason_in_romanian(reason: str) -> str:
    """The same reason in Romanian, where it is one of ours."""
    ours = _KNOWN.romanian(reason)
    if ours is not None:
        return ours
    for translated in (refusal_in_romanian, why_in_romanian, of_shop_in_romanian):
        known = translated(reason)
        if known != reason:
            return known
    return reason
