import asyncio
import hashlib
import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image

from magazie.model.image_fetches import ImageProblem, ImageRefusedError
from magazie.storage.images import DecodedImage, content_type_of, decode_image
from magazie.storage.media import MediaStore
from tests.images.pictures import bomb, picture

T = TypeVar("T")


async def at_once(work: Callable[[], T]) -> T:
    return work()


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    store = MediaStore(tmp_path / "media", at_once)
    store.prepare()
    return store


def problem_of(data: bytes, **limits: int) -> ImageProblem:
    with pytest.raises(ImageRefusedError) as caught:
        decode_image(data, **limits)
    return caught.value.problem


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_broken_metadata_is_no_reason_to_refuse_an_image(kind: str) -> None:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(content, kind, exif=b"Exif\0\0no TIFF at all")

    assert set(decode_image(content.getvalue()).thumbnails) == {160, 480}


# --- what is an image -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
    ],
)
def test_the_four_kinds_are_known_by_their_content_and_made_small(
    kind: str, content_type: str
) -> None:
    decoded = decode_image(picture(kind, size=(1000, 500)))

    assert decoded.content_type == content_type
    sizes = {
        size: Image.open(io.BytesIO(content)).size for size, content in decoded.thumbnails.items()
    }
    assert sizes == {160: (160, 80), 480: (480, 240)}


def test_a_small_image_is_not_blown_up() -> None:
    (content,) = set(decode_image(picture(size=(30, 20))).thumbnails.values())
    assert Image.open(io.BytesIO(content)).size == (30, 20)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_way_to_keep_colours_is_taken(mode: str) -> None:
    content = io.BytesIO()
    Image.new(mode, (20, 10)).save(content, "JPEG" if mode == "CMYK" else "PNG")
    assert set(decode_image(content.getvalue()).thumbnails) == {160, 480}


def test_an_image_on_its_side_is_put_upright() -> None:
    content = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(content, "JPEG", exif=exif)
    assert Image.open(io.BytesIO(decode_image(content.getvalue()).thumbnails[160])).size == (20, 40)


@pytest.mark.parametrize(
    "data",
    [b"<html>Nu exista</html>", b"%PDF-1.7", b"BM" + bytes(60), b"<svg/>", b"II*\x00", b"\0"],
)
def test_anything_else_is_no_image(data: bytes) -> None:
    assert problem_of(data) is ImageProblem.NOT_AN_IMAGE


def test_nothing_is_empty() -> None:
    assert problem_of(b"") is ImageProblem.EMPTY


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_cut_off_image_is_damaged(kind: str, part: float) -> None:
    noise = io.BytesIO()
    Image.effect_noise((200, 200), 80).convert("RGB").save(noise, kind)
    data = noise.getvalue()
    assert problem_of(data[: int(len(data) * part)]) is ImageProblem.DAMAGED


def test_a_bomb_is_refused_by_its_head_alone() -> None:
    assert problem_of(bomb(50_000, 50_000)) is ImageProblem.TOO_MANY_PIXELS
    assert problem_of(picture(size=(100, 100)), most_pixels=9_999) is ImageProblem.TOO_MANY_PIXELS


# --- the folder -----------------------------------------------------------------------------


async def test_an_image_is_kept_under_its_hash_with_its_small_copies(media: MediaStore) -> None:
    data = picture("JPEG", size=(1000, 500))
    sha256 = await media.keep(data)

    assert sha256 == hashlib.sha256(data).hexdigest()
    whole = await media.find(sha256)
    small = await media.find(sha256, 160)
    assert whole is not None
    assert small is not None
    assert whole.path.read_bytes() == data
    assert (whole.content_type, small.content_type) == ("image/jpeg", "image/webp")
    assert content_type_of(small.path.read_bytes()[:12]) == "image/webp"


async def test_the_same_bytes_are_decoded_and_kept_once(tmp_path: Path) -> None:
    decoded: list[bytes] = []

    def decode(data: bytes) -> DecodedImage:
        decoded.append(data)
        return decode_image(data)

    media = MediaStore(tmp_path / "media", asyncio.to_thread, decode=decode)
    media.prepare()
    hashes = await asyncio.gather(*(media.keep(picture()) for _ in range(5)))

    assert len(set(hashes)) == 1
    assert len(decoded) == 1
    assert len([it for it in (tmp_path / "media").rglob("*") if it.is_file()]) == 3


async def test_only_the_owner_may_look_into_the_folder(media: MediaStore, tmp_path: Path) -> None:
    await media.keep(picture())
    for entry in (tmp_path / "media", *(tmp_path / "media").rglob("*")):
        assert not stat.S_IMODE(entry.stat().st_mode) & 0o077, entry


async def test_a_refused_image_leaves_nothing(media: MediaStore, tmp_path: Path) -> None:
    with pytest.raises(ImageRefusedError):
        await media.keep(b"<html>")
    assert [it for it in (tmp_path / "media").rglob("*") if it.is_file()] == []


@pytest.mark.parametrize("after", range(3))
async def test_a_crash_while_keeping_shows_nothing_and_is_made_good(
    media: MediaStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """Power fails when so many files are written: the image is not there, or all of it is."""
    real, calls = os.fsync, [0]

    def fsync(descriptor: int) -> None:
        calls[0] += 1
        if calls[0] > after:
            raise KeyboardInterrupt
        real(descriptor)

    data = picture()
    sha256 = hashlib.sha256(data).hexdigest()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(KeyboardInterrupt):
            await media.keep(data)

    media.prepare()
    assert await media.find(sha256) is None
    assert list((tmp_path / "media" / "incoming").iterdir()) == []
    assert await media.keep(data) == sha256
    assert await media.find(sha256, 480) is not None


@pytest.mark.parametrize(
    "name",
    ["", "..", "../magazie.db", "a" * 63, "A" * 64, "g" * 64, f"{'a' * 64}.160.webp", "a" * 64],
)
async def test_only_a_hash_names_a_file(media: MediaStore, name: str) -> None:
    assert await media.find(name) is None


async def test_a_size_that_is_not_made_is_not_found(media: MediaStore) -> None:
    assert await media.find(await media.keep(picture()), 161) is None
