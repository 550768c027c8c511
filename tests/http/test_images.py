import hashlib
import io
from typing import Any

import pytest

from magazie.actors.image_actor import IMAGES_KEY, ImageActor, ImageMissed
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import ImageFailed
from magazie.actors.settings_book import Role
from magazie.http.image_words import IMAGE_WORDS
from magazie.model.ids import decode_id
from magazie.model.image_fetches import ImageProblem
from tests.http.edges import NOW_MS, Edge
from tests.images.pictures import picture

URL = "https://www.magazin.test/1.jpg"


async def add(edge: Edge, product: str, data: Any, **headers: str) -> Any:
    path = f"/api/v1/products/{product}/images"
    response = await edge.ask("POST", path, raw=data, role=Role.OFFICE, headers=headers)
    return response.status, await response.json()


async def fail(edge: Edge, product: str, problem: ImageProblem, url: str = URL) -> None:
    ask = edge.parts.directory.ask
    await ask(ImageActor, IMAGES_KEY, ImageMissed(url, problem))
    await ask(ProductActor, decode_id(product), ImageFailed(url=url, problem=problem.value))


async def test_an_image_put_there_by_hand_is_shown_and_sent_to_anybody(edge: Edge) -> None:
    product = await edge.product()
    data = picture("JPEG", size=(1000, 500))
    sha256 = hashlib.sha256(data).hexdigest()
    status, changed = await add(edge, product["id"], data, **{"Content-Type": "text/html"})

    assert status == 200, changed
    assert changed["images"] == [{"url": "", "media": sha256, "problem": None, "explanation": None}]
    assert changed["version"] == 2
    response = await edge.ask("GET", f"/media/{sha256}", role=None)
    assert response.status == 200
    assert await response.read() == data
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response.headers["Cache-Control"]
    again = await edge.ask(
        "GET",
        f"/media/{sha256}",
        role=None,
        headers={"If-None-Match": response.headers["ETag"]},
    )
    assert again.status == 304
    small = await edge.ask("GET", f"/media/{sha256}?size=160", role=None)
    assert small.headers["Content-Type"] == "image/webp"
    assert 0 < len(await small.read()) < len(data)


async def test_adding_an_image_again_changes_nothing(edge: Edge) -> None:
    product = await edge.product()
    _, first = await add(edge, product["id"], picture(), **{"Idempotency-Key": "k"})
    assert await add(edge, product["id"], picture(), **{"Idempotency-Key": "k"}) == (200, first)
    assert await add(edge, product["id"], picture()) == (200, first)


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "empty"), (b"<html>", "not_an_image"), (picture("JPEG")[:200], "damaged")],
)
async def test_what_is_no_image_is_refused_with_the_reason(
    edge: Edge, data: bytes, reason: str
) -> None:
    product = await edge.product()
    status, problem = await add(edge, product["id"], data)
    assert status == 422
    assert problem["detail"].startswith(reason)
    assert (await edge.get(f"/api/v1/products/{product['id']}"))["version"] == 1


async def test_a_body_of_more_than_10_mb_is_refused(edge: Edge) -> None:
    product = await edge.product()
    body = io.BytesIO(bytes(10 * 1024 * 1024 + 1))
    status, _ = await add(edge, product["id"], body)
    assert status == 413


async def test_no_product_no_image(edge: Edge) -> None:
    status, _ = await add(edge, "0000000000009", picture())
    assert status == 404
    assert list((edge.parts.media._folder).glob("??")) == []


@pytest.mark.parametrize(
    "path",
    [
        "/media/" + "0" * 64,
        "/media/magazie.db",
        "/media/..%2Fmagazie.db",
        "/media/%2e%2e%2fmagazie.db",
        "/media/incoming",
        "/media/" + "A" * 64,
        "/media/00%2F" + "0" * 64,
    ],
)
async def test_nothing_else_of_the_data_folder_is_sent(edge: Edge, path: str) -> None:
    (edge.parts.media._folder / "incoming" / "x").write_bytes(b"secret")
    assert (await edge.ask("GET", path, role=None)).status == 404


async def test_a_size_that_is_not_made_is_refused(edge: Edge) -> None:
    response = await edge.ask("GET", f"/media/{'0' * 64}?size=99", role=None)
    assert response.status == 422


async def test_images_are_ordered_by_giving_them_all(edge: Edge) -> None:
    product = await edge.product(images=[{"url": URL}])
    _, changed = await add(edge, product["id"], picture())
    media = changed["images"][1]["media"]
    path = f"/api/v1/products/{product['id']}"
    images = [{"media": media}, {"url": URL}]
    response = await edge.ask("PATCH", path, {"images": images}, role=Role.OFFICE)
    assert response.status == 200, await response.text()
    turned = (await response.json())["images"]
    assert [(it["media"], it["url"]) for it in turned] == [(media, ""), ("", URL)]


@pytest.mark.parametrize("image", [{}, {"url": ""}, {"media": "0" * 64}, {"media": "../x"}])
async def test_an_image_that_is_nowhere_is_refused(edge: Edge, image: dict[str, str]) -> None:
    body = {"code": "P1", "name": "Unu", "images": [image]}
    response = await edge.ask("POST", "/api/v1/products", body)
    assert response.status == 422
    assert (await response.json())["errors"][0]["field"].startswith("images[0]")


async def test_an_image_is_taken_away_by_hash_or_by_address(edge: Edge) -> None:
    product = await edge.product(images=[{"url": URL}])
    _, changed = await add(edge, product["id"], picture())
    path = f"/api/v1/products/{product['id']}/images"
    media = changed["images"][1]["media"]
    for query in ("", f"?media={media}&url=x"):
        assert (await edge.ask("DELETE", path + query)).status == 422
    for query in ("?media=x", f"?media={'0' * 64}", "?url=https://x.ro"):
        assert (await edge.ask("DELETE", path + query)).status == 404
    assert (await edge.ask("DELETE", f"{path}?media={media}")).status == 200
    left = await (await edge.ask("DELETE", f"{path}?url={URL}")).json()
    assert left["images"] == []
    assert (await edge.ask("GET", f"/media/{media}", role=None)).status == 200


async def test_missing_images_are_listed_with_their_reason_and_tried_again(edge: Edge) -> None:
    product = await edge.product(images=[{"url": URL}, {"url": URL + "?2"}])
    other = await edge.product("P2", images=[{"url": URL + "?3"}])
    assert await edge.get("/api/v1/images") == {"fetched": 0, "failed": 0, "waiting": 3}
    await fail(edge, product["id"], ImageProblem.ADDRESS_REFUSED)
    await fail(edge, other["id"], ImageProblem.NOT_FOUND, URL + "?3")

    shown = (await edge.get(f"/api/v1/products/{product['id']}"))["images"]
    words = IMAGE_WORDS[ImageProblem.ADDRESS_REFUSED]
    assert shown[0]["problem"] == "address_refused"
    assert shown[0]["explanation"] == {"ro": words.ro, "en": words.en}
    assert await edge.get("/api/v1/images") == {"fetched": 0, "failed": 2, "waiting": 1}
    listed = (await edge.get("/api/v1/images/missing"))["items"]
    assert [(it["url"], it["problem"], it["tries"]) for it in listed] == [
        (URL, "address_refused", 1),
        (URL + "?2", None, 0),
        (URL + "?3", "not_found", 1),
    ]
    assert [it["next_try_at"] is None for it in listed] == [True, True, False]
    for query, count in (
        ("?gave_up=true", 1),
        ("?gave_up=false", 2),
        ("?problem=not_found", 1),
        (f"?product={product['id']}&sort=-url", 2),
    ):
        assert len((await edge.get(f"/api/v1/images/missing{query}"))["items"]) == count
    asked = {"product": product["id"]}
    assert await edge.post("/api/v1/images/retry", asked, status=200) == {"addresses": 1}
    assert await edge.post("/api/v1/images/retry", status=200) == {"addresses": 2}
    due = await edge.parts.storage.read(
        lambda c: c.execute("SELECT DISTINCT due_ms, tries FROM image_fetches").fetchall()
    )
    assert due == [(NOW_MS, 0)]


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(IMAGE_WORDS) == set(ImageProblem)
    assert all(words.ro and words.en and words.ro != words.en for words in IMAGE_WORDS.values())
