"""What the furnished books are made of: names, numbers, orders, lines, marks."""

import hashlib
import itertools
from typing import Final, TypeVar

from magazie.actors.picking_messages import (
    OpMark,
)
from magazie.model.orders import (
    Address,
    Delivery,
    LineKind,
    OrderLine,
    Payment,
)
from magazie.model.tally import Tally, TallyKind
from magazie.ports import (
    ShopLine,
    ShopOrder,
    ShopStatus,
    StatusType,
)

T = TypeVar("T")

START_MS: Final = 1_767_218_400_000
CUP, PLATE, SPOON, VASE, GLASS = 1, 2, 3, 4, 5
"""Products, the first three tied to items 11, 12 and 13 of the shop."""
DONE, GOING_ON = 900, 901
"""Picking sessions."""
RECEIVED, COUNTED, BEING_RECEIVED = 910, 911, 912
"""Tallies."""
_NUMBERS: Final = itertools.count(1)
REFUSED: Final = 77
"""A movement whose only line the stock refused."""

SETTINGS: Final = """
[[warehouses]]
code = "principal"
name = "Depozit"
[[warehouses]]
code = "raft"
name = "Raft"
[[shops]]
name = "magazin"
base_url = "https://api.exemplu.ro"
shop_url = "https://www.exemplu.ro"
api_key = "env:MAGAZIE_TEST_KEY"
stock_warehouse = "principal"
price_warehouse = "principal"
orders_from = "2026-01-01"
status_map = { taken = "Preluata", cancelled = "Anulata" }
[[shops]]
name = "outlet"
base_url = "https://api.outlet.exemplu.ro"
shop_url = "https://www.outlet.exemplu.ro"
api_key = "env:MAGAZIE_TEST_KEY"
"""
STATUSES: Final = (
    ShopStatus("1", "Noua", StatusType.SALE),
    ShopStatus("2", "Preluata", StatusType.SALE),
    ShopStatus("3", "Anulata", StatusType.CANCEL),
)


class Ticking:
    """A clock that moves a second at each look, so that nothing happens twice at once."""

    def __init__(self) -> None:
        self._ms = START_MS

    def now_ms(self) -> int:
        self._ms += 1000
        return self._ms


def order(
    external_id: str, *lines: ShopLine, status: str = "1", placed_at_ms: int = START_MS
) -> ShopOrder:
    raw = repr((external_id, lines, status)).encode()
    someone = Address(name="Ion Popescu", city="Cluj-Napoca")
    return ShopOrder(
        external_id=external_id,
        number=f"N{external_id}",
        placed_at_ms=placed_at_ms + int(external_id) * 1000,
        placed_raw="",
        status=next(each.name for each in STATUSES if each.id == status),
        status_id=status,
        currency="RON",
        total_bani=1,
        lines=lines,
        discounts=(),
        delivery=Delivery(),
        shipping=someone,
        billing=someone,
        company=None,
        customer_id="",
        payment=Payment(),
        observation="",
        sales_channel="",
        raw=raw,
        digest=hashlib.blake2b(raw, digest_size=16).digest(),
    )


def op_mark(terminal: str) -> OpMark:
    number = next(_NUMBERS)
    return OpMark(terminal, f"op-{number}", number, b"", "Ana")


def line(item_id: str, sku: str, units: int, *, kind: LineKind = LineKind.PRODUCT) -> ShopLine:
    return ShopLine(kind, item_id, sku, "", f"Linie {sku}", units * 1000, 499_000, None, 2100)


def api_line(number: int, product_id: int, units: int, price_e4: int) -> OrderLine:
    return OrderLine(
        number,
        LineKind.PRODUCT,
        "",
        "",
        "",
        "Linie",
        product_id,
        units * 1000,
        0,
        price_e4,
        None,
        2100,
    )


def tally(tally_id: int, kind: TallyKind, reference: str, location: str) -> Tally:
    return Tally(
        id=tally_id,
        kind=kind,
        reference=reference,
        warehouse="raft",
        location=location,
        terminal="T5",
        who="Ana",
    )
