"""What more there is to say of a product that a shop does not have: a code, and its words."""

import enum
from collections.abc import Mapping
from typing import Final

import msgspec

from magazie.model.reason_words import reason_in_romanian
from magazie.model.work_troubles import WorkTrouble, trouble_words


class PublishDetailCode(enum.StrEnum):
    """What the detail tells."""

    SHOP_SAID = "shop_said"
    """The shop's own words."""
    ITEMS = "items"
    """The shop's items that carry its codes."""
    NOT_SHOWN = "not_shown"
    """Fields that were sent and are not as they were sent."""
    REFUSED_HERE = "refused_here"
    """Why the item could not be tied to the product."""
    BROKEN_OFF = "broken_off"
    """Why the job that it was chosen for broke off."""


class PublishDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    """A detail; ``values`` are those that its words name."""

    code: PublishDetailCode
    values: Mapping[str, str] = {}


_RO_EN: Final[Mapping[PublishDetailCode, tuple[str, str]]] = {
    PublishDetailCode.ITEMS: (
        "Articolele magazinului cu codurile lui: {items}.",
        "The shop's items with its codes: {items}.",
    ),
    PublishDetailCode.NOT_SHOWN: (
        "Au fost trimise și nu apar în magazin: {fields}.",
        "Sent, and not there in the shop: {fields}.",
    ),
    PublishDetailCode.REFUSED_HERE: (
        "Nu a putut fi legat aici: {reason}.",
        "It could not be linked here: {reason}.",
    ),
}
"""Of what is neither the shop's to say nor told by the job's trouble."""
_FIELDS: Final = {
    "name": ("numele", "the name"),
    "description": ("descrierea", "the description"),
    "brand": ("marca", "the brand"),
    "ean": ("EAN-ul", "the EAN"),
    "vat_rate_e2": ("cota de TVA", "the VAT rate"),
    "weight_milli": ("greutatea", "the weight"),
    "category": ("categoria", "the category"),
    "attributes": ("atributele", "the attributes"),
    "images": ("imaginile", "the images"),
}
_BETWEEN: Final = ", "
_NOTHING: Final = "–"
_COLUMN: Final = {"ro": 0, "en": 1}
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(PublishDetail).decode


def shop_said(words: str) -> PublishDetail | None:
    """The shop's own words; None where it said nothing."""
    return PublishDetail(PublishDetailCode.SHOP_SAID, {"words": words}) if words else None


def items_with_it(items: tuple[str, ...]) -> PublishDetail | None:
    """The shop's items that carry the product's codes, by their ids; None where there is none."""
    if not items:
        return None
    return PublishDetail(PublishDetailCode.ITEMS, {"items": _BETWEEN.join(items)})


def not_shown(fields: tuple[str, ...]) -> PublishDetail:
    """Fields of ``Content`` that were sent and are not there."""
    return PublishDetail(PublishDetailCode.NOT_SHOWN, {"fields": _BETWEEN.join(fields)})


def refused_here(reason: str) -> PublishDetail:
    """A refusal, in English."""
    return PublishDetail(PublishDetailCode.REFUSED_HERE, {"reason": reason})


def broken_off(trouble: WorkTrouble, reason: str) -> PublishDetail:
    """The trouble of the job."""
    values = {"trouble": trouble.value, "reason": reason}
    return PublishDetail(PublishDetailCode.BROKEN_OFF, values)


def kept(detail: PublishDetail | str | None) -> str:
    """A detail as it is kept in its column; empty for none."""
    if detail is None or isinstance(detail, str):
        return detail or ""
    return _encode(detail).decode()


def read(stored: str) -> PublishDetail | str | None:
    """The detail of a column; what an earlier version wrote is known again or stays a text."""
    if not stored.startswith('{"code":'):
        return _of_sentence(stored) if stored else None
    try:
        return _decode(stored)
    except msgspec.MsgspecError:  # written by a later version
        return stored


def words(detail: PublishDetail | str, language: str) -> str:
    """A detail in ``ro`` or ``en``; a text as it is, and so what a shop said of itself."""
    if isinstance(detail, str):
        return detail
    values = {name: value for name, value in detail.values.items() if value}
    reason = _reason(values.get("words") or values.get("reason") or _NOTHING, language)
    match detail.code:
        case PublishDetailCode.SHOP_SAID:
            return reason
        case PublishDetailCode.BROKEN_OFF:
            return _trouble(values, language)
    return _RO_EN[detail.code][_COLUMN[language]].format(
        items=values.get("items", _NOTHING),
        fields=_named(values.get("fields", _NOTHING), language),
        reason=reason.rstrip("."),
    )


def _reason(text: str, language: str) -> str:
    return reason_in_romanian(text) if language == "ro" else text


def _named(fields: str, language: str) -> str:
    """The fields by the names that people have for them."""
    return _BETWEEN.join(
        _FIELDS.get(field, (field, field))[_COLUMN[language]] for field in fields.split(_BETWEEN)
    )


def _trouble(values: Mapping[str, str], language: str) -> str:
    try:
        trouble = WorkTrouble(values.get("trouble", ""))
    except ValueError:  # of a later version
        trouble = WorkTrouble.FAILED
    return trouble_words(trouble, values.get("reason", ""), language)


def _of_sentence(text: str) -> PublishDetail | str:
    _, is_ours, fields = text.partition("not there after it was sent: ")
    return not_shown(tuple(fields.split(_BETWEEN))) if is_ours and fields else text
