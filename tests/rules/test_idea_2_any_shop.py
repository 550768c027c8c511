"""Whatever a shop does where nobody knows what it does: the numbers end up right all the same."""

from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from msgspec.structs import fields

from magazie.simulators.gomag import Switches
from tests.rules.storeroom import MINUTE, Setting, Storeroom, live

SLOW = {"read_burst": 5, "write_burst": 1, "throttle_retry_after_s": 5}
NOT_A_SHOP = frozenset(
    {"blocked_agents", "dead_image_hosts", "image_import_ms", "largest_form_bytes"}
)
"""Switches that are about other callers, or pictures."""


def _readings() -> list[tuple[str, Any]]:
    """Every switch with every value that is not its default."""
    hints = get_type_hints(Switches)
    found: list[tuple[str, Any]] = list(SLOW.items())
    for field in fields(Switches):
        values = (True, False) if hints[field.name] is bool else get_args(hints[field.name])
        if field.name == "restoring_types":
            values = ((), ("cancel",), ("return",))
        elif field.name in NOT_A_SHOP:
            continue
        found += [(field.name, value) for value in values if value != field.default]
    return found


async def _some_days(room: Storeroom) -> None:
    """Orders, edits, a cancel, a reopening, goods in and out, a price, a crash."""
    shop = room.shop
    first = shop.order(("P1", 2), ("P2", 1))
    await room.read()
    await room.receive("P1", 5)
    second = shop.order(("P1", 3), ("P3", 9))
    await room.flush()
    shop.edit(first, ("P1", 4))
    shop.cancel(second)
    await room.set_price("P2", 12)
    await room.pass_time(2 * MINUTE)
    shop.move(second, 1)
    await room.adjust("P3", -2)
    await room.crash_and_restart()
    third = shop.order(("P2", 6))
    await room.pass_time(4 * MINUTE)
    taken = sorted(key[2] for key in await room.orders())
    assert taken == sorted(str(order) for order in (first, second, third))
    available = {sku: await room.available(sku) for sku in room.product_ids}
    assert available == {"P1": 8, "P2": 4, "P3": 0}
    assert available == {sku: shop.stock(sku) for sku in room.product_ids}
    assert shop.price("P2") == 12
    assert (await room.outbox()).pending == 0
    assert await room.alerts("orders_unreadable") == []
    assert await room.alerts("shop_stopped") == []


@pytest.mark.parametrize(("switch", "value"), _readings())
def test_the_numbers_end_up_right_in_any_shop(tmp_path: Path, switch: str, value: Any) -> None:
    goods = {"P1": 10.0, "P2": 10.0, "P3": 10.0}
    switches = Switches(**{switch: value})
    setting = Setting(goods, switches=switches, tells_taken=True)
    live(tmp_path, _some_days, setting)
