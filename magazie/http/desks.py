"""What the edge needs of the tasks: those of each shop that is served, and of files."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import IO, Protocol

from magazie.files.imports import FileOptions, FileTaken
from magazie.model.file_columns import FileKind
from magazie.ports import BudgetState
from magazie.storage.jobs import Job
from magazie.storage.reads.products import ProductFilter


class FileDesk(Protocol):
    """Takes files to import."""

    async def take(
        self, file: IO[bytes], kind: FileKind, options: FileOptions, who: str
    ) -> FileTaken:
        """Store a file and start its job. Raises ``FileRefusedError``."""


class StartEdits(Protocol):
    """Begins a bulk edit of products."""

    def __call__(
        self, arguments: bytes, beside: Callable[[sqlite3.Connection, Job], None], /
    ) -> Awaitable[int]:
        """The job's id; a running one, maybe another's, where there is one.

        ``beside`` is told the job in the unit that starts it.
        """


class ShopDesk(Protocol):
    """One shop that is served: its tasks, as the edge needs them."""

    shop: str

    @property
    def is_complete(self) -> bool:
        """Whether a whole read of its orders has ended since the start."""

    @property
    def failing_since_ms(self) -> int | None:
        """Since when its orders cannot be read; None when they can."""

    def budget(self) -> BudgetState:
        """What is left of its request budget."""

    def hint(self) -> None:
        """Something may have changed in the shop."""

    def flush(self) -> None:
        """Send what is pending now."""

    async def test(self) -> str:
        """Prove address and key by one cheap read; raises ``ShopError``."""

    async def take_orders(self, numbers: tuple[str, ...]) -> int:
        """Take orders whatever their age; answers how many. Raises ``ShopError``."""

    async def start_sync(self, *, is_whole: bool | None = None) -> int:
        """Begin reading the catalogue; answers the job, a running one where there is one.

        ``is_whole`` None: everything where that was never read, else what changed.
        """

    def import_arguments(
        self, *, rows: frozenset[str] | None, dry_run: bool, opening_stock: bool
    ) -> bytes:
        """An import of chosen items, or all, as a job keeps it."""

    async def start_import(self, arguments: bytes) -> int:
        """Begin such an import; answers the job, a running one, maybe another's, if there is."""

    def switch_arguments(
        self,
        *,
        products: tuple[int, ...] | None,
        wanted: ProductFilter | None,
        stock: bool | None,
        price: bool | None,
    ) -> bytes:
        """A change of many products' sync switches, as a job keeps it."""

    async def start_switches(self, arguments: bytes) -> int:
        """Begin such a change; answers the job, a running one, maybe another's, if there is."""

    def publish_arguments(self, products: tuple[int, ...]) -> bytes:
        """Which products to publish, as a job keeps it."""

    async def start_publish(self, arguments: bytes) -> int:
        """Begin publishing; answers the job, a running one, maybe of others, if there is."""

    async def start_maps(self) -> int:
        """Begin making what is mapped and not in the shop; answers the job as others do."""


class ShopDesks(Protocol):
    """The shops that are served now."""

    def find(self, shop: str) -> ShopDesk | None:
        """The shop's desk; None for a shop of settings that is not served."""
