"""What our side says of a shop that did not answer as it should, in Romanian."""

import re
from typing import Final

from magazie.model.known_sentences import KnownSentences

_WORDS: Final = (
    (r"HTTP 404: address or User-Agent wrong: (.*)", r"HTTP 404: adresă sau User-Agent greșit: \1"),
    (
        r"HTTP (\d+): the address redirects elsewhere; set the new one",
        r"HTTP \1: adresa trimite în altă parte; puneți-o pe cea nouă",
    ),
    (r"no JSON in the answer: (.*)", r"răspunsul nu este JSON: \1"),
    (r"the answer neither confirms nor refuses", r"răspunsul nici nu confirmă, nici nu refuză"),
    (r"the answer does not mention the category", r"răspunsul nu pomenește categoria"),
    (r"an answer for (.*) that is none", r"un răspuns pentru \1 care nu este unul"),
    (r"the API key cannot be read: (.*)", r"cheia API nu poate fi citită: \1"),
    (
        r"the API key is empty or holds characters no header may carry",
        r"cheia API este goală sau are semne nepermise",
    ),
    (
        r"not sent: order and status must be given by the shop's ids",
        r"netrimis: comanda și starea trebuie date prin id-urile magazinului",
    ),
    (r"product (.*) was asked for, others were sent", r"s-a cerut produsul \1 și au venit altele"),
    (r"SKU (.*) was asked for, others were sent", r"s-a cerut SKU-ul \1 și au venit altele"),
    (
        r"page (\d+) of (.*) was asked for, page (\d+) was sent",
        r"s-a cerut pagina \1 din \2 și a venit pagina \3",
    ),
    (r"not a page of (\w+): (.*)", r"nu este o pagină de \1: \2"),
    (r"not a list of order statuses: (.*)", r"nu este o listă a stărilor comenzilor: \1"),
    (r"the list of order statuses is empty", r"lista stărilor comenzilor este goală"),
    (r"not a list of (\w+): (.*)", r"nu este o listă de \1: \2"),
    (r"order (\S+): (.*)", r"comanda \1: \2"),
    (
        r"the shop is left in peace after a refusal; try again shortly",
        r"magazinul este lăsat în pace după un refuz; încercați din nou peste puțin timp",
    ),
    (
        r"(.*): the shop was not reached, and is tried again in (\d+) s",
        r"\1: magazinul nu a putut fi contactat; se încearcă din nou peste \2 s",
    ),
    (r"no complete answer within (.*) s", r"niciun răspuns întreg în \1 s"),
    (r"more than (\d+) bytes", r"mai mult de \1 octeți"),
    (r"(\d+): no reason given", r"\1: fără niciun motiv"),
    (
        r"(\d+) orders could not be handed over yet",
        r"\1 comenzi nu au putut fi încă preluate",
    ),
    (
        r"the shop did not say no, and does not show it: look there, then save the map again",
        r"magazinul nu a refuzat, dar nu apare acolo: verificați, apoi salvați harta din nou",
    ),
    (r"status (\S+)", r"starea \1"),
    (r"no (\w+) in it", r"fără \1 în ea"),
    (r"orders", r"comenzi"),
    (r"products", r"produse"),
    (r"categories", r"categorii"),
    (r"attributes", r"atribute"),
)
_KNOWN: Final = KnownSentences(_WORDS)
_OF_FIELDS: Final = (
    (r"missing", r"lipsește"),
    (r"a text is expected, not a list", r"trebuia un text, nu o listă"),
    (r"a text is expected, not a map", r"trebuia un text, nu o structură"),
    (r"a text is expected, not (.*)", r"trebuia un text, nu \1"),
    (r"a list is not expected", r"nu trebuia o listă"),
    (r"a list or map is expected", r"trebuia o listă sau o structură"),
    (r"SKU or quantity missing", r"lipsește SKU-ul sau cantitatea"),
    (r"(.*) is neither 0 nor 1", r"\1 nu este nici 0, nici 1"),
    (r"(.*) is not a count", r"\1 nu este un număr de bucăți"),
    (r"(.*) is a truth value, not a number", r"\1 nu este un număr"),
    (r"the number is infinite, undefined or absurdly long", r"numărul nu are sfârșit sau sens"),
    (r"(.*) is not a number", r"\1 nu este un număr"),
    (r"(.*) is not a local time .*", r"\1 nu este o oră AAAA-LL-ZZ OO:MM:SS"),
    (r"(.*) is not a time of the calendar", r"\1 nu este o dată din calendar"),
    (r"(.*) is (?:before 1970|after 9999)", r"\1 nu este dintre anii 1970 și 9999"),
    (r"(.*) is too large for an? \w+", r"\1 este prea mare"),
    (r"(.*) must not be negative", r"\1 este sub zero"),
    (r"(.*) has more than (\d+) decimals", r"\1 are mai mult de \2 zecimale"),
    (r"(.*) mixes dots and commas", r"\1 amestecă puncte și virgule"),
    (r"(.*) may be (\S+) or (\S+)", r"\1 poate fi \2 sau \3"),
)
_FAULTS: Final = KnownSentences(_OF_FIELDS)
_FIELD: Final = re.compile(r"([\w.]+): (.+)", re.DOTALL)


def of_shop_in_romanian(reason: str) -> str:
    """The same reason in Romanian, with those that stand within it; another stays as it is."""
    ours = _KNOWN.romanian(reason, of_shop_in_romanian)
    if ours is not None:
        return ours
    # what is wrong with a field of an order or item as a shop tells it
    field = _FIELD.fullmatch(reason)
    return f"{field[1]}: {_FAULTS.romanian(field[2]) or field[2]}" if field else reason
