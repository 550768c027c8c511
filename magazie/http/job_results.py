"""What a job tells of single items and products, in the languages of the pages.

Its result keeps a reason's code, if it has one, and its English words.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from magazie.http.page_texts import Language
from magazie.model.match_words import why_in_romanian
from magazie.model.reason_words import reason_in_romanian
from magazie.storage.jobs import Job, JobKind

_TOLD: Final[Mapping[JobKind, tuple[str, str, Callable[[str], str]]]] = {
    JobKind.IMPORT: ("rows", "why", why_in_romanian),
    JobKind.SYNC_SWITCHES: ("left", "message", reason_in_romanian),
}
"""Where the words of each kind stand, and who says them in Romanian."""


def worded_result(job: Job, language: Language) -> msgspec.Raw | None:
    """The result with the words in this language, and in both beside them; None until it is there.

    Other kinds of job keep both languages themselves.
    """
    if job.result is None:
        return None
    if job.kind not in _TOLD:
        return msgspec.Raw(job.result.encode())
    rows, told, in_romanian = _TOLD[job.kind]
    result: dict[str, Any] = msgspec.json.decode(job.result)
    for row in result.get(rows) or ():
        en = row[told]
        ro = in_romanian(en)
        row |= {told: ro if language is Language.RO else en, "ro": ro, "en": en}
    return msgspec.Raw(msgspec.json.encode(result))
