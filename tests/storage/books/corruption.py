"""One broken promise, and the faults that must show it."""

from typing import NamedTuple

from tests.storage.books.spoiling import Loosened

Found = frozenset[tuple[str, str]]
"""(kind, subject) of every fault."""


class Corruption(NamedTuple):
    """What is done to the books, and what is then found; nothing else may be."""

    name: str
    statements: tuple[str, ...]
    found: Found
    loosened: tuple[Loosened, ...] = ()


def broken(
    name: str, *statements: str, found: set[tuple[str, str]], loosened: tuple[Loosened, ...] = ()
) -> Corruption:
    return Corruption(name, statements, frozenset(found), loosened)


def document(key: str, line: int = 1) -> str:
    """The subject of a movement's line, with a placeholder for the id that it drew."""
    return f"movement:<{key}>/line:{line}"


def nothing_claimed(claim: str) -> str:
    """Store a claim that wants nothing: product, warehouse, order, line."""
    return f"INSERT INTO claims VALUES ({claim}, 1, 1, 0, 0, 0, 0)"


def empty_line(order_id: int, line: int) -> str:
    """Store an order line that is no goods."""
    return (
        "INSERT INTO order_lines (order_id, line, kind, item_id, sku, ean, name, quantity_milli,"
        f" price_e4) VALUES ({order_id}, {line}, 'service', '', '', '', '', 0, 0)"
    )


def listed(state: str, decision: str = "") -> str:
    """Store an item of the shop that nothing else knows of."""
    return (
        "INSERT INTO listing (shop, external_id, sku, ean, name, state, problem, product, read_ms,"
        f" decision) VALUES ('magazin', '15', '', '', '', '{state}', 'two products', x'00', 1,"
        f" '{decision}')"
    )
