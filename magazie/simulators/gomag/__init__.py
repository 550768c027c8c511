"""A stand-in for the Gomag shop API, written from public notes alone.

It shares no code with the adapter that talks to it: a misreading must not hide on both sides.
"""

from magazie.simulators.gomag.back_office import BackOffice, OrderedItem
from magazie.simulators.gomag.engine import GomagShop
from magazie.simulators.gomag.exchange import Fate, FateKind, Pairs, SimRequest, SimResponse
from magazie.simulators.gomag.faults import FaultKind, FaultRule
from magazie.simulators.gomag.journal import Journal, JournalEntry
from magazie.simulators.gomag.memory_transport import MemoryTransport
from magazie.simulators.gomag.planted import KnownGoods, Plant, Planted, PlantKind
from magazie.simulators.gomag.seed.build import build_shop
from magazie.simulators.gomag.shoppers import OrderDetails, Shoppers
from magazie.simulators.gomag.state import (
    DEMO_API_KEY,
    DEMO_SHOP_URL,
    ShopProfile,
    UnknownInShopError,
)
from magazie.simulators.gomag.switches import Switches
from magazie.simulators.gomag.truth import LineTruth, OrderTruth, ProductTruth, Truth
from magazie.simulators.gomag.webhooks import WebhookDelivery, WebhookPlan, WebhookSettings

__all__ = [
    "DEMO_API_KEY",
    "DEMO_SHOP_URL",
    "BackOffice",
    "Fate",
    "FateKind",
    "FaultKind",
    "FaultRule",
    "GomagShop",
    "Journal",
    "JournalEntry",
    "KnownGoods",
    "LineTruth",
    "MemoryTransport",
    "OrderDetails",
    "OrderTruth",
    "OrderedItem",
    "Pairs",
    "Plant",
    "PlantKind",
    "Planted",
    "ProductTruth",
    "ShopProfile",
    "Shoppers",
    "SimRequest",
    "SimResponse",
    "Switches",
    "Truth",
    "UnknownInShopError",
    "WebhookDelivery",
    "WebhookPlan",
    "WebhookSettings",
    "build_shop",
]
