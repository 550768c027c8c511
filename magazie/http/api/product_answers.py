"""Asking a product to do something, and answering with how it then stands."""

from typing import Any

import msgspec

from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import ProductCommand
from magazie.http.api.product_shapes import show_product
from magazie.http.endpoint import Answer, Call, Outcome
from magazie.storage.idempotency import StoredAnswer
from magazie.storage.products import Product

OK, CREATED = 200, 201

_encode = msgspec.json.Encoder().encode


async def told(
    call: Call[Any, Any], product_id: int, command: ProductCommand, *, status: int = OK
) -> Outcome:
    """The answer of a product that was told a command."""
    answer: Product | StoredAnswer = await call.parts.directory.ask(
        ProductActor, product_id, command
    )
    if isinstance(answer, StoredAnswer):
        return answer
    return Answer(show_product(answer), status, answer.version)


def created(product: Product) -> StoredAnswer:
    """What is kept for the key of a request that created something."""
    return StoredAnswer(CREATED, _encode(show_product(product)))


def changed(product: Product) -> StoredAnswer:
    """What is kept for the key of a request that changed something."""
    return StoredAnswer(OK, _encode(show_product(product)))
