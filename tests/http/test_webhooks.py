import base64
import hashlib
import hmac
import io

import pytest

from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_messages import UpdateShop
from magazie.http.webhooks import MOST_BYTES, is_right
from magazie.secret_refs import SecretRef
from tests.http.edges import HOOK_SECRET, Edge

HOOK = "/webhooks/gomag/magazin"


def signed(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


async def test_a_right_secret_hints_the_shop(edge: Edge) -> None:
    by_query = await edge.ask("POST", f"{HOOK}?secret={HOOK_SECRET}&alta=1", role=None)
    by_signature = await edge.ask(
        "POST",
        HOOK,
        role=None,
        raw=b'{"order":',
        headers={"X-Webhook-Signature": signed(HOOK_SECRET, b'{"order":')},
    )

    assert (by_query.status, by_signature.status) == (202, 202)
    assert await by_query.json() == {"accepted": True}
    assert edge.desk.hints == 2


async def test_wrong_secrets_and_unknown_shops_look_the_same(edge: Edge) -> None:
    bodies = set()
    for path, headers in (
        (f"{HOOK}?secret=gresit", {}),
        (HOOK, {}),
        (f"{HOOK}?secret=", {}),
        (f"{HOOK}?secret=%E8%9B%8B", {}),
        (f"/webhooks/gomag/altul?secret={HOOK_SECRET}", {}),
        (HOOK, {"X-Webhook-Signature": signed(HOOK_SECRET, b"alt corp")}),
        (HOOK, {"X-Webhook-Signature": signed("gresit", b"")}),
        (HOOK, {"X-Webhook-Signature": "nu e base64!"}),
    ):
        response = await edge.ask("POST", path, role=None, headers=headers)
        assert response.status == 401
        bodies.add(await response.text())

    assert len(bodies) == 1
    assert edge.desk.hints == 0
    assert edge.parts.traffic.webhooks_refused == 8


async def test_the_previous_secret_is_good_while_it_stands(edge: Edge) -> None:
    async def change(**secrets: SecretRef | None) -> None:
        message = UpdateShop(name="magazin", **secrets)
        await edge.parts.directory.ask(SettingsActor, SETTINGS_KEY, message)

    await change(
        webhook_secret=SecretRef.typed("nou"),
        webhook_secret_previous=SecretRef.typed(HOOK_SECRET),
    )
    for secret in ("nou", HOOK_SECRET):
        response = await edge.ask("POST", f"{HOOK}?secret={secret}", role=None)
        assert response.status == 202
    await change(webhook_secret_previous=None)
    assert (await edge.ask("POST", f"{HOOK}?secret={HOOK_SECRET}", role=None)).status == 401
    await change(webhook_secret=None)
    for secret in ("", "nou", "None"):
        assert (await edge.ask("POST", f"{HOOK}?secret={secret}", role=None)).status == 401


async def test_a_secret_that_cannot_be_read_opens_nothing(edge: Edge) -> None:
    message = UpdateShop(name="magazin", webhook_secret=SecretRef.typed("env:NU_E_PUS"))
    await edge.parts.directory.ask(SettingsActor, SETTINGS_KEY, message)

    response = await edge.ask("POST", f"{HOOK}?secret=", role=None)

    assert response.status == 401


async def test_a_hint_is_at_most_64_kib(edge: Edge) -> None:
    path = f"{HOOK}?secret={HOOK_SECRET}"

    fits = await edge.ask("POST", path, role=None, raw=b"x" * MOST_BYTES)
    over = await edge.client.post(path, data=io.BytesIO(b"x" * (MOST_BYTES + 1)))

    assert (fits.status, over.status) == (202, 413)
    assert edge.desk.hints == 1


@pytest.mark.parametrize(
    ("secrets", "presented", "is_good"),
    [
        (("a", "b"), "a", True),
        (("a", "b"), "b", True),
        (("a",), "b", False),
        ((), "", False),
        ((), "no shop has this secret", False),
    ],
)
def test_any_of_the_secrets_is_right(
    secrets: tuple[str, ...], presented: str, *, is_good: bool
) -> None:
    assert is_right(secrets, presented, "", b"") is is_good
    assert is_right(secrets, "", signed(presented, b"corp"), b"corp") is (
        is_good and bool(presented)
    )
