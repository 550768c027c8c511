"""What an exception from inside means to the caller."""

import math
from collections.abc import Mapping
from typing import Final

import pykka
import structlog

from magazie.actors.category_actor import CategoryTakenError
from magazie.actors.field_faults import FieldsRefusedError
from magazie.actors.listing_messages import ItemNotListedError, ItemTiedError
from magazie.actors.marked import IdempotencyKeyReusedError
from magazie.actors.order_messages import (
    EditedInShopError,
    LineLinkedError,
    LineNotFoundError,
    OrderChangedError,
    OrderClosedError,
    OrderDiffersError,
    OrderNotFoundError,
    OrderVersionError,
    UnknownProductError,
)
from magazie.actors.picking_messages import PickingRefusedError, SessionNotFoundError
from magazie.actors.product_messages import (
    CodeNotFoundError,
    CodeTakenError,
    ImageNotFoundError,
    LinkNotFoundError,
    LinkTakenError,
    ProductNotFoundError,
    VersionConflictError,
)
from magazie.actors.runtime import (
    ActorQuarantinedError,
    DeadlineExceededError,
    MailboxFullError,
    Rejection,
)
from magazie.actors.settings_messages import (
    NameTakenError,
    SettingNotFoundError,
    ShopVersionError,
)
from magazie.actors.stock_actor import NotEnoughStockError
from magazie.actors.tally_messages import TallyNotFoundError, TallyTouchedError
from magazie.http.problems import ProblemError, ProblemKind, invalid
from magazie.ports import ShopError, Throttled
from magazie.storage.errors import DiskFullError, StorageClosedError, TransactionLostError
from magazie.storage.reads.keyset import PlaceMisfitError
from magazie.storage.stock import StaleRevisionError

_log = structlog.get_logger(__name__)

_RETRY_SOON: Final = "1"
_RETRY_LATER: Final = "30"

_REFUSALS: Final[Mapping[type[Exception], ProblemKind]] = {
    FieldsRefusedError: ProblemKind.INVALID,
    IdempotencyKeyReusedError: ProblemKind.KEY_REUSED,
    CodeTakenError: ProblemKind.EXISTS,
    LinkTakenError: ProblemKind.EXISTS,
    NameTakenError: ProblemKind.EXISTS,
    CategoryTakenError: ProblemKind.EXISTS,
    ProductNotFoundError: ProblemKind.NOT_FOUND,
    CodeNotFoundError: ProblemKind.NOT_FOUND,
    ImageNotFoundError: ProblemKind.NOT_FOUND,
    LinkNotFoundError: ProblemKind.NOT_FOUND,
    ItemNotListedError: ProblemKind.NOT_FOUND,
    ItemTiedError: ProblemKind.CONFLICT,
    SettingNotFoundError: ProblemKind.NOT_FOUND,
    VersionConflictError: ProblemKind.VERSION_DIFFERS,
    ShopVersionError: ProblemKind.VERSION_DIFFERS,
    OrderNotFoundError: ProblemKind.NOT_FOUND,
    LineLinkedError: ProblemKind.EXISTS,
    LineNotFoundError: ProblemKind.NOT_FOUND,
    OrderDiffersError: ProblemKind.ORDER_DIFFERS,
    OrderClosedError: ProblemKind.ORDER_CLOSED,
    OrderChangedError: ProblemKind.VERSION_DIFFERS,
    SessionNotFoundError: ProblemKind.NOT_FOUND,
    PickingRefusedError: ProblemKind.CONFLICT,
    TallyNotFoundError: ProblemKind.NOT_FOUND,
    TallyTouchedError: ProblemKind.CONFLICT,
    EditedInShopError: ProblemKind.EDITED_IN_SHOP,
    OrderVersionError: ProblemKind.VERSION_DIFFERS,
    UnknownProductError: ProblemKind.INVALID,
    NotEnoughStockError: ProblemKind.NOT_ENOUGH_STOCK,
}


def problem_of(error: Exception) -> ProblemError:
    """The problem to answer with; what nobody expected is logged here and told nothing of."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, Rejection):
        faults = error.faults if isinstance(error, FieldsRefusedError) else ()
        return ProblemError(_kind_of(error), str(error), errors=faults)
    if isinstance(error, PlaceMisfitError):
        return invalid("cursor", "it is not of this list with this order")
    return _overload_of(error) or _shop_failure_of(error) or _fault_of(error)


def _kind_of(error: Rejection) -> ProblemKind:
    for kind in type(error).__mro__:
        found = _REFUSALS.get(kind)
        if found is not None:
            return found
    return ProblemKind.CONFLICT


def _overload_of(error: Exception) -> ProblemError | None:
    match error:
        case MailboxFullError() | DeadlineExceededError():
            return _overloaded("too many requests wait; nothing was done", _RETRY_SOON)
        case ActorQuarantinedError():
            return _overloaded(
                "this record failed repeatedly and is left alone for a while; nothing was done",
                str(math.ceil(error.retry_after)),
            )
        case DiskFullError():
            return _overloaded("the disk is full; nothing was stored", _RETRY_LATER)
        case StaleRevisionError() | TransactionLostError():
            return _overloaded("it could not be stored this time; nothing was done", _RETRY_SOON)
        case StorageClosedError() | pykka.ActorDeadError():
            return _overloaded("the service is stopping", _RETRY_SOON)
        case pykka.Timeout():
            return ProblemError(
                ProblemKind.OUTCOME_UNKNOWN,
                "it was begun and has not ended in time; asking again is harmless",
                headers={"Retry-After": _RETRY_SOON},
            )
    return None


def _overloaded(detail: str, retry_after: str) -> ProblemError:
    return ProblemError(ProblemKind.OVERLOADED, detail, headers={"Retry-After": retry_after})


def _shop_failure_of(error: Exception) -> ProblemError | None:
    if not isinstance(error, ShopError):
        return None
    headers = {}
    if isinstance(error, Throttled) and error.retry_after_s is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    return ProblemError(ProblemKind.SHOP_FAILED, str(error), headers=headers)


def _fault_of(error: Exception) -> ProblemError:
    _log.error("request_failed", exc_info=error)
    return ProblemError(
        ProblemKind.INTERNAL, "the failure was logged under the X-Request-Id of this answer"
    )
