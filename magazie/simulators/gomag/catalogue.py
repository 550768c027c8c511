import re
import unicodedata
from collections.abc import Iterable, Sequence

from magazie.simulators.gomag.records import Attribute, Brand, Category, Product

_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Return a text as the shop writes it in addresses: plain letters and dashes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub("-", plain).strip("-") or "x"


class Catalogue:
    """Products, categories, attributes and brands of one shop, with what finds them."""

    def __init__(self) -> None:
        self.products: dict[int, Product] = {}
        """By id, ascending: ids are only ever given upward."""
        self.removed: dict[str, Product] = {}
        """Products taken off, the last one of each SKU."""
        self.categories: dict[int, Category] = {}
        self.attributes: dict[int, Attribute] = {}
        self.brands: dict[int, Brand] = {}
        self._by_sku: dict[str, list[int]] = {}
        self._by_ean: dict[str, list[int]] = {}
        self._groups: dict[str, int] = {}
        self._brand_ids: dict[str, int] = {}
        self._paths: dict[tuple[int, str], int] = {}
        self._next_product = 1

    def next_product_id(self) -> int:
        """Give out a product id that was never used."""
        given = self._next_product
        self._next_product += 1
        return given

    def skip_ids(self, count: int) -> None:
        """Leave a gap, as products deleted long ago do."""
        self._next_product += count

    def add(self, product: Product) -> None:
        """Put a product on the shelf."""
        self.products[product.id] = product
        self._by_sku.setdefault(product.sku, []).append(product.id)
        self._index_ean(product)
        if product.group_key:
            self._groups.setdefault(product.group_key, product.parent)

    def remove(self, product: Product) -> None:
        """Take a product off; its siblings keep pointing at it."""
        del self.products[product.id]
        self._by_sku[product.sku].remove(product.id)
        if product.ean:
            self._by_ean[product.ean].remove(product.id)
        main = self._groups.get(product.group_key)
        if main == product.id and not self._has_siblings(product.id):
            del self._groups[product.group_key]
        self.removed[product.sku] = product

    def rename(self, product: Product, sku: str) -> None:
        """Change a SKU."""
        self._by_sku[product.sku].remove(product.id)
        product.sku = sku
        self._by_sku.setdefault(sku, []).append(product.id)

    def relabel(self, product: Product, ean: str) -> None:
        """Change an EAN."""
        if product.ean:
            self._by_ean[product.ean].remove(product.id)
        product.ean = ean
        self._index_ean(product)

    def by_sku(self, sku: str) -> list[Product]:
        """Return every product with exactly this SKU, oldest first."""
        return [self.products[i] for i in self._by_sku.get(sku, ())]

    def by_ean(self, ean: str) -> list[Product]:
        """Return every product with this EAN, oldest first; an empty EAN finds none."""
        return [self.products[i] for i in self._by_ean.get(ean, ())]

    def main_version(self, group_key: str) -> int | None:
        """Return the id that the versions of a group point at, or None."""
        return self._groups.get(group_key)

    def path(self, category: int) -> list[Category]:
        """Return the way from the root down to a category."""
        way: list[Category] = []
        node = self.categories.get(category)
        while node is not None:
            way.append(node)
            node = self.categories.get(node.parent)
        return way[::-1]

    def next_category_id(self) -> int:
        """Return the id that the next category gets."""
        return max(self.categories, default=0) + 1

    def add_category(self, name: str, parent: int, position: int = 0) -> Category:
        """Create a category; names may repeat."""
        above = self.categories.get(parent)
        category = Category(
            id=self.next_category_id(),
            name=name,
            parent=parent,
            depth=0 if above is None else above.depth + 1,
            position=position,
        )
        self.categories[category.id] = category
        self._paths.setdefault((parent, name), category.id)
        return category

    def move_category(self, category: Category, name: str, parent: int) -> None:
        """Give a category another name or place; what is below it moves along."""
        self._forget_path(category)
        category.name, category.parent = name, parent
        self._paths.setdefault((parent, name), category.id)
        for inside in self.within(category.id):
            self.categories[inside].depth = len(self.path(inside)) - 1

    def remove_category(self, category: int) -> None:
        """Delete a category that has nothing below it."""
        self._forget_path(self.categories.pop(category))

    def category_at(self, names: Sequence[str], *, reuse: bool) -> int:
        """Return the leaf at a path of names, creating what is missing (or all of it)."""
        parent = 0
        for name in names:
            known = self._paths.get((parent, name)) if reuse else None
            parent = self.add_category(name, parent).id if known is None else known
        return parent

    def within(self, category: int) -> set[int]:
        """Return a category and everything below it."""
        below: dict[int, list[int]] = {}
        for node in self.categories.values():
            below.setdefault(node.parent, []).append(node.id)
        found: set[int] = set()
        waiting = [category]
        while waiting:
            found.add(waiting[-1])
            waiting += below.get(waiting.pop(), ())
        return found

    def brand_named(self, name: str) -> Brand:
        """Return the brand of that name, creating it."""
        known = self._brand_ids.get(name)
        if known is not None:
            return self.brands[known]
        brand = Brand(id=len(self.brands) + 1, name=name, slug=slug(name), image="")
        self.brands[brand.id] = brand
        self._brand_ids[name] = brand.id
        return brand

    def attribute(self, *, key: str, name: str, kind: str = "dropdown") -> Attribute:
        """Return the attribute with that key, else that name, creating it."""
        for known in self.attributes.values():
            if (known.key == key) if key else (known.name == name):
                return known
        made = Attribute(
            id=max(self.attributes, default=3) + 1,
            key=key or slug(name).replace("-", "_"),
            type=kind,
            name=name or key,
            position=len(self.attributes) + 1,
        )
        self.attributes[made.id] = made
        return made

    def brands_with_products(self) -> set[str]:
        """Return the names of brands that some product carries."""
        return {p.brand for p in self.products.values() if p.brand}

    def note_values(self, attribute: int, values: Iterable[str]) -> None:
        """Count values among the options of an attribute."""
        self.attributes[attribute].options.update(dict.fromkeys(values))

    def _forget_path(self, category: Category) -> None:
        place = (category.parent, category.name)
        if self._paths.get(place) == category.id:
            del self._paths[place]

    def _has_siblings(self, parent: int) -> bool:
        return any(p.parent == parent for p in self.products.values())

    def _index_ean(self, product: Product) -> None:
        if product.ean:
            self._by_ean.setdefault(product.ean, []).append(product.id)
