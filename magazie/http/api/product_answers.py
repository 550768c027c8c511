"""Asking a product to do something, and answering with how it then stands."""

import sqlite3
from typing import Any

import msgspec
from msgspec.structs import replace

from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import ProductCommand
from magazie.http.api.product_shapes import InShops, show_product
from magazie.http.endpoint import Answer, Call, Outcome
from magazie.storage.idempotency import StoredAnswer
from magazie.storage.products import Product
from magazie.storage.publications import of_products

OK, CREATED = 200, 201

_encode = msgspec.json.Encoder().encode


async def told(
    call: Call[Any, Any], product_id: int, command: ProductCommand, *, status: int = OK
) -> Outcome:
    """The answer of a product that was told a command; kept for the request's key."""

    def query(connection: sqlite3.Connection) -> InShops:
        return of_products(connection, (product_id,)).get(product_id, ())

    in_shops = await call.parts.storage.read(query)

    def kept(product: Product) -> StoredAnswer:
        return StoredAnswer(status, _encode(show_product(product, in_shops, call.language)))

    answer: Product | StoredAnswer = await call.parts.directory.ask(
        ProductActor, product_id, replace(command, encode=kept)
    )
    if isinstance(answer, StoredAnswer):
        return answer
    return Answer(show_product(answer, in_shops, call.language), status, answer.version)
