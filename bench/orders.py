"""The order that is sent, the same to every server, and the numbers it leaves behind."""

import random
from collections.abc import Sequence

TOKEN = "bench-token-of-no-worth"
PRODUCTS = 50
LINES = 5
QUANTITY_MILLI = 2000
WAREHOUSE = "principal"
PATH = "/api/v1/orders"

_BASKETS = 1000
_NUMBER = b"#number##"
_BODY = (
    '{"number":"#number##","source":"bench","warehouse":"principal","currency":"RON",'
    '"customer":{"name":"Ion Popescu","phone":"0712345678","email":"ion@exemplu.ro"},'
    '"delivery":{"name":"Ion Popescu","phone":"0712345678","county":"Cluj",'
    '"city":"Cluj-Napoca","address":"Str. Memorandumului 28","postcode":"400114"},'
    '"lines":[#lines#],"payment":"Ramburs"}'
)
_LINE = '{"sku":"%s","quantity":"2","price":"49.90"}'


def sku(product: int) -> str:
    """What the product, counted from 0, is called."""
    return f"BENCH-{product:06d}"


def baskets() -> list[list[int]]:
    """Five products each; order n takes the basket n modulo their number."""
    chance = random.Random(5)
    return [chance.sample(range(PRODUCTS), LINES) for _ in range(_BASKETS)]


def requests() -> list[tuple[bytes, bytes]]:
    """For each basket the request's bytes before and after the nine digits of the number."""
    made = []
    for basket in baskets():
        lines = ",".join(_LINE % sku(product) for product in basket)
        body = _BODY.replace("#lines#", lines).encode()
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        before, after = body.split(_NUMBER)
        made.append((head.encode() + before, after))
    return made


def reserved_by(first: int, after: int) -> list[int]:
    """What the orders from ``first`` up to ``after`` reserve of each product, in thousandths."""
    known = baskets()
    reserved = [0] * PRODUCTS
    for number in range(first, after):
        for product in known[number % _BASKETS]:
            reserved[product] += QUANTITY_MILLI
    return reserved


def added(sums: Sequence[Sequence[int]]) -> list[int]:
    """The sum of each product over several runs."""
    return [sum(column) for column in zip(*sums, strict=True)]
