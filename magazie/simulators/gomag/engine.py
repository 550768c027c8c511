from collections.abc import Callable, Sequence
from random import Random

from magazie.simulators.gomag.back_office import BackOffice, OrderedItem
from magazie.simulators.gomag.exchange import SimRequest, SimResponse
from magazie.simulators.gomag.faults import FaultKind, FaultRule
from magazie.simulators.gomag.front_desk import FrontDesk
from magazie.simulators.gomag.journal import Journal
from magazie.simulators.gomag.order_records import Order
from magazie.simulators.gomag.shoppers import OrderDetails, Shoppers
from magazie.simulators.gomag.state import ShopProfile, ShopState
from magazie.simulators.gomag.switches import Switches
from magazie.simulators.gomag.truth import Truth
from magazie.simulators.gomag.webhooks import WebhookDelivery, WebhookPlan


class GomagShop:
    """A stand-in for one Gomag shop: its API, its shoppers and its own people.

    It does no I/O and has no clock or chance of its own: the same seed and the same calls at the
    same times give the same answers. Whatever was due since the last call happens first, at the
    moment it was due.

    Args:
        now_ms: UTC epoch milliseconds, never going back.
        random: the source of all chance in this shop.
        switches: how the unknowns are answered.
        profile: address and keys of the shop.
        journal_limit: how many requests are remembered; None = all.
    """

    def __init__(
        self,
        now_ms: Callable[[], int],
        random: Random,
        switches: Switches | None = None,
        *,
        profile: ShopProfile | None = None,
        journal_limit: int | None = None,
    ) -> None:
        self._now_ms = now_ms
        self.state = ShopState(switches or Switches(), profile or ShopProfile())
        self.journal = Journal(journal_limit)
        self.webhooks = WebhookPlan(Random(random.getrandbits(64)))
        self.state.orders.on_change = self.webhooks.order_changed
        self._desk = FrontDesk(self.state, Random(random.getrandbits(64)), self.journal)
        self.shoppers = Shoppers(self.state, Random(random.getrandbits(64)), self.tick)
        self.office = BackOffice(self.state, self.tick)
        self.truth = Truth(self.state, self.tick)

    @property
    def switches(self) -> Switches:
        """How the unknowns are answered now."""
        return self.state.switches

    @switches.setter
    def switches(self, switches: Switches) -> None:
        self.tick()
        self.state.switches = switches

    def handle(self, request: SimRequest) -> SimResponse:
        """Answer one request that arrives now; its fate says how the answer travels."""
        return self._desk.answer(request, self.tick())

    def tick(self) -> int:
        """Let everything due by now happen, and return now."""
        now_ms = self._now_ms()
        self.state.agenda.run_until(now_ms)
        return now_ms

    def next_due_ms(self) -> int | None:
        """Return when something will happen by itself: an arrival, a landing, a webhook."""
        moments = (self.state.agenda.next_due_ms(), self.webhooks.next_due_ms())
        return min((moment for moment in moments if moment is not None), default=None)

    def place_order(
        self, lines: Sequence[OrderedItem], details: OrderDetails | None = None
    ) -> Order:
        """Place an order of given lines; unknown SKUs become free lines, stock is not asked."""
        now_ms = self.tick()
        made = [self.office.line(item) for item in lines]
        return self.shoppers.place(made, details or OrderDetails(), now_ms)

    def place_random_order(self, *, oversell: bool = False) -> Order | None:
        """Order 1 to 6 drawn lines; None when nothing drawn could be ordered."""
        return self.shoppers.place_random_order(oversell=oversell)

    def inject(
        self,
        kind: FaultKind,
        *,
        path: str = "",
        times: int = 1,
        sku: str = "",
        delay_ms: int = 0,
        page: int = 0,
    ) -> None:
        """Have a fault strike the next ``times`` requests it fits (see ``FaultRule``)."""
        rule = FaultRule(kind=kind, path=path, times=times, sku=sku, delay_ms=delay_ms, page=page)
        self._desk.faults.add(rule)

    def set_rate(self, kind: FaultKind, rate: float, *, path: str = "", delay_ms: int = 0) -> None:
        """Have a fault strike at a rate from 0 to 1 until another rate is set, or it is cleared."""
        rule = FaultRule(kind=kind, path=path, rate=rate, delay_ms=delay_ms)
        self._desk.faults.set_rate(rule)

    def add_fault(self, rule: FaultRule) -> None:
        """Set a fault with every detail."""
        self._desk.faults.add(rule)

    def clear_faults(self, kind: FaultKind | None = None) -> None:
        """Take off one kind of fault, or all; what is to land late still lands."""
        self._desk.faults.clear(kind)

    @property
    def faults(self) -> list[FaultRule]:
        """The faults that are set."""
        return list(self._desk.faults.rules)

    def close_for_maintenance(self, from_ms: int, to_ms: int) -> None:
        """Answer every call with the maintenance page in [from_ms, to_ms)."""
        self._desk.close_for_maintenance(from_ms, to_ms)

    def share_budget(self, *, reads_per_minute: int, writes_per_minute: int) -> None:
        """Have another program spend part of the budgets all the time."""
        self.tick()
        self._desk.budgets.read.others_per_minute = reads_per_minute
        self._desk.budgets.write.others_per_minute = writes_per_minute

    def due_webhooks(self) -> list[WebhookDelivery]:
        """Hand out the webhook calls due by now (not a Gomag contract)."""
        return self.webhooks.take_due(self.tick())

    def webhook_answered(self, delivery: WebhookDelivery, status: int | None) -> None:
        """Tell how a webhook call went: its HTTP status, or None without an answer."""
        self.webhooks.answered(delivery, status, self.tick())
