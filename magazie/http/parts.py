"""What the edge is built from: real parts in service, stand-ins in tests."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import msgspec

from magazie.actors.kept_products import KeptProducts
from magazie.actors.news import NewsDesk
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.own_codes import OwnCodes
from magazie.actors.passwords import PasswordHasher
from magazie.actors.runtime import Directory, LoopLag, RuntimeMetrics
from magazie.actors.settings_book import SettingsBook
from magazie.http.desks import FileDesk, ShopDesk, ShopDesks, StartEdits
from magazie.http.shop_states import ShopStates
from magazie.http.traffic import Traffic
from magazie.model.ids import IdSource
from magazie.ports import Clock
from magazie.storage import Storage
from magazie.storage.media import MediaStore
from magazie.storage.reads.product_labels import ProductLabel

__all__ = ["DemoLogin", "Offload", "Parts", "ReadinessCheck", "ShopDesk", "ShopDesks"]

T = TypeVar("T")


class Offload(Protocol):
    """Runs blocking work where it does not hold up the event loop."""

    def __call__(self, function: Callable[[], T], /) -> Awaitable[T]:
        """Run it to its end and give what it gives."""


class ReadinessCheck(Protocol):
    """One thing that must be so before requests are sent here."""

    @property
    def name(self) -> str:
        """The part that may not be ready."""

    def problem(self) -> str | None:
        """What is wrong with it; None when it is ready. Must not wait."""


class DemoLogin(msgspec.Struct, frozen=True):
    """The log-in that a demonstration shows to everybody."""

    name: str
    password: str


@dataclass(slots=True, kw_only=True)
class Parts:
    """Everything that requests may reach.

    Attributes:
        storage: the books.
        directory: the actors.
        clock: wall time.
        news: what just changed.
        book: settings, users and tokens in memory.
        nomenclature: codes and links in memory.
        media: the images that are here.
        labels: what products are called, kept at hand.
        ids: ids of requests, products and movements.
        offload: blocking work: password hashes, the metrics page.
        desks: the shops that are served.
        files: takes files to import.
        start_edits: begins a bulk edit of products.
        cancel_job: stops long work where it is; false where none of this id is under way.
        session_secret: signs the cookies of people.
        runtime_metrics: what the actors count.
        lag: how late the event loop is.
        passwords: checks them.
        traffic: what is counted of requests.
        readiness: what must be so before the service is ready.
        public_url: as people type it; its origin is ours.
        language: of the pages, where a browser says nothing.
        version: of the program.
        demo: the log-in to show, in a demonstration only.
        shop_states: where the shops stand, asked now and then.
        own_codes: gives goods without an EAN one of their own.

    """

    storage: Storage
    directory: Directory
    clock: Clock
    news: NewsDesk
    book: SettingsBook
    nomenclature: Nomenclature
    media: MediaStore
    labels: KeptProducts[ProductLabel]
    ids: IdSource
    offload: Offload
    desks: ShopDesks
    files: FileDesk
    start_edits: StartEdits
    cancel_job: Callable[[int], Awaitable[bool]]
    session_secret: bytes
    runtime_metrics: RuntimeMetrics
    lag: LoopLag
    readiness: Sequence[ReadinessCheck] = ()
    public_url: str = ""
    language: str = "ro"
    version: str = ""
    demo: DemoLogin | None = None
    passwords: PasswordHasher = field(default_factory=PasswordHasher)
    traffic: Traffic = field(default_factory=Traffic)
    shop_states: ShopStates = field(init=False)
    own_codes: OwnCodes = field(init=False)

    def __post_init__(self) -> None:
        """Make what is the edge's own."""
        self.own_codes = OwnCodes(self.directory, self.nomenclature)
        self.shop_states = ShopStates(
            storage=self.storage,
            directory=self.directory,
            clock=self.clock,
            book=self.book,
            desks=self.desks,
        )
