"""A room with goods, orders and terminals, over real storage and real actors."""

import hashlib
import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import argon2
import msgspec

from magazie.actor_factories import House, register_actors
from magazie.actors.claim_notes import ClaimNotes
from magazie.actors.movement_actor import MovementActor
from magazie.actors.movement_messages import CreateMovement, NewLine
from magazie.actors.news import News, NewsDesk
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.open_picks import OpenPicks
from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import CancelOrder, EditOrder, OrderDraft, PlaceOrder
from magazie.actors.passwords import PasswordHasher
from magazie.actors.pick_queue import QUEUE_KEY, PickQueue
from magazie.actors.picking_answers import SessionShown, StateShown
from magazie.actors.picking_messages import (
    Complete,
    LogStray,
    NextOrder,
    OpenOrders,
    Operate,
    OpMark,
    PutBack,
    ScanCode,
    ShortPick,
    Show,
    SkipLine,
    TakeOverOrder,
    TellOrders,
    UndoLast,
)
from magazie.actors.picking_session import PickingSession
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import CreateProduct
from magazie.actors.runtime import Directory, RuntimeMetrics
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_book import SettingsBook
from magazie.actors.settings_messages import SeedSettings
from magazie.model.ids import IdSource, decode_id, encode_id
from magazie.model.orders import Delivery, Fulfilment, LineKind, OrderDetails, OrderLine
from magazie.model.picking import PickingMode, Rest
from magazie.outside import Chance, Outside
from magazie.settings import parse_settings
from magazie.storage import Storage
from magazie.storage.books import check_books
from magazie.storage.movements import MovementKind
from magazie.storage.orders import Order, load_by_id
from magazie.storage.products import AdditionalCode, CodeKind, ProductDraft
from magazie.storage.secret_file import SecretFile
from tests.storage.fresh_books import open_fresh

T = TypeVar("T")

START_MS = 1_795_000_000_000
SETTINGS = """
[[warehouses]]
code = "principal"
name = "Depozit"
[[warehouses]]
code = "raft"
name = "Raft"
"""
P1, P2, P3 = 1, 2, 3


class RoomClock:
    def __init__(self) -> None:
        self.ms = START_MS

    def now_ms(self) -> int:
        self.ms += 1
        return self.ms


class PickingRoom:
    """Products P1 (with further codes and a pack of 6), P2 and P3, plenty of each."""

    def __init__(self, folder: Path, storage: Storage) -> None:
        self.folder = folder
        self.storage = storage
        self.clock = RoomClock()
        self.news: list[News] = []
        self.ids = IdSource(self.clock.now_ms, random.Random(1))
        self._ops = itertools.count(1)
        self._begin()

    @classmethod
    async def furnished(cls, folder: Path) -> "PickingRoom":
        room = cls(folder, await open_fresh(folder / "books.db"))
        await room.furnish()
        return room

    async def furnish(self) -> None:
        await self.nomenclature.load(self.storage)
        await self.ask(SettingsActor, SETTINGS_KEY, SeedSettings(parse_settings(SETTINGS)))
        await self.product(
            P1,
            "CAN-330",
            ean="2000000001012",
            location="B-10",
            codes=(
                AdditionalCode("FURNIZOR 77"),
                AdditionalCode("COD-VECHI"),
                AdditionalCode("CAN-BAX", CodeKind.PACKAGING, 6000),
            ),
        )
        await self.product(P2, "CEAI-20", ean="2000000001029", location="A-2")
        await self.product(P3, "SET-02", ean="2000000001036", location="A-10")
        await self.receive(*((product, 1000) for product in (P1, P2, P3)))

    def _begin(self) -> None:
        desk = NewsDesk()
        desk.listen(self.news.append)
        self.book = SettingsBook()
        self.nomenclature = Nomenclature()
        self.picks = OpenPicks()
        self.notes = ClaimNotes(self.storage, desk)
        self.directory = Directory(metrics=RuntimeMetrics(), random=random.Random(1))
        register_actors(
            self.directory,
            House(
                storage=self.storage,
                clock=self.clock,
                news=desk,
                book=self.book,
                nomenclature=self.nomenclature,
                ids=self.ids,
                notes=self.notes,
                secrets=SecretFile.open(self.folder),
                passwords=PasswordHasher(argon2.PasswordHasher(1, 8, 1)),
                outside=Outside(
                    clock=self.clock,
                    chance=Chance("picking"),
                    token_bytes=bytes,
                    offload=_at_once,
                    transport=_no_network,
                ),
                shop_settings=lambda name: lambda: self.book.view.shops[name],
                on_order_changed=lambda _order: None,
                picks=self.picks,
            ),
        )

    async def restart(self) -> None:
        """Begin anew on the same books, as after a crash: nothing in memory is left."""
        self._begin()
        await self.nomenclature.load(self.storage)
        await self.picks.load(self.storage)
        await self.ask(SettingsActor, SETTINGS_KEY, SeedSettings(parse_settings(SETTINGS)))

    async def close(self) -> None:
        await self.settle()
        await self.notes.stop()
        assert await self.directory.stop((), deadline=5.0) == []
        await self.storage.close()
        report = check_books(self.folder / "books.db", settled=True)
        assert (report.faults, report.owed) == ((), ())

    async def settle(self) -> None:
        """Let every session tell its orders, as the sweep does."""
        rows = await self.rows("SELECT id FROM picking_sessions")
        for (session_id,) in rows:
            await self.ask(PickingSession, session_id, TellOrders())
        await self.notes.written()

    # --- goods and orders -------------------------------------------------------------

    async def ask(self, kind: Any, key: Any, message: object) -> Any:
        return await self.directory.ask(kind, key, message)

    async def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return await self.storage.read(lambda c: c.execute(sql, values).fetchall())

    async def product(self, number: int, code: str, **fields: Any) -> None:
        draft = ProductDraft(**{"code": code, "name": f"Produs {code}"} | fields)
        await self.ask(ProductActor, number, CreateProduct(draft=draft))

    async def receive(self, *goods: tuple[int, int], warehouse: str = "principal") -> None:
        key = f"m{next(self._ops)}"
        message = CreateMovement(
            kind=MovementKind.RECEPTION,
            warehouse=warehouse,
            reference=key,
            created_by="Ana",
            lines=tuple(NewLine(product_id=it, quantity_milli=n * 1000) for it, n in goods),
        )
        await self.ask(MovementActor, ("test", key), message)

    async def order(
        self,
        number: str,
        *lines: tuple[int | None, int],
        warehouse: str = "principal",
        delivery: Delivery | None = None,
        placed_at_ms: int = START_MS,
    ) -> int:
        draft = OrderDraft(
            source="telefon",
            number=number,
            warehouse=warehouse,
            placed_at_ms=placed_at_ms,
            currency="RON",
            total_bani=1000 * sum(quantity for _, quantity in lines),
            details=OrderDetails(delivery=delivery or Delivery()),
            lines=tuple(
                OrderLine(
                    place,
                    LineKind.PRODUCT,
                    "",
                    f"SKU-{product_id}",
                    "",
                    "Produs",
                    product_id,
                    quantity * 1000,
                    0,
                    100_000,
                    None,
                    2100,
                )
                for place, (product_id, quantity) in enumerate(lines, start=1)
            ),
            payload=b"{}",
            digest=number.encode(),
        )
        held = await self.ask(OrderActor, ("api", "telefon", number), PlaceOrder(draft))
        await self.notes.written()
        order_id: int = held.order.id
        return order_id

    async def stored(self, order_id: int) -> Order:
        order = await self.storage.read(lambda c: load_by_id(c, order_id))
        assert order is not None
        return order

    async def cancel(self, number: str) -> None:
        await self.ask(OrderActor, ("api", "telefon", number), CancelOrder("birou"))

    async def edit(self, number: str, quantities: dict[int, int]) -> None:
        milli = {line: quantity * 1000 for line, quantity in quantities.items()}
        message = EditOrder("birou", quantities=milli)
        await self.ask(OrderActor, ("api", "telefon", number), message)

    async def claims(self, order_id: int) -> dict[int, tuple[int, int, int]]:
        """Line → (ordered, picked, reserved) as the stock has it."""
        rows = await self.rows(
            "SELECT line, ordered_milli, picked_milli, reserved_milli FROM claims"
            " WHERE order_id = ? AND line > 0 ORDER BY line",
            order_id,
        )
        return {line: (a // 1000, b // 1000, c // 1000) for line, a, b, c in rows}

    async def fulfilment(self, order_id: int) -> Fulfilment:
        return (await self.stored(order_id)).fulfilment

    # --- terminals --------------------------------------------------------------------

    def mark(self, terminal: str, content: object, op: str | None = None) -> OpMark:
        number = next(self._ops)
        digest = hashlib.blake2b(repr(content).encode(), digest_size=16).digest()
        return OpMark(terminal, op or f"op-{number}", number, digest, f"om {terminal}")

    async def queue(self, message: object) -> Any:
        answer = await self.ask(PickQueue, QUEUE_KEY, message)
        return msgspec.json.decode(answer) if isinstance(answer, bytes) else answer

    async def open(
        self,
        terminal: str,
        *orders: object,
        mode: PickingMode = PickingMode.PICK,
        op: str | None = None,
    ) -> Any:
        texts = tuple(encode_id(it) if isinstance(it, int) else str(it) for it in orders)
        return await self.queue(OpenOrders(self.mark(terminal, (texts, mode), op), texts, mode))

    async def next(self, terminal: str, op: str | None = None, **fields: Any) -> Any:
        return await self.queue(NextOrder(self.mark(terminal, "next", op), **fields))

    async def take_over(self, terminal: str, order_id: int) -> Any:
        message = TakeOverOrder(self.mark(terminal, order_id), encode_id(order_id))
        return await self.queue(message)

    async def stray(self, terminal: str, code: str, op: str | None = None) -> Any:
        return await self.queue(LogStray(self.mark(terminal, code, op), "scan", code))

    async def do(
        self, session: int, terminal: str, command: Any, op: str | None = None
    ) -> dict[str, Any]:
        message = Operate(self.mark(terminal, command, op), command)
        answer = await self.ask(PickingSession, session, message)
        decoded: dict[str, Any] = msgspec.json.decode(answer)
        return decoded

    async def scan(
        self, session: int, code: str, terminal: str = "T1", op: str | None = None, pieces: int = 1
    ) -> str:
        answer = await self.do(session, terminal, ScanCode(code, pieces * 1000), op)
        return str(answer.get("outcome", answer.get("reason")))

    async def undo(self, session: int, terminal: str = "T1", op: str | None = None) -> str:
        return str((await self.do(session, terminal, UndoLast(), op)).get("outcome"))

    async def put_back(self, session: int, line: int, pieces: int, terminal: str = "T1") -> str:
        answer = await self.do(session, terminal, PutBack(line, pieces * 1000))
        return str(answer.get("outcome", answer.get("reason")))

    async def short(
        self, session: int, line: int, pieces: int, rest: Rest, terminal: str = "T1"
    ) -> str:
        command = ShortPick(line, pieces * 1000, "negasit", rest)
        answer = await self.do(session, terminal, command)
        return str(answer.get("outcome", answer.get("reason")))

    async def skip(self, session: int, line: int, terminal: str = "T1") -> str:
        return str((await self.do(session, terminal, SkipLine(line)))["outcome"])

    async def complete(
        self, session: int, terminal: str = "T1", op: str | None = None
    ) -> dict[str, Any]:
        message = Complete(self.mark(terminal, "complete", op))
        answer = await self.ask(PickingSession, session, message)
        decoded: dict[str, Any] = msgspec.json.decode(answer)
        return decoded

    async def state(self, session: int) -> StateShown:
        shown: SessionShown = await self.ask(PickingSession, session, Show())
        return shown.shown

    async def counts(self, session: int) -> dict[int, str]:
        state = await self.state(session)
        return {line.line: line.picked for order in state.orders for line in order.lines}


def session_id(shown: SessionShown) -> int:
    return decode_id(shown.shown.session)


async def _at_once(work: Callable[[], T]) -> T:
    return work()


def _no_network(_shop: str) -> Any:
    raise AssertionError("nothing here reaches the network")
