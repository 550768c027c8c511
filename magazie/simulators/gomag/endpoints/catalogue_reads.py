from collections.abc import Sequence

from magazie.simulators.gomag.endpoints.call import Call
from magazie.simulators.gomag.endpoints.paging import LARGEST_PAGE, paged
from magazie.simulators.gomag.pictures import picture_mark
from magazie.simulators.gomag.records import Attribute, Brand, Category
from magazie.simulators.gomag.state import ShopState


def read_categories(state: ShopState, _call: Call) -> object:
    """``category/read``: the whole tree in one answer."""
    categories = state.catalogue.categories
    return {
        "total": len(categories),
        "categories": {str(c.id): _category_row(state, c) for c in categories.values()} or [],
    }


def read_attributes(state: ShopState, call: Call) -> object:
    """``attribute/read``: at most 100, values not told, only how many there are (S13)."""
    attributes = list(state.catalogue.attributes.values())
    if state.switches.attribute_pages == "ignored":
        shown: Sequence[Attribute] = attributes[:LARGEST_PAGE]
    else:
        shown = paged(attributes, LARGEST_PAGE, call, state.switches).rows
    return {
        "total": len(attributes),
        "attributes": {str(a.id): _attribute_row(a) for a in shown} or [],
    }


def read_brands(state: ShopState, call: Call) -> object:
    """``brand/read``: a list, 100 a page; ``total`` is a text."""
    brands = list(state.catalogue.brands.values())
    if "1" in (call.query.get("withProducts"), call.query.get("withProducts ")):
        used = state.catalogue.brands_with_products()
        brands = [brand for brand in brands if brand.name in used]
    page = paged(brands, LARGEST_PAGE, call, state.switches)
    return {
        "total": str(page.total),
        "page": page.page,
        "pages": page.pages,
        "brands": [_brand_row(state, brand) for brand in page.rows],
    }


def _category_row(state: ShopState, category: Category) -> dict[str, object]:
    above = state.catalogue.path(category.parent)
    parents = {str(p.id): {"id": str(p.id), "depth": p.depth, "name": p.name} for p in above}
    return {
        "id": str(category.id),
        "name": category.name,
        "depth": str(category.depth),
        "position": str(category.position),
        "parents": parents or [],
    }


def _attribute_row(attribute: Attribute) -> dict[str, object]:
    shown = "1" if attribute.is_version else "0"
    return {
        "id": str(attribute.id),
        "key": attribute.key,
        "type": attribute.type,
        "name": attribute.name,
        "is_version": shown,
        "use_as_filter": "1" if attribute.type == "dropdown" else "0",
        "use_in_rules": "0",
        "show_in_product_lists": "0",
        "show_in_product_details": "1",
        "product_details_display": "caracteristics",
        "display_type": "text",
        "display_in": "order_details" if attribute.is_version else "",
        "add_to_order_details": shown,
        "description": "",
        "default_value": "",
        "validation_required": "none" if attribute.key else "",
        "position": str(attribute.position),
        "options_count": str(len(attribute.options)),
        "order": "count_products",
    }


def _brand_row(state: ShopState, brand: Brand) -> dict[str, object]:
    image = ""
    if brand.image:
        mark = picture_mark(brand.image)
        image = f"{state.profile.media_url}/images/brand/small/{brand.image}?s={mark}"
    return {
        "id": str(brand.id),
        "name": brand.name,
        "image": image,
        "url": f"{state.profile.shop_url}/produse/{brand.slug}",
    }
