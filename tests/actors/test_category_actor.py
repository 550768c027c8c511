import pytest

from magazie.actors.category_actor import CategoryTakenError, CreateCategory, EnsureCategoryPath
from magazie.actors.field_faults import FieldsRefusedError
from magazie.actors.news import RecordNews
from magazie.model.ids import encode_id
from magazie.storage import categories
from magazie.storage.categories import Category
from magazie.storage.idempotency import IdempotencyMark, StoredAnswer
from tests.actors.house import House


async def test_a_name_is_unique_under_its_parent(house: House) -> None:
    root = await house.categories(CreateCategory(name=" Căni  mari "))
    child = await house.categories(CreateCategory(name="Căni mari", parent_id=root.id))
    assert (root.name, child.parent_id) == ("Căni mari", root.id)
    with pytest.raises(CategoryTakenError) as caught:
        await house.categories(CreateCategory(name="Căni mari", parent_id=root.id))
    assert caught.value.category == child
    with pytest.raises(FieldsRefusedError, match="parent_id"):
        await house.categories(CreateCategory(name="A", parent_id=99))
    with pytest.raises(FieldsRefusedError, match="name"):
        await house.categories(CreateCategory(name=" "))
    found = await house.storage.read(categories.load_all)
    assert sorted(found, key=lambda it: it.id) == [root, child]


async def test_a_path_is_made_where_it_is_missing(house: House) -> None:
    first = await house.categories(EnsureCategoryPath(("Casă", "Căni")))
    assert len(house.heard(RecordNews)) == 2
    second = await house.categories(EnsureCategoryPath(("Casă", "Căni", "Albe")))
    tree = {it.id: it for it in await house.storage.read(categories.load_all)}

    assert tree[second] == Category(second, first, "Albe")
    assert tree[tree[first].parent_id or 0].name == "Casă"
    assert len(tree) == 3
    assert house.heard(RecordNews) == [RecordNews("category", encode_id(second), 0)]
    assert await house.categories(EnsureCategoryPath(("Casă", "Căni"))) == first
    with pytest.raises(FieldsRefusedError):
        await house.categories(EnsureCategoryPath(()))


async def test_a_repeated_request_gets_the_first_answer(house: House) -> None:
    message = CreateCategory(
        name="Căni",
        mark=IdempotencyMark("erp", "POST", "/api/v1/categories", "k", b"1"),
        encode=lambda category: StoredAnswer(201, str(category.id).encode()),
    )
    made = await house.categories(message)
    assert await house.categories(message) == StoredAnswer(201, str(made.id).encode())
