"""Why a job broke off, of what was raised in it."""

from typing import Final

from magazie.actors.runtime import NOT_NOW, Rejection
from magazie.model.work_troubles import WorkTrouble
from magazie.ports import (
    NotApplied,
    OutcomeUnknown,
    Refused,
    Throttled,
    Unauthorized,
    Unreachable,
    Unreadable,
)
from magazie.storage.errors import DiskFullError, StorageError
from magazie.sync.order_reader import ReadUnsettledError

LONGEST_REASON: Final = 500
"""Letters of a reason that are kept."""


class ShopNotServedError(LookupError):
    """The job's shop is not served: it is gone from the settings, or not up yet."""


_TROUBLES: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], WorkTrouble], ...]] = (
    (Unauthorized, WorkTrouble.SHOP_REFUSES_KEY),
    (Unreachable, WorkTrouble.SHOP_UNREACHABLE),
    (Throttled, WorkTrouble.SHOP_OVER_BUDGET),
    (Refused, WorkTrouble.SHOP_REFUSED),
    (NotApplied, WorkTrouble.SHOP_BLOCKED),
    (Unreadable, WorkTrouble.SHOP_UNREADABLE),
    (OutcomeUnknown, WorkTrouble.SHOP_SILENT),
    (ShopNotServedError, WorkTrouble.SHOP_NOT_SERVED),
    (ReadUnsettledError, WorkTrouble.ORDERS_UNSETTLED),
    (DiskFullError, WorkTrouble.DISK_FULL),
    ((*NOT_NOW, StorageError), WorkTrouble.BUSY),
    (Rejection, WorkTrouble.REFUSED),
)
"""The first that fits, so the narrower kinds stand first."""


def trouble_of(error: BaseException) -> tuple[WorkTrouble, str]:
    """The trouble and its reason, in English or the shop's own words.

    An error that only says that the work was given up is told by its cause.
    """
    seen: BaseException | None = error
    while seen is not None:
        for kinds, trouble in _TROUBLES:
            if isinstance(seen, kinds):
                return trouble, str(seen)[:LONGEST_REASON]
        seen = seen.__cause__
    return WorkTrouble.FAILED, (str(error) or type(error).__name__)[:LONGEST_REASON]
