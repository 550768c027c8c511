"""Cases from the field, H: what comes after an order, as far as it is told to shops."""

import asyncio
import base64
import hashlib
import hmac
from urllib.parse import quote

import pytest

from magazie.secret_refs import SecretRef
from tests.rules.door import Door, call_from, carry_webhooks, secret_of
from tests.rules.shop_side import ORDERS, TAKEN
from tests.rules.storeroom import HOUR, MINUTE, SHOP, Storeroom, in_storeroom

HOOK = f"/webhooks/gomag/{SHOP}"
SECRET = secret_of(SHOP)
BODY = b'{"event": "order.created", "order": {"id": "777", "number": "777", "total": "1.00"}}'


def _signature(secret: str, body: bytes = BODY) -> dict[str, str]:
    digest = hmac.digest(secret.encode(), body, hashlib.sha256)
    return {"X-Webhook-Signature": base64.b64encode(digest).decode()}


# --- H4: a status push loop -----------------------------------------------------------------


@in_storeroom({"P1": 10}, tells_taken=True, poll_seconds=60)
async def test_h4_our_own_status_coming_back_is_not_pushed_again(room: Storeroom) -> None:
    door = Door(room)
    call_from(room.shop, doubled=1)
    carrying = asyncio.ensure_future(carry_webhooks(door, room.shop))
    order = room.shop.order(("P1", 4))
    await room.pass_time(HOUR)
    assert room.shop.statuses_written == [(order, TAKEN)]
    stored = await room.find(order)
    assert stored is not None
    assert stored.shop_status_id == str(TAKEN)
    assert await room.reserved("P1") == 4
    carrying.cancel()


# --- H5: signatures -------------------------------------------------------------------------

RIGHT = {
    "in the address": (f"{HOOK}?secret={quote(SECRET)}", {}),
    "as a signature": (HOOK, _signature(SECRET)),
}
WRONG = {
    "none": (HOOK, {}),
    "wrong secret": (f"{HOOK}?secret=altul", {}),
    "empty secret": (f"{HOOK}?secret=", {}),
    "wrong signature": (HOOK, _signature("altul")),
    "signature of another body": (HOOK, _signature(SECRET, b"{}")),
    "signature that is none": (HOOK, {"X-Webhook-Signature": "ăîș %%%"}),
    "empty signature": (HOOK, {"X-Webhook-Signature": ""}),
    "unknown shop": (f"/webhooks/gomag/altul?secret={quote(SECRET)}", {}),
    "the shop's key": (f"{HOOK}?secret=demo-cheie-gomag", {}),
}


def _reads(room: Storeroom) -> int:
    return len(room.shop.requests(ORDERS))


@pytest.mark.parametrize("kind", RIGHT)
@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_h5_a_right_secret_is_a_hint_and_the_body_is_never_believed(
    room: Storeroom, kind: str
) -> None:
    address, headers = RIGHT[kind]
    await room.pass_time(MINUTE)
    assert await Door(room).post(address, BODY, headers) == 202
    await room.pass_time(10)
    assert _reads(room) > 0
    assert await room.orders() == []


@pytest.mark.parametrize("kind", WRONG)
@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_h5_a_wrong_or_missing_secret_is_refused_and_counted(
    room: Storeroom, kind: str
) -> None:
    address, headers = WRONG[kind]
    await room.pass_time(MINUTE)
    door = Door(room)
    reads = _reads(room)
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await door.post(address, BODY, headers) == 401
    assert loop.time() - began < 0.1
    assert door.parts.traffic.webhooks_refused == 1
    await room.pass_time(10)
    assert _reads(room) == reads
    assert await room.orders() == []


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_h5_both_secrets_are_right_while_one_replaces_the_other(room: Storeroom) -> None:
    door = Door(room)

    async def answers() -> list[int]:
        return [await door.post(HOOK, BODY, _signature(secret)) for secret in (SECRET, "nou")]

    assert await answers() == [202, 401]
    old, new = SecretRef.typed(SECRET), SecretRef.typed("nou")
    await room.set_shop(webhook_secret=new, webhook_secret_previous=old)
    assert await answers() == [202, 202]
    await room.set_shop(webhook_secret_previous=None)
    assert await answers() == [401, 202]
    await room.set_shop(webhook_secret=None)
    assert await answers() == [401, 401]


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_h5_a_replay_is_a_hint_and_nothing_more(room: Storeroom) -> None:
    door = Door(room)
    order = room.shop.order(("P1", 2))
    for _ in range(3):
        assert await door.post(HOOK, BODY, _signature(SECRET)) == 202
        await room.pass_time(10 * MINUTE)
    assert await room.orders() == [("shop", SHOP, str(order))]
    assert await room.reserved("P1") == 2
