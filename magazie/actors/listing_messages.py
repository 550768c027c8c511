"""What can be asked of a ShopCatalogue, and how it refuses."""

import enum

import msgspec

from magazie.actors.runtime import Rejection
from magazie.model.item_problems import ItemProblem
from magazie.ports import ShopProduct
from magazie.storage.shop_matching import PlannedRow


class ItemNotListedError(Rejection):
    """The shop has no such item."""


class ItemTiedError(Rejection):
    """The item is tied to a product: nothing is to be decided of it."""


class StoreListing(msgspec.Struct, frozen=True):
    """A page of the shop's items was read."""

    products: tuple[ShopProduct, ...]
    undecodable: tuple[str, ...] = ()
    turned: tuple[int, int] | None = None
    """Of a page of a reading: the page that is due next, and how many items the shop says it has.
    None for items read by themselves."""


class MarkItem(msgspec.Struct, frozen=True):
    """Note what import made of an item: linked, creating, created, or conflict with why."""

    external_id: str
    state: str
    problem: ItemProblem | None = None


class ItemTied(msgspec.Struct, frozen=True):
    """The item was tied to a product, by whomever: it waits for nobody any more."""

    external_id: str


class SettleIdentity(msgspec.Struct, frozen=True):
    """Links follow the listing again: bring states and alerts up to that."""


class BeginPlan(msgspec.Struct, frozen=True):
    """An import or dry run begins: what the last one said is forgotten."""


class StorePlan(msgspec.Struct, frozen=True):
    """What is, or would be, done with these items."""

    rows: tuple[PlannedRow, ...]


class DecisionAction(enum.StrEnum):
    """What a person can decide of a shop's item."""

    LINK = "link"
    CREATE = "create"
    IGNORE = "ignore"
    UNDO = "undo"


class DecideItem(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word on an item. A link is made at once, a product by the next import.

    Raises:
        ItemNotListedError: The shop has no such item.
        ItemTiedError: It is tied to another product, or was created.
        FieldsRefusedError: There is no such product.

    """

    external_id: str
    action: DecisionAction
    product_id: int | None = None
    by: str


class CarryOutLink(msgspec.Struct, frozen=True):
    """A stop kept a decided link from being made: make it now."""

    external_id: str
