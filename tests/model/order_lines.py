"""Order lines, as known and as seen."""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from magazie.model.orders import LineKind, OrderLine, follow_lines

ONE = 1000
GOODS, SERVICE = LineKind.PRODUCT, LineKind.SERVICE


class Seen(msgspec.Struct, frozen=True):
    """A line as a read of the shop shows it."""

    item_id: str = ""
    sku: str = ""
    name: str = ""
    quantity_milli: int = ONE
    kind: LineKind = GOODS
    ean: str = ""
    price_e4: int = 99_900
    base_price_e4: int | None = None
    vat_rate_e2: int | None = 2100


def known_line(number: int, seen: Seen, product: int | None = None, picked: int = 0) -> OrderLine:
    (line,) = follow_lines((), [seen])
    return replace(line, line=number, product_id=product, picked_milli=picked)


def linked(lines: Iterable[OrderLine]) -> tuple[OrderLine, ...]:
    """Give each line a product of its own, so that it can be told from the others."""
    return tuple(replace(line, product_id=100 + line.line) for line in lines)


def told(lines: Iterable[OrderLine]) -> list[tuple[int, str, int, int | None]]:
    """(line, item or SKU or name, quantity, product)."""
    return [
        (line.line, line.item_id or line.sku or line.name, line.quantity_milli, line.product_id)
        for line in lines
    ]


A, B, C = (Seen(name, f"sku-{name}", f"name {name}") for name in ("a", "b", "c"))
