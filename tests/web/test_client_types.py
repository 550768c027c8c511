import asyncio

from tests.web.client_types import TYPES, document, types_of


async def test_the_pages_types_are_those_of_the_document() -> None:
    made = await asyncio.to_thread(types_of, await document())

    assert TYPES.read_text(encoding="utf-8") == made, "make api-types writes them anew"
