"""What can be asked of a ProductActor, and how it refuses.

Every command is answered by the ``Product`` as it then stands, or, where it carries the mark of
a request that was answered before, by that ``StoredAnswer``.
"""

from collections.abc import Mapping

import msgspec
from msgspec import UNSET, UnsetType

from magazie.actors.field_faults import FieldFault, FieldsRefusedError
from magazie.actors.marked import AnswerEncoder
from magazie.actors.runtime import Rejection
from magazie.model.bundles import Parts
from magazie.model.tracking import Tracking
from magazie.storage.idempotency import IdempotencyMark
from magazie.storage.products import (
    AdditionalCode,
    Attribute,
    Product,
    ProductDraft,
    ProductImage,
)
from magazie.storage.work_rows import WorkRow


class ProductNotFoundError(Rejection):
    """No such product."""


class CodeTakenError(FieldsRefusedError):
    """Another product has this code, letter case and spaces apart."""

    def __init__(self, product_id: int) -> None:
        super().__init__(FieldFault("code", "another product has this code"))
        self.product_id = product_id


class VersionConflictError(Rejection):
    """The product was changed since the caller read it."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the product is at version {version} now")
        self.version = version


class PriceMovedError(FieldsRefusedError):
    """The price is another one than the new one was reckoned from."""

    def __init__(self, warehouse: str) -> None:
        fault = FieldFault(f"prices.{warehouse}", "the price was changed meanwhile")
        super().__init__(fault)


class LinkTakenError(FieldsRefusedError):
    """The shop's item is tied to another product."""

    def __init__(self, product_id: int) -> None:
        fault = FieldFault("external_id", "this item is tied to another product; untie it first")
        super().__init__(fault)
        self.product_id = product_id


class LinkNotFoundError(Rejection):
    """The product has no such link."""


class CodeNotFoundError(Rejection):
    """The product has no such further code."""


class ImageNotFoundError(Rejection):
    """The product has no such image."""


class NewLink(msgspec.Struct, frozen=True):
    """A shop's item that is to be tied to the product; without a SKU it is told nothing."""

    shop: str
    external_id: str
    sku: str


class ProductCommand(msgspec.Struct, frozen=True, kw_only=True):
    """What all commands may carry.

    Attributes:
        mark: of the request.
        encode: how its answer is written.
        row: of long work; it is noted in the unit of the effect, and has none a second time.
        by_person: a person's own bulk action: the brake does not hold what shops are sent of it.

    """

    mark: IdempotencyMark | None = None
    encode: AnswerEncoder[Product] | None = None
    row: WorkRow | None = None
    by_person: bool = False


class CreateProduct(ProductCommand, frozen=True, kw_only=True):
    """Make the product, with links if given, in one unit. The actor's key becomes its id.

    Raises:
        FieldsRefusedError: Something in the draft cannot be.
        CodeTakenError, LinkTakenError: See there.

    """

    draft: ProductDraft
    links: tuple[NewLink, ...] = ()


class UpdateProduct(ProductCommand, frozen=True, kw_only=True):
    """Change parts of the record; what is UNSET stays.

    Of images given by an address that the product had before, what is known of them stays too.
    """

    expected_version: int | None = None
    code: str | UnsetType = UNSET
    ean: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    brand: str | UnsetType = UNSET
    family: str | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    vat_rate_e2: int | UnsetType | None = UNSET
    weight_milli: int | UnsetType | None = UNSET
    location: str | UnsetType = UNSET
    tracking: Tracking | UnsetType = UNSET
    category_id: int | UnsetType | None = UNSET
    attributes: tuple[Attribute, ...] | UnsetType = UNSET
    images: tuple[ProductImage, ...] | UnsetType = UNSET
    problems: tuple[str, ...] | UnsetType = UNSET
    bundle: Parts | UnsetType | None = UNSET


class EditProduct(UpdateProduct, frozen=True, kw_only=True):
    """What one row of long work makes of a product, all of it in one unit.

    Attributes:
        further_codes: to add; those that are there stay.
        selling_prices: to set, by warehouse, 1/10000 RON with VAT.
        prices_before: what some of those were reckoned from; None where there was no price.
        merged_attributes: replace those of their names, or are added; one without values goes.

    Raises:
        PriceMovedError: A price is not what ``prices_before`` says.

    """

    further_codes: tuple[AdditionalCode, ...] = ()
    selling_prices: Mapping[str, int] = {}
    prices_before: Mapping[str, int] = {}
    merged_attributes: tuple[Attribute, ...] = ()


class ImageFetched(ProductCommand, frozen=True, kw_only=True):
    """The image of an address is here, under this hash."""

    url: str
    media: str


class ImageFailed(ProductCommand, frozen=True, kw_only=True):
    """The image of an address could not be had; it may come later."""

    url: str
    problem: str


class ImageLost(ProductCommand, frozen=True, kw_only=True):
    """The image of an address is here no more, though it was under this hash."""

    url: str
    media: str


class AddImage(ProductCommand, frozen=True, kw_only=True):
    """Add an image that is here, as the last one; one that is there already stays as it is."""

    media: str


class RemoveImage(ProductCommand, frozen=True, kw_only=True):
    """Take images away: by the hash they are kept under, or by the address they come from."""

    media: str | None = None
    url: str | None = None


ImageCommand = ImageFetched | ImageFailed | ImageLost | AddImage | RemoveImage


class AddCode(ProductCommand, frozen=True, kw_only=True):
    """Add a further code."""

    code: AdditionalCode


class RemoveCode(ProductCommand, frozen=True, kw_only=True):
    """Take a further code away; letter case and spaces do not matter."""

    code: str


class SetPrice(ProductCommand, frozen=True, kw_only=True):
    """Set the selling price in a warehouse, 1/10000 RON with VAT."""

    warehouse: str
    price_e4: int
    expected_version: int | None = None


class SetSync(ProductCommand, frozen=True, kw_only=True):
    """Say whether a shop is told of the product's stock and price; None leaves it.

    A change raises the generation of the product's links in that shop.
    """

    shop: str
    stock: bool | None = None
    price: bool | None = None
    expected_version: int | None = None


class Link(ProductCommand, frozen=True, kw_only=True):
    """Tie a shop's item to the product. The record itself stays exactly as it is."""

    link: NewLink


class Unlink(ProductCommand, frozen=True, kw_only=True):
    """Untie a shop's item."""

    shop: str
    external_id: str


class RenameLink(ProductCommand, frozen=True, kw_only=True):
    """The shop calls its item by another SKU now."""

    shop: str
    external_id: str
    sku: str


class MarkGone(ProductCommand, frozen=True, kw_only=True):
    """The shop no longer has the item. Tying it again brings it back."""

    shop: str
    external_id: str


class DoubtLink(ProductCommand, frozen=True, kw_only=True):
    """Something else than stock and price was written to the shop's item: those are told anew."""

    shop: str
    external_id: str
