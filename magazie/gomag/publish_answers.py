"""What the answer to a write of products, categories or attributes says of each of them.

An answer repeats what was sent, with an ``id`` for each new version and, where an item was
refused, a status or a message on the product or on the version. Items are missing from it at
times. It proves nothing of what is stored (Gomag API note: "Envelopes", "PHP quirks").
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from magazie.gomag.damaged_json import decode_damaged
from magazie.gomag.odd_values import Odd, ShapeError, entries_of, id_of, text_of
from magazie.gomag.sku_rows import SentSkus
from magazie.ports import ItemAnswer, PublishAnswer, Unreadable

_NO_FAILURE = frozenset({"", "0", "200", "false"})
_NOT_FOUND = "404"
_NOT_FOUND_WORD = "MISSING_ITEMS"
_DEEPEST = 4
_WORST_FIRST = (ItemAnswer.REFUSED, ItemAnswer.UNKNOWN_ITEM, ItemAnswer.DONE)
_FAILED = (ItemAnswer.REFUSED, ItemAnswer.UNKNOWN_ITEM)


class _Row(msgspec.Struct):
    sku: Odd = None
    id: Odd = None
    error: Odd = None
    status: Odd = None
    error_message: Odd = msgspec.field(name="errorMessage", default=None)
    message: Odd = None
    versions: Odd = None


class _Body(msgspec.Struct):
    data: Odd = None


_body_decoder = msgspec.json.Decoder(_Body)
_odd_decoder: msgspec.json.Decoder[Odd] = msgspec.json.Decoder(Odd)
_row_decoder = msgspec.json.Decoder(_Row)


def product_answers(body: bytes, skus: Sequence[str]) -> Mapping[str, PublishAnswer]:
    """What an accepted write says of each SKU sent; unmentioned ones are ``MISSING``."""
    sent = SentSkus(skus)
    found: dict[str, PublishAnswer] = {}
    for named, told in _told(_data(body), None, _DEEPEST):
        sku = sent.meant_by(named)
        if sku is not None:
            found[sku] = _worse(found.get(sku), told)
    missing = PublishAnswer(ItemAnswer.MISSING)
    return {sku: found.get(sku, missing) for sku in skus}


def refused_answers(body: bytes, skus: Sequence[str], reason: str) -> Mapping[str, PublishAnswer]:
    """What a refused write of several products says of each SKU sent.

    The refusal may be for some of them only and the others stored, so what carries no failure
    of its own is ``MISSING``.
    """
    return {
        sku: told if told.answer in _FAILED else PublishAnswer(ItemAnswer.MISSING, reason=reason)
        for sku, told in product_answers(body, skus).items()
    }


def row_failures(body: bytes, plural: str) -> list[str]:
    """For each row of ``data.<plural>`` why it was refused, empty where it was not.

    The rows lie in a list, or in lists under names or ids.

    Raises:
        Unreadable: a row is none.
    """
    data = _data(body)
    lying = _decode(bytes(data.get(plural, b"[]"))) if isinstance(data, dict) else None
    failures: list[str] = []
    for _, raw in entries_of(lying) if isinstance(lying, list | dict) else ():
        inner = _decode(raw)
        for one in [row for _, row in entries_of(inner)] if isinstance(inner, list) else [raw]:
            row = _row(one)
            if row is None:
                raise Unreadable(f"an answer for {plural} that is none")
            failures.append(row.reason)
    return failures


class _Told(msgspec.Struct, frozen=True):
    """One object of an answer."""

    sku: str
    external_id: str
    reason: str
    """Why it was refused; empty when it was not."""
    is_unknown: bool
    versions: Odd


def _told(data: Odd, product: _Told | None, depth: int) -> Iterator[tuple[str, PublishAnswer]]:
    """SKU and answer of each version; a product's failure is that of its versions."""
    if depth == 0 or not isinstance(data, list | dict):
        return
    for _, raw in entries_of(data):
        row = _row(raw)
        if row is None or not (row.sku or row.versions):
            yield from _told(_decode(raw), product, depth - 1)
        elif row.sku:
            yield row.sku, _answer(row, product)
        else:
            yield from _told(row.versions, row, depth - 1)


def _answer(row: _Told, product: _Told | None) -> PublishAnswer:
    if row.reason:
        failed = ItemAnswer.UNKNOWN_ITEM if row.is_unknown else ItemAnswer.REFUSED
        return PublishAnswer(failed, reason=row.reason)
    if product is not None and product.reason:
        alone = isinstance(product.versions, list | dict) and len(product.versions) == 1
        unknown = product.is_unknown and alone
        failed = ItemAnswer.UNKNOWN_ITEM if unknown else ItemAnswer.REFUSED
        return PublishAnswer(failed, reason=product.reason)
    return PublishAnswer(ItemAnswer.DONE, external_id=row.external_id or None)


def _row(raw: bytes) -> _Told | None:
    try:
        row = decode_damaged(_row_decoder, raw)
        sku, external_id = text_of(row.sku, "sku"), id_of(row.id, "id")
        status, error = _code(row.status), _code(row.error)
        words = "; ".join((*_words(row.error_message), *_words(row.message)))
    except (msgspec.DecodeError, ShapeError):
        return None
    code = next((code for code in (status, error) if code.casefold() not in _NO_FAILURE), "")
    silent = not (status or error or external_id)
    return _Told(
        sku=sku,
        external_id=external_id,
        reason=(words or f"status {code}") if code or (silent and words) else "",
        is_unknown=code == _NOT_FOUND or _NOT_FOUND_WORD in words,
        versions=row.versions,
    )


def _code(value: Odd) -> str:
    return "true" if value is True else text_of(value, "status").strip()


def _words(value: Odd) -> Iterator[str]:
    if isinstance(value, list | dict):
        for _, raw in entries_of(value):
            yield from _words(_decode(raw))
    elif text := text_of(value, "message").strip():
        yield text


def _data(body: bytes) -> Odd:
    try:
        return decode_damaged(_body_decoder, body).data
    except msgspec.DecodeError:
        return None


def _decode(raw: bytes) -> Odd:
    try:
        return decode_damaged(_odd_decoder, raw)
    except msgspec.DecodeError:
        return None


def _worse(first: PublishAnswer | None, second: PublishAnswer) -> PublishAnswer:
    if first is None:
        return second
    return min(first, second, key=lambda told: _WORST_FIRST.index(told.answer))
