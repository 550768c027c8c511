"""Why long work broke off: a code, and its words in both languages."""

import enum
from collections.abc import Mapping
from typing import Final

from magazie.model.reason_words import reason_in_romanian


class WorkTrouble(enum.StrEnum):
    """Why a job could not go on."""

    SHOP_REFUSES_KEY = "shop_refuses_key"
    SHOP_UNREACHABLE = "shop_unreachable"
    SHOP_OVER_BUDGET = "shop_over_budget"
    """It takes no more requests for now."""
    SHOP_REFUSED = "shop_refused"
    SHOP_BLOCKED = "shop_blocked"
    """Something before the shop's program said no."""
    SHOP_UNREADABLE = "shop_unreadable"
    SHOP_SILENT = "shop_silent"
    """It did not answer in time, or with an error of its server."""
    SHOP_NOT_SERVED = "shop_not_served"
    ORDERS_UNSETTLED = "orders_unsettled"
    BUSY = "busy"
    DISK_FULL = "disk_full"
    REFUSED = "refused"
    """By a rule here."""
    FAILED = "failed"
    """In a way that nobody foresaw."""


_RO_EN: Final[Mapping[WorkTrouble, tuple[str, str]]] = {
    WorkTrouble.SHOP_REFUSES_KEY: (
        "Magazinul refuză cheia sau dreptul cerut. Îndreptați cheia în setări, apoi reluați.",
        "The shop refuses the key, or the right it needs. Mend the key, then start again.",
    ),
    WorkTrouble.SHOP_UNREACHABLE: (
        "Magazinul nu poate fi contactat. Verificați adresa lui și internetul, apoi reluați.",
        "The shop cannot be reached. Check its address and the internet, then start again.",
    ),
    WorkTrouble.SHOP_OVER_BUDGET: (
        "Magazinul nu mai primește cereri acum. Reluați peste câteva minute.",
        "The shop takes no more requests now. Start again in a few minutes.",
    ),
    WorkTrouble.SHOP_REFUSED: (
        "Magazinul a refuzat cererea. Îndreptați ce spune, apoi reluați.",
        "The shop refused the request. Mend what it says, then start again.",
    ),
    WorkTrouble.SHOP_BLOCKED: (
        "Cererea nu a ajuns la programul magazinului. Verificați adresa din setări, apoi reluați.",
        "The request did not get to the shop's program. Check the address set, then start again.",
    ),
    WorkTrouble.SHOP_UNREADABLE: (
        "Răspunsul magazinului nu poate fi înțeles. Vedeți dacă magazinul merge, apoi reluați.",
        "The shop's answer cannot be understood. See whether the shop works, then start again.",
    ),
    WorkTrouble.SHOP_SILENT: (
        "Magazinul nu a răspuns cum trebuie la timp. Reluați când răspunde.",
        "The shop did not answer properly in time. Start again when it does.",
    ),
    WorkTrouble.SHOP_NOT_SERVED: (
        "Magazinul nu mai este în setări sau încă nu este pornit. Verificați setările.",
        "The shop is not in the settings any more, or not started yet. Check the settings.",
    ),
    WorkTrouble.ORDERS_UNSETTLED: (
        "Comenzile magazinului nu au putut fi preluate toate. Reluați peste câteva minute.",
        "Not all of the shop's orders could be taken. Start again in a few minutes.",
    ),
    WorkTrouble.BUSY: (
        "Programul era prea ocupat. Reluați peste câteva minute.",
        "The program was too busy. Start again in a few minutes.",
    ),
    WorkTrouble.DISK_FULL: (
        "Discul cu datele este plin. Faceți loc pe el, apoi reluați.",
        "The disk with the data is full. Make room on it, then start again.",
    ),
    WorkTrouble.REFUSED: (
        "O regulă de aici nu a lăsat lucrul să continue. Îndreptați motivul, apoi reluați.",
        "A rule here did not let the work go on. Mend the reason, then start again.",
    ),
    WorkTrouble.FAILED: (
        "Lucrul s-a oprit dintr-o cauză neprevăzută. Reluați; dacă se repetă, trimiteți jurnalul.",
        "The work stopped for an unforeseen cause. Start again; if it recurs, send in the log.",
    ),
}
_SAID: Final = {
    True: ("Magazinul spune: {}", "The shop says: {}"),
    False: ("Detalii tehnice: {}", "Technical details: {}"),
}
_SAYS: Final = frozenset({WorkTrouble.SHOP_REFUSES_KEY, WorkTrouble.SHOP_REFUSED})
_TELLS_ALL: Final = frozenset(
    {
        WorkTrouble.SHOP_NOT_SERVED,
        WorkTrouble.ORDERS_UNSETTLED,
        WorkTrouble.BUSY,
        WorkTrouble.DISK_FULL,
    }
)
"""The reason says no more than these; the log has it."""
_COLUMN: Final = {"ro": 0, "en": 1}


def trouble_words(trouble: WorkTrouble, reason: str, language: str) -> str:
    """What happened and what to do, in ``ro`` or ``en``; then the reason, ours in that language."""
    column = _COLUMN[language]
    if not reason or trouble in _TELLS_ALL:
        return _RO_EN[trouble][column]
    told = reason_in_romanian(reason) if language == "ro" else reason
    said = _SAID[trouble in _SAYS][column].format(told)
    return f"{_RO_EN[trouble][column]} {said}"
