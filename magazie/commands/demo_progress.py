"""What a demonstration shows on a terminal: the import, then orders turning into stock."""

import asyncio
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.text import Text

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.movement_actor import MovementActor
from magazie.actors.movement_messages import CreateMovement, NewLine
from magazie.actors.movement_rules import MOST_LINES
from magazie.actors.outbox_messages import OutboxState, ReadOutbox
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import CodeTakenError, CreateProduct
from magazie.actors.runtime import DeadlineExceededError
from magazie.commands.failure import CommandError
from magazie.commands.job_report import follow, looking_at
from magazie.commands.output import note
from magazie.model.decimals import Milli, format_milli
from magazie.service import Service
from magazie.simulators.gomag import KnownGoods
from magazie.storage.jobs import JobKind, JobState
from magazie.storage.movements import MovementKind
from magazie.storage.products import ProductDraft
from magazie.storage.reads.counts import Counts, count_books
from magazie.storage.reads.jobs import JobFilter, find_jobs
from magazie.storage.reads.keyset import PageRequest
from magazie.storage.reads.stock import without_stock

_LOOK_EVERY_S: Final = 1.0
_RECEIVED_MILLI: Final = 40_000
_GOODS_IN_WITHIN_S: Final = 30.0


async def bring_goods_in(service: Service, shop: str, known: Iterable[KnownGoods]) -> None:
    """Import the shop's goods beside those ``known`` before, unless they are here already.

    A large catalogue takes the shop's request budget minutes to read: what is not in after
    ``_GOODS_IN_WITHIN_S`` comes in while the demonstration runs.

    Raises:
        CommandError: the import failed.

    """
    if await service.storage.read(lambda c: _was_imported(c, shop)):
        return
    await _write_down(service, known)
    sync = service.shops[shop]
    order = sync.import_arguments(rows=None, dry_run=False, opening_stock=True)
    started = await sync.start_import(order)
    try:
        async with asyncio.timeout(_GOODS_IN_WITHIN_S):
            job = await follow(looking_at(service.storage, started), "importing the shop's goods")
    except TimeoutError:
        note("The import of the shop's goods goes on.")
        return
    if job.state is not JobState.DONE:
        words = "; ".join(problem.message for problem in job.problems)
        raise CommandError(f"The import of the shop's goods is {job.state}: {words}")
    await _receive_the_unknown(service, shop)
    service.shops[shop].flush()


async def _write_down(service: Service, known: Iterable[KnownGoods]) -> None:
    """Have goods in the nomenclature before the shop's come, as a company that sold before has."""
    for goods in known:
        draft = ProductDraft(code=goods.code, ean=goods.ean, name=goods.name, vat_rate_e2=2100)
        with suppress(CodeTakenError):  # written down before the demonstration was killed
            await service.directory.ask(
                ProductActor, service.ids.next_id(), CreateProduct(draft=draft)
            )


async def _receive_the_unknown(service: Service, shop: str) -> None:
    """Goods whose stock the shop does not keep come in by a reception: an order finds some."""
    warehouse = service.book.view.shops[shop].stock_warehouse
    if warehouse is None:
        return
    unknown = await service.storage.read(lambda c: without_stock(c, warehouse, MOST_LINES))
    if not unknown:
        return
    reception = CreateMovement(
        kind=MovementKind.RECEPTION,
        warehouse=warehouse,
        reference="Recepție demonstrativă",
        supplier="Furnizor Exemplu SRL",
        lines=tuple(
            NewLine(product_id, _RECEIVED_MILLI)
            for product_id in unknown
            if service.nomenclature.parts_of(product_id) is None  # a bundle is kept as its parts
        ),
        created_by="demo",
    )
    await service.directory.ask(MovementActor, ("demo", "first reception"), reception)


async def show_how_it_goes(service: Service, shop: str) -> None:
    """Keep a line on the terminal up to date; without a terminal it ends at once."""
    console = Console(file=sys.stderr)
    if not console.is_terminal:
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while True:
            with suppress(DeadlineExceededError):  # a busy moment: the line stays as it was
                outbox: OutboxState = await service.directory.ask(GomagOutbox, shop, ReadOutbox())
                counts = await service.storage.read(count_books)
                live.update(Text(_line(counts, outbox, service.clock.now_ms())), refresh=True)
            await asyncio.sleep(_LOOK_EVERY_S)


def _was_imported(connection: sqlite3.Connection, shop: str) -> bool:
    newest = PageRequest(sort=(("id", True),), limit=1)
    return bool(find_jobs(connection, JobFilter(JobKind.IMPORT, shop, JobState.DONE), newest).rows)


def _line(counts: Counts, outbox: OutboxState, now_ms: int) -> str:
    told = "not told yet"
    if outbox.last_sent_ms is not None:
        told = f"shop told {(now_ms - outbox.last_sent_ms) // 1000} s ago"
    return (
        f"{counts.products} products · {counts.orders} orders, {counts.orders_owing} owing claims"
        f" · {format_milli(Milli(counts.reserved_milli))} reserved"
        f" · {told}, {outbox.pending} values wait · {counts.alerts_open} alerts"
    )
