"""The combined stock and price request of Gomag's wire, and what its answer says of each item.

``product/inventory`` succeeds item by item: the envelope says 200 though single items were
refused (Gomag API note, "Stock + price batch").
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from magazie.gomag.damaged_json import decode_damaged
from magazie.gomag.odd_values import Odd, ShapeError, entries_of, text_of
from magazie.gomag.sku_rows import SentSkus
from magazie.model.decimals import E4, Milli, format_e4, format_milli
from magazie.ports import InventoryItem, ItemAnswer, ItemOutcome

_DONE = "200"
_UNKNOWN_STATUS = "404"
_UNKNOWN_WORD = "MISSING_ITEMS"
_DEEPEST = 3
_WORST_FIRST = (ItemAnswer.REFUSED, ItemAnswer.UNKNOWN_ITEM, ItemAnswer.DONE)

JsonItem = dict[str, str | int]


class _Row(msgspec.Struct):
    sku: Odd = None
    status: Odd = None
    error_message: Odd = msgspec.field(name="errorMessage", default=None)
    message: Odd = None


class _Body(msgspec.Struct):
    data: Odd = None


_body_decoder = msgspec.json.Decoder(_Body)
_odd_decoder = msgspec.json.Decoder(Odd)
_row_decoder = msgspec.json.Decoder(_Row)


def encode_items(items: Iterable[InventoryItem]) -> dict[str, list[JsonItem]]:
    """The request's JSON: only what is to change, prices told to hold VAT."""
    return {"products": [_encode_item(item) for item in items]}


def _encode_item(item: InventoryItem) -> JsonItem:
    encoded: JsonItem = {"sku": item.sku}
    if item.stock_milli is not None:
        encoded["stock"] = format_milli(Milli(item.stock_milli))
    if item.price_e4 is not None:
        encoded["price"] = format_e4(E4(item.price_e4))
        encoded["priceWithVat"] = 1
    return encoded


def decode_outcomes(body: bytes, skus: Sequence[str]) -> Mapping[str, ItemOutcome]:
    """What the answer says of each SKU that was sent.

    Rows are found under whatever key the shop put them and matched by SKU exactly, else
    without blanks at the ends where that means one SKU only. Of several rows of one SKU the
    worst counts. A SKU without a row that says something is ``MISSING``.
    """
    try:
        data = decode_damaged(_body_decoder, body).data
    except msgspec.DecodeError:
        data = None
    sent = SentSkus(skus)
    outcomes: dict[str, ItemOutcome] = {}
    for named, told in _rows(data, _DEEPEST):
        sku = sent.meant_by(named)
        if sku is not None:
            outcomes[sku] = _worse(outcomes.get(sku), told)
    missing = ItemOutcome(ItemAnswer.MISSING)
    return {sku: outcomes.get(sku, missing) for sku in skus}


def _rows(data: Odd, depth: int) -> Iterable[tuple[str, ItemOutcome]]:
    if depth == 0 or not isinstance(data, list | dict):
        return
    for _, raw in entries_of(data):
        row = _row(raw)
        if row is not None:
            yield row
        else:
            try:
                inner = decode_damaged(_odd_decoder, raw)
            except msgspec.DecodeError:
                continue
            yield from _rows(inner, depth - 1)


def _row(raw: bytes) -> tuple[str, ItemOutcome] | None:
    try:
        row = decode_damaged(_row_decoder, raw)
        sku, status = text_of(row.sku, "sku"), text_of(row.status, "status").strip()
        reason = "; ".join(
            text
            for value in (row.error_message, row.message)
            if (text := text_of(value, "errorMessage").strip())
        )
    except (msgspec.DecodeError, ShapeError):
        return None
    if not sku or not (status or reason):
        return None
    if status == _DONE:
        return sku, ItemOutcome(ItemAnswer.DONE)
    if status == _UNKNOWN_STATUS or _UNKNOWN_WORD in reason:
        return sku, ItemOutcome(ItemAnswer.UNKNOWN_ITEM, reason or status)
    return sku, ItemOutcome(ItemAnswer.REFUSED, reason or f"status {status}")


def _worse(first: ItemOutcome | None, second: ItemOutcome) -> ItemOutcome:
    if first is None:
        return second
    return min(first, second, key=lambda outcome: _WORST_FIRST.index(outcome.answer))
