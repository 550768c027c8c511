"""Which product the lines of an order mean, and what a line on a bundle claims. Pure reading."""

from msgspec.structs import replace

from magazie.actors.nomenclature import Nomenclature
from magazie.model.orders import LineKind, OrderLine


def linked_lines(
    lines: tuple[OrderLine, ...], shop: str, nomenclature: Nomenclature
) -> tuple[OrderLine, ...]:
    """The lines of a shop's order, parked ones with the product their item is linked to by now."""
    find = nomenclature.by_link
    return tuple(
        with_product(line, find(shop, line.item_id), nomenclature)
        if line.product_id is None and line.kind is LineKind.PRODUCT and line.item_id
        else line
        for line in lines
    )


def with_bundles(lines: tuple[OrderLine, ...], nomenclature: Nomenclature) -> tuple[OrderLine, ...]:
    """Lines of another program's order: those on bundles claim the bundles' parts."""
    parts_of = nomenclature.parts_of
    if all(line.product_id is None or parts_of(line.product_id) is None for line in lines):
        return lines
    return tuple(with_product(line, line.product_id, nomenclature) for line in lines)


def with_product(line: OrderLine, product_id: int | None, nomenclature: Nomenclature) -> OrderLine:
    """The line linked to a product; unlinked still if nothing can be claimed of that."""
    product_id = nomenclature.claimable(product_id)
    parts = nomenclature.parts_of(product_id) if product_id is not None else None
    return replace(line, product_id=product_id, parts=parts or ())
