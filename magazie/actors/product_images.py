"""The images of a product: what becomes of them as they are fetched, put there and reordered.

An address that is named twice stands for one image: what is known of it is known of both.
"""

from magazie.actors.field_faults import FieldFault, FieldsRefusedError
from magazie.actors.product_messages import (
    AddImage,
    ImageCommand,
    ImageFailed,
    ImageFetched,
    ImageLost,
    ImageNotFoundError,
    RemoveImage,
)
from magazie.actors.product_rules import MOST_IMAGES
from magazie.storage.products import ProductImage

Images = tuple[ProductImage, ...]


def changed_images(images: Images, message: ImageCommand) -> Images:
    """The images as they are after a message.

    Raises:
        ImageNotFoundError: the one to be taken away is not there.
        FieldsRefusedError: there is no room for another one.

    """
    match message:
        case ImageFetched():
            fetched = ProductImage(url=message.url, media=message.media)
            return _told(images, fetched)
        case ImageFailed():
            return _told(images, ProductImage(url=message.url, problem=message.problem))
        case ImageLost():
            lost = ProductImage(url=message.url, media=message.media)
            return tuple(ProductImage(url=it.url) if it == lost else it for it in images)
        case AddImage():
            return _added(images, message.media)
        case RemoveImage():
            return _removed(images, message)


def kept_images(before: Images, wanted: Images) -> Images:
    """The images wanted, with what is known of their addresses: one here is not fetched again."""
    known = {image.url: image for image in before if image.url}
    return tuple(
        known.get(image.url, image) if image.is_missing and not image.problem else image
        for image in wanted
    )


def _told(images: Images, news: ProductImage) -> Images:
    """What came of an address, said of the images that are not here yet."""
    return tuple(news if image.is_missing and image.url == news.url else image for image in images)


def _added(images: Images, media: str) -> Images:
    if any(image.media == media for image in images):
        return images
    if len(images) >= MOST_IMAGES:
        raise FieldsRefusedError(FieldFault("images", f"must have at most {MOST_IMAGES} entries"))
    return (*images, ProductImage(media=media))


def _removed(images: Images, message: RemoveImage) -> Images:
    left = tuple(
        image
        for image in images
        if not (
            (message.media is not None and image.media == message.media)
            or (message.url is not None and image.url == message.url)
        )
    )
    if left == images:
        raise ImageNotFoundError("the product has no such image")
    return left
