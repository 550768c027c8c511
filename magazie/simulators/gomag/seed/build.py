from collections.abc import Callable
from random import Random

from magazie.simulators.gomag.buyers import new_buyer
from magazie.simulators.gomag.engine import GomagShop
from magazie.simulators.gomag.order_records import AttachedInvoice, Customer
from magazie.simulators.gomag.romanian_time import local_text
from magazie.simulators.gomag.seed.catalogue_seed import CatalogueSeed
from magazie.simulators.gomag.seed.planting import LEAST_PRODUCTS, Planter
from magazie.simulators.gomag.state import ShopProfile
from magazie.simulators.gomag.switches import Switches

_DAY_MS = 86_400_000
_HISTORY_DAYS = 30
_PAST_STATUSES = (1, 1, 2, 3, 3, 3, 4, 5, 6, 7, 8, 18)
_INVOICED = 3


def build_shop(
    seed: int,
    products: int = 500,
    *,
    now_ms: Callable[[], int],
    orders: int = 60,
    customers: int = 40,
    repeated_skus: int = 0,
    planted: bool = False,
    switches: Switches | None = None,
    profile: ShopProfile | None = None,
    journal_limit: int | None = None,
) -> GomagShop:
    """Build a shop with goods, accounts and past orders; equal seeds and times build equal shops.

    Args:
        seed: of all chance in the shop, now and later.
        products: sellable products, each version counted.
        now_ms: UTC epoch milliseconds.
        orders: orders of the last 30 days, in every status.
        customers: accounts.
        repeated_skus: products that carry the SKU of an older one, as careless shops have.
        planted: whether oddities are planted at known places (see ``Truth.planted``); only in
            shops of ``LEAST_PRODUCTS`` or more.
        switches: how the unknowns are answered.
        profile: address and keys of the shop.
        journal_limit: how many requests are remembered; None = all.
    """
    random = Random(seed)
    shop = GomagShop(now_ms, random, switches, profile=profile, journal_limit=journal_limit)
    opened_ms = shop.tick()
    goods = CatalogueSeed(shop.state, Random(random.getrandbits(64)), opened_ms)
    goods.fill(products)
    goods.repeat_skus(repeated_skus)
    if planted and products >= LEAST_PRODUCTS:
        shop.state.planted = Planter(shop.state, Random(seed)).plant()
    history = Random(random.getrandbits(64))
    _open_accounts(shop, history, customers, opened_ms)
    _write_past(shop, history, orders, opened_ms)
    return shop


def _open_accounts(shop: GomagShop, random: Random, count: int, now_ms: int) -> None:
    for number in range(count):
        account = 14_000 + number * 3
        buyer = new_buyer(random, account)
        registered = local_text(now_ms - random.randint(30, 900) * _DAY_MS)
        shop.state.customers[account] = Customer(account, buyer, registered)


def _write_past(shop: GomagShop, random: Random, count: int, now_ms: int) -> None:
    moments = sorted(now_ms - random.randrange(_HISTORY_DAYS * _DAY_MS) for _ in range(count))
    for number, moment_ms in enumerate(moments):
        status = random.choice(_PAST_STATUSES)
        order = shop.shoppers.random_order_at(moment_ms, status)
        if order is not None and status == _INVOICED:
            order.invoice = AttachedInvoice("MAG", str(100 + number), local_text(moment_ms))
