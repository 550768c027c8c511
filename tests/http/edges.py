import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar

import argon2
import msgspec
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from magazie.actor_factories import House, register_actors
from magazie.actors.claim_notes import ClaimNotes
from magazie.actors.kept_products import KeptProducts
from magazie.actors.news import NewsDesk
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.passwords import PasswordHasher
from magazie.actors.runtime import Directory, LoopLag, RuntimeMetrics
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_book import Role, SettingsBook, ShopSettings
from magazie.actors.settings_messages import AddToken, AddUser, SeedSettings
from magazie.files.imports import FileOptions, FileTaken
from magazie.http.app import build_app
from magazie.http.parts import Parts
from magazie.model.file_columns import FileKind
from magazie.model.ids import IdSource, encode_id
from magazie.outside import Chance, Outside
from magazie.ports import BudgetState, ShopError
from magazie.secret_refs import SecretRef
from magazie.settings import Settings, ShopSetup, WarehouseSettings
from magazie.storage import Storage
from magazie.storage import jobs as job_rows
from magazie.storage.jobs import JobKind
from magazie.storage.media import MEDIA_FOLDER, MediaStore
from magazie.storage.reads.product_labels import read_labels
from magazie.storage.secret_file import SecretFile
from magazie.sync.file_import import FileImports
from magazie.sync.job_runner import JobRunner
from magazie.sync.product_edit import ProductEdits

T = TypeVar("T")

NOW_MS = 1_795_000_000_000
PASSWORD = "o parola lunga"
HOOK_SECRET = "secretul-hook"


class HandClock:
    def __init__(self) -> None:
        self.ms = NOW_MS

    def now_ms(self) -> int:
        return self.ms


@dataclass
class FakeDesk:
    """A shop's tasks that only note what was asked of them."""

    storage: Storage
    shop: str
    is_complete: bool = True
    failing_since_ms: int | None = None
    failure: ShopError | None = None
    hints: int = 0
    flushes: int = 0
    taken: tuple[str, ...] = ()
    imports: list[dict[str, object]] = field(default_factory=list)

    def budget(self) -> BudgetState:
        return BudgetState(39.5, 9.0, 0.0)

    def hint(self) -> None:
        self.hints += 1

    def flush(self) -> None:
        self.flushes += 1

    async def test(self) -> str:
        if self.failure is not None:
            raise self.failure
        return "the shop answers"

    async def take_orders(self, numbers: tuple[str, ...]) -> int:
        self.taken = numbers
        return len(numbers)

    async def start_sync(self, *, is_whole: bool | None = None) -> int:
        return await self._start("sync")

    def import_arguments(self, **order: object) -> bytes:
        return msgspec.json.encode(order, order="deterministic")

    async def start_import(self, arguments: bytes) -> int:
        self.imports.append(msgspec.json.decode(arguments))
        return await self._start("import", arguments.decode())

    def switch_arguments(self, **order: object) -> bytes:
        return msgspec.json.encode(order)

    async def start_switches(self, arguments: bytes) -> int:
        return await self._start("sync_switches", arguments.decode())

    def publish_arguments(self, products: tuple[int, ...]) -> bytes:
        return msgspec.json.encode({"products": products})

    async def start_publish(self, arguments: bytes) -> int:
        return await self._start("publish", arguments.decode())

    async def start_maps(self) -> int:
        return await self._start("shop_maps")

    async def _start(self, kind: str, arguments: str = "{}") -> int:
        job, _ = await self.storage.write(
            lambda c: job_rows.start(c, kind, self.shop, arguments, NOW_MS)
        )
        return job.id


class FakeDesks:
    def __init__(self, *desks: FakeDesk) -> None:
        self.by_shop = {desk.shop: desk for desk in desks}

    def find(self, shop: str) -> FakeDesk | None:
        return self.by_shop.get(shop)


class FakeFileDesk:
    """Files are taken and worked on as the service does it."""

    def __init__(self, files: FileImports, jobs: JobRunner) -> None:
        self._files = files
        self._jobs = jobs

    async def take(
        self, file: IO[bytes], kind: FileKind, options: FileOptions, who: str
    ) -> FileTaken:
        taken = await self._files.take(file, kind, options, who)
        await self._jobs.start(JobKind.FILE, encode_id(taken.import_id))
        return taken


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that nobody announces."""
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.001)


async def at_once(work: Callable[[], T]) -> T:
    return work()


@dataclass
class Edge:
    """The edge on a loopback port, over real storage and real actors."""

    parts: Parts
    app: web.Application
    client: TestClient[web.Request, web.Application]
    tokens: dict[Role, str]
    clock: HandClock
    desk: FakeDesk

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        role: Role | None = Role.ADMIN,
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
    ) -> ClientResponse:
        sent = dict(headers or {})
        if role is not None:
            sent.setdefault("Authorization", f"Bearer {self.tokens[role]}")
        data = raw
        if body is not None:
            data = msgspec.json.encode(body)
            sent.setdefault("Content-Type", "application/json")
        return await self.client.request(
            method, path, data=data, headers=sent, allow_redirects=False
        )

    async def get(self, path: str, *, role: Role = Role.PICKER) -> Any:
        response = await self.ask("GET", path, role=role)
        assert response.status == 200, await response.text()
        return await response.json()

    async def post(self, path: str, body: object = None, *, status: int = 201) -> Any:
        response = await self.ask("POST", path, body)
        assert response.status == status, await response.text()
        return await response.json()

    async def product(self, code: str = "P1", **fields: object) -> Any:
        body = {"code": code, "name": f"Produsul {code}", "vat_rate": "21", **fields}
        return await self.post("/api/v1/products", body)

    async def receive(self, product: str, quantity: str, warehouse: str = "principal") -> Any:
        body = {
            "kind": "reception",
            "warehouse": warehouse,
            "reference": "NIR 1",
            "lines": [{"product": product, "quantity": quantity}],
        }
        return await self.post("/api/v1/stock/movements", body)


def order_body(number: str = "1001", **fields: object) -> dict[str, object]:
    return {
        "number": number,
        "warehouse": "principal",
        "currency": "RON",
        "customer": {"name": "Ștefan Țițeica", "phone": "0722000111"},
        "delivery": {
            "name": "Ștefan Țițeica",
            "county": "Iași",
            "city": "Iași",
            "address": "Str. Lăpușneanu 7",
        },
        "lines": [{"sku": "P1", "quantity": "2", "price": "49.90"}],
        **fields,
    }


SETTINGS = Settings(
    warehouses=(WarehouseSettings("principal", "Depozit"), WarehouseSettings("raft", "Raft")),
    shops=(
        ShopSetup(
            name="magazin",
            base_url="https://api.magazin.test",
            shop_url="https://www.magazin.test",
            api_key=SecretRef("env:NOT_READ_HERE"),
            webhook_secret=SecretRef.typed(HOOK_SECRET),
            stock_warehouse="principal",
            price_warehouse="principal",
        ),
    ),
)


@asynccontextmanager
async def edge_over(storage: Storage, tmp_path: Path) -> AsyncIterator[Edge]:
    clock, news, book = HandClock(), NewsDesk(), SettingsBook()
    metrics = RuntimeMetrics()
    directory = Directory(metrics=metrics, random=random.Random(1))
    nomenclature = Nomenclature()
    ids = IdSource(clock.now_ms, random.Random(2))
    outside = Outside(
        clock=clock,
        chance=Chance("tests"),
        token_bytes=random.Random(3).randbytes,
        offload=at_once,
        transport=_no_transport,
    )
    media = MediaStore(tmp_path / MEDIA_FOLDER, at_once)
    media.prepare()
    passwords = PasswordHasher(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    notes = ClaimNotes(storage, news)
    register_actors(
        directory,
        House(
            storage=storage,
            clock=clock,
            news=news,
            book=book,
            nomenclature=nomenclature,
            ids=ids,
            notes=notes,
            secrets=SecretFile.open(tmp_path),
            passwords=passwords,
            outside=outside,
            shop_settings=lambda shop: lambda: _found(book, shop),
            on_order_changed=lambda _order: None,
        ),
    )
    await nomenclature.load(storage)
    await directory.ask(SettingsActor, SETTINGS_KEY, SeedSettings(SETTINGS))
    tokens = {}
    for role in Role:
        made = await directory.ask(SettingsActor, SETTINGS_KEY, AddToken(f"client-{role}", role))
        tokens[role] = made.token
    await directory.ask(SettingsActor, SETTINGS_KEY, AddUser("ana", Role.OFFICE, PASSWORD))
    desk = FakeDesk(storage, "magazin")

    async def cancel_job(job_id: int) -> bool:
        return await storage.write(lambda c: job_rows.cancel(c, job_id, clock.now_ms()))

    files = FileImports(
        storage=storage,
        clock=clock,
        ids=ids,
        directory=directory,
        nomenclature=nomenclature,
        book=book,
        offload=at_once,
    )
    edits = ProductEdits(storage=storage, directory=directory, book=book)
    jobs = JobRunner(
        storage=storage,
        clock=clock,
        news=news,
        works={JobKind.FILE: files.work, JobKind.PRODUCT_EDITS: edits.work},
    )
    parts = Parts(
        storage=storage,
        directory=directory,
        clock=clock,
        news=news,
        book=book,
        nomenclature=nomenclature,
        media=media,
        labels=KeptProducts(storage, news, read_labels),
        ids=ids,
        offload=at_once,
        desks=FakeDesks(desk),
        files=FakeFileDesk(files, jobs),
        start_edits=partial(jobs.start, JobKind.PRODUCT_EDITS, "products"),
        cancel_job=cancel_job,
        session_secret=b"k" * 32,
        runtime_metrics=metrics,
        lag=LoopLag(),
        passwords=passwords,
        version="1.2.3",
    )
    app = build_app(parts)
    async with TestClient(TestServer(app)) as client:
        yield Edge(parts, app, client, tokens, clock, desk)
    await jobs.stop()
    await directory.stop((), deadline=5)
    await notes.stop()


def _found(book: SettingsBook, shop: str) -> ShopSettings:
    settings = book.shop(shop)
    assert settings is not None
    return settings


def _no_transport(_shop: str) -> Any:
    raise AssertionError("nothing here reaches the network")
