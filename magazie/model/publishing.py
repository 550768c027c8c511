"""Publishing a product to a shop: what is told, what stands against it, what has changed."""

import enum
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace


class PublicationState(enum.StrEnum):
    """How far a product is in a shop."""

    WAITING = "waiting"
    """Chosen; it is sent when its turn comes."""
    SENDING = "sending"
    """It may be on its way, or there."""
    PUBLISHED = "published"
    REFUSED = "refused"
    """It was not sent or not taken; its problems say why."""
    READY = "ready"
    """It was refused or broken off, and nothing stands against it now: it may be chosen again."""


class PublishProblem(enum.StrEnum):
    """Why a product is not published, or not as it should be."""

    NO_PRICE = "no_price"
    NO_CATEGORY = "no_category"
    CATEGORY_UNMAPPED = "category_unmapped"
    CATEGORY_PENDING = "category_pending"
    """The shop's category is still to be made, or could not be."""
    CATEGORY_GONE = "category_gone"
    CATEGORY_NAMELESS = "category_nameless"
    """A category of the shop on the way has no name, by which categories are written."""
    NO_VAT = "no_vat"
    NO_SKU = "no_sku"
    """The shop's item has none, by which it could be changed."""
    SKU_IN_USE = "sku_in_use"
    CODE_IN_USE = "code_in_use"
    """An item of another SKU has its EAN, its code or a further code of it."""
    BUNDLE = "bundle"
    SEVERAL_ITEMS = "several_items"
    ITEM_GONE = "item_gone"
    PRICE_UNREADABLE = "price_unreadable"
    """A change needs the shop's own price, which could not be read."""
    IMAGE_UNREACHABLE = "image_unreachable"
    REFUSED = "refused"
    NOT_CONFIRMED = "not_confirmed"
    SKU_TWICE = "sku_twice"
    NOT_SENT = "not_sent"


SHOP_SAID: Final = frozenset(
    {
        PublishProblem.REFUSED,
        PublishProblem.NOT_CONFIRMED,
        PublishProblem.SKU_TWICE,
        PublishProblem.PRICE_UNREADABLE,
        PublishProblem.NOT_SENT,
    }
)
"""Found by sending: they hold until what was sent would be another, or it is sent again."""

HARMLESS: Final = frozenset({PublishProblem.IMAGE_UNREACHABLE})
"""Told, but the product is published all the same."""


class TellingAttribute(msgspec.Struct, frozen=True):
    """An attribute's values under the name that the shop has for it; ``target_id`` is its own."""

    target_id: str
    key: str
    name: str
    type: str
    values: tuple[str, ...]


class Content(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a shop is told of a product by publishing. Stock and price go their own way.

    ``category`` is a path of names, root first. ``images`` are what tells images apart: the
    address one came from, or the hash it is kept under.
    """

    sku: str
    name: str
    description: str = ""
    brand: str = ""
    ean: str = ""
    family: str = ""
    vat_rate_e2: int | None = None
    weight_milli: int | None = None
    category: tuple[str, ...] = ()
    attributes: tuple[TellingAttribute, ...] = ()
    images: tuple[str, ...] = ()


CHANGING: Final = (
    *("name", "description", "brand", "ean", "vat_rate_e2", "weight_milli"),
    *("category", "attributes", "images"),
)
"""What publishing changes of an item that is there. Never its SKU, nor what it is a version of."""

_REREAD: Final = ("name", "brand", "ean", "vat_rate_e2", "weight_milli", "category", "attributes")
"""What a shop shows again as it was sent. Descriptions and images it may rewrite."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whether a product can be published to a shop."""

    is_bundle: bool = False
    price_e4: int | None = None
    vat_rate_e2: int | None = None
    has_category: bool = True
    is_mapped: bool = True
    category_path: tuple[str, ...] = ()
    """Names of the shop's category; empty while it is not there."""
    category_is_gone: bool = False
    sku: str
    sku_holders: tuple[str, ...] = ()
    """Items of the shop that carry the SKU and are not the product's own."""
    code_holders: tuple[str, ...] = ()
    """Others of the shop that carry its EAN, its code or a further code of it."""
    items: tuple[str, ...] = ()
    """The product's items in the shop."""
    gone_items: tuple[str, ...] = ()
    """Its items that the shop deleted."""
    unreachable_images: int = 0


def problems_of(facts: Facts) -> tuple[PublishProblem, ...]:
    """What stands against publishing, before anything is sent; harmless ones included.

    An item that is there keeps what of its own we have nothing for: its price always, its VAT
    rate and category where ours are not set.
    """
    found: list[PublishProblem] = []
    if facts.gone_items and not facts.items:
        found.append(PublishProblem.ITEM_GONE)
    elif len(facts.items) > 1:
        found.append(PublishProblem.SEVERAL_ITEMS)
    elif not facts.items:
        found += _missing_for_new(facts)
    else:
        found += _trouble_of_item(facts)
    if facts.unreachable_images:
        found.append(PublishProblem.IMAGE_UNREACHABLE)
    return tuple(found)


def _trouble_of_item(facts: Facts) -> Iterable[PublishProblem]:
    """Items are changed by their SKU, so it must be there and theirs alone."""
    if not facts.sku.strip():
        yield PublishProblem.NO_SKU
    elif facts.sku_holders:
        yield PublishProblem.SKU_IN_USE
    if facts.is_mapped:
        yield from _category_trouble(facts)


def _missing_for_new(facts: Facts) -> Iterable[PublishProblem]:
    if facts.is_bundle:
        yield PublishProblem.BUNDLE
    if facts.price_e4 is None or facts.price_e4 <= 0:
        yield PublishProblem.NO_PRICE
    if not facts.has_category:
        yield PublishProblem.NO_CATEGORY
    elif not facts.is_mapped:
        yield PublishProblem.CATEGORY_UNMAPPED
    else:
        yield from _category_trouble(facts)
    if facts.vat_rate_e2 is None:
        yield PublishProblem.NO_VAT
    if facts.sku_holders:
        yield PublishProblem.SKU_IN_USE
    if facts.code_holders:
        yield PublishProblem.CODE_IN_USE


def _category_trouble(facts: Facts) -> Iterable[PublishProblem]:
    if facts.category_is_gone:
        yield PublishProblem.CATEGORY_GONE
    elif not facts.category_path:
        yield PublishProblem.CATEGORY_PENDING
    elif is_nameless(facts.category_path):
        yield PublishProblem.CATEGORY_NAMELESS


def is_nameless(path: Iterable[str]) -> bool:
    """Whether a category on this path of names has none."""
    return not all(name.strip() for name in path)


def is_in_the_way(problems: Iterable[PublishProblem]) -> bool:
    """Whether any of them keeps the product from being published."""
    return any(problem not in HARMLESS for problem in problems)


def changed_fields(wanted: Content, taken: Content, shown: Content) -> frozenset[str]:
    """What is to be sent of an item.

    That is what differs here from what the shop ``taken`` of us last (at first: what it had
    itself), and is not there already. So what people changed in the shop meanwhile stays,
    unless it was changed here too. Nothing is ever emptied: the shop leaves alone what is empty.
    """
    return frozenset(
        field
        for field in CHANGING
        if not _is_same(field, wanted, taken) and not _is_same(field, wanted, shown)
    )


def _is_same(field: str, wanted: Content, there: Content) -> bool:
    """Whether what is wanted is there; of nothing everything is, and of attributes ours count."""
    value = getattr(wanted, field)
    if field == "attributes":
        values = {it.target_id: sorted(it.values) for it in there.attributes}
        return all(values.get(it.target_id) == sorted(it.values) for it in wanted.attributes)
    return value in ("", (), None) or value == getattr(there, field)


class Sending(msgspec.Struct, frozen=True):
    """What is sent: all of a new item, or these fields of the one that is there."""

    content: Content
    item: str | None = None
    """The shop's id of the item; None: a new one."""
    fields: frozenset[str] = frozenset()

    @property
    def told(self) -> Content:
        """What of the content the shop is told; the rest is empty."""
        if self.item is None:
            return self.content
        kept = {field: getattr(self.content, field) for field in self.fields}
        return Content(**{"sku": self.content.sku, "name": "", **kept})


def unconfirmed(sent: Content, shown: Content) -> tuple[str, ...]:
    """The fields that were sent and that an item, as it is read, does not show."""
    return tuple(field for field in _REREAD if not _is_same(field, sent, shown))


def merged(there: Content, wanted: Content) -> Content:
    """What the shop has of us once all that is wanted is there: empty fields say nothing."""
    told = {
        field: value
        for field in Content.__struct_fields__
        if (value := getattr(wanted, field)) not in ("", (), None)
    }
    return replace(there, **told)


def still_holds(
    problems: Sequence[PublishProblem], sent: Sending | None, wanted: Content
) -> tuple[PublishProblem, ...]:
    """Which of what sending found holds on: all of it while the same would be sent again."""
    if sent is not None and sent.content != wanted:
        return ()
    return tuple(problem for problem in problems if problem in SHOP_SAID)
