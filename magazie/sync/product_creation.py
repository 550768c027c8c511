"""Making a product of a shop's item: whole, with its link, in one unit."""

from typing import Final

from magazie.actors.category_actor import CATEGORIES_KEY, CategoryActor, EnsureCategoryPath
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import CodeTakenError, CreateProduct, NewLink
from magazie.actors.runtime import Directory
from magazie.model.codes import normalise_code
from magazie.model.control_characters import without_control
from magazie.model.ids import IdSource
from magazie.model.item_problems import ItemProblem, ItemProblemCode, ItemProblems
from magazie.model.romanian_letters import comma_letters
from magazie.ports import ShopProduct
from magazie.storage.products import Attribute, ProductDraft, ProductImage
from magazie.storage.settings_rows import ShopSettings

_MOST_IMAGES: Final = 100
_MOST_ATTRIBUTES: Final = 300
_LONGEST_CATEGORY: Final = 200

CategoryPath = tuple[str, ...]


class ProductCreation:
    """Creates products for one import; remembers which categories it has seen to."""

    def __init__(self, directory: Directory, ids: IdSource, settings: ShopSettings) -> None:
        """``settings`` are the shop's; prices go to its price warehouse."""
        self._directory = directory
        self._ids = ids
        self._settings = settings
        self._categories: dict[CategoryPath, int] = {}

    async def create(self, shown: ShopProduct, family: str) -> int:
        """Create the product; answers its id.

        Its code is the item's SKU. Where that is no code, or is another product's, it is made of
        the item's id: ``MAGAZIN-15``. The link keeps the shop's SKU either way.

        Raises:
            Rejection: the product cannot be as the shop has it.

        """
        own = made_code(self._settings.name, shown.external_id)
        sku = _text(shown.sku)
        category_id = await self._category(category_path(shown))
        product_id = self._ids.next_id()

        def command(code: str) -> CreateProduct:
            draft = draft_of(
                shown, code, family, category_id, price_warehouse=self._settings.price_warehouse
            )
            link = NewLink(self._settings.name, shown.external_id, shown.sku)
            return CreateProduct(draft=draft, links=(link,))

        if normalise_code(sku) is None:
            await self._directory.ask(ProductActor, product_id, command(own))
            return product_id
        try:
            await self._directory.ask(ProductActor, product_id, command(sku))
        except CodeTakenError:
            await self._directory.ask(ProductActor, product_id, command(own))
        return product_id

    async def _category(self, path: CategoryPath) -> int | None:
        if not path:
            return None
        known = self._categories.get(path)
        if known is None:
            known = await self._directory.ask(
                CategoryActor, CATEGORIES_KEY, EnsureCategoryPath(path)
            )
            self._categories[path] = known
        return known


def made_code(shop: str, external_id: str) -> str:
    """The code of a product whose item has none of its own."""
    return f"{shop}-{external_id}".upper()


def category_path(shown: ShopProduct) -> CategoryPath:
    """The names from the root down of the item's deepest category, the first of equals."""
    paths = [
        tuple(" ".join(name.split())[:_LONGEST_CATEGORY] for _, name in path if name.strip())
        for path in shown.categories
    ]
    return max(paths, key=len, default=())


def draft_of(
    shown: ShopProduct,
    code: str,
    family: str,
    category_id: int | None,
    *,
    price_warehouse: str | None,
) -> ProductDraft:
    """What the shop says of the item, as a product. Only prices in RON with VAT are taken."""
    price = price_of(shown)
    prices = {price_warehouse: price} if price_warehouse is not None and price is not None else {}
    return ProductDraft(
        code=code,
        ean=_text(shown.ean),
        name=_text(shown.name) or _text(shown.sku) or code,
        description=comma_letters(without_control(shown.description)),
        brand=_text(shown.brand),
        family=_text(family),
        unit=_text(shown.unit) or "buc",
        vat_rate_e2=shown.vat_rate_e2,
        weight_milli=shown.weight_milli,
        category_id=category_id,
        attributes=_attributes(shown),
        images=tuple(
            ProductImage(url=url) for url in dict.fromkeys(it.strip() for it in shown.images) if url
        )[:_MOST_IMAGES],
        prices=prices,
        # what the parts are here is found out once they are products
        bundle=() if shown.bundle else None,
        problems=_problems_of(shown),
    )


def _text(text: str) -> str:
    return without_control(text).strip()


def price_of(shown: ShopProduct) -> int | None:
    """The list price in 1/10000 RON with VAT, where the shop has one of that kind."""
    if shown.currency != "RON" or not shown.vat_included:
        return None
    return shown.base_price_e4


def _attributes(shown: ShopProduct) -> tuple[Attribute, ...]:
    """By name; values of one that the shop gives twice come together."""
    values: dict[str, dict[str, None]] = {}
    for attribute_id, name, given in shown.attributes:
        label = " ".join(_text(name).split()) or attribute_id
        texts = (without_control(it) for it in given)
        values.setdefault(label, {}).update(dict.fromkeys(it for it in texts if it.strip()))
    found = (Attribute(name, tuple(of_it)) for name, of_it in values.items() if name and of_it)
    return tuple(found)[:_MOST_ATTRIBUTES]


def _problems_of(shown: ShopProduct) -> ItemProblems:
    if shown.base_price_e4 is None or price_of(shown) is not None:
        return shown.problems
    return (*shown.problems, _why_no_price(shown.currency))


def _why_no_price(currency: str) -> ItemProblem:
    match currency:
        case "RON":
            return ItemProblem(ItemProblemCode.PRICE_WITHOUT_VAT)
        case "":
            return ItemProblem(ItemProblemCode.CURRENCY_UNKNOWN)
    return ItemProblem(ItemProblemCode.FOREIGN_CURRENCY, {"currency": currency})
