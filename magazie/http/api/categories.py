"""The tree of categories."""

from typing import Annotated

import msgspec
from msgspec import Meta

from magazie.actors.category_actor import CATEGORIES_KEY, CategoryActor, CreateCategory
from magazie.actors.settings_book import Role
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import IdText, RecordId, id_text
from magazie.http.paging import Listed, ShortPaging, sliced
from magazie.http.problems import ProblemKind
from magazie.storage.categories import Category, load_all
from magazie.storage.idempotency import StoredAnswer

_TAG = "products"
_CREATED = 201

_encode = msgspec.json.Encoder().encode


class CategoryIn(msgspec.Struct, forbid_unknown_fields=True):
    """A new category, under another one or at the root."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    parent_id: RecordId | None = None


class CategoryShown(msgspec.Struct, frozen=True):
    """A category."""

    id: IdText
    parent_id: IdText | None
    name: str


@endpoint(
    "GET",
    "/api/v1/categories",
    role=Role.PICKER,
    tag=_TAG,
    summary="List all categories",
    answers={200: Listed[CategoryShown]},
)
async def list_categories(call: Call[NoBody, ShortPaging]) -> Outcome:
    """The whole tree, by name."""
    found = await call.parts.storage.read(load_all)
    return Answer(sliced(call, [_show(category) for category in found]))


@endpoint(
    "POST",
    "/api/v1/categories",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Create a category",
    answers={201: CategoryShown},
    problems=(ProblemKind.EXISTS,),
    takes_key=True,
)
async def create_category(call: Call[CategoryIn, NoQuery]) -> Outcome:
    """A name is there once under its parent."""
    parent_id = call.body.parent_id
    answer: Category | StoredAnswer = await call.parts.directory.ask(
        CategoryActor,
        CATEGORIES_KEY,
        CreateCategory(
            name=call.body.name,
            parent_id=int(parent_id) if parent_id is not None else None,
            mark=call.mark,
            encode=_created,
        ),
    )
    if isinstance(answer, StoredAnswer):
        return answer
    return Answer(_show(answer), _CREATED)


def _show(category: Category) -> CategoryShown:
    parent_id = category.parent_id
    return CategoryShown(
        id_text(category.id), id_text(parent_id) if parent_id is not None else None, category.name
    )


def _created(category: Category) -> StoredAnswer:
    return StoredAnswer(_CREATED, _encode(_show(category)))


ENDPOINTS = (list_categories, create_category)
