"""What is an image: decoded to see that it is one, and made small."""

import contextlib
import io
import warnings
from typing import Final

import msgspec
from PIL import Image, ImageOps, UnidentifiedImageError

from magazie.model.image_fetches import THUMBNAIL_SIZES, ImageProblem, ImageRefusedError

MOST_PIXELS: Final = 40_000_000
"""An image of more is refused before it is decoded: a small file can hold an endless one."""
THUMBNAIL_TYPE: Final = "image/webp"

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY: Final = 80
_HEAD: Final = 12

# Pillow would only warn at its own limit, and raise at twice that; ours stands alone.
Image.MAX_IMAGE_PIXELS = None
# odd metadata is no reason to refuse an image, nor anybody's business
warnings.filterwarnings("ignore", module=r"PIL\.")


class DecodedImage(msgspec.Struct, frozen=True):
    """An image that was decoded whole, and its small copies by their longest side."""

    content_type: str
    thumbnails: dict[int, bytes]


def content_type_of(head: bytes) -> str | None:
    """The type that the first bytes of a file show; None for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:6] in {b"GIF87a", b"GIF89a"}:
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:_HEAD] == b"WEBP":
        return "image/webp"
    return None


def decode_image(data: bytes, *, most_pixels: int = MOST_PIXELS) -> DecodedImage:
    """Decode an image and make its small copies. Takes long: not for the event loop.

    Raises:
        ImageRefusedError: it is none, is damaged, or is too large when decoded.

    """
    if not data:
        raise ImageRefusedError(ImageProblem.EMPTY)
    content_type = content_type_of(data[:_HEAD])
    if content_type is None:
        raise ImageRefusedError(ImageProblem.NOT_AN_IMAGE)
    try:
        return DecodedImage(content_type, _thumbnails(data, most_pixels))
    except ImageRefusedError:
        raise
    except UnidentifiedImageError as error:
        raise ImageRefusedError(ImageProblem.DAMAGED, "its header cannot be read") from error
    except Exception as error:  # decoders meet hostile bytes and fail in every way there is
        raise ImageRefusedError(
            ImageProblem.DAMAGED, f"{type(error).__name__}: {error}"[:200]
        ) from error


def _thumbnails(data: bytes, most_pixels: int) -> dict[int, bytes]:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        width, height = image.size
        if width * height > most_pixels:
            raise ImageRefusedError(ImageProblem.TOO_MANY_PIXELS, f"{width} x {height}")
        largest = max(THUMBNAIL_SIZES)
        image.draft("RGB", (2 * largest, 2 * largest))  # a JPEG is decoded smaller, for memory
        image.load()
        # metadata that cannot be read says nothing of which way is up
        with contextlib.suppress(Exception):
            ImageOps.exif_transpose(image, in_place=True)
        mode = "RGBA" if image.has_transparency_data else "RGB"
        small = image.convert(mode)
    made = {}
    for size in sorted(THUMBNAIL_SIZES, reverse=True):
        small.thumbnail((size, size), Image.Resampling.LANCZOS)
        content = io.BytesIO()
        small.save(content, "WEBP", quality=_QUALITY)
        made[size] = content.getvalue()
    return made
