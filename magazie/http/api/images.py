"""Images of products: put there by hand, fetched from shops, sent to whoever asks."""

import sqlite3
from typing import Final, Literal

import msgspec
from aiohttp import web

from magazie.actors.image_actor import IMAGES_KEY, ImageActor, TryImagesAgain
from magazie.actors.product_messages import AddImage, RemoveImage
from magazie.actors.settings_book import Role
from magazie.http.api.product_answers import told
from magazie.http.api.product_shapes import ProductShown
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import IdText, MomentText, RecordId, id_text, moment_text
from magazie.http.image_words import IMAGE_WORDS, ImageWords, image_words
from magazie.http.paging import Listed, Paging, listed, page_request
from magazie.http.problems import ProblemError, ProblemKind, invalid, not_found
from magazie.model.image_fetches import ImageProblem, ImageRefusedError
from magazie.storage.media import MOST_BYTES, is_hash
from magazie.storage.reads.images import (
    FIELDS,
    ImageCounts,
    MissingImage,
    MissingImageFilter,
    count_images,
    find_missing_images,
)

_TAG = "images"
_HEADERS: Final = {
    # an image never changes under its hash
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


class SizeQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The longest side of a small copy, in pixels; the whole image without it."""

    size: Literal[160, 480] | None = None


class ImageQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The image to take away: by its hash or by its address, one of them."""

    media: str | None = None
    url: str | None = None


class MissingImageQuery(Paging):
    """Which images. ``gave_up``: those that are not tried again by themselves."""

    product: RecordId | None = None
    problem: ImageProblem | None = None
    gave_up: bool | None = None


class MissingImageShown(msgspec.Struct, frozen=True):
    """An image that is not here; without a problem it was not tried yet."""

    product: IdText
    url: str
    problem: ImageProblem | None
    explanation: ImageWords | None
    tries: int
    next_try_at: MomentText | None


class RetryIn(msgspec.Struct, forbid_unknown_fields=True):
    """Whose images to try again; without a product everybody's."""

    product: RecordId | None = None


class RetryDone(msgspec.Struct, frozen=True):
    """How many addresses are tried anew."""

    addresses: int


@endpoint(
    "GET",
    "/media/{sha256}",
    role=None,
    tag=_TAG,
    summary="Read an image",
    answers={200: None, 206: None, 304: None},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_media(call: Call[NoBody, SizeQuery]) -> Outcome:
    """The image as it came, or a small copy of it as WebP: its longest side 160 or 480 pixels."""
    file = await call.parts.media.find(call.path("sha256"), call.query.size)
    if file is None:
        raise not_found("image")
    return web.FileResponse(file.path, headers={**_HEADERS, "Content-Type": file.content_type})


@endpoint(
    "POST",
    "/api/v1/products/{id}/images",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Add an image",
    answers={200: ProductShown},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
    body_limit=MOST_BYTES,
    takes_bytes=True,
)
async def add_image(call: Call[NoBody, NoQuery]) -> Outcome:
    """The body is the image itself: JPEG, PNG, WebP or GIF, whatever its Content-Type says.

    It becomes the product's last image; adding the same bytes again is harmless.
    """
    product_id = call.id("id", "product")
    if not call.parts.nomenclature.exists(product_id):
        raise not_found("product")
    try:
        media = await call.parts.media.keep(call.raw)
    except ImageRefusedError as refusal:
        raise _refused(refusal.problem) from refusal
    command = AddImage(media=media, mark=call.mark)
    return await told(call, product_id, command)


@endpoint(
    "DELETE",
    "/api/v1/products/{id}/images",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Take an image away",
    answers={200: ProductShown},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
)
async def remove_image(call: Call[NoBody, ImageQuery]) -> Outcome:
    """The file stays: other products, and shops that show it, may use it."""
    query = call.query
    if (query.media is None) == (query.url is None):
        raise invalid("media", "give either media or url")
    if query.media is not None and not is_hash(query.media):
        raise not_found("image")
    command = RemoveImage(media=query.media, url=query.url, mark=call.mark)
    return await told(call, call.id("id", "product"), command)


@endpoint(
    "GET",
    "/api/v1/images/missing",
    role=Role.PICKER,
    tag=_TAG,
    summary="List images that are not here",
    answers={200: Listed[MissingImageShown]},
)
async def list_missing(call: Call[NoBody, MissingImageQuery]) -> Outcome:
    """By address unless sorted by url or product."""
    query = call.query
    wanted = MissingImageFilter(query.product, query.problem, query.gave_up)
    request = page_request(call, sortable=FIELDS, default="url")
    page = await call.parts.storage.read(lambda c: find_missing_images(c, wanted, request))
    return Answer(listed(page, call, [_show(image) for image in page.rows]))


@endpoint(
    "GET",
    "/api/v1/images",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read how far fetching images is",
    answers={200: ImageCounts},
)
async def read_counts(call: Call[NoBody, NoQuery]) -> Outcome:
    """Addresses that were fetched, that failed, and that were not tried yet."""

    def query(connection: sqlite3.Connection) -> ImageCounts:
        return count_images(connection)

    return Answer(await call.parts.storage.read(query))


@endpoint(
    "POST",
    "/api/v1/images/retry",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Try failed images again",
    answers={200: RetryDone},
    takes_key=True,
)
async def retry_images(call: Call[RetryIn, NoQuery]) -> Outcome:
    """Those too that are not tried again by themselves."""
    product = call.body.product
    product_id = int(product) if product is not None else None
    count: int = await call.parts.directory.ask(ImageActor, IMAGES_KEY, TryImagesAgain(product_id))
    return Answer(RetryDone(count))


def _show(image: MissingImage) -> MissingImageShown:
    return MissingImageShown(
        product=id_text(image.product_id),
        url=image.url,
        problem=image.problem,
        explanation=image_words(image.problem or ""),
        tries=image.tries,
        next_try_at=moment_text(image.due_ms) if image.due_ms is not None else None,
    )


def _refused(problem: ImageProblem) -> ProblemError:
    words = IMAGE_WORDS[problem]
    return invalid("", f"{problem}: {words.en} {words.ro}")


ENDPOINTS = (
    read_media,
    add_image,
    remove_image,
    list_missing,
    read_counts,
    retry_images,
)
