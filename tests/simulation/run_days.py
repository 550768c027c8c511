"""Some days of a shop, and what must hold after them."""

from pathlib import Path
from unittest.mock import patch

from magazie.gomag import shop as gomag_shop
from magazie.gomag.wire_orders import decode_order
from magazie.ports import ShopOrder, UndecodableOrder
from magazie.storage.books import check_books
from tests.simulation.shop_world import Pace, ShopWorld
from tests.simulation.virtual_loop import run_virtually

WITH_READ_BACK_HOURS = 12
"""Two read-backs of everything with whole order reads between, and their sends."""
WITHOUT_HOURS = 1


class DecodedOnce:
    """Decodes an order when it first comes: every poll shows the newest again, as they were."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], ShopOrder | UndecodableOrder] = {}

    def __call__(self, raw: bytes, key: str, observed_ms: int) -> ShopOrder | UndecodableOrder:
        known = self._known.get((key, raw))
        if known is None:
            known = self._known[key, raw] = decode_order(raw, key, observed_ms)
        return known


async def live(world: ShopWorld, days: int, settling_hours: float) -> str:
    await world.open()
    await world.import_catalogue()
    await world.live_days(days)
    await world.settle(settling_hours)
    assert await world.missing_orders() == []
    assert await world.differences() == []
    assert world.shop.journal.increments() == 0
    await world.house.stop()
    return world.trace.digest()


def run_days(
    seed: int, folder: Path, days: int, *, lies: bool = True, hours: float = WITH_READ_BACK_HOURS
) -> str:
    world = ShopWorld(seed, folder, Pace(lies=lies))
    with patch.object(gomag_shop, "decode_order", DecodedOnce()):
        digest = run_virtually(live(world, days, hours))
    assert check_books(world.database).faults == ()
    return digest
