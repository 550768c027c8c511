"""How each kind of actor is made, how long it is kept, and how many at most."""

from collections.abc import Callable
from dataclasses import dataclass, field

from magazie.actors.category_actor import CategoryActor
from magazie.actors.claim_notes import ClaimNotes
from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.image_actor import ImageActor
from magazie.actors.kept_products import KeptProducts
from magazie.actors.movement_actor import MovementActor
from magazie.actors.news import NewsDesk
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.open_picks import OpenPicks
from magazie.actors.order_actor import OrderActor
from magazie.actors.order_feed import OrderFeed
from magazie.actors.order_surroundings import OrderSurroundings
from magazie.actors.passwords import PasswordHasher
from magazie.actors.pick_queue import PickQueue
from magazie.actors.picking_messages import FollowOrder
from magazie.actors.picking_session import PickingSession
from magazie.actors.picking_surroundings import PickingSurroundings
from magazie.actors.product_actor import ProductActor
from magazie.actors.runtime import Directory
from magazie.actors.settings_actor import SettingsActor
from magazie.actors.settings_book import SettingsBook, ShopSettings
from magazie.actors.shop_catalogue import ShopCatalogue
from magazie.actors.shop_publisher import ShopPublisher
from magazie.actors.stock_actor import StockActor
from magazie.actors.tally_desk import TallyDesk
from magazie.actors.tally_session import TallySession
from magazie.actors.terminal_desk import TerminalDesk
from magazie.model.ids import IdSource
from magazie.outside import Outside
from magazie.ports import Clock
from magazie.storage.orders import OrderKey
from magazie.storage.reads.picking_goods import read_goods
from magazie.storage.reads.publishing import media_url
from magazie.storage.secret_file import SecretFile
from magazie.storage.storage import Storage

ORDERS_IDLE_S = 30.0
ORDERS_MOST = 20_000
MOVEMENTS_IDLE_S = 30.0
SESSIONS_IDLE_S = 300.0
PRODUCTS_MOST = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What actors are made from."""

    storage: Storage
    clock: Clock
    news: NewsDesk
    book: SettingsBook
    nomenclature: Nomenclature
    ids: IdSource
    notes: ClaimNotes
    secrets: SecretFile
    passwords: PasswordHasher
    outside: Outside
    shop_settings: Callable[[str], Callable[[], ShopSettings]]
    on_order_changed: Callable[[int], None]
    public_url: str = ""
    picks: OpenPicks = field(default_factory=OpenPicks)


def register_actors(directory: Directory, house: House) -> None:
    """Tell the directory how to make every kind of actor."""
    _register_goods(directory, house)
    _register_orders(directory, house)
    _register_picking(directory, house)
    _register_shops(directory, house)

    def settings(_: str) -> SettingsActor:
        return SettingsActor(
            storage=house.storage,
            clock=house.clock,
            news=house.news,
            book=house.book,
            secrets=house.secrets,
            offload=house.outside.offload,
            token_bytes=house.outside.token_bytes,
            passwords=house.passwords,
        )

    def categories(_: str) -> CategoryActor:
        return CategoryActor(
            storage=house.storage, clock=house.clock, news=house.news, ids=house.ids
        )

    directory.register(SettingsActor, settings)
    directory.register(CategoryActor, categories)
    directory.register(
        ImageActor,
        lambda _: ImageActor(storage=house.storage, clock=house.clock, news=house.news),
    )


def _register_goods(directory: Directory, house: House) -> None:
    storage, clock, news = house.storage, house.clock, house.news

    def product(product_id: int) -> ProductActor:
        return ProductActor(
            product_id,
            storage=storage,
            clock=clock,
            news=news,
            nomenclature=house.nomenclature,
            book=house.book,
        )

    def stock(product_id: int) -> StockActor:
        return StockActor(
            product_id,
            storage=storage,
            clock=clock,
            news=news,
            on_order_changed=house.on_order_changed,
        )

    def movement(key: tuple[str, str]) -> MovementActor:
        return MovementActor(
            key,
            storage=storage,
            clock=clock,
            news=news,
            directory=directory,
            nomenclature=house.nomenclature,
            book=house.book,
            ids=house.ids,
        )

    directory.register(ProductActor, product, max_live=PRODUCTS_MOST)
    directory.register(StockActor, stock, max_live=PRODUCTS_MOST)
    directory.register(MovementActor, movement, idle_after=MOVEMENTS_IDLE_S)


def _register_orders(directory: Directory, house: House) -> None:
    around = OrderSurroundings(
        storage=house.storage,
        clock=house.clock,
        news=house.news,
        directory=directory,
        nomenclature=house.nomenclature,
        notes=house.notes,
        book=house.book,
        picks=house.picks,
    )

    def order(key: OrderKey) -> OrderActor:
        return OrderActor(key, around)

    directory.register(OrderActor, order, idle_after=ORDERS_IDLE_S, max_live=ORDERS_MOST)


def _register_picking(directory: Directory, house: House) -> None:
    around = PickingSurroundings(
        storage=house.storage,
        clock=house.clock,
        news=house.news,
        directory=directory,
        nomenclature=house.nomenclature,
        book=house.book,
        ids=house.ids,
        goods=KeptProducts(house.storage, house.news, read_goods),
        picks=house.picks,
    )

    def order_changed(session_id: int, order_id: int) -> None:
        directory.tell(PickingSession, session_id, FollowOrder(order_id))

    house.picks.tell_changes(order_changed)

    def session(session_id: int) -> PickingSession:
        return PickingSession(session_id, around)

    directory.register(PickingSession, session, idle_after=SESSIONS_IDLE_S)
    directory.register(PickQueue, lambda _: PickQueue(around))

    def tally(tally_id: int) -> TallySession:
        return TallySession(tally_id, around)

    directory.register(TallySession, tally, idle_after=SESSIONS_IDLE_S)
    directory.register(TallyDesk, lambda _: TallyDesk(around))

    def terminal_desk(_: str) -> TerminalDesk:
        return TerminalDesk(
            storage=house.storage,
            clock=house.clock,
            book=house.book,
            offload=house.outside.offload,
            token_bytes=house.outside.token_bytes,
            passwords=house.passwords,
        )

    directory.register(TerminalDesk, terminal_desk)


def _register_shops(directory: Directory, house: House) -> None:
    storage, clock = house.storage, house.clock

    def feed(shop: str) -> OrderFeed:
        return OrderFeed(
            shop,
            storage=storage,
            clock=clock,
            directory=directory,
            nomenclature=house.nomenclature,
            settings=house.shop_settings(shop),
        )

    def outbox(shop: str) -> GomagOutbox:
        return GomagOutbox(shop, storage=storage, clock=clock, settings=house.shop_settings(shop))

    def catalogue(shop: str) -> ShopCatalogue:
        return ShopCatalogue(
            shop,
            storage=storage,
            clock=clock,
            news=house.news,
            directory=directory,
            nomenclature=house.nomenclature,
        )

    def publisher(shop: str) -> ShopPublisher:
        return ShopPublisher(
            shop,
            storage=storage,
            clock=clock,
            news=house.news,
            settings=house.shop_settings(shop),
            media_url=media_url(house.public_url),
        )

    directory.register(OrderFeed, feed)
    directory.register(GomagOutbox, outbox)
    directory.register(ShopCatalogue, catalogue)
    directory.register(ShopPublisher, publisher)
