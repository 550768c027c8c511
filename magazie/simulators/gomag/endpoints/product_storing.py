"""Storing a product from a write: its versions, texts, categories, values and pictures."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from magazie.simulators.gomag.catalogue import slug
from magazie.simulators.gomag.endpoints.product_forms import (
    Fields,
    category_paths,
    sku_of,
    versions_of,
)
from magazie.simulators.gomag.figures import UnreadableFigureError, scaled
from magazie.simulators.gomag.payloads import flag, in_romanian, mapping, sequence, text
from magazie.simulators.gomag.records import AttributeValue, Product
from magazie.simulators.gomag.romanian_time import local_text
from magazie.simulators.gomag.shelf import ShelfChange, apply_change, read_change
from magazie.simulators.gomag.state import ShopState

_TEXTS = {
    "name": "name",
    "description": "description",
    "short_description": "short_description",
    "html_title": "html_title",
    "html_description": "html_description",
    "customSearchKeys": "search_keys",
    "feedDescription": "feed_description",
}


def store_product(state: ShopState, item: Fields, now_ms: int) -> list[int]:
    """Create or change the versions of one product and return their ids in the order sent."""
    products: list[Product] = []
    main = _known_main(state, item)
    for version in versions_of(item):
        change = read_version_change(item, version, state)
        product = _version(state, version, main, item, now_ms)
        main = main or product.parent
        _fill(state, product, item, version, change)
        product.updated = local_text(now_ms)
        products.append(product)
    _plan_images(state, item, products, now_ms)
    return [product.id for product in products]


def read_version_change(item: Fields, version: Fields, state: ShopState) -> ShelfChange:
    """Read price and stock of one version; VAT and currency stand on the product for all.

    Raises:
        BadFieldError: a figure cannot be read.
    """
    shared = {name: item[name] for name in ("vat", "currency") if name in item}
    return read_change({**shared, **version}, state)


def _known_main(state: ShopState, item: Fields) -> int | None:
    group_key = text(item.get("group_key"))
    return state.catalogue.main_version(group_key) if group_key else None


def _version(
    state: ShopState, version: Fields, main: int | None, item: Fields, now_ms: int
) -> Product:
    sku = sku_of(version)
    known = state.catalogue.by_sku(sku)
    if known:
        return known[0]
    product_id = state.catalogue.next_product_id()
    name = in_romanian(item.get("name"))
    product = Product(
        id=product_id,
        sku=sku,
        name=name,
        slug=f"{slug(in_romanian(item.get('raw_url')) or name)}-{product_id}",
        parent=main or product_id,
        group_key=text(item.get("group_key")) or sku,
        created=local_text(now_ms),
    )
    state.catalogue.add(product)
    return product


def _fill(
    state: ShopState, product: Product, item: Fields, version: Fields, change: ShelfChange
) -> None:
    for name, attribute in _TEXTS.items():
        if name in item:
            setattr(product, attribute, in_romanian(item[name]))
    if text(item.get("brand")):
        product.brand = state.catalogue.brand_named(text(item["brand"])).name
    enabled = flag(item.get("enabled"))
    product.enabled = product.enabled if enabled is None else enabled
    vat_included = flag(item.get("vat_included"))
    product.vat_included = product.vat_included if vat_included is None else vat_included
    backorders = flag(item.get("allowOrdersWhenOutOfStock"))
    product.backorders = product.backorders if backorders is None else backorders
    apply_change(product, change, state.switches)
    if "ean" in version:
        state.catalogue.relabel(product, text(version["ean"]))
    _fill_extras(product, version)
    _fill_categories(state, product, item)
    _fill_attributes(state, product, item, version)


def _fill_extras(product: Product, version: Fields) -> None:
    weight = text(version.get("weight"))
    if weight:
        product.weight_milli = _weight_milli(weight)
    eav = mapping(version.get("EAV"))
    product.delivery_time = text(eav.get("delivery_time")) or product.delivery_time
    product.delivery_time_type = text(eav.get("deliveryTimeType")) or product.delivery_time_type
    product.unit = text(eav.get("product_um")) or product.unit


def _weight_milli(written: str) -> int:
    """Return kilograms in thousandths; a weight that is no number is left at nothing."""
    try:
        return scaled(written, 3)
    except UnreadableFigureError:
        return 0


def _fill_categories(state: ShopState, product: Product, item: Fields) -> None:
    paths = category_paths(item)
    if not paths:
        return
    reuse = state.switches.category_reuse == "first_match"
    leaves = [state.catalogue.category_at(path, reuse=reuse) for path in paths]
    if flag(_options(item).get("replaceCategories")):
        product.categories = {}
    index = max(product.categories, default=-1)
    for leaf in leaves:
        if leaf not in product.categories.values():
            index += 1
            product.categories[index] = leaf


def _fill_attributes(state: ShopState, product: Product, item: Fields, version: Fields) -> None:
    for sent in sequence(item.get("attributes")):
        _set_value(state, product, mapping(sent), of_version=False)
    for sent in sequence(version.get("options")):
        _set_value(state, product, mapping(sent), of_version=True)


def _set_value(state: ShopState, product: Product, sent: Fields, *, of_version: bool) -> None:
    key, name = text(sent.get("key")), in_romanian(sent.get("name"))
    if not key and not name:
        return
    attribute = state.catalogue.attribute(
        key=key, name=name, kind=text(sent.get("type")) or "dropdown"
    )
    attribute.is_version = attribute.is_version or of_version
    values = _values(sent.get("value"))
    state.catalogue.note_values(attribute.id, values)
    kept = [value for value in product.attributes if value.attribute != attribute.id]
    product.attributes = [*kept, AttributeValue(attribute.id, values, of_version)]


def _values(sent: object) -> tuple[str, ...]:
    if isinstance(sent, dict):
        sent = sent.get("ro", next(iter(sent.values()), ""))
    if isinstance(sent, list):
        return tuple(text(value) for value in sent)
    return (text(sent),)


def _options(item: Fields) -> Fields:
    """Return the options, sent as an object or, as old echoes show, in a list."""
    sent = item.get("options")
    return mapping(sent[0]) if isinstance(sent, list) and sent else mapping(sent)


def _plan_images(state: ShopState, item: Fields, products: Sequence[Product], now_ms: int) -> None:
    """Have pictures fetched after the answer (A23); dead addresses are dropped silently."""
    options = _options(item)
    keeps_old = bool(flag(options.get("ignoreImagesIfExists")))
    replaces = bool(flag(options.get("replaceMedia")))
    for product in products:
        sources = [
            text(picture.get("url"))
            for picture in map(mapping, sequence(item.get("images")))
            if _meant_for(picture, product)
        ]
        if not sources or (product.images and keeps_old and not replaces):
            continue
        _plan_fetch(state, product, sources, now_ms, replaces=replaces)


def _plan_fetch(
    state: ShopState, product: Product, sources: Sequence[str], now_ms: int, *, replaces: bool
) -> None:
    def fetched(_due_ms: int) -> None:
        alive = [url for url in sources if _is_alive(state, url)]
        if replaces:
            product.images.clear()
            product.image_sources.clear()
        for url in alive:
            product.images.append(f"{product.slug}-{len(product.images) + 1}.png")
            product.image_sources.append(url)

    if state.switches.image_import_ms == 0:
        fetched(now_ms)
    else:
        state.agenda.at(now_ms + state.switches.image_import_ms, fetched)


def _meant_for(picture: Fields, product: Product) -> bool:
    skus = [text(sku) for sku in sequence(picture.get("skus"))]
    return not skus or product.sku in skus


def _is_alive(state: ShopState, url: str) -> bool:
    parts = urlsplit(url)
    dead = parts.hostname in state.switches.dead_image_hosts
    return parts.scheme in {"http", "https"} and not dead
