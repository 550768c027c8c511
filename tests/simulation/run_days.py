"""Some days of a shop, and what must hold after them."""

from pathlib import Path

from magazie.storage.books import check_books
from tests.simulation.shop_world import Pace, ShopWorld
from tests.simulation.virtual_loop import run_virtually

WITH_READ_BACK_HOURS = 12
"""Two read-backs of everything with whole order reads between, and their sends."""
WITHOUT_HOURS = 1


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
    digest = run_virtually(live(world, days, hours))
    assert check_books(world.database).faults == ()
    return digest
