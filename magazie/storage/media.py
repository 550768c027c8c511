"""Images as files, each under the SHA-256 of its bytes: the same bytes are kept once.

``aa/<sha256>`` is an image as it came, ``aa/<sha256>.160.webp`` a small copy. A file takes its
name only when it is whole and on the disk, the image last: where it is, all of it is.
"""

import asyncio
import hashlib
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, Protocol, TypeVar

import msgspec

from magazie.model.image_fetches import THUMBNAIL_SIZES, ImageProblem, ImageRefusedError
from magazie.storage.images import THUMBNAIL_TYPE, DecodedImage, content_type_of, decode_image

T = TypeVar("T")

MEDIA_FOLDER: Final = "media"
MOST_BYTES: Final = 10 * 1024 * 1024

_INCOMING: Final = "incoming"
_WHOLE: Final = "whole"
"""An empty file that says that no image was missing when the folder was first used."""
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_HEAD: Final = 12


class Offload(Protocol):
    """Runs blocking work away from the event loop."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Do the work and answer with its result."""


class MediaFile(msgspec.Struct, frozen=True):
    """A file that can be sent."""

    path: Path
    content_type: str


class MediaStore:
    """The folder of images. One image is decoded at a time, to bound the memory it takes."""

    def __init__(
        self,
        folder: Path,
        offload: Offload,
        *,
        decode: Callable[[bytes], DecodedImage] = decode_image,
    ) -> None:
        """Nothing is touched until ``prepare``."""
        self._folder = folder
        self._offload = offload
        self._decode = decode
        self._one_at_a_time = asyncio.Lock()

    def prepare(self) -> None:
        """Make the folder, and clear what a crash left half written."""
        incoming = self._folder / _INCOMING
        for folder in (self._folder, incoming):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in incoming.iterdir():
            left.unlink(missing_ok=True)

    async def is_known_whole(self) -> bool:
        """Whether the folder is the one that ``mark_whole`` saw; a lost one is made anew."""
        return await self._offload((self._folder / _WHOLE).exists)

    async def mark_whole(self) -> None:
        """Note that no image is missing that should be in the folder."""
        await self._offload((self._folder / _WHOLE).touch)

    async def keep(self, data: bytes) -> str:
        """Keep an image with its small copies; answers its hash. Repeating changes nothing.

        Raises:
            ImageRefusedError: it is no image that can be used.
            OSError: the disk does not take it.

        """
        async with self._one_at_a_time:
            return await self._offload(lambda: self._keep(data))

    async def find(self, sha256: str, size: int | None = None) -> MediaFile | None:
        """The file of an image, or of its small copy of this size; None where it is not here."""
        if not is_hash(sha256) or size not in {None, *THUMBNAIL_SIZES}:
            return None
        return await self._offload(lambda: self._find(sha256, size))

    def _keep(self, data: bytes) -> str:
        if len(data) > MOST_BYTES:
            raise ImageRefusedError(ImageProblem.TOO_LARGE, f"{len(data)} bytes")
        sha256 = hashlib.sha256(data).hexdigest()
        target = self._path(sha256)
        if target.exists():
            return sha256
        decoded = self._decode(data)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        for size, content in decoded.thumbnails.items():
            self._write(self._path(sha256, size), content)
        self._write(target, data)
        _flush_folder(target.parent)
        _flush_folder(self._folder)
        return sha256

    def _find(self, sha256: str, size: int | None) -> MediaFile | None:
        path = self._path(sha256, size)
        try:
            with path.open("rb") as file:
                head = file.read(_HEAD)
        except OSError:
            return None
        kind = THUMBNAIL_TYPE if size is not None else content_type_of(head)
        return MediaFile(path, kind) if kind is not None else None

    def _path(self, sha256: str, size: int | None = None) -> Path:
        name = sha256 if size is None else f"{sha256}.{size}.webp"
        return self._folder / sha256[:2] / name

    def _write(self, target: Path, content: bytes) -> None:
        incoming = self._folder / _INCOMING / target.name
        descriptor = os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        incoming.replace(target)


def is_hash(text: str) -> bool:
    """Whether this is a SHA-256 as images are kept under."""
    return _SHA256.fullmatch(text) is not None


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
