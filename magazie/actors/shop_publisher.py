"""What one shop is to have of our products beside stock and price, and how far that is."""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from msgspec.structs import replace

from magazie.actors.news import NewsDesk, RecordNews
from magazie.actors.publication_states import chosen, ended, kept_back, rechecked, refused
from magazie.actors.publishing_maps import require_attributes, require_categories
from magazie.actors.publishing_messages import (
    BreakOff,
    CountBatch,
    Ended,
    FindSending,
    FindToMake,
    InDoubt,
    Intend,
    MapAttributes,
    MapCategories,
    NextPart,
    Part,
    PlanBatch,
    Recheck,
    SettleMade,
    ToMake,
)
from magazie.actors.runtime import AsyncioActor
from magazie.model.ids import encode_id
from magazie.model.publishing import (
    PublicationState,
    PublishProblem,
    is_in_the_way,
)
from magazie.ports import Clock
from magazie.storage import publications as rows
from magazie.storage import publish_maps as maps
from magazie.storage.alerts import clear_alert, raise_alert
from magazie.storage.jobs import under_way
from magazie.storage.publications import BatchCounts, Publication
from magazie.storage.reads.publishing import Judge, Wish
from magazie.storage.settings_rows import ShopSettings
from magazie.storage.storage import Storage

SLICE: Final = 200
"""Products judged before others get their turn."""
_NAMED_MOST: Final = 5
"""Products that an alert names."""

Decide = Callable[[sqlite3.Connection], list[Publication]]


class ShopPublisher(AsyncioActor):
    """Owns a shop's maps and publications. Keeps nothing in memory: units decide on the books."""

    def __init__(
        self,
        shop: str,
        *,
        storage: Storage,
        clock: Clock,
        news: NewsDesk,
        settings: Callable[[], ShopSettings],
        media_url: str,
    ) -> None:
        """``media_url``: where the shop fetches images kept here; empty where it cannot."""
        super().__init__()
        self._shop = shop
        self._storage = storage
        self._clock = clock
        self._news = news
        self._settings = settings
        self._media_url = media_url

    async def on_start(self) -> None:
        """Wait for what an earlier activation may still be writing."""
        if self.reloading:
            await self._storage.settled()

    async def on_receive(self, message: Any) -> Any:
        """Answer one command."""
        match message:
            case MapCategories():
                return await self._map_categories(message)
            case MapAttributes():
                return await self._map_attributes(message)
            case FindToMake():
                return await self._storage.read(self._to_make)
            case SettleMade():
                await self._settle_made(message)
            case PlanBatch():
                await self._plan(message)
            case NextPart():
                return await self._next_part(message)
            case Intend():
                await self._changing(lambda c: self._intend(c, message))
            case FindSending():
                return await self._storage.read(self._sending)
            case Ended():
                await self._changing(lambda c: self._end(c, message))
            case BreakOff():
                await self._changing(lambda c: self._break_off(c, message))
            case Recheck():
                await self._recheck(message)
            case CountBatch():
                return await self._count(message.batch)
            case _:
                raise TypeError(f"ShopPublisher does not know {type(message).__name__}")
        return None

    # --- maps -------------------------------------------------------------------------

    async def _map_categories(self, message: MapCategories) -> bool:
        def unit(connection: sqlite3.Connection) -> bool:
            require_categories(connection, self._shop, message.wanted)
            maps.replace_categories(connection, self._shop, message.wanted)
            return any(it.target_id is None for it in message.wanted)

        is_to_make = await self._storage.write(unit)
        await self._recheck(Recheck())
        return is_to_make

    async def _map_attributes(self, message: MapAttributes) -> bool:
        def unit(connection: sqlite3.Connection) -> bool:
            require_attributes(connection, self._shop, message.wanted)
            maps.replace_attributes(connection, self._shop, message.wanted)
            return any(it.target_id is None for it in message.wanted)

        is_to_make = await self._storage.write(unit)
        await self._recheck(Recheck())
        return is_to_make

    def _to_make(self, connection: sqlite3.Connection) -> ToMake:
        return ToMake(
            tuple(it for it in maps.categories(connection, self._shop) if it.target_id is None),
            tuple(it for it in maps.attributes(connection, self._shop) if it.target_id is None),
        )

    async def _settle_made(self, message: SettleMade) -> None:
        def unit(connection: sqlite3.Connection) -> None:
            for category in message.categories:
                maps.settle_category(connection, self._shop, category)
            for attribute in message.attributes:
                maps.settle_attribute(connection, self._shop, attribute)

        await self._storage.write(unit)
        await self._recheck(Recheck())

    # --- a job ------------------------------------------------------------------------

    async def _plan(self, message: PlanBatch) -> None:
        """Judged in slices, so that others get their turn; stored together."""
        planned: list[Publication] = []
        products = tuple(dict.fromkeys(message.products))
        for start in range(0, len(products), SLICE):
            part = products[start : start + SLICE]
            planned += await self._storage.read(partial(self._planned, message.batch, part))
        await self._stored(planned)

    def _planned(
        self, batch: int, products: tuple[int, ...], connection: sqlite3.Connection
    ) -> list[Publication]:
        known = rows.load(connection, self._shop, products)
        judge = self._judge(connection)
        planned = []
        for product_id in products:
            before = known.get(product_id) or Publication(product_id, PublicationState.READY, 0)
            wish = judge.wish(product_id) if before.batch != batch else None
            if wish is None:
                continue  # chosen before, or no product any more
            one = replace(before, batch=batch)
            # what became of one that may be on its way is found out first
            is_sending = before.state is PublicationState.SENDING
            planned.append(one if is_sending else chosen(one, wish))
        return planned

    async def _next_part(self, message: NextPart) -> Part:
        """Judged once more: much may have changed while the products waited."""
        while True:
            part, in_the_way = await self._storage.read(partial(self._chosen_part, message))
            await self._stored(in_the_way)
            if part or not in_the_way:
                return part

    def _chosen_part(
        self, message: NextPart, connection: sqlite3.Connection
    ) -> tuple[Part, list[Publication]]:
        judge = self._judge(connection)
        in_the_way: list[Publication] = []
        new: list[Wish] = []
        changed: list[Wish] = []
        codes: set[str] = set()
        waiting = rows.in_state(
            connection, self._shop, PublicationState.WAITING, batch=message.batch, limit=SLICE
        )
        for one in waiting:
            if one.attempts and (new or changed):
                break
            wish = judge.wish(one.product_id)
            if wish is None:
                continue
            if not wish.items and not one.attempts:
                # of two with one code the other waits until it is known what became of the first
                first = self._tried_with_code(connection, judge, message.batch, wish)
                if first is not None and not (new or changed):
                    return self._alone(*first)
                if first is not None or codes & wish.keys:
                    continue
            if is_in_the_way(wish.problems):
                in_the_way.append(kept_back(one, wish))
                continue
            (changed if wish.items else new).append(wish)
            codes |= wish.keys
            if one.attempts or len(new) == message.most_new or len(changed) == message.most_changed:
                break
        is_full = len(changed) == message.most_changed
        return tuple(changed if is_full else new or changed), in_the_way

    def _alone(self, one: Publication, wish: Wish) -> tuple[Part, list[Publication]]:
        if is_in_the_way(wish.problems):
            return (), [kept_back(one, wish)]
        return (wish,), []

    def _tried_with_code(
        self, connection: sqlite3.Connection, judge: Judge, batch: int, wish: Wish
    ) -> tuple[Publication, Wish] | None:
        """Another product of the job with a code of this one, whose item may be there by now."""
        tried = rows.tried_with_code(connection, self._shop, batch, wish.product.id, wish.keys)
        first = judge.wish(tried.product_id) if tried is not None else None
        return (tried, first) if tried is not None and first is not None else None

    def _intend(self, connection: sqlite3.Connection, message: Intend) -> list[Publication]:
        sent = dict(message.items)
        known = rows.load(connection, self._shop, list(sent))
        return [
            replace(one, state=PublicationState.SENDING, sent=sent[one.product_id])
            for one in known.values()
            if one.state is PublicationState.WAITING and one.batch == message.batch
        ]

    def _sending(self, connection: sqlite3.Connection) -> InDoubt:
        return tuple(rows.in_state(connection, self._shop, PublicationState.SENDING))

    def _end(self, connection: sqlite3.Connection, message: Ended) -> list[Publication]:
        ends = {end.product_id: end for end in message.ends}
        known = rows.load(connection, self._shop, list(ends))
        judge = self._judge(connection)
        return [ended(one, ends[one.product_id], judge) for one in known.values()]

    def _break_off(self, connection: sqlite3.Connection, message: BreakOff) -> list[Publication]:
        waiting = rows.in_state(
            connection, self._shop, PublicationState.WAITING, batch=message.batch
        )
        if message.batch is None:
            running = {job.id for job in under_way(connection)}
            return [
                replace(one, state=PublicationState.READY, attempts=0)
                for one in waiting
                if one.batch not in running
            ]
        return [refused(one, PublishProblem.NOT_SENT, message.detail) for one in waiting]

    async def _count(self, batch: int) -> BatchCounts:
        return await self._storage.read(lambda c: rows.count_batch(c, self._shop, batch))

    # --- what changes of itself -------------------------------------------------------

    async def _recheck(self, message: Recheck) -> None:
        """See what stands against what was refused or published; nothing is sent by itself."""
        products = message.products
        if products is None:
            is_part = message.only_refused
            products = await self._storage.read(
                lambda c: tuple(rows.chosen_products(c, self._shop, only_refused=is_part))
            )
        for start in range(0, len(products), SLICE):
            part = products[start : start + SLICE]
            await self._stored(await self._storage.read(partial(self._changed_since, part)))

    def _changed_since(
        self, products: tuple[int, ...], connection: sqlite3.Connection
    ) -> list[Publication]:
        judge = self._judge(connection)
        found = []
        for one in rows.load(connection, self._shop, products).values():
            wish = judge.wish(one.product_id)
            if wish is not None and (after := rechecked(one, wish)) != one:
                found.append(after)
        return found

    # --- both -------------------------------------------------------------------------

    def _judge(self, connection: sqlite3.Connection) -> Judge:
        return Judge(
            connection,
            self._shop,
            price_warehouse=self._settings().price_warehouse,
            media_url=self._media_url,
        )

    async def _changing(self, decide: Decide) -> None:
        """Decide on the books, which nobody else changes, and store that."""
        await self._stored(await self._storage.read(decide))

    async def _stored(self, changed: Sequence[Publication]) -> None:
        """Store what changed, and the alert of every job that it touches, in one unit."""
        if not changed:
            return
        now_ms = self._clock.now_ms()

        def unit(connection: sqlite3.Connection) -> None:
            earlier = rows.load(connection, self._shop, [one.product_id for one in changed])
            rows.store(connection, self._shop, changed, now_ms)
            for batch in sorted({one.batch for one in (*changed, *earlier.values()) if one.batch}):
                self._tell_batch(connection, batch, now_ms)

        await self._storage.write(unit)
        for one in changed:
            self._news.tell(RecordNews("publication", encode_id(one.product_id), 0))

    def _tell_batch(self, connection: sqlite3.Connection, batch: int, now_ms: int) -> None:
        """One alert a job, while any of what was chosen for it is refused."""
        subject = f"{self._shop}/{encode_id(batch)}"
        left = rows.not_published(connection, self._shop, batch)
        if not left:
            clear_alert(connection, "publish_refused", subject, now_ms)
            return
        total = rows.count_batch(connection, self._shop, batch).total
        codes = [code for _, code, _, _ in left[:_NAMED_MOST]]
        more = ["…"] if len(left) > _NAMED_MOST else []
        facts = {
            "left": str(len(left)),
            "total": str(total),
            "shop": self._shop,
            "products": [*codes, *more],
        }
        raise_alert(connection, "publish_refused", subject, facts, now_ms)
