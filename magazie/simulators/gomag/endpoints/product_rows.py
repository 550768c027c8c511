"""How a product is told: numbers as texts, empty maps as lists, types that flip."""

from magazie.simulators.gomag.figures import fixed, shortest
from magazie.simulators.gomag.pictures import picture_mark
from magazie.simulators.gomag.records import Product
from magazie.simulators.gomag.state import ShopState


def product_row(state: ShopState, product: Product) -> dict[str, object]:
    """Return one row of ``product/read``."""
    address = f"{product.slug}.html"
    shop = state.profile.shop_url
    return {
        "id": str(product.id),
        "sku": product.sku,
        "name": product.name,
        "description": product.description,
        "short_description": product.short_description,
        "url": f"{shop}/{address}",
        "canonical_url": f"{shop}/produse-{next(iter(product.categories.values()), 0)}/{address}",
        "brand": product.brand,
        "categories": _categories(state, product),
        "weight": shortest(product.weight_milli, 3),
        "enabled": "1" if product.enabled else "0",
        "parent": str(product.parent),
        "parent_sku": _parent_sku(state, product),
        "stockManagement": _flipping(product, on=product.stock_managed),
        "stock": _stock(state, product),
        "stock_status": product.stock_status.value,
        "base_price": fixed(product.base_price_e4, 4, 4),
        "price": fixed(product.price_e4, 4, 4),
        "vat_included": int(product.vat_included),
        "vat": shortest(product.vat_e2, 2),
        "currency": product.currency,
        "ecotax": fixed(product.ecotax_e4, 4, 4),
        "um": product.unit,
        "html_title": product.html_title,
        "html_description": product.html_description,
        "customSearchKeys": product.search_keys,
        "feedDescription": product.feed_description,
        "allowOrdersWhenOutOfStock": _flipping(product, on=product.backorders),
        "attributes": _attributes(state, product),
        "images": [_image(state, name) for name in product.images],
        "ean": product.ean,
        "group_key": product.group_key,
        "videos": None,
        "files": None,
        "updated": product.updated,
        "created": product.created,
        "delivery_time": product.delivery_time,
        "delivery_time_type": product.delivery_time_type,
        "bundleItems": [{"sku": s, "quantity": shortest(q, 3)} for s, q in product.bundle],
    }


def variation_row(state: ShopState, product: Product) -> dict[str, object]:
    """Return one entry of ``variations``, which the documentation lists with ``addVersions``."""
    version_attributes = {
        str(value.attribute): {
            "id": str(value.attribute),
            "name": state.catalogue.attributes[value.attribute].name,
            "value": value.values[0] if value.values else "",
        }
        for value in product.attributes
        if value.of_version
    }
    return {
        "id": str(product.id),
        "sku": product.sku,
        "base_price": fixed(product.base_price_e4, 4, 4),
        "price": fixed(product.price_e4, 4, 4),
        "stock": _stock(state, product),
        "stockStatus": product.stock_status.value,
        "stockManagement": _flipping(product, on=product.stock_managed),
        "versionAttributes": version_attributes or [],
    }


def _stock(state: ShopState, product: Product) -> str:
    if state.switches.stock_text == "shortest":
        return shortest(product.stock_milli, 3)
    return fixed(product.stock_milli, 3, 3)


def _flipping(product: Product, *, on: bool) -> str | int:
    """Write a flag as the shop does: mostly a text, on some products a number."""
    return int(on) if product.id % 5 == 0 else str(int(on))


def _parent_sku(state: ShopState, product: Product) -> str:
    parent = state.catalogue.products.get(product.parent)
    return "" if parent is None else parent.sku


def _categories(state: ShopState, product: Product) -> object:
    """Write paths as PHP does: a list when the keys count up from 0, else a map; none = null."""
    paths = {
        index: [{"id": str(node.id), "name": node.name} for node in state.catalogue.path(leaf)]
        for index, leaf in product.categories.items()
    }
    if not paths:
        return None
    if list(paths) == list(range(len(paths))):
        return list(paths.values())
    return {str(index): path for index, path in paths.items()}


def _attributes(state: ShopState, product: Product) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for value in product.attributes:
        attribute = state.catalogue.attributes[value.attribute]
        several = attribute.type == "multipleselect"
        rows.append(
            {
                "id": str(attribute.id),
                "type": attribute.type,
                "name": attribute.name,
                "value": list(value.values) if several else ", ".join(value.values),
            }
        )
    return rows


def _image(state: ShopState, name: str) -> str:
    if ":" in name:  # kept elsewhere, or said to be
        return name
    address = f"{state.profile.media_url}/images/product/original/{name}"
    return f"{address}?s={picture_mark(name)}"
