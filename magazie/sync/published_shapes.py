"""Between our products and a shop's items: what is written of one, what is read of the other."""

from magazie.model.publishing import Content, Sending, TellingAttribute
from magazie.model.romanian_letters import comma_letters
from magazie.model.safe_html import safe_html
from magazie.ports import AttributeValue, PublishedProduct, PublishedVersion, ShopProduct
from magazie.storage.reads.publishing import Wish

_UNKNOWN_TYPE = "textinput"

Path = tuple[str, ...]


def new_product(wish: Wish) -> PublishedProduct:
    """A new item, with nothing in stock: what there is of it goes the way that all stock goes.

    Raises:
        ValueError: it has no price.

    """
    content = wish.content
    if wish.price_e4 is None:
        raise ValueError(f"{content.sku} has no price")
    return PublishedProduct(
        name=content.name,
        description=content.description,
        brand=content.brand,
        vat_rate_e2=content.vat_rate_e2 or 0,
        group_key=content.family,
        categories=(content.category,),
        attributes=tuple(_value(it) for it in content.attributes),
        images=_images(wish),
        versions=(
            PublishedVersion(
                sku=content.sku,
                ean=content.ean,
                price_e4=wish.price_e4,
                stock_milli=0,
                weight_milli=content.weight_milli,
            ),
        ),
    )


def changed_product(wish: Wish, sending: Sending, shown: ShopProduct) -> PublishedProduct:
    """The change of an item: what is not sent of ours is as the shop has it.

    Its price, VAT rate, categories and whether it is on sale must be written each time.

    Raises:
        ValueError: the shop's price cannot be read.

    """
    told, content = sending.told, wish.content
    if shown.base_price_e4 is None:
        raise ValueError(f"{content.sku} has no price in the shop")
    there = content_of(shown, content)
    rate = told.vat_rate_e2 if told.vat_rate_e2 is not None else shown.vat_rate_e2
    return PublishedProduct(
        name=told.name,
        description=told.description,
        brand=told.brand,
        vat_rate_e2=rate or 0,
        group_key="",
        categories=categories_to_write(wish, sending, shown),
        attributes=_with_others(told, there, wish) if told.attributes else (),
        images=_images(wish) if told.images else (),
        versions=(
            PublishedVersion(
                sku=shown.sku,
                ean=told.ean,
                price_e4=shown.base_price_e4,
                stock_milli=None,
                weight_milli=told.weight_milli,
            ),
        ),
        enabled=shown.enabled,
    )


def content_of(shown: ShopProduct, wanted: Content) -> Content:
    """An item as the shop shows it; of its several categories the wanted one, if it is there."""
    paths = _paths(shown)
    deepest = max(paths, key=len, default=())
    return Content(
        sku=shown.sku,
        name=shown.name.strip(),
        description=safe_html(comma_letters(shown.description)),
        brand=shown.brand.strip(),
        ean=shown.ean.strip(),
        family=shown.group_key,
        vat_rate_e2=shown.vat_rate_e2,
        weight_milli=shown.weight_milli,
        category=wanted.category if wanted.category in paths else deepest,
        attributes=tuple(
            TellingAttribute(attribute_id, "", name, "", values)
            for attribute_id, name, values in shown.attributes
        ),
        images=tuple(url for each in shown.images if (url := each.strip())),
    )


def _paths(shown: ShopProduct) -> list[Path]:
    return [tuple(name for _, name in path) for path in shown.categories if path]


def categories_to_write(wish: Wish, sending: Sending, shown: ShopProduct) -> tuple[Path, ...]:
    """The categories that the item is to stand in: ours moves, the shop's others stay."""
    told = sending.told.category
    taken = (wish.taken or content_of(shown, wish.content)).category
    paths = _paths(shown)
    if not told:
        return tuple(paths)
    return (told, *(path for path in paths if path not in (told, taken)))


def _with_others(told: Content, there: Content, wish: Wish) -> tuple[AttributeValue, ...]:
    """Ours, and those that the shop has beside them: what is given replaces all there was."""
    ours = {it.target_id for it in told.attributes}
    others = []
    for it in there.attributes:
        names = wish.shop_attributes.get(it.target_id)
        if it.target_id not in ours and it.values:
            key, kind = (names.key, names.type) if names is not None else ("", _UNKNOWN_TYPE)
            others.append(AttributeValue(key, it.name, kind, it.values))
    return (*(_value(it) for it in told.attributes), *others)


def _value(attribute: TellingAttribute) -> AttributeValue:
    return AttributeValue(attribute.key, attribute.name, attribute.type, attribute.values)


def _images(wish: Wish) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((wish.image_urls[key], ()) for key in wish.content.images)
