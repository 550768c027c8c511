from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from magazie.actors.nomenclature import Nomenclature
from magazie.model.codes import keys_of
from magazie.storage.products import AdditionalCode, Product, ProductLink

TEXTS = ["A", "a ", "B", "20000011", "00000020000011", "2000000001012", "-", ""]
ITEMS = [(shop, item) for shop in ("magazin", "outlet") for item in ("1", "2", "3")]

changes = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from(TEXTS),
        st.sampled_from(TEXTS),
        st.lists(st.sampled_from(TEXTS), max_size=2),
        st.sets(st.sampled_from(ITEMS), max_size=3),
    ),
    max_size=12,
)


def find(products: Mapping[int, Product], text: str) -> tuple[int, ...]:
    """The slow way."""
    keys = set(keys_of(text))
    return tuple(
        sorted(
            number
            for number, product in products.items()
            for own in [product.code, product.ean, *(it.code for it in product.codes)]
            if keys & set(keys_of(own))
        )
    )


@given(changes)
def test_the_look_up_follows_every_change(
    steps: list[tuple[int, str, str, list[str], set[tuple[str, str]]]],
) -> None:
    nomenclature, products = Nomenclature(), dict[int, Product]()
    for number, code, ean, further, wanted in steps:
        taken = {
            (link.shop, link.external_id)
            for other, product in products.items()
            if other != number
            for link in product.links
        }
        after = Product(
            id=number,
            code=code,
            ean=ean,
            name="x",
            codes=tuple(AdditionalCode(text) for text in further),
            links=tuple(ProductLink(*item, "sku") for item in sorted(wanted - taken)),
            created_ms=0,
            changed_ms=0,
        )
        nomenclature.take(products.get(number), after)
        products[number] = after

        for text in TEXTS:
            assert nomenclature.by_code(text) == tuple(dict.fromkeys(find(products, text)))
        for item in ITEMS:
            holders = [
                other
                for other, product in products.items()
                if item in {(link.shop, link.external_id) for link in product.links}
            ]
            assert nomenclature.by_link(*item) == (holders[0] if holders else None)
        for other in range(1, 5):
            shops = {link.shop for link in products[other].links} if other in products else ()
            assert nomenclature.links_of(other) == tuple(sorted(shops))
            assert nomenclature.exists(other) == (other in products)
        assert len(nomenclature) == len(products)


def test_an_item_untied_here_and_tied_there_is_found_there_in_any_order() -> None:
    link = ProductLink("magazin", "1", "sku")
    one = Product(id=1, code="A", name="x", created_ms=0, changed_ms=0)
    two = replace(one, id=2, code="B")
    for untied_first in (True, False):
        nomenclature = Nomenclature()
        nomenclature.take(None, replace(one, links=(link,)))
        nomenclature.take(None, two)
        steps = [
            (replace(one, links=(link,)), one),
            (two, replace(two, links=(link,))),
        ]
        for before, after in steps if untied_first else reversed(steps):
            nomenclature.take(before, after)
        assert nomenclature.by_link("magazin", "1") == 2
