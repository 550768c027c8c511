"""Every unit names the revision its owner decided on: an outdated one fails, and stores nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.movement_actor import MovementActor
from magazie.actors.movement_messages import ReadMovement
from magazie.actors.order_actor import OrderActor
from magazie.actors.order_feed import OrderFeed
from magazie.actors.order_feed_messages import ReadFeed
from magazie.actors.order_messages import OrderDraft, SettleOrder
from magazie.actors.order_records import from_draft
from magazie.actors.outbox_messages import HasPending
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import SetPrice
from magazie.actors.stock_actor import StockActor
from magazie.actors.stock_messages import ReadStock, SetClaim
from magazie.model.claims import Claim, ClaimLine
from magazie.model.orders import OrderDetails
from magazie.storage import feeds, movements, orders, products, stock
from magazie.storage.feeds import FeedRow
from magazie.storage.movements import Movement, MovementKind, MovementLine
from magazie.storage.products import LinkState
from magazie.storage.stock import NewClaims, StaleRevisionError
from magazie.storage.storage import Storage
from tests.rules.shop_side import PIECE
from tests.rules.storeroom import MAIN, SHOP, Storeroom, in_storeroom
from tests.storage.schema import with_schema

Write = Callable[[sqlite3.Connection, int], object]


@pytest.fixture
def books() -> Iterator[sqlite3.Connection]:
    with with_schema() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        yield connection


def _claims(books: sqlite3.Connection, revision: int) -> None:
    claim = Claim(revision + 1, 5, 1, {1: ClaimLine(PIECE)})
    NewClaims(7, revision, [(MAIN, claim)])(books)


def _order(books: sqlite3.Connection, revision: int) -> None:
    draft = OrderDraft("api", "520", MAIN, 1, "RON", 100, OrderDetails(), (), b"{}", b"x")
    order = from_draft(draft, (), 2)
    if revision == 0:
        orders.NewOrder(order, b"{}")(books)
    else:
        orders.update(books, replace(order, id=1, revision=revision + 1), ())


def _feed(books: sqlite3.Connection, revision: int) -> None:
    feeds.save(books, SHOP, FeedRow(read_no=revision + 1, revision=revision + 1))


def _movement(books: sqlite3.Connection, revision: int) -> None:
    stored = Movement(
        id=3,
        source="erp",
        idempotency_key="k1",
        kind=MovementKind.RECEPTION,
        warehouse=MAIN,
        reference="R 1",
        content_hash=b"hash",
        created_by="ana",
        created_ms=9,
        lines=(MovementLine(1, 5, 2 * PIECE),),
    )
    if revision == 0:
        movements.insert(books, stored)
    else:
        movements.settle(books, stored, replace(stored, revision=revision + 1))


def _link(books: sqlite3.Connection, revision: int) -> None:
    if revision == 0:
        products.tie(books, 7, SHOP, "11", "P1")
        return
    link = products.ProductLink(SHOP, "11", "P1", LinkState.LINKED, revision)
    products.update_link(books, 7, link, replace(link, generation=revision + 1))


@pytest.mark.parametrize("write", [_claims, _order, _feed, _movement, _link])
def test_units_on_an_outdated_revision_fail(books: sqlite3.Connection, write: Write) -> None:
    for revision in range(3):
        write(books, revision)
    for outdated in (1, 2, 7):
        with pytest.raises(StaleRevisionError):
            write(books, outdated)


def test_units_on_an_outdated_revision_move_no_goods(books: sqlite3.Connection) -> None:
    stock.bump_revision(books, 7, 0)
    for outdated in (0, 2):
        with pytest.raises(StaleRevisionError):
            stock.bump_revision(books, 7, outdated)


@in_storeroom({"P1": 10})
async def test_an_owner_that_is_outdated_promises_nothing(room: Storeroom) -> None:
    order = (await room.place("1", ("P1", 1))).order
    outdated = StockActor(
        room.product_ids["P1"],
        storage=room.service.storage,
        clock=room.clock,
        news=room.service.news,
        on_order_changed=lambda _: None,
    )
    await outdated.on_start()
    await room.adjust("P1", -6)
    for revision in (2, 3):
        wanted = SetClaim(order.id, MAIN, order.placed_at_ms, revision, {1: (8 * PIECE, 0)})
        with pytest.raises(StaleRevisionError):
            await outdated.on_fold([wanted])
    assert (await room.on_hand("P1"), await room.reserved("P1")) == (4, 1)


@in_storeroom({"P1": 10})
async def test_an_owner_that_failed_loads_anew_once_its_earlier_units_are_through(
    room: Storeroom,
) -> None:
    """Else the next activation reads what a unit in line is about to change, and decides on it."""
    product = room.product_ids["P1"]
    await room.place("1", ("P1", 1))
    owners: list[tuple[type[Any], Any, Any]] = [
        (StockActor, product, ReadStock()),
        (ProductActor, product, SetPrice(warehouse=MAIN, price_e4=110_000)),
        (OrderActor, ("api", "api", "1"), SettleOrder()),
        (MovementActor, ("test", "1"), ReadMovement()),
        (OrderFeed, SHOP, ReadFeed()),
        (GomagOutbox, SHOP, HasPending()),
    ]
    settled, waited = Storage.settled, set()

    async def wait(storage: Storage) -> None:
        waited.add(actor)
        await settled(storage)

    def fail(_actor: Any, _message: Any) -> None:
        raise OSError("there is a fault in the program")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Storage, "settled", wait)
        for actor, key, message in owners:
            with pytest.MonkeyPatch.context() as broken:
                broken.setattr(actor, "on_receive", fail)
                with pytest.raises(OSError, match="fault"):
                    await room.ask(actor, key, message)
            assert actor not in waited
            await room.ask(actor, key, message)
            assert actor in waited
