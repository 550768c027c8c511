"""A reason that is kept in English, or in a shop's own words, for a reader."""

from magazie.http.page_texts import Language
from magazie.model.reason_words import reason_in_romanian


def in_reason_language(reason: str, language: Language) -> str:
    """Ours in the language; what a shop said stays as it is."""
    return reason_in_romanian(reason) if language is Language.RO else reason
