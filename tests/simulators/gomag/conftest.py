import pytest

from magazie.simulators.gomag import GomagShop, build_shop
from tests.simulators.gomag.gomag_caller import Caller, Clock

MONDAY_MORNING_MS = 1_772_438_400_000  # 2026-03-02 08:00:00Z, 10:00 in Bucharest


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY_MORNING_MS)


@pytest.fixture
def shop(clock: Clock) -> GomagShop:
    return build_shop(11, 60, now_ms=clock, orders=12)


@pytest.fixture
def caller(shop: GomagShop, clock: Clock) -> Caller:
    return Caller(shop, clock)


@pytest.fixture
def skus(shop: GomagShop) -> list[str]:
    """SKUs of plain goods: in stock, stock kept, sold in lei with VAT."""
    return [
        p.sku
        for p in shop.truth.products()
        if p.stock_managed
        and p.stock_status == "instock"
        and p.vat_included
        and p.currency == "RON"
        and p.enabled
    ]
