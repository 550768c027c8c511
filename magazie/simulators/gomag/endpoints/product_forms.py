"""What a product in a write must hold, and how its parts are read."""

from collections.abc import Mapping, Sequence

from magazie.simulators.gomag.payloads import in_romanian, is_blank, mapping, sequence, text
from magazie.simulators.gomag.state import ShopState

Fields = Mapping[str, object]


def versions_of(item: Fields) -> Sequence[Fields]:
    """Return the sellable versions of a product."""
    return [mapping(version) for version in sequence(item.get("versions"))]


def sku_of(version: Fields) -> str:
    """Return a version's SKU, or an empty text."""
    return text(version.get("sku"))


def category_paths(item: Fields) -> list[list[str]]:
    """Return the category paths, each a list of names from the root."""
    paths = [[in_romanian(name) for name in sequence(p)] for p in sequence(item.get("categories"))]
    return [path for path in paths if path]


def missing_from_new(item: Fields, state: ShopState) -> list[str]:
    """Return the codes for what a new product lacks (A11)."""
    codes = _missing_in_versions(item, ("sku", "price", "stock", "stockStatus"))
    if not in_romanian(item.get("name")).strip():
        codes.append("MISSING_NAME")
    if not category_paths(item):
        codes.append("MISSING_CATEGORIES")
    currency = text(item.get("currency"))
    if not currency:
        codes.append("MISSING_CURRENCY")
    elif state.multiplier_e5(currency) is None:
        codes.append("INVALID_CURRENCY")
    if state.switches.existing_sku_write == "reject":
        known = (state.catalogue.by_sku(sku_of(version)) for version in versions_of(item))
        codes += ["EXISTING_SKU" for products in known if products]
    return codes


def missing_from_patch(item: Fields, state: ShopState) -> list[str]:
    """Return the codes for what a patch lacks (A13), unknown SKUs included."""
    lenient = state.switches.patch_missing_fields == "lenient"
    codes = _missing_in_versions(item, ("sku",) if lenient else ("sku", "price"))
    if not lenient and not category_paths(item):
        codes.append("MISSING_CATEGORIES")
    for version in versions_of(item):
        sku = sku_of(version)
        if sku and not state.catalogue.by_sku(sku):
            codes.append("MISSING_ITEMS")
    return codes


def _missing_in_versions(item: Fields, needed: Sequence[str]) -> list[str]:
    versions = versions_of(item)
    if not versions:
        return ["MISSING_VERSIONS"]
    return [
        f"MISSING_{name.upper()}"
        for name in needed
        if any(is_blank(version.get(name)) for version in versions)
    ]
