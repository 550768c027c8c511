from collections.abc import Sequence

from magazie.simulators.gomag.endpoints.call import Call
from magazie.simulators.gomag.endpoints.paging import page_size, paged
from magazie.simulators.gomag.endpoints.product_rows import product_row, variation_row
from magazie.simulators.gomag.payloads import whole
from magazie.simulators.gomag.records import Product
from magazie.simulators.gomag.romanian_time import is_day
from magazie.simulators.gomag.state import ShopState


def read_products(state: ShopState, call: Call) -> object:
    """``product/read``: rows by ascending id; parameters it does not know are ignored."""
    with_versions = call.query.get("addVersions") == "1"
    products = _found(state, call)
    if with_versions and state.switches.version_rows == "hidden":
        products = [p for p in products if not _is_sibling(state, p)]
    page = paged(products, page_size(call.query, state.switches), call, state.switches)
    rows = {str(product.id): product_row(state, product) for product in page.rows}
    if with_versions:
        _add_variations(state, page.rows, rows)
    return {
        "total": page.total,
        "page": page.page,
        "pages": page.pages,
        "products": rows or [],
    }


def _found(state: ShopState, call: Call) -> Sequence[Product]:
    query = call.query
    catalogue = state.catalogue
    if query.get("sku"):
        found = catalogue.by_sku(query["sku"])
    else:
        found = list(catalogue.products.values())
    if query.get("id"):
        wanted = whole(query["id"])
        found = [p for p in found if p.id == wanted]
    if query.get("category"):
        inside = catalogue.within(whole(query["category"]) or 0)
        found = [p for p in found if inside.intersection(p.categories.values())]
    if query.get("brand"):
        brand = catalogue.brands.get(whole(query["brand"]) or 0)
        found = [p for p in found if brand is not None and p.brand == brand.name]
    day = query.get("updated", "")
    if is_day(day):
        found = [p for p in found if _updated(p, day, state)]
    return found


def _updated(product: Product, day: str, state: ShopState) -> bool:
    if state.switches.updated_filter == "on_day":
        return product.updated[:10] == day
    return product.updated[:10] >= day


def _is_sibling(state: ShopState, product: Product) -> bool:
    return product.parent != product.id and product.parent in state.catalogue.products


def _add_variations(
    state: ShopState, products: Sequence[Product], rows: dict[str, dict[str, object]]
) -> None:
    shown = {product.id for product in products}
    versions: dict[int, list[Product]] = {}
    for product in state.catalogue.products.values():
        if product.parent in shown:
            versions.setdefault(product.parent, []).append(product)
    for parent, group in versions.items():
        if len(group) > 1:
            rows[str(parent)]["variations"] = [variation_row(state, p) for p in group]
