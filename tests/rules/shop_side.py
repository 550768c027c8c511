"""One simulated shop as a test sees it: its shelves, its people, and what was sent to it."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from magazie.ports import HttpRequest, HttpResponse, TransportError
from magazie.simulators.gomag import (
    FaultKind,
    GomagShop,
    MemoryTransport,
    OrderDetails,
    OrderedItem,
    OrderTruth,
    ProductTruth,
    Switches,
)
from magazie.simulators.gomag.journal import JournalEntry
from magazie.simulators.gomag.order_records import Delivery, Payment
from magazie.simulators.gomag.records import Product
from tests.simulation.simulated_outside import ShopInMemory, Trace

INVENTORY = "product/inventory"
PRODUCTS = "product/read"
ORDERS = "order/read"
STATUS = "order/status/json"
"""Parts of the shop's addresses; writing a status is not reading the list of them."""

PIECE = 1000
"""Quantities are thousandths; tests count pieces."""
LEU = 10_000
"""Prices are 1/10000 RON; tests count lei."""
LATENCY_MS = 20

NEW, PAID, DELIVERED, RETURNED, TAKEN, CANCELLED = 1, 8, 18, 5, 6, 7
"""Ids in the simulated shop's list of statuses."""

Hook = Callable[[], object]


@dataclass(frozen=True)
class Sent:
    """One combined request as the shop received it, in pieces and lei, by SKU."""

    at_ms: int
    stock: Mapping[str, float]
    price: Mapping[str, float]


@dataclass
class _Watch:
    path: str
    act: Hook
    is_before: bool
    times: int


class Wire(ShopInMemory):
    """The way to a shop; a test may act just before a request or just after an answer."""

    def __init__(self, wire: MemoryTransport, watches: list[_Watch]) -> None:
        super().__init__(wire, Trace())
        self.network = wire
        self.blocked = ""
        """Requests with this parameter find nobody listening."""
        self._watches = watches

    async def send(self, request: HttpRequest) -> HttpResponse:
        if self.blocked in dict(request.query):
            raise TransportError("nobody listens", sent=False)
        self._act(request.url, is_before=True)
        response = await super().send(request)
        self._act(request.url, is_before=False)
        return response

    def _act(self, url: str, *, is_before: bool) -> None:
        for watch in list(self._watches):
            if watch.is_before is is_before and watch.path in url:
                watch.times -= 1
                if watch.times <= 0:
                    self._watches.remove(watch)
                watch.act()


@dataclass
class ShopSide:
    """Numbers here are pieces and lei."""

    name: str
    engine: GomagShop
    now_ms: Callable[[], int]
    wire: Wire | None = None
    since_ms: int = 0
    _watches: list[_Watch] = field(default_factory=list)

    @classmethod
    def stocked(
        cls,
        name: str,
        goods: Mapping[str, float],
        now_ms: Callable[[], int],
        switches: Switches | None = None,
    ) -> "ShopSide":
        """A shop that sells these, each for ten lei."""
        engine = GomagShop(now_ms, random.Random(name), switches)
        side = cls(name, engine, now_ms)
        for sku, pieces in goods.items():
            side.add(sku, pieces)
        return side

    def add(self, sku: str, pieces: float = 0, lei: float = 10) -> int:
        """Put another item on sale and answer its id."""
        catalogue = self.engine.state.catalogue
        item_id = catalogue.next_product_id()
        item = Product(
            id=item_id,
            sku=sku,
            name=f"Produsul {sku}",
            slug=sku.lower(),
            parent=item_id,
            stock_milli=round(pieces * PIECE),
            base_price_e4=round(lei * LEU),
        )
        catalogue.add(item)
        return item_id

    def connect(self) -> Wire:
        """A new way to it, as a new process has."""
        old = self.wire
        new = self.wire = Wire(MemoryTransport(self.engine, lambda: LATENCY_MS), self._watches)
        if old is not None:
            new.network.online, new.blocked = old.network.online, old.blocked
        return new

    # --- the network ------------------------------------------------------------------

    def cut(self) -> None:
        """Nobody answers any more."""
        assert self.wire is not None
        self.wire.network.online = False

    def mend(self) -> None:
        """It answers again."""
        assert self.wire is not None
        self.wire.network.online = True

    def block(self, parameter: str) -> None:
        """Let no request with this parameter through; empty = let all through again."""
        assert self.wire is not None
        self.wire.blocked = parameter

    def before(self, path: str, act: Hook, times: int = 1) -> None:
        """Act just before the next request to an address reaches the shop."""
        self._watches.append(_Watch(path, act, is_before=True, times=times))

    def after(self, path: str, act: Hook, times: int = 1) -> None:
        """Act as soon as the next answer from an address is here."""
        self._watches.append(_Watch(path, act, is_before=False, times=times))

    def fail(
        self, kind: FaultKind, path: str = "", *, times: int = 1, sku: str = "", delay_s: float = 0
    ) -> None:
        """Have a fault strike the next requests to an address."""
        delay_ms = round(delay_s * 1000)
        self.engine.inject(kind, path=path, times=times, sku=sku, delay_ms=delay_ms)

    def keep_failing(self, kind: FaultKind, path: str = "", *, delay_s: float = 0) -> None:
        """Have a fault strike every request to an address until faults are cleared."""
        self.engine.set_rate(kind, 1.0, path=path, delay_ms=round(delay_s * 1000))

    def heal(self) -> None:
        """Take off every fault."""
        self.engine.clear_faults()

    # --- buyers and the shop's own people ---------------------------------------------

    def order(
        self,
        *lines: tuple[str, float] | OrderedItem,
        status: int = NEW,
        placed: str | None = None,
        number: str | None = None,
    ) -> int:
        """Somebody orders so many of each SKU; answers the shop's id of the order."""
        details = OrderDetails(
            delivery=Delivery(),
            payment=Payment(),
            status=status,
            placed=placed,
            number=number,
        )
        return self.engine.place_order(_ordered(lines), details).id

    def edit(self, order_id: int, *lines: tuple[str, float] | OrderedItem) -> None:
        """Its people give an order other lines."""
        self.engine.office.edit_order(order_id, _ordered(lines))

    def move(self, order_id: int, status: int) -> None:
        """Its people move an order to a status."""
        self.engine.office.set_status(order_id, status)

    def cancel(self, order_id: int) -> None:
        """Its people cancel an order."""
        self.engine.office.cancel_order(order_id)

    def ship(self, order_id: int, carrier: str, awb: str) -> None:
        """Its people write a courier and an AWB on an order."""
        self.engine.office.attach_shipment(order_id, carrier, awb)

    # --- what is so ------------------------------------------------------------------

    def stock(self, sku: str) -> float:
        """How many the shop shows."""
        return self.engine.truth.stock()[sku] / PIECE

    def price(self, sku: str) -> float:
        """The list price it shows."""
        return self.engine.truth.prices()[sku] / LEU

    def item_id(self, sku: str) -> str:
        """Its id of an item."""
        return str(self._product(sku).id)

    def truth(self, order_id: int) -> OrderTruth:
        """An order as it holds it."""
        return self.engine.truth.order(order_id)

    def _product(self, sku: str) -> ProductTruth:
        return next(item for item in self.engine.truth.products() if item.sku == sku)

    # --- what was sent to it ----------------------------------------------------------

    def forget_requests(self) -> None:
        """Count requests from now on."""
        self.since_ms = self.now_ms()

    def requests(self, path: str = "") -> list[JournalEntry]:
        """Requests to an address since they were last forgotten."""
        return self.engine.journal.of(path, from_ms=self.since_ms)

    @property
    def sends(self) -> list[Sent]:
        """Combined requests since then, whatever became of them."""
        return [_sent(entry) for entry in self.requests(INVENTORY)]

    @property
    def statuses_written(self) -> list[tuple[int, int]]:
        """(order, status) of every write of a status since then, whatever became of it."""
        return [_status(entry) for entry in self.requests(STATUS)]

    def stocks_sent(self, sku: str) -> list[float]:
        """Every stock that was sent of an item."""
        return [sent.stock[sku] for sent in self.sends if sku in sent.stock]

    def prices_sent(self, sku: str) -> list[float]:
        """Every price that was sent of an item."""
        return [sent.price[sku] for sent in self.sends if sku in sent.price]


def _ordered(lines: Iterable[tuple[str, float] | OrderedItem]) -> list[OrderedItem]:
    return [
        line
        if isinstance(line, OrderedItem)
        else OrderedItem(sku=line[0], quantity_milli=round(line[1] * PIECE))
        for line in lines
    ]


def _sent(entry: JournalEntry) -> Sent:
    assert isinstance(entry.payload, dict)
    items: list[dict[str, str]] = entry.payload["products"]
    return Sent(
        entry.at_ms,
        {item["sku"]: float(item["stock"]) for item in items if "stock" in item},
        {item["sku"]: float(item["price"]) for item in items if "price" in item},
    )


def _status(entry: JournalEntry) -> tuple[int, int]:
    assert isinstance(entry.payload, dict)
    change = entry.payload["orders"][0]
    return int(change["order"]), int(change["status"])
