"""What becomes of a publication: as it is chosen, as its sending ends, as facts change."""

from typing import Final

from msgspec.structs import replace

from magazie.actors.publishing_messages import NotPublished, Published, TryAgain
from magazie.model.publish_details import PublishDetail, items_with_it, kept, read
from magazie.model.publishing import (
    PublicationState,
    PublishProblem,
    is_in_the_way,
    still_holds,
)
from magazie.storage.publications import Publication
from magazie.storage.reads.publishing import Judge, Wish

TRIES_MOST: Final = 3
"""So often something may not be there after it was sent, before a person must look."""


def chosen(one: Publication, wish: Wish) -> Publication:
    """A product that was just chosen."""
    anew = replace(one, problems=wish.problems, detail="", sent=None, attempts=0)
    if is_in_the_way(wish.problems):
        return kept_back(anew, wish)
    return replace(anew, state=PublicationState.WAITING)


def kept_back(one: Publication, wish: Wish) -> Publication:
    """A product against which something stands that was found here; items in the way are named."""
    return replace(
        one,
        state=PublicationState.REFUSED,
        problems=wish.problems,
        detail=kept(items_with_it(wish.in_the_way)),
    )


def ended(one: Publication, end: Published | NotPublished | TryAgain, judge: Judge) -> Publication:
    """A product that was sent, or was about to be."""
    match end:
        case Published():
            wish = judge.wish(one.product_id)
            return replace(
                one,
                state=PublicationState.PUBLISHED,
                problems=wish.problems if wish is not None else (),
                detail="",
                external_id=end.external_id,
                content=end.taken,
                sent=None,
                attempts=0,
            )
        case TryAgain() if not end.counts:
            return replace(one, state=PublicationState.WAITING, sent=None)
        case TryAgain() if one.attempts + 1 < TRIES_MOST:
            return replace(
                one,
                state=PublicationState.WAITING,
                sent=None,
                attempts=one.attempts + 1,
                detail=kept(end.detail),
            )
        case TryAgain():
            return refused(one, PublishProblem.NOT_CONFIRMED, end.detail or read(one.detail))
        case NotPublished():
            return refused(one, end.problem, end.detail)


def refused(
    one: Publication, problem: PublishProblem, detail: PublishDetail | str | None
) -> Publication:
    """What was sent stays known: the same again would be refused again."""
    return replace(
        one,
        state=PublicationState.REFUSED,
        problems=(problem,),
        detail=kept(detail),
        attempts=0,
    )


def rechecked(one: Publication, wish: Wish) -> Publication:
    """A product around which something changed; nothing is sent by itself."""
    match one.state:
        case PublicationState.WAITING | PublicationState.SENDING:
            return one
        case PublicationState.PUBLISHED if one.external_id in (*wish.items, *wish.gone_items):
            return replace(one, problems=wish.problems)
        case PublicationState.PUBLISHED:
            # untied: as if it had never been published
            one = replace(one, external_id=None, content=None)
    held = still_holds(one.problems, one.sent, wish.content)
    problems = (*held, *(it for it in wish.problems if it not in held))
    if is_in_the_way(problems):
        now = kept_back(one, wish)
        return replace(now, problems=problems, detail=one.detail if held else now.detail)
    return replace(one, state=PublicationState.READY, problems=problems, detail="", sent=None)
