"""What a shop is to be told: what waits, why, and what it last acknowledged."""

import enum
from typing import Annotated

import msgspec
from msgspec import Meta

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.outbox_messages import (
    ExplainOrder,
    ExplainProduct,
    Explanation,
    OutboxState,
    ReadOutbox,
    ReleaseHeld,
    RetryItem,
    StatusExplanation,
)
from magazie.actors.settings_book import Role
from magazie.http.api.shop_paths import desk_of, shop_of
from magazie.http.api.texts import Short
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import (
    IdText,
    MomentText,
    RecordId,
    id_text,
    moment_text,
    price_text,
    quantity_text,
)
from magazie.http.paging import Paging, listed, page_request
from magazie.http.problems import ProblemKind, invalid, not_found
from magazie.model.decimals import E4, Milli
from magazie.storage.outbox_statuses import StatusRow
from magazie.storage.reads.outbox import (
    OutboxField,
    WaitingItem,
    WaitingState,
    find_due_statuses,
    find_waiting,
)

_TAG = "outbox"
_ACCEPTED = 202
_MOST_STATUSES = 200


class OutboxQuery(Paging):
    """Which of the values that wait."""

    state: WaitingState | None = None


class WaitingShown(msgspec.Struct, frozen=True):
    """One value. ``key`` is what retry takes; stock is a quantity, price has VAT."""

    key: str
    external_id: str
    sku: str
    product: IdText
    field: OutboxField
    state: WaitingState
    should_have: str | None
    shop_has: str | None
    acknowledged_at: MomentText | None
    sent: str | None
    sent_at: MomentText | None
    pending_since: MomentText | None
    attempts: int
    next_try_at: MomentText | None
    reason: str


class MilestoneState(enum.StrEnum):
    """How far the telling of a milestone is."""

    DUE = "due"
    DOUBT = "doubt"
    DONE = "done"
    OVERRULED = "overruled"
    UNMAPPED = "unmapped"


class MilestoneShown(msgspec.Struct, frozen=True):
    """A status that the shop is still to be told of an order."""

    order: IdText
    number: str
    subject: str
    state: MilestoneState
    since: MomentText
    attempts: int
    next_try_at: MomentText | None
    reason: str


class OutboxSummary(msgspec.Struct, frozen=True):
    """Where the telling stands as a whole. The last request and answer are JSON texts."""

    pending: int
    in_doubt: int
    parked: int
    held: int
    suspect: int
    statuses_due: int
    oldest_pending_at: MomentText | None
    last_sent_at: MomentText | None
    last_request: str
    last_answer: str
    stopped: str


class OutboxShown(msgspec.Struct, frozen=True):
    """One page of values that wait, the statuses that wait, and the whole."""

    items: list[WaitingShown]
    next: str | None
    statuses: list[MilestoneShown]
    summary: OutboxSummary


class OutboxAccepted(msgspec.Struct, frozen=True):
    """It is done by the shop's task from now on."""

    accepted: bool


class ReleaseIn(msgspec.Struct, forbid_unknown_fields=True):
    """The items to let go, by external id; all that are held where it is left out."""

    items: Annotated[list[Short], Meta(max_length=10_000)] = []


class Released(msgspec.Struct, frozen=True):
    """How many values were let go."""

    released: int


class ExplainQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Either a product or an order."""

    product: RecordId | None = None
    order: RecordId | None = None


class ExplanationState(enum.StrEnum):
    """Why a shop shows what it shows of one value."""

    TOLD = "told"
    NOTHING_TO_TELL = "nothing_to_tell"
    WAITING = "waiting"
    IN_FLIGHT = "in_flight"
    IN_DOUBT = "in_doubt"
    PARKED = "parked"
    HELD = "held"
    STOPPED = "stopped"
    ORDERS_UNREAD = "orders_unread"
    CLAIMS_OWED = "claims_owed"
    UNDECODABLE_ORDER = "undecodable_order"


class ValueExplained(msgspec.Struct, frozen=True):
    """One value of one item of the product."""

    external_id: str
    sku: str
    field: OutboxField
    state: ExplanationState
    shop_has: str | None
    should_have: str | None
    acknowledged_at: MomentText | None
    pending_since: MomentText | None
    next_try_at: MomentText | None
    reason: str


class MilestoneExplained(msgspec.Struct, frozen=True):
    """One milestone of the order; ``status`` is the shop's name for it."""

    subject: str
    status: str
    state: MilestoneState
    since: MomentText
    next_try_at: MomentText | None
    reason: str


class Explained(msgspec.Struct, frozen=True):
    """What the shop was or is to be told of the product, or of the order."""

    values: list[ValueExplained]
    milestones: list[MilestoneExplained]


@endpoint(
    "GET",
    "/api/v1/shops/{shop}/outbox",
    role=Role.PICKER,
    tag=_TAG,
    summary="See what waits to be told to a shop",
    answers={200: OutboxShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_outbox(call: Call[NoBody, OutboxQuery]) -> Outcome:
    """What waits longest comes first."""
    parts, shop = call.parts, shop_of(call).name
    state: OutboxState = await parts.directory.ask(GomagOutbox, shop, ReadOutbox())
    now_ms, wanted = parts.clock.now_ms(), call.query.state
    request = page_request(call, sortable=("pending_since",), default="pending_since")
    page, due = await parts.storage.read(
        lambda c: (
            find_waiting(c, shop, wanted, now_ms, request),
            find_due_statuses(c, shop, _MOST_STATUSES),
        )
    )
    shown = listed(page, call, [_waiting(item) for item in page.rows])
    statuses = [_milestone(row) for row in due]
    return Answer(OutboxShown(shown.items, shown.next, statuses, show_summary(state)))


@endpoint(
    "POST",
    "/api/v1/shops/{shop}/outbox/flush",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Send what waits now",
    answers={202: OutboxAccepted},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.NOT_READY),
    takes_key=True,
)
async def flush(call: Call[NoBody, NoQuery]) -> Outcome:
    """Rather than at the next minute; what is parked or held stays so."""
    desk_of(call).flush()
    return Answer(OutboxAccepted(accepted=True), _ACCEPTED)


@endpoint(
    "POST",
    "/api/v1/shops/{shop}/outbox/{key}/retry",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Try a parked item again now",
    answers={202: OutboxAccepted},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.NOT_READY),
    takes_key=True,
)
async def retry(call: Call[NoBody, NoQuery]) -> Outcome:
    """``accepted`` is false where nothing of the item was parked."""
    desk, shop = desk_of(call), shop_of(call).name
    was_parked: bool = await call.parts.directory.ask(
        GomagOutbox, shop, RetryItem(call.path("key"))
    )
    desk.flush()
    return Answer(OutboxAccepted(was_parked), _ACCEPTED)


@endpoint(
    "POST",
    "/api/v1/shops/{shop}/outbox/release",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Let a held send go",
    answers={202: Released},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.NOT_READY),
    takes_key=True,
)
async def release(call: Call[ReleaseIn, NoQuery]) -> Outcome:
    """Values that would empty or reprice much of the shop wait for this word."""
    desk, shop = desk_of(call), shop_of(call).name
    released: int = await call.parts.directory.ask(
        GomagOutbox, shop, ReleaseHeld(tuple(call.body.items))
    )
    desk.flush()
    return Answer(Released(released), _ACCEPTED)


@endpoint(
    "GET",
    "/api/v1/shops/{shop}/outbox/explain",
    role=Role.PICKER,
    tag=_TAG,
    summary="See why a shop shows what it shows",
    answers={200: Explained},
    problems=(ProblemKind.NOT_FOUND,),
)
async def explain(call: Call[NoBody, ExplainQuery]) -> Outcome:
    """Of one product, or of one order."""
    parts, shop = call.parts, shop_of(call).name
    product_id, order_id = call.query.product, call.query.order
    if (product_id is None) == (order_id is None):
        raise invalid("product" if order_id is None else "order", "either product or order")
    if order_id is not None:
        milestones: tuple[StatusExplanation, ...] = await parts.directory.ask(
            GomagOutbox, shop, ExplainOrder(int(order_id))
        )
        return Answer(Explained([], [_milestone_explained(each) for each in milestones]))
    if product_id is None or not parts.nomenclature.exists(product_id):
        raise not_found("product")
    values: tuple[Explanation, ...] = await parts.directory.ask(
        GomagOutbox, shop, ExplainProduct(int(product_id))
    )
    return Answer(Explained([_value_explained(each) for each in values], []))


def show_summary(state: OutboxState) -> OutboxSummary:
    """Where the telling stands as a whole."""
    return OutboxSummary(
        pending=state.pending,
        in_doubt=state.in_doubt,
        parked=state.parked,
        held=state.held,
        suspect=state.suspect,
        statuses_due=state.statuses_due,
        oldest_pending_at=_moment(state.oldest_pending_ms),
        last_sent_at=_moment(state.last_sent_ms),
        last_request=state.last_request,
        last_answer=state.last_answer,
        stopped=state.stopped,
    )


def _waiting(item: WaitingItem) -> WaitingShown:
    row = item.row
    return WaitingShown(
        key=row.external_id,
        external_id=row.external_id,
        sku=row.sku,
        product=id_text(row.product_id),
        field=OutboxField(row.field),
        state=item.state,
        should_have=_value(row.field, row.value),
        shop_has=_value(row.field, row.acked_value),
        acknowledged_at=_moment(row.acked_ms),
        sent=_value(row.field, row.sent_value),
        sent_at=_moment(row.sent_ms),
        pending_since=_moment(row.pending_since_ms),
        attempts=row.attempts,
        next_try_at=_moment(row.due_ms),
        reason=row.reason,
    )


def _milestone(row: StatusRow) -> MilestoneShown:
    return MilestoneShown(
        order=id_text(row.order_id),
        number=row.number,
        subject=row.subject,
        state=MilestoneState(row.state),
        since=moment_text(row.since_ms),
        attempts=row.attempts,
        next_try_at=_moment(row.due_ms),
        reason=row.reason,
    )


def _value_explained(value: Explanation) -> ValueExplained:
    return ValueExplained(
        external_id=value.external_id,
        sku=value.sku,
        field=OutboxField(value.field),
        state=ExplanationState(value.state),
        shop_has=_value(value.field, value.shop_has),
        should_have=_value(value.field, value.should_have),
        acknowledged_at=_moment(value.acknowledged_ms),
        pending_since=_moment(value.pending_since_ms),
        next_try_at=_moment(value.next_try_ms),
        reason=value.reason,
    )


def _milestone_explained(milestone: StatusExplanation) -> MilestoneExplained:
    return MilestoneExplained(
        subject=milestone.subject,
        status=milestone.status,
        state=MilestoneState(milestone.state),
        since=moment_text(milestone.since_ms),
        next_try_at=_moment(milestone.next_try_ms),
        reason=milestone.reason,
    )


def _value(field: str, value: int | None) -> str | None:
    if value is None:
        return None
    return quantity_text(Milli(value)) if field == "stock" else price_text(E4(value))


def _moment(ms: int | None) -> str | None:
    return moment_text(ms) if ms is not None else None


ENDPOINTS = (read_outbox, flush, retry, release, explain)
