"""What a ShopCatalogue is told while its shop's catalogue is read; pages: see ``StoreListing``."""

import msgspec

from magazie.ports import ShopAttribute, ShopCategory


class BeginReading(msgspec.Struct, frozen=True):
    """Begin a reading, or go on with one that was broken off. Answered by ``Reading``.

    Going on is right for a day: a whole one serves who asks for less, not the reverse.
    """

    is_whole: bool


class StoreTree(msgspec.Struct, frozen=True):
    """The categories, parents first, and the attributes were read; None: could not be."""

    categories: tuple[ShopCategory, ...] | None
    attributes: tuple[ShopAttribute, ...] | None


class FindUnseen(msgspec.Struct, frozen=True):
    """Answered by the items (tuple of ids) that the reading under way has not shown."""


class ReadAgain(msgspec.Struct, frozen=True):
    """Every page was read: is once more needed, because items moved between pages meanwhile?

    Answered by True, and the reading is at its first page again; False where nothing moved.
    ``even_unmoved``: it is needed in any case.
    """

    even_unmoved: bool = False


class EndReading(msgspec.Struct, frozen=True):
    """Every page was read. Answered by how many items are gone.

    ``gone`` are those that a look at each found missing; None where they were too many to look
    at: then what two whole readings missed is gone.
    """

    gone: tuple[str, ...] | None = ()


class ReadingBroken(msgspec.Struct, frozen=True):
    """The catalogue cannot be read for now: an alert, until a reading ends."""

    reason: str
