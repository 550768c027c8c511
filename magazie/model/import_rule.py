"""What import does with one item of a shop: link it, create it, or leave it for a person."""

import enum
from collections.abc import Collection

import msgspec

from magazie.model.codes import normalise_code


class Action(enum.StrEnum):
    """What is to be done."""

    KEEP = "keep"
    LINK = "link"
    CREATE = "create"
    ASK = "ask"


class Decision(msgspec.Struct, frozen=True):
    """An action, the product it is about (linking), and why, for a person."""

    action: Action
    product_id: int | None = None
    why: str = ""


def decide(
    sku: str,
    ean: str,
    *,
    linked_to: int | None,
    is_shared: bool,
    exact: int | None,
    candidates: Collection[int],
) -> Decision:
    """Apply the rule to one item.

    An item already linked is kept. An SKU that is exactly a product's code links. When
    nothing here answers to its SKU or EAN, even normalised, the product is created whole.
    All else is a person's to decide.

    Args:
        sku: The item's SKU in the shop, as written.
        ean: Its EAN, as written.
        linked_to: The product it is linked to already.
        is_shared: Whether another item of the shop carries the same SKU.
        exact: The product whose code is exactly the SKU.
        candidates: All products that answer to the SKU or the EAN, normalised.

    """
    if linked_to is not None:
        return Decision(Action.KEEP, linked_to)
    if normalise_code(sku) is None:
        return Decision(Action.ASK, why="the item has no usable SKU")
    if is_shared:
        return Decision(Action.ASK, why=f"several items of the shop carry the SKU {sku}")
    others = set(candidates) - {exact}
    if exact is not None and others:
        return Decision(Action.ASK, why=f"the SKU {sku} and the EAN {ean} name different products")
    if exact is not None:
        return Decision(Action.LINK, exact)
    if others:
        return Decision(
            Action.ASK, why=f"a product here resembles {sku} {ean}: its code is not the same"
        )
    return Decision(Action.CREATE)
