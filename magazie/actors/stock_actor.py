"""The stock of one product: what is on hand, who claims it, and how it came to be."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from magazie.actors.news import NewsDesk, StockNews
from magazie.actors.runtime import AsyncioActor, Rejection
from magazie.actors.stock_messages import (
    ClaimHeld,
    LinePosted,
    PostMovementLine,
    ReadStock,
    SetClaim,
    ShelfState,
    TouchStock,
)
from magazie.model.claims import Claim, Draft, NotEnoughGoodsError, Shelf
from magazie.model.decimals import Milli, format_milli
from magazie.ports import Clock
from magazie.storage import stock as rows
from magazie.storage.alerts import clear_alert, raise_alert
from magazie.storage.storage import Storage


class NotEnoughStockError(Rejection):
    """More would leave the warehouse than is there and not in a picker's hands."""


class OpeningTooLateError(Rejection):
    """The product's stock in this warehouse is known already: it cannot be opened again."""


class StockActor(AsyncioActor):
    """Owns balances, claims and ledger of one product in every warehouse.

    Claims that wait together are decided together and stored in one unit.
    """

    folds: ClassVar[frozenset[type]] = frozenset({SetClaim})

    def __init__(
        self,
        product_id: int,
        *,
        storage: Storage,
        clock: Clock,
        news: NewsDesk,
        on_order_changed: Callable[[int], None],
    ) -> None:
        """``on_order_changed`` hears of orders that got or lost goods through others."""
        super().__init__()
        self._product_id = product_id
        self._storage = storage
        self._clock = clock
        self._news = news
        self._on_order_changed = on_order_changed
        self._revision = 0
        self._shelves: dict[str, Shelf] = {}
        self._touches: dict[str, int] = {}
        self._graves: set[tuple[str, int]] = set()

    async def on_start(self) -> None:
        """Load balances and live claims."""
        if self.reloading:
            await self._storage.settled()
        stored = await self._storage.read(lambda c: rows.load(c, self._product_id))
        self._revision = stored.revision
        self._shelves = stored.shelves
        self._touches = stored.touches
        self._graves = stored.graves

    async def on_receive(self, message: Any) -> Any:
        """Answer one command or question."""
        match message:
            case PostMovementLine():
                return await self._post(message)
            case TouchStock():
                return await self._touch(message)
            case ReadStock():
                return self._states()
        raise TypeError(f"StockActor does not know {type(message).__name__}")

    async def on_fold(self, messages: Sequence[SetClaim]) -> Sequence[ClaimHeld]:
        """Decide all waiting claims over one draft a warehouse, store them in one unit."""
        graves = self._graves
        # claims that are not in memory and may be stored all the same, done or cancelled
        resting = [
            wanted
            for wanted in messages
            if wanted.revision > 1 or (graves and (wanted.warehouse, wanted.order_id) in graves)
        ]
        try:
            return await self._set_claims(messages, resting)
        except rows.StaleClaimError:
            if len(messages) > 1:
                raise  # each is handled by itself then
            return await self._set_claims(messages, messages)

    # --- claims -----------------------------------------------------------------------

    async def _set_claims(
        self, messages: Sequence[SetClaim], may_rest: Sequence[SetClaim]
    ) -> Sequence[ClaimHeld]:
        """Set claims; those of ``may_rest`` are looked for in the books if not in memory."""
        drafts: dict[str, Draft] = {}
        resting = await self._recall_resting(may_rest, drafts) if may_rest else set()
        touches: dict[str, int] = {}
        for wanted in messages:
            draft = drafts.get(wanted.warehouse) or self._draft(drafts, wanted.warehouse)
            known = draft.claim(wanted.order_id) if wanted.touch is not None else None
            claim = draft.set_claim(
                wanted.order_id, wanted.placed_at_ms, wanted.revision, wanted.lines
            )
            if wanted.touch is not None and claim is not known:
                shop, read_no = wanted.touch
                if read_no > max(self._touches.get(shop, 0), touches.get(shop, 0)):
                    touches[shop] = read_no
        if any(draft.changed for draft in drafts.values()):
            await self._store_claims(drafts, touches, resting)
            self._settle(drafts, touches, {wanted.order_id for wanted in messages})
        answers = []
        for wanted in messages:
            # a later command of the batch may have given an earlier one what it lacked
            held = drafts[wanted.warehouse].claim(wanted.order_id)
            if held is None:
                raise LookupError("a claim that was just set is gone")
            answers.append(ClaimHeld(held.revision, held.held))
        return answers

    async def _recall_resting(
        self, may_rest: Sequence[SetClaim], drafts: dict[str, Draft]
    ) -> set[tuple[str, int]]:
        """Lay claims that are stored but not live under the drafts; answers which."""
        wanted = [
            (message.warehouse, message.order_id)
            for message in may_rest
            if self._draft(drafts, message.warehouse).claim(message.order_id) is None
        ]
        if not wanted:
            return set()
        product_id = self._product_id
        stored = await self._storage.read(
            lambda c: [
                (place, rows.load_claim(c, product_id, place, order)) for place, order in wanted
            ]
        )
        found = set()
        for warehouse, claim in stored:
            if claim is not None:
                drafts[warehouse].recall(claim)
                found.add((warehouse, claim.order_id))
        return found

    async def _store_claims(
        self,
        drafts: Mapping[str, Draft],
        touches: Mapping[str, int],
        resting: set[tuple[str, int]],
    ) -> None:
        product_id, revision = self._product_id, self._revision
        now_ms = self._clock.now_ms()
        known: list[tuple[str, Claim]] = []
        fresh: list[tuple[str, Claim]] = []
        for place, draft in drafts.items():
            shelf = self._shelves.get(place)
            for order_id, claim in draft.changed.items():
                is_known = (place, order_id) in resting or (
                    shelf is not None and order_id in shelf.claims
                )
                (known if is_known else fresh).append((place, claim))
        alerts = self._shortage_changes(drafts)
        if not (known or touches or alerts):
            await self._storage.write(rows.NewClaims(product_id, revision, fresh))
            return

        def unit(connection: sqlite3.Connection) -> None:
            rows.bump_revision(connection, product_id, revision)
            rows.write_claims(connection, product_id, known, fresh)
            if touches:
                rows.write_touches(connection, product_id, touches)
            _tell_shortages(connection, product_id, alerts, now_ms)

        await self._storage.write(unit)

    def _shortage_changes(self, drafts: Mapping[str, Draft]) -> list[tuple[int, int]]:
        """(order, shortage) of every changed claim whose shortage differs from before."""
        changes = []
        for warehouse, draft in drafts.items():
            shelf = self._shelves.get(warehouse)
            if not draft.short and (shelf is None or not shelf.short):
                continue  # nobody lacks or lacked anything
            for order_id, claim in draft.changed.items():
                before = shelf.claims.get(order_id) if shelf is not None else None
                missing = claim.shortage_milli
                if missing != (before.shortage_milli if before is not None else 0):
                    changes.append((order_id, missing))
        return changes

    async def _touch(self, message: TouchStock) -> None:
        if message.read_no <= self._touches.get(message.shop, 0):
            return
        product_id, revision = self._product_id, self._revision
        touches = {message.shop: message.read_no}

        def unit(connection: sqlite3.Connection) -> None:
            rows.bump_revision(connection, product_id, revision)
            rows.write_touches(connection, product_id, touches)

        await self._storage.write(unit)
        self._settle({}, touches, set())

    # --- movements --------------------------------------------------------------------

    async def _post(self, wanted: PostMovementLine) -> LinePosted:
        product_id = self._product_id
        posted = await self._storage.read(
            lambda c: rows.find_posted(c, product_id, wanted.movement, wanted.line)
        )
        if posted is not None:
            return LinePosted(posted)
        await self._refuse_second_opening(wanted)
        drafts: dict[str, Draft] = {}
        robbed: list[int] = []
        entries = []
        for leg in wanted.legs:
            draft = self._draft(drafts, leg.warehouse)
            robbed += self._move(draft, leg.delta_milli)
            entries.append(
                rows.LedgerEntry(
                    wanted.movement,
                    wanted.line,
                    leg.warehouse,
                    "in" if leg.delta_milli >= 0 else "out",
                    wanted.kind,
                    leg.delta_milli,
                    draft.on_hand_milli,
                    wanted.reference,
                )
            )
        await self._store_movement(drafts, entries)
        self._settle(drafts, {}, set())
        return LinePosted(
            {place: draft.on_hand_milli for place, draft in drafts.items()}, tuple(robbed)
        )

    async def _refuse_second_opening(self, wanted: PostMovementLine) -> None:
        if wanted.kind != "opening":
            return
        product_id = self._product_id
        places = [leg.warehouse for leg in wanted.legs]
        known = await self._storage.read(
            lambda c: [place for place in places if rows.has_ledger(c, product_id, place)]
        )
        if known:
            raise OpeningTooLateError(
                f"the stock in {known[0]} is known already; post an adjustment instead"
            )

    def _move(self, draft: Draft, delta_milli: int) -> list[int]:
        if delta_milli >= 0:
            draft.receive(delta_milli)
            return []
        try:
            return draft.remove(-delta_milli)
        except NotEnoughGoodsError as error:
            raise NotEnoughStockError(
                f"at most {format_milli(Milli(error.free_milli))} can leave"
            ) from error

    async def _store_movement(
        self, drafts: Mapping[str, Draft], entries: Sequence[rows.LedgerEntry]
    ) -> None:
        product_id, revision = self._product_id, self._revision
        now_ms = self._clock.now_ms()
        claims = [
            (place, claim) for place, draft in drafts.items() for claim in draft.changed.values()
        ]
        alerts = self._shortage_changes(drafts)

        def unit(connection: sqlite3.Connection) -> None:
            rows.bump_revision(connection, product_id, revision)
            for place, draft in drafts.items():
                rows.write_balance(connection, product_id, place, draft.on_hand_milli)
            for entry in entries:
                rows.append_ledger(connection, product_id, entry, now_ms)
            if claims:
                rows.write_claims(connection, product_id, claims, ())
            _tell_shortages(connection, product_id, alerts, now_ms)

        await self._storage.write(unit)

    # --- both -------------------------------------------------------------------------

    def _draft(self, drafts: dict[str, Draft], warehouse: str) -> Draft:
        draft = drafts.get(warehouse)
        if draft is None:
            shelf = self._shelves.get(warehouse) or Shelf()
            draft = drafts[warehouse] = Draft(shelf)
        return draft

    def _settle(
        self, drafts: Mapping[str, Draft], touches: Mapping[str, int], asking: set[int]
    ) -> None:
        """Take the stored plan over, then say what changed."""
        self._revision += 1
        self._touches.update(touches)
        others: set[int] = set()
        for warehouse, draft in drafts.items():
            self._shelves.setdefault(warehouse, Shelf()).settle(draft)
            for order_id, claim in draft.changed.items():
                if 0 in claim.lines:
                    self._graves.add((warehouse, order_id))
            others |= draft.changed.keys() - asking
        self._news.tell(StockNews(self._product_id))
        for order_id in others:
            self._on_order_changed(order_id)

    def _states(self) -> tuple[ShelfState, ...]:
        return tuple(
            ShelfState(warehouse, shelf.on_hand_milli, shelf.reserved_milli)
            for warehouse, shelf in sorted(self._shelves.items())
        )


def _tell_shortages(
    connection: sqlite3.Connection,
    product_id: int,
    changes: Sequence[tuple[int, int]],
    now_ms: int,
) -> None:
    """Raise or clear the alert of each order that now lacks, or no longer lacks, goods."""
    for order_id, missing_milli in changes:
        subject = f"order:{order_id}/product:{product_id}"
        if missing_milli:
            facts = {"missing": format_milli(Milli(missing_milli))}
            raise_alert(connection, "shortage", subject, facts, now_ms)
        else:
            clear_alert(connection, "shortage", subject, now_ms)
