from random import Random
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from magazie.simulators.gomag.answers import RefusedError, Reply, html_reply, json_reply
from magazie.simulators.gomag.budgets import Budgets
from magazie.simulators.gomag.endpoints.call import Call
from magazie.simulators.gomag.endpoints.paging import page_number
from magazie.simulators.gomag.endpoints.routes import ROUTES, Route
from magazie.simulators.gomag.exchange import Fate, FateKind, Pairs, SimRequest, SimResponse
from magazie.simulators.gomag.faults import PAGE_KINDS, FaultBoard, FaultKind, FaultRule, Target
from magazie.simulators.gomag.gate import refusal_at_the_door, wrong_key
from magazie.simulators.gomag.journal import Journal, JournalEntry
from magazie.simulators.gomag.odd_pictures import OddPicture, odd_picture, picture_reply
from magazie.simulators.gomag.payloads import decoded, skus_in
from magazie.simulators.gomag.romanian_time import http_date
from magazie.simulators.gomag.spoiling import spoiled
from magazie.simulators.gomag.state import ShopState

_IMAGES = "/images/"
_REMEMBERED_MS = 60_000
_UNANSWERED = {
    FaultKind.REFUSE: FateKind.REFUSE,
    FaultKind.LOST_BEFORE: FateKind.DROP_BEFORE,
    FaultKind.HANG: FateKind.HANG,
}


class _Visit(Struct, kw_only=True):
    """One request while it is worked on."""

    request: SimRequest
    now_ms: int
    entry: JournalEntry
    faults: dict[FaultKind, FaultRule]
    route: Route | None


class FrontDesk:
    """Takes each request through door, budget and endpoint, and spoils it where a fault says so."""

    def __init__(self, state: ShopState, random: Random, journal: Journal) -> None:
        self.faults = FaultBoard(Random(random.getrandbits(64)))
        self.budgets = Budgets(Random(random.getrandbits(64)))
        self._state = state
        self._journal = journal
        self._maintenance: tuple[int, int] | None = None
        self._remembered: dict[tuple[str, str], tuple[int, Reply]] = {}

    def close_for_maintenance(self, from_ms: int, to_ms: int) -> None:
        """Answer every call with the maintenance page in [from_ms, to_ms)."""
        self._maintenance = (from_ms, to_ms)

    def answer(self, request: SimRequest, now_ms: int) -> SimResponse:
        """Work on one request that arrives now."""
        visit = self._open(request, now_ms)
        for kind, fate in _UNANSWERED.items():
            if kind in visit.faults:
                return self._close(visit, None, fate)
        if _stalls(request.path):
            return self._close(visit, None, FateKind.HANG)
        reply = self._turned_away(visit)
        if reply is not None:
            return self._close(visit, reply, FateKind.ANSWER)
        if FaultKind.LATE_LANDING in visit.faults:
            self._land_later(visit)
            return self._close(visit, None, FateKind.HANG)
        reply = spoiled(self._carried_out(visit), visit.faults, self._state.switches)
        lost = FaultKind.LOST_AFTER in visit.faults
        return self._close(visit, reply, FateKind.DROP_AFTER if lost else FateKind.ANSWER)

    def _open(self, request: SimRequest, now_ms: int) -> _Visit:
        route = ROUTES.get(request.path)
        is_write = route is not None and route.is_write and request.method == "POST"
        payload = self._payload(request) if is_write else None
        target = Target(
            path=request.path,
            is_api=not request.path.startswith(_IMAGES),
            is_write=is_write,
            page=page_number(request.parameters()),
            skus=skus_in(payload),
        )
        struck = self.faults.strike(target)
        entry = JournalEntry(
            number=0,
            at_ms=now_ms,
            method=request.method,
            path=request.path,
            query=request.query,
            payload=payload,
            faults=[kind.value for kind in struck],
        )
        self._journal.open(entry)
        return _Visit(request=request, now_ms=now_ms, entry=entry, faults=struck, route=route)

    def _payload(self, request: SimRequest) -> object:
        """Read the ``data`` field; anything else is no data (A5)."""
        field = request.fields().get("data")
        if field is None and self._state.switches.raw_json_body == "accepted":
            field = request.body.decode("utf-8", "replace")
        return decoded(field)

    def _turned_away(self, visit: _Visit) -> Reply | None:
        """Return the answer of whoever stops the request before its endpoint, or None."""
        switches = self._state.switches
        if self._maintenance and self._maintenance[0] <= visit.now_ms < self._maintenance[1]:
            return html_reply(switches.maintenance_status, "Mentenanță")
        if FaultKind.SERVER_ERROR in visit.faults:
            return html_reply(switches.server_error_status, "Bad Gateway")
        if FaultKind.HTML_PAGE in visit.faults:
            page = html_reply(200, "Mentenanță")
            is_image = visit.request.path.startswith(_IMAGES)
            return replace(page, content_type="image/png") if is_image else page
        if visit.request.path.startswith(_IMAGES):
            return None
        if switches.largest_form_bytes and len(visit.request.body) > switches.largest_form_bytes:
            return html_reply(413, "Request Entity Too Large")
        if FaultKind.WRONG_KEY in visit.faults:
            return wrong_key(self._state)
        refusal = refusal_at_the_door(visit.request, self._state)
        return refusal or self._misdirected(visit) or self._throttled(visit)

    def _misdirected(self, visit: _Visit) -> Reply | None:
        known = visit.route is not None and (
            visit.request.method == "GET"
            or (visit.request.method == "POST" and visit.route.is_write)
        )
        if known:
            return None
        if self._state.switches.unknown_address == "html_404":
            return html_reply(404, "404 Not Found")
        return json_reply({"error": "404", "message": ["NOT FOUND"]}, self._state.switches)

    def _throttled(self, visit: _Visit) -> Reply | None:
        is_write = visit.route is not None and visit.route.is_write
        switches = self._state.switches
        other = visit.faults.get(FaultKind.OTHER_PROGRAM)
        if other is not None:
            self.budgets.spend(visit.now_ms, other.calls, switches, is_write=is_write)
        fits = self.budgets.take(visit.now_ms, switches, is_write=is_write)
        if fits and FaultKind.THROTTLE not in visit.faults:
            return None
        return self.budgets.refusal(switches)

    def _carried_out(self, visit: _Visit) -> Reply:
        if visit.request.path.startswith(_IMAGES):
            return picture_reply(_picture_name(visit.request.path), visit.request.path)
        remembered = self._remember(visit, None)
        if remembered is not None:
            return remembered
        reply = self._run(visit, visit.now_ms)
        is_write = visit.route is not None and visit.route.is_write
        headers = self.budgets.headers(visit.now_ms, self._state.switches, is_write=is_write)
        reply = replace(reply, headers=headers)
        self._remember(visit, reply)
        return reply

    def _remember(self, visit: _Visit, reply: Reply | None) -> Reply | None:
        """Keep or find the answer to a write that came before (A34)."""
        if self._state.switches.repeated_writes == "applied_again" or not visit.entry.payload:
            return None
        key = (visit.request.path, repr(visit.entry.payload))
        if reply is not None:
            self._remembered[key] = (visit.now_ms, reply)
            return None
        made_ms, known = self._remembered.get(key, (-_REMEMBERED_MS, None))
        return known if visit.now_ms - made_ms < _REMEMBERED_MS else None

    def _run(self, visit: _Visit, now_ms: int) -> Reply:
        """Run the endpoint and enter what it did in the journal."""
        if visit.route is None:
            raise AssertionError(visit.request.path)  # turned away before
        call = Call(
            path=visit.request.path,
            now_ms=now_ms,
            query=visit.request.parameters(),
            payload=visit.entry.payload,
            faults=self.faults,
            ignored=FaultKind.IGNORED in visit.faults,
            page_fault=next((k for k in visit.faults if k in PAGE_KINDS), None),
        )
        entry = visit.entry
        run = visit.route.run
        if FaultKind.ENVELOPE_REFUSED in visit.faults:
            run = _refuse_all
        try:
            body = run(self._state, call)
            if visit.route.is_write and not call.ignored:
                entry.applied, entry.applied_at_ms = True, now_ms
        except RefusedError as refusal:
            body = refusal.envelope()
        entry.refused, entry.increments = call.refused, call.increments
        return json_reply(body, self._state.switches)

    def _land_later(self, visit: _Visit) -> None:
        rule = visit.faults[FaultKind.LATE_LANDING]
        due_ms = visit.now_ms + rule.delay_ms
        self._state.agenda.at(due_ms, lambda landed_ms: self._land(visit, landed_ms))

    def _land(self, visit: _Visit, landed_ms: int) -> None:
        self._run(visit, landed_ms)

    def _close(self, visit: _Visit, reply: Reply | None, kind: FateKind) -> SimResponse:
        slow = visit.faults.get(FaultKind.SLOW)
        fate = Fate(kind, slow.delay_ms if slow else 0)
        visit.entry.fate = kind
        if reply is None:
            return SimResponse(0, fate=fate)
        visit.entry.status = reply.status
        headers: Pairs = (
            ("Content-Type", reply.content_type),
            ("Date", http_date(visit.now_ms)),
            ("Server", "Gomag"),
            ("Set-Cookie", "selectedCurrency=RON; path=/"),
            *reply.headers,
        )
        return SimResponse(reply.status, headers, reply.body, fate)


def _refuse_all(_state: ShopState, _call: Call) -> object:
    raise RefusedError("600", ["NOT_ADJUSTABLE"], [])


def _stalls(path: str) -> bool:
    return path.startswith(_IMAGES) and odd_picture(_picture_name(path)) is OddPicture.STALLS


def _picture_name(path: str) -> str:
    return unquote(path.rpartition("/")[2])
