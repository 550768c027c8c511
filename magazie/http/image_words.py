"""Why an image is not here, in the languages of the pages."""

from collections.abc import Mapping
from typing import Final

import msgspec

from magazie.model.image_fetches import ImageProblem


class ImageWords(msgspec.Struct, frozen=True):
    """One reason for people, in both languages."""

    ro: str
    en: str


IMAGE_WORDS: Final[Mapping[ImageProblem, ImageWords]] = {
    ImageProblem.ADDRESS_REFUSED: ImageWords(
        "Adresa nu este una publică http sau https; nu se încearcă din nou.",
        "The address is no public http or https one; it is not tried again.",
    ),
    ImageProblem.NOT_FOUND: ImageWords(
        "La adresa aceasta nu este nicio imagine.", "There is no image at this address."
    ),
    ImageProblem.SERVER_FAILED: ImageWords(
        "Serverul imaginii are o problemă; se încearcă din nou.",
        "The image's server is in trouble; it is tried again.",
    ),
    ImageProblem.UNREACHABLE: ImageWords(
        "Serverul imaginii nu poate fi găsit sau nu răspunde; se încearcă din nou.",
        "The image's server cannot be found or does not answer; it is tried again.",
    ),
    ImageProblem.TIMED_OUT: ImageWords(
        "Imaginea nu a sosit la timp; se încearcă din nou.",
        "The image did not arrive in time; it is tried again.",
    ),
    ImageProblem.TOO_MANY_REDIRECTS: ImageWords(
        "Adresa trimite de prea multe ori mai departe.", "The address redirects too often."
    ),
    ImageProblem.EMPTY: ImageWords(
        "La adresa aceasta nu este niciun octet.", "There is not one byte at this address."
    ),
    ImageProblem.TOO_LARGE: ImageWords(
        "Fișierul este mai mare de 10 MB.", "The file is larger than 10 MB."
    ),
    ImageProblem.NOT_AN_IMAGE: ImageWords(
        "Conținutul nu este o imagine JPEG, PNG, WebP sau GIF, orice ar spune serverul.",
        "The content is no JPEG, PNG, WebP or GIF, whatever the server says.",
    ),
    ImageProblem.DAMAGED: ImageWords(
        "Imaginea este deteriorată și nu poate fi citită.",
        "The image is damaged and cannot be read.",
    ),
    ImageProblem.TOO_MANY_PIXELS: ImageWords(
        "Imaginea are peste 40 de milioane de pixeli.",
        "The image has more than 40 million pixels.",
    ),
}


def image_words(problem: str) -> ImageWords | None:
    """The words for a reason; None where there is none."""
    return IMAGE_WORDS[ImageProblem(problem)] if problem else None
