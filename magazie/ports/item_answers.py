"""The combined stock and price request, and what a shop says of each item."""

import enum

import msgspec


class InventoryItem(msgspec.Struct, frozen=True):
    """Absolute values for one item; None leaves that field alone at the shop."""

    sku: str
    stock_milli: int | None = None
    price_e4: int | None = None
    """Gross price: with VAT."""


class ItemAnswer(enum.StrEnum):
    """What a shop said of one item of a combined request."""

    DONE = "done"
    UNKNOWN_ITEM = "unknown_item"
    REFUSED = "refused"
    MISSING = "missing"
    """The answer does not mention it: it may or may not have been applied."""


class ItemOutcome(msgspec.Struct, frozen=True):
    """One item's answer, with the shop's own words where it refused."""

    answer: ItemAnswer
    reason: str = ""
