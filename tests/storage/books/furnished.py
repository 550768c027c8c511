"""Books with one of everything in them, written by the real actors."""

import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import argon2
from msgspec.structs import replace

from magazie.actor_factories import House, register_actors
from magazie.actors.claim_notes import ClaimNotes
from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.movement_actor import MovementActor
from magazie.actors.movement_messages import CreateMovement, NewLine
from magazie.actors.news import NewsDesk
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.order_actor import OrderActor
from magazie.actors.order_feed import OrderFeed
from magazie.actors.order_feed_messages import BeginRead, CompleteRead, StoreStatuses, TakePage
from magazie.actors.order_messages import CancelOrder, OrderDraft, PlaceOrder
from magazie.actors.outbox_messages import (
    BuildSend,
    LookAtEverything,
    NextStatus,
    Outcome,
    Send,
    SendEnded,
    StatusEnded,
)
from magazie.actors.passwords import PasswordHasher
from magazie.actors.pick_queue import QUEUE_KEY, PickQueue
from magazie.actors.picking_messages import (
    Begin,
    Complete,
    LogStray,
    Operate,
    ScanCode,
    ShortPick,
    TellOrders,
    UndoLast,
)
from magazie.actors.picking_session import PickingSession
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import AddCode, CreateProduct, NewLink, Unlink
from magazie.actors.runtime import Directory, RuntimeMetrics
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_book import SettingsBook
from magazie.actors.settings_messages import SeedSettings
from magazie.actors.tally_desk import DESK_KEY, TallyDesk
from magazie.actors.tally_messages import (
    Announce,
    AnnouncedLine,
    CompleteTally,
    LogStrayTally,
    OpenTally,
    OperateTally,
    TakeTally,
)
from magazie.actors.tally_session import TallySession
from magazie.model.ids import IdSource
from magazie.model.orders import (
    Carrier,
    Delivery,
    Discount,
    LineKind,
    OrderDetails,
    OrderLine,
)
from magazie.model.picking import PickingMode, Rest
from magazie.model.tally import TallyKind, TallyLine
from magazie.outside import Chance, Outside
from magazie.ports import (
    ItemAnswer,
    ItemOutcome,
    OrderPage,
    ShopOrder,
    UndecodableOrder,
)
from magazie.settings import parse_settings
from magazie.storage import Storage, movements
from magazie.storage.alerts import raise_alert
from magazie.storage.movements import Movement, MovementKind, MovementLine, MovementState
from magazie.storage.products import AdditionalCode, ProductDraft
from magazie.storage.secret_file import SecretFile
from tests.storage.books.furniture import (
    BEING_RECEIVED,
    COUNTED,
    CUP,
    DONE,
    GLASS,
    GOING_ON,
    PLATE,
    RECEIVED,
    REFUSED,
    SETTINGS,
    SPOON,
    START_MS,
    STATUSES,
    VASE,
    Ticking,
    api_line,
    line,
    op_mark,
    order,
    tally,
)

T = TypeVar("T")


class Furnisher:
    """The actors, and what is done with them."""

    def __init__(self, folder: Path, storage: Storage) -> None:
        self.clock = Ticking()
        self.storage = storage
        self.directory = Directory(metrics=RuntimeMetrics(), random=random.Random(1))
        news = NewsDesk()
        self.notes = ClaimNotes(storage, news)
        self.book = SettingsBook()
        self.nomenclature = Nomenclature()
        register_actors(
            self.directory,
            House(
                storage=storage,
                clock=self.clock,
                news=news,
                book=self.book,
                nomenclature=self.nomenclature,
                ids=IdSource(self.clock.now_ms, random.Random(1)),
                notes=self.notes,
                secrets=SecretFile.open(folder),
                passwords=PasswordHasher(argon2.PasswordHasher(1, 8, 1)),
                outside=Outside(
                    clock=self.clock,
                    chance=Chance("books"),
                    token_bytes=bytes,
                    offload=_at_once,
                    transport=_no_network,
                ),
                shop_settings=lambda name: lambda: self.book.view.shops[name],
                on_order_changed=lambda _order: None,
            ),
        )

    # --- nomenclature and goods ---------------------------------------------------------

    async def products(self) -> None:
        await self.nomenclature.load(self.storage)
        await self._ask(SettingsActor, SETTINGS_KEY, SeedSettings(parse_settings(SETTINGS)))
        for product_id, code, item in ((CUP, "CANA 1", "11"), (PLATE, "FARF-2", "12")):
            await self._product(product_id, code, NewLink("magazin", item, code))
        await self._product(SPOON, "LING-3", NewLink("magazin", "13", "LING-3"))
        await self._product(VASE, "VAZA-4", NewLink("magazin", "14", "VAZA-4"))
        await self._product(GLASS, "PAHAR-5", location="R-1")
        await self._ask(ProductActor, VASE, Unlink(shop="magazin", external_id="14"))
        further = AddCode(code=AdditionalCode("5941234567899"))
        await self._ask(ProductActor, CUP, further)

    async def goods(self) -> None:
        await self._move("open", MovementKind.OPENING, (CUP, 10), (PLATE, 5), (SPOON, 20))
        await self._move("buy", MovementKind.RECEPTION, (CUP, 5))
        await self._move("lost", MovementKind.ADJUSTMENT, (SPOON, -1))
        await self._move("shelf", MovementKind.TRANSFER, (CUP, 2), to_warehouse="raft")

    async def refused_movement(self) -> None:
        """What is left of a document whose line met goods in a picker's hands."""
        before = Movement(
            id=REFUSED,
            source="test",
            idempotency_key="refused",
            kind=MovementKind.ADJUSTMENT,
            warehouse="principal",
            reference="inventar",
            content_hash=b"",
            created_by="Ana",
            created_ms=START_MS,
            lines=(MovementLine(1, PLATE, -1000),),
        )
        refused = MovementLine(1, PLATE, -1000, problem="at most 0 can leave")

        def unit(connection: Any) -> None:
            assert movements.insert(connection, before)
            after = Movement(
                **{
                    name: getattr(before, name)
                    for name in Movement.__struct_fields__
                    if name not in {"state", "revision", "lines"}
                },
                state=MovementState.POSTED,
                revision=2,
                lines=(refused,),
            )
            movements.settle(connection, before, after)
            subject = f"movement:{REFUSED}/line:1"
            facts = {"movement": "adjustment", "reference": "x", "line": "1", "problem": "refused"}
            raise_alert(connection, "movement_line_refused", subject, facts, START_MS)

        await self.storage.write(unit)

    # --- orders -------------------------------------------------------------------------

    async def orders(self) -> None:
        """Orders 1 to 9: see each line."""
        await self._ask(OrderFeed, "magazin", StoreStatuses(STATUSES))
        service = line("", "", 1, kind=LineKind.SERVICE)
        reserved = order("501", line("11", "CANA 1", 2), service)
        await self._see(replace(reserved, carrier=Carrier("Curier", "AWB-501")))  # 1: reserved
        await self._see(order("502", line("12", "FARF-2", 7)))  # 2: short of two
        await self._see(order("503", line("11", "CANA 1", 1)))  # 3: cancelled below
        await self._see(order("503", line("11", "CANA 1", 1), status="3"))
        await self._see(order("504", line("99", "?", 1), line("13", "LING-3", 1)))  # 4: parked
        cup, plate = api_line(1, CUP, 1, 499_000), api_line(2, PLATE, 1, 333_333)
        await self._place("A-1", (cup, plate), 49_90 + 33_33 + 19_99 - 5_00)  # 5: short of one
        await self._place("A-2", (api_line(1, SPOON, 1, 10_000),), 1_00 + 19_99 - 5_00)
        await self._ask(OrderActor, ("api", "caiet", "A-2"), CancelOrder("Ana"))  # 6: cancelled
        await self._see(order("505", line("13", "LING-3", 1), status="3"))  # 7: never wanted
        await self._see(order("506", line("13", "LING-3", 3)))  # 8: edited below
        await self._see(order("506", line("13", "LING-3", 2)))
        await self._see(order("507", line("13", "LING-3", 1)))  # 9: cancelled here
        await self._ask(OrderActor, ("shop", "magazin", "507"), CancelOrder("Ana"))
        await self._see(order("400", line("11", "CANA 1", 1), placed_at_ms=START_MS - 10**10))
        strange = UndecodableOrder("599", b"{", "date: missing", ("77",))
        page = OrderPage(page=1, pages=1, total=1, orders=(), undecodable=(strange,))
        await self._ask(OrderFeed, "magazin", TakePage(await self._begin(), page))
        for _ in range(2):  # two full windows without order 4
            seen = frozenset({"501", "502", "503", "505", "506", "507"})
            complete = CompleteRead(await self._begin(), START_MS + 10**6, 0, seen)
            await self._ask(OrderFeed, "magazin", complete)

    async def picking(self) -> None:
        """Order 10 was picked without what was not found; order 11 is being picked."""
        await self._place("A-3", (api_line(1, SPOON, 3, 10_000),), 3_00 + 19_99 - 5_00)
        await self._place("A-4", (api_line(1, SPOON, 2, 10_000),), 2_00 + 19_99 - 5_00)
        await self.notes.written()
        await self._pick(DONE, "T1", 10)
        for command in (ScanCode("LING-3"), ScanCode("LING-3"), UndoLast(), ScanCode("nimic")):
            await self._ask(PickingSession, DONE, Operate(op_mark("T1"), command))
        missing = ShortPick(1, 2000, "negasit", Rest.RELEASE)
        await self._ask(PickingSession, DONE, Operate(op_mark("T1"), missing))
        await self._ask(PickingSession, DONE, Complete(op_mark("T1")))
        await self._pick(GOING_ON, "T2", 11)
        await self._ask(PickingSession, GOING_ON, Operate(op_mark("T2"), ScanCode("LING-3")))
        await self._ask(PickingSession, GOING_ON, TellOrders())
        await self._ask(PickQueue, QUEUE_KEY, LogStray(op_mark("T3"), "scan", "LING-3"))

    async def tallies(self) -> None:
        """Glasses were received, one more than announced, then one was missing on the shelf."""
        lines = (AnnouncedLine(GLASS, 3000, 120_000),)
        announce = Announce(
            warehouse="raft", reference="AVIZ", supplier="F", lines=lines, created_by="Ana"
        )
        await self._ask(TallySession, RECEIVED, announce)
        await self._ask(TallySession, RECEIVED, TakeTally(op_mark("T5"), "receive"))
        scans = (ScanCode("PAHAR-5"), ScanCode("PAHAR-5"), UndoLast(), ScanCode("PAHAR-5", 3000))
        for command in (*scans, CompleteTally()):
            await self._ask(TallySession, RECEIVED, OperateTally(op_mark("T5"), command))
        shelf = tally(COUNTED, TallyKind.COUNT, "Inventar R-1", "R-1")
        await self._ask(
            TallySession,
            COUNTED,
            OpenTally(op_mark("T5"), replace(shelf, lines=(TallyLine(1, GLASS),))),
        )
        for counted in (ScanCode("PAHAR-5", 3000), CompleteTally()):
            await self._ask(TallySession, COUNTED, OperateTally(op_mark("T5"), counted))
        blind = tally(BEING_RECEIVED, TallyKind.RECEPTION, "NIR 9", "")
        await self._ask(TallySession, BEING_RECEIVED, OpenTally(op_mark("T5"), blind))
        scan = OperateTally(op_mark("T5"), ScanCode("CANA 1"))
        await self._ask(TallySession, BEING_RECEIVED, scan)
        await self._ask(TallyDesk, DESK_KEY, LogStrayTally(op_mark("T3"), "scan", "LING-3"))

    # --- what the shop is told ------------------------------------------------------------

    async def tell(self) -> None:
        """Once without an answer, then with one; every milestone too."""
        await self._ask(GomagOutbox, "magazin", LookAtEverything())
        read_no = await self._begin()
        lost = await self._build(read_no)
        assert lost is not None
        await self._ask(GomagOutbox, "magazin", SendEnded(lost.number, Outcome.UNKNOWN))
        while (send := await self._build(read_no)) is not None:
            items = {item.sku: ItemOutcome(ItemAnswer.DONE) for item in send.items}
            ended = SendEnded(send.number, Outcome.ANSWERED, items)
            assert await self._ask(GomagOutbox, "magazin", ended) == ()
        while (write := await self._ask(GomagOutbox, "magazin", NextStatus(read_no))) is not None:
            told = StatusEnded(write.order_id, write.subject, Outcome.ANSWERED, read_no)
            await self._ask(GomagOutbox, "magazin", told)
        refused = StatusEnded(0, "taken", Outcome.UNAUTHORIZED, 0, reason="the key is refused")
        await self._ask(GomagOutbox, "outlet", refused)

    # --- small steps --------------------------------------------------------------------

    async def _ask(self, kind: Any, key: Any, message: object) -> Any:
        return await self.directory.ask(kind, key, message)

    async def _product(
        self, product_id: int, code: str, *links: NewLink, location: str = ""
    ) -> None:
        prices = {"principal": 499_000}
        draft = ProductDraft(code=code, name=f"Produs {code}", prices=prices, location=location)
        await self._ask(ProductActor, product_id, CreateProduct(draft=draft, links=links))

    async def _move(
        self,
        key: str,
        kind: MovementKind,
        *lines: tuple[int, int],
        to_warehouse: str | None = None,
    ) -> None:
        message = CreateMovement(
            kind=kind,
            warehouse="principal",
            to_warehouse=to_warehouse,
            reference=key,
            lines=tuple(NewLine(product_id, units * 1000) for product_id, units in lines),
            created_by="Ana",
        )
        moved = await self._ask(MovementActor, ("test", key), message)
        assert moved.state is MovementState.POSTED
        assert moved.problems == ()

    async def _begin(self) -> int:
        read_no: int = await self._ask(OrderFeed, "magazin", BeginRead())
        return read_no

    async def _see(self, order: ShopOrder) -> None:
        page = OrderPage(page=1, pages=1, total=1, orders=(order,), undecodable=())
        await self._ask(OrderFeed, "magazin", TakePage(await self._begin(), page))

    async def _place(self, number: str, lines: tuple[OrderLine, ...], total_bani: int) -> None:
        draft = OrderDraft(
            source="caiet",
            number=number,
            warehouse="principal",
            placed_at_ms=self.clock.now_ms(),
            currency="RON",
            total_bani=total_bani,
            details=OrderDetails(
                discounts=(Discount("fidelitate", 5_00),), delivery=Delivery("curier", 19_99)
            ),
            lines=lines,
            payload=b"{}",
            digest=number.encode(),
        )
        await self._ask(OrderActor, ("api", "caiet", number), PlaceOrder(draft))

    async def _pick(self, session_id: int, terminal: str, order_id: int) -> None:
        begin = Begin(op_mark(terminal), "open", PickingMode.PICK, (order_id,))
        await self._ask(PickingSession, session_id, begin)

    async def _build(self, read_no: int) -> Send | None:
        message = BuildSend(read_no=read_no, began_ms=self.clock.now_ms())
        send: Send | None = await self._ask(GomagOutbox, "magazin", message)
        return send


async def furnish(path: Path) -> None:
    """Make a database with one of everything, at rest."""
    async with AsyncExitStack() as stack:
        storage = await Storage.open(path)
        stack.push_async_callback(storage.close)
        furnisher = Furnisher(path.parent, storage)
        await furnisher.products()
        await furnisher.goods()
        await furnisher.refused_movement()
        await furnisher.orders()
        await furnisher.picking()
        await furnisher.tallies()
        await furnisher.notes.stop()
        await furnisher.tell()
        assert await furnisher.directory.stop((), deadline=5.0) == []


def _at_once(work: Callable[[], T]) -> Awaitable[T]:
    async def done() -> T:
        return work()

    return done()


def _no_network(_shop: str) -> Any:
    raise AssertionError("these books are written without a network")
