"""Why a product is not published, in the languages of the pages."""

from collections.abc import Mapping
from typing import Final

import msgspec

from magazie.http.page_texts import Language
from magazie.model.publish_details import PublishDetail, PublishDetailCode, read, words
from magazie.model.publishing import PublishProblem


class PublishWords(msgspec.Struct, frozen=True):
    """One problem for people, in both languages."""

    code: PublishProblem
    ro: str
    en: str


_RO_EN: Final[Mapping[PublishProblem, tuple[str, str]]] = {
    PublishProblem.NO_PRICE: (
        "Nu are preț în depozitul din care magazinul își ia prețurile.",
        "It has no price in the warehouse that the shop's prices come from.",
    ),
    PublishProblem.NO_CATEGORY: (
        "Nu are categorie.",
        "It has no category.",
    ),
    PublishProblem.CATEGORY_UNMAPPED: (
        "Categoria lui nu este legată de una a magazinului, iar magazinul nu are una la fel.",
        "Its category is not mapped to one of the shop, which has none of the same name.",
    ),
    PublishProblem.CATEGORY_PENDING: (
        "Categoria lui încă nu este făcută în magazin, sau nu a putut fi făcută: vedeți harta.",
        "Its category is not made in the shop yet, or could not be: see the map.",
    ),
    PublishProblem.CATEGORY_GONE: (
        "Categoria de care este legată a lui nu mai există în magazin.",
        "The category that its own is mapped to is gone from the shop.",
    ),
    PublishProblem.CATEGORY_NAMELESS: (
        "O categorie a magazinului de care ține nu are nume: dați-i unul acolo.",
        "A category of the shop that it belongs to has no name: give it one there.",
    ),
    PublishProblem.NO_VAT: (
        "Nu are cotă de TVA.",
        "It has no VAT rate.",
    ),
    PublishProblem.NO_SKU: (
        "Articolul din magazin nu are SKU: dați-i unul acolo.",
        "The shop's item has no SKU: give it one there.",
    ),
    PublishProblem.SKU_IN_USE: (
        "Alt articol al magazinului are codul acesta: legați-l, sau dați alt cod.",
        "Another item of the shop carries this code: link it, or give another code.",
    ),
    PublishProblem.CODE_IN_USE: (
        "Alt articol al magazinului are un cod sau EAN al lui: legați-l, sau lăsați-l deoparte.",
        "Another item of the shop has a code or the EAN of it: link it, or leave it out.",
    ),
    PublishProblem.BUNDLE: (
        "Seturile se fac în magazin; aici se leagă.",
        "Bundles are made in the shop, and linked here.",
    ),
    PublishProblem.SEVERAL_ITEMS: (
        "Este legat de mai multe articole ale magazinului: dezlegați ce este în plus.",
        "It is linked to several items of the shop: untie what is too many.",
    ),
    PublishProblem.ITEM_GONE: (
        "Magazinul a șters articolul. Dezlegați-l ca să poată fi publicat din nou.",
        "The shop deleted the item. Untie it, and the product can be published anew.",
    ),
    PublishProblem.PRICE_UNREADABLE: (
        "Prețul articolului din magazin nu este în lei cu TVA, iar fără el nu se poate schimba.",
        "The item's price in the shop is not in lei with VAT, and no change goes without it.",
    ),
    PublishProblem.IMAGE_UNREACHABLE: (
        "O imagine a lui este doar aici, de unde magazinul nu o poate lua (vedeți public_url).",
        "An image of it is only here, where the shop cannot fetch it (see public_url).",
    ),
    PublishProblem.REFUSED: (
        "Magazinul l-a refuzat. Ce spune el este mai jos.",
        "The shop refused it, in its own words below.",
    ),
    PublishProblem.NOT_CONFIRMED: (
        "A fost trimis de trei ori și nu apare în magazin. Vedeți acolo, apoi publicați din nou.",
        "It was sent three times and does not show in the shop. Look there, then publish again.",
    ),
    PublishProblem.SKU_TWICE: (
        "Codul lui este acum la mai multe articole ale magazinului: ștergeți acolo ce e în plus.",
        "Several items of the shop carry its code now: delete there what is too many.",
    ),
    PublishProblem.NOT_SENT: (
        "Magazinul nu a răspuns. Publicați din nou când răspunde.",
        "The shop did not answer. Publish again when it does.",
    ),
}


class PublishDetailWords(msgspec.Struct, frozen=True):
    """More of why a product is not there, in both languages; ``code`` is null of an old text."""

    code: PublishDetailCode | None
    ro: str
    en: str

    def of(self, language: Language) -> str:
        """The words of one language."""
        return self.ro if language is Language.RO else self.en


def publish_detail_words(stored: str) -> PublishDetailWords | None:
    """The words of a detail as it is kept; None where there is none."""
    detail = read(stored)
    if detail is None:
        return None
    code = detail.code if isinstance(detail, PublishDetail) else None
    return PublishDetailWords(code, words(detail, "ro"), words(detail, "en"))


def publish_words(problem: PublishProblem) -> PublishWords:
    """The words of a problem."""
    return PublishWords(problem, *_RO_EN[problem])
