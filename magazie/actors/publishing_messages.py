"""What can be asked of a ShopPublisher, and how it refuses."""

import msgspec

from magazie.model.publish_details import PublishDetail
from magazie.model.publishing import Content, PublishProblem, Sending
from magazie.storage.publications import Publication
from magazie.storage.publish_maps import MappedAttribute, MappedCategory
from magazie.storage.reads.publishing import Wish


class MapCategories(msgspec.Struct, frozen=True):
    """Our categories in the shop, in place of the map there was.

    Those without ``target_id`` are to be made there; answered by whether any is.

    Raises:
        FieldsRefusedError: there is no such category, here or in the shop, or one is given twice.

    """

    wanted: tuple[MappedCategory, ...]


class MapAttributes(msgspec.Struct, frozen=True):
    """Our attributes in the shop, as ``MapCategories``."""

    wanted: tuple[MappedAttribute, ...]


class FindToMake(msgspec.Struct, frozen=True):
    """Answered by the ``ToMake``: what is mapped and not yet in the shop."""


class ToMake(msgspec.Struct, frozen=True):
    """Categories and attributes that are still to be made in the shop."""

    categories: tuple[MappedCategory, ...]
    attributes: tuple[MappedAttribute, ...]


class SettleMade(msgspec.Struct, frozen=True):
    """What became of them: each with its ``target_id`` or its ``problem``."""

    categories: tuple[MappedCategory, ...] = ()
    attributes: tuple[MappedAttribute, ...] = ()


class PlanBatch(msgspec.Struct, frozen=True):
    """Choose products for a job. Each then waits, or is refused with what stands against it.

    All of them in one unit; those chosen for this job before stay as they are.
    """

    batch: int
    products: tuple[int, ...]


class NextPart(msgspec.Struct, frozen=True):
    """Answered by the ``Wish``es (tuple) to be sent next: new items or changes, never both.

    What was tried in vain comes alone. What nothing can be sent of any more is refused.
    """

    batch: int
    most_new: int
    most_changed: int


class Intend(msgspec.Struct, frozen=True):
    """Note what is about to be sent, before it is: (product, what)."""

    batch: int
    items: tuple[tuple[int, Sending], ...]


class FindSending(msgspec.Struct, frozen=True):
    """Answered by the ``Publication``s (tuple) of which it is not known what became of them."""


class Published(msgspec.Struct, frozen=True):
    """The shop has it, as this item; ``taken`` is what it has of us by now."""

    product_id: int
    external_id: str
    taken: Content


class NotPublished(msgspec.Struct, frozen=True):
    """It was not sent, or not taken, and is not tried again."""

    product_id: int
    problem: PublishProblem
    detail: PublishDetail | None = None


class TryAgain(msgspec.Struct, frozen=True):
    """It is not there: it waits again. ``counts``: one more try was in vain."""

    product_id: int
    counts: bool
    detail: PublishDetail | None = None


class Ended(msgspec.Struct, frozen=True):
    """What became of products that were sent, or were about to be."""

    ends: tuple[Published | NotPublished | TryAgain, ...]


class BreakOff(msgspec.Struct, frozen=True):
    """A job ends early: what still waits is refused, as ``detail`` says.

    Without a job: what waits for jobs that are over is ready to be chosen again.
    """

    batch: int | None
    detail: PublishDetail | None = None


class Recheck(msgspec.Struct, frozen=True):
    """Something changed: see what still stands against these products, or all (None).

    ``only_refused``: of all those, the refused ones, where nothing else can have changed.
    """

    products: tuple[int, ...] | None = None
    only_refused: bool = False


class CountBatch(msgspec.Struct, frozen=True):
    """Answered by the job's ``BatchCounts``."""

    batch: int


Part = tuple[Wish, ...]
InDoubt = tuple[Publication, ...]
