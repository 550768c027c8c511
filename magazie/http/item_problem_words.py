"""What is wrong with a shop's item, or with the product that was made of it, as it is shown."""

from collections.abc import Iterable

import msgspec

from magazie.http.page_texts import Language
from magazie.model.item_problems import ItemProblem, ItemProblemCode, of_sentence, words


class ItemProblemWords(msgspec.Struct, frozen=True):
    """One problem for people, in both languages; ``code`` is null where only its text was kept."""

    code: ItemProblemCode | None
    ro: str
    en: str


def item_problem_words(problems: Iterable[ItemProblem | str]) -> list[ItemProblemWords]:
    """Each problem with its words."""
    known = map(of_sentence, problems)
    return [
        ItemProblemWords(
            code=each.code if isinstance(each, ItemProblem) else None,
            ro=words(each, "ro"),
            en=words(each, "en"),
        )
        for each in known
    ]


def in_language(explained: Iterable[ItemProblemWords], language: Language) -> tuple[str, ...]:
    """The words of one language."""
    return tuple(each.ro if language is Language.RO else each.en for each in explained)
