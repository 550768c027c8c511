import asyncio
import random
import shutil
from pathlib import Path

import pytest

from magazie.actors.image_actor import (
    IMAGES_KEY,
    ImageActor,
    ImageKept,
    ImageMissed,
    TryImagesAgain,
)
from magazie.actors.news import RecordNews, StockNews
from magazie.actors.product_messages import UpdateProduct
from magazie.model.image_fetches import ImageProblem
from magazie.storage.media import MediaStore
from magazie.storage.products import ProductImage
from magazie.storage.reads.images import ImageCounts
from tests.images.image_room import ImagesAtHand, image_room
from tests.images.pictures import picture

A, B, C = (f"https://www.exemplu.ro/{name}.jpg" for name in "abc")
MINUTE_MS = 60_000


async def test_a_product_gets_its_images_and_its_stock_is_not_told_anew(tmp_path: Path) -> None:
    source = ImagesAtHand({A: picture(colour="red"), B: picture(colour="blue")})
    async with image_room(tmp_path, source) as room:
        await room.start()
        product = await room.product("P1", A, B)
        room.house.news.clear()
        await room.settle()

        first, second = await room.images(product)
        assert (first.url, second.url) == (A, B)
        assert first.media != second.media
        assert await room.media.find(first.media) is not None
        assert [news for news in room.house.news if isinstance(news, StockNews)] == []
        assert {type(news) for news in room.house.news} == {RecordNews}
        assert await room.counts() == ImageCounts(fetched=2, failed=0, waiting=0)


async def test_an_address_of_many_products_is_fetched_once_also_for_later_ones(
    tmp_path: Path,
) -> None:
    source = ImagesAtHand({A: picture()})
    async with image_room(tmp_path, source) as room:
        early = [await room.product(f"P{n}", A, A) for n in range(5)]
        await room.start()
        await room.settle()
        late = await room.product("LATE", A)
        await room.settle()

        assert source.asked == [A]
        hashes = {image.media for it in (*early, late) for image in await room.images(it)}
        assert len(hashes) == 1
        assert "" not in hashes


async def test_the_same_bytes_under_two_addresses_are_kept_once(tmp_path: Path) -> None:
    async with image_room(tmp_path, ImagesAtHand({A: picture(), B: picture()})) as room:
        await room.start()
        first, second = await room.images(await room.settled_product("P1", A, B))
        assert first.media == second.media
        assert room.files() == 1


async def test_a_bad_image_shows_its_reason_and_stops_no_other(tmp_path: Path) -> None:
    source = ImagesAtHand({A: b"<html>", C: picture()})
    async with image_room(tmp_path, source) as room:
        await room.start()
        first, second, third = await room.images(await room.settled_product("P1", A, B, C))
        assert (first.problem, second.problem) == ("not_an_image", "not_found")
        assert third.media
        assert await room.counts() == ImageCounts(fetched=1, failed=2, waiting=0)


async def test_a_failed_image_is_tried_again_later_and_later_until_it_is_there(
    tmp_path: Path,
) -> None:
    source = ImagesAtHand()
    async with image_room(tmp_path, source) as room:
        await room.start()
        product = await room.settled_product("P1", A)
        for wait, tries in ((MINUTE_MS - 1, 1), (1, 2), (MINUTE_MS, 2), (MINUTE_MS, 3)):
            await room.pass_time(wait)
            assert len(source.asked) == tries
        source.answers[A] = picture()
        await room.pass_time(4 * MINUTE_MS)

        (image,) = await room.images(product)
        assert image.media
        assert image.problem == ""
        assert await room.house.rows("SELECT * FROM missing_images") == []


async def test_what_is_given_up_is_tried_anew_when_a_person_asks(tmp_path: Path) -> None:
    source = ImagesAtHand({A: ImageProblem.ADDRESS_REFUSED, B: ImageProblem.NOT_FOUND})
    async with image_room(tmp_path, source) as room:
        await room.start()
        product = await room.settled_product("P1", A, B)
        for _ in range(20):
            await room.pass_time(24 * 60 * MINUTE_MS)
        assert (source.asked.count(A), source.asked.count(B)) == (1, 8)

        source.answers[A] = picture()
        again = TryImagesAgain(product.id)
        assert await room.house.directory.ask(ImageActor, IMAGES_KEY, again) == 2
        await room.pass_time(0)
        assert (source.asked.count(A), source.asked.count(B)) == (2, 9)
        assert (await room.images(product))[0].media


async def test_no_more_than_two_from_one_host_and_four_in_all(tmp_path: Path) -> None:
    urls = [f"https://{host}.ro/{n}.png" for host in ("a", "b", "c", "a") for n in range(40)]
    source = ImagesAtHand({url: picture() for url in urls})

    async def linger(_url: str) -> None:
        await asyncio.sleep(0.001)

    source.before = linger
    async with image_room(tmp_path, source) as room:
        await room.product("P1", *urls[:60])
        await room.product("P2", *urls[60:])
        await room.start()
        await room.settle()
        assert source.most_under_way["all"] == 4
        most = [source.most_under_way[f"{host}.ro"] for host in "abc"]
        # which hosts reach their two depends on which answers first
        assert max(most) == 2
        assert min(most) >= 1
        assert sorted(source.asked) == sorted(set(urls))


async def test_a_host_that_stalls_holds_up_no_other(tmp_path: Path) -> None:
    slow = [f"https://a.ro/{n}.png" for n in range(50)]
    quick = [f"https://b.ro/{n}.png" for n in range(5)]
    source = ImagesAtHand({url: picture() for url in slow + quick})

    async def stall(url: str) -> None:
        if "a.ro" in url:
            await asyncio.sleep(3600)

    source.before = stall
    async with image_room(tmp_path, source) as room:
        await room.product("SLOW", *slow)
        product = await room.product("QUICK", *quick)
        await room.start()
        async with asyncio.timeout(10):
            while not all(image.media for image in await room.images(product)):
                await asyncio.sleep(0.01)


async def test_a_full_disk_is_no_fault_of_the_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ImagesAtHand({A: picture()})
    async with image_room(tmp_path, source) as room:
        real, failures = MediaStore.keep, [OSError(28, "no space"), OSError(28, "no space")]

        async def keep(self: MediaStore, data: bytes) -> str:
            if failures:
                raise failures.pop()
            return await real(self, data)

        monkeypatch.setattr(MediaStore, "keep", keep)
        await room.start()
        (image,) = await room.images(await room.settled_product("P1", A))
        assert image.media
        assert await room.house.rows("SELECT tries FROM image_fetches") == [(1,)]


async def test_images_given_anew_keep_what_is_known_of_them(tmp_path: Path) -> None:
    source = ImagesAtHand({A: picture()})
    async with image_room(tmp_path, source) as room:
        await room.start()
        product = await room.settled_product("P1", A, B)
        known = await room.images(product)
        turned = UpdateProduct(images=(ProductImage(url=B), ProductImage(url=A)))
        after = await room.house.product(product.id, turned)
        assert after.images == known[::-1]
        await room.settle()
        assert sorted(source.asked) == [A, B]


async def test_what_is_here_is_not_unmade_by_a_late_failure(tmp_path: Path) -> None:
    async with image_room(tmp_path, ImagesAtHand()) as room:
        ask = room.house.directory.ask
        await ask(ImageActor, IMAGES_KEY, ImageKept(A, "0" * 64))
        after = await ask(ImageActor, IMAGES_KEY, ImageMissed(A, ImageProblem.TIMED_OUT))
        assert after.media == "0" * 64


@pytest.mark.parametrize("seed", range(6))
async def test_killed_at_any_moment_it_ends_in_the_same(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    urls = [f"https://{host}.ro/{n}.png" for host in "ab" for n in range(8)]
    good = {url: picture(colour=colour) for url, colour in zip(urls, _COLOURS * 4, strict=False)}
    source = ImagesAtHand({**good, urls[3]: b"<html>", urls[9]: ImageProblem.ADDRESS_REFUSED})

    async def linger(_url: str) -> None:
        await asyncio.sleep(chance.random() / 200)

    source.before = linger
    async with image_room(tmp_path, source) as room:
        products = [await room.product(f"P{n}", *urls[n * 2 : n * 2 + 4]) for n in range(7)]
        while not await room.is_settled():
            await room.start()
            await asyncio.sleep(chance.random() / 30)
            await room.crash()
        for product in products:
            for image in await room.images(product):
                answer = source.answers[image.url]
                is_good = isinstance(answer, bytes) and answer.startswith(b"\x89PNG")
                assert bool(image.media) is is_good
                assert bool(image.problem) is not is_good
        kept = {source.answers[url] for url in urls} - {b"<html>", ImageProblem.ADDRESS_REFUSED}
        assert room.files() == len(kept)
        assert await room.house.rows("SELECT DISTINCT tries FROM image_fetches") == [(1,)]


_COLOURS = ["red", "green", "blue", "white", "black"]


async def test_a_folder_that_was_lost_is_filled_again(tmp_path: Path) -> None:
    source = ImagesAtHand({A: picture(colour="red"), B: picture(colour="blue")})
    async with image_room(tmp_path, source) as room:
        await room.start()
        first = await room.settled_product("P1", A, C)
        second = await room.settled_product("P2", A, B)
        before = await room.images(first), await room.images(second)
        await room.crash()
        shutil.rmtree(tmp_path / "media")

        await room.start()
        await room.is_whole()
        await room.settle()
        assert (await room.images(first), await room.images(second)) == before
        assert room.files() == 2
        assert (source.asked.count(A), source.asked.count(B)) == (2, 2)
