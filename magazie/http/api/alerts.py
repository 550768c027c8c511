"""Things that need a person."""

import re
import sqlite3
from typing import Final

import msgspec

from magazie.actors.news import RecordNews
from magazie.actors.settings_book import Role
from magazie.http.alert_titles import AlertKindText, alert_words
from magazie.http.api.texts import Line
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import IdText, MomentText, id_text, moment_text
from magazie.http.page_texts import Language, language_of
from magazie.http.paging import Listed, Paging, listed, page_request
from magazie.http.problems import ProblemKind, invalid, not_found
from magazie.model.alert_texts import alert_text
from magazie.model.ids import BadIdError, decode_id
from magazie.storage.alerts import mark_seen
from magazie.storage.reads.alerts import (
    FIELDS,
    AlertFilter,
    AlertRecord,
    AlertState,
    find_alerts,
    read_alert,
)

_TAG = "alerts"
_decode_facts = msgspec.json.Decoder(dict[str, str | list[str]]).decode
_INSIDE: Final = re.compile(r"\b(order|product|movement|tally):([0-9]+)\b")
_OUTSIDE: Final = re.compile(r"\b(order|product|movement|tally):([0-7][0-9a-z]{12})\b")


class AlertQuery(Paging):
    """Which alerts; without a state, all that are not cleared.

    ``lang`` is the language of titles, texts and advice, else the browser's.
    """

    state: AlertState | None = None
    kind: AlertKindText | None = None
    subject: Line | None = None
    lang: Language | None = None


class AlertShown(msgspec.Struct, frozen=True):
    """An alert. It is cleared only by the fact it speaks of; a person notes having seen it.

    ``title`` and ``advice`` follow from the kind: what it means, and what to do. ``text`` names
    the case at hand.
    """

    id: IdText
    kind: AlertKindText
    title: str
    advice: str
    subject: str
    text: str
    since: MomentText
    state: AlertState
    seen_by: str | None


@endpoint(
    "GET",
    "/api/v1/alerts",
    role=Role.PICKER,
    tag=_TAG,
    summary="List alerts",
    answers={200: Listed[AlertShown]},
)
async def list_alerts(call: Call[NoBody, AlertQuery]) -> Outcome:
    """Newest first unless sorted by id, since or changed_at."""
    query = call.query
    subject = _as_kept(query.subject) if query.subject is not None else None
    wanted = AlertFilter(query.state, query.kind, subject)
    request = page_request(call, sortable=FIELDS, default="-since")
    page = await call.parts.storage.read(lambda c: find_alerts(c, wanted, request))
    language = language_of(call.request, call.parts.language)
    return Answer(listed(page, call, [_show(alert, language) for alert in page.rows]))


@endpoint(
    "POST",
    "/api/v1/alerts/{id}/close",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Note that a person saw an alert",
    answers={200: AlertShown},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
)
async def close_alert(call: Call[NoBody, NoQuery]) -> Outcome:
    """It stays in the list as seen until the fact itself is gone; closing twice is harmless."""
    alert_id = call.id("id", "alert")
    person, now_ms = call.who.name, call.parts.clock.now_ms()

    def unit(connection: sqlite3.Connection) -> AlertRecord | None:
        mark_seen(connection, alert_id, person, now_ms)
        return read_alert(connection, alert_id)

    alert = await call.parts.storage.write(unit)
    if alert is None:
        raise not_found("alert")
    shown = _show(alert, language_of(call.request, call.parts.language))
    call.parts.news.tell(RecordNews("alert", shown.id, 0))
    return Answer(shown)


def _show(alert: AlertRecord, language: Language) -> AlertShown:
    words = alert_words(alert.kind, language)
    return AlertShown(
        id_text(alert.id),
        alert.kind,
        words.title,
        words.advice,
        _as_shown(alert.subject),
        _text(alert, language),
        moment_text(alert.since_ms),
        alert.state,
        alert.seen_by,
    )


def _text(alert: AlertRecord, language: Language) -> str:
    """What it says of the case, in the reader's language; an old one as it was written."""
    if alert.facts is None:
        return alert.text
    try:
        return alert_text(alert.kind, _decode_facts(alert.facts), language.value)
    except LookupError:  # written by a version that knew other facts
        return alert.text


def _as_shown(subject: str) -> str:
    """Records in a subject go by the ids that callers know."""
    return _INSIDE.sub(lambda found: f"{found[1]}:{id_text(int(found[2]))}", subject)


def _as_kept(subject: str) -> str:
    try:
        return _OUTSIDE.sub(lambda found: f"{found[1]}:{decode_id(found[2])}", subject)
    except BadIdError as error:
        raise invalid("subject", str(error)) from error


ENDPOINTS = (list_alerts, close_alert)
