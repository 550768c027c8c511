"""Bulk edits of products: planned whole, then applied product by product, each by its own actor.

The plan holds what each product is to become and is stored before the first one is changed; how
far it is applied is noted as it goes. A stop anywhere ends with the same products and counts.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Final

import msgspec

from magazie.actors.field_faults import FieldsRefusedError
from magazie.actors.product_actor import ProductActor
from magazie.actors.runtime import Directory, Rejection
from magazie.actors.settings_book import SettingsBook
from magazie.storage import product_edits as records
from magazie.storage import products as product_rows
from magazie.storage import work_rows
from magazie.storage.jobs import Job
from magazie.storage.product_edits import EditOrder, EditRecord
from magazie.storage.products import Product
from magazie.storage.reads.keyset import PageRequest
from magazie.storage.reads.products import ProductFilter, find_products
from magazie.storage.storage import Storage
from magazie.storage.work_rows import WorkRow
from magazie.sync.edit_plan import (
    EditedRow,
    EditRefusedError,
    LeftRow,
    PlannedEdit,
    command_of,
    left,
    plan_edit,
)
from magazie.sync.job_runner import Progress

APPLIED_AT_ONCE: Final = 50
"""Products asked together, so that they share a commit."""
NOTES_MOST: Final = 100
"""So often an edit notes how far it is: each note writes the whole plan's row anew."""
SHOWN_ROWS: Final = 20
"""Rows shown before and after."""
MOST_LEFT: Final = 1000
"""Products kept with the reason why they were left; further ones are counted."""
_PAGE: Final = 200
_BY_ID: Final = (("id", False),)

_encode = msgspec.json.Encoder().encode
_decode_order = msgspec.json.Decoder(EditOrder).decode
_decode_planned = msgspec.json.Decoder(PlannedEdit).decode
_decode_left = msgspec.json.Decoder(list[LeftRow]).decode
_decode_preview = msgspec.json.Decoder(list[EditedRow]).decode


class EditResult(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, or in a dry run would be. A job's public result.

    ``left`` counts products that stay as they are although asked to change: ``problems`` says of
    the first of them why. ``rows`` are the first that change.
    """

    dry_run: bool
    products: int
    changed: int
    unchanged: int
    left: int
    problems: list[LeftRow]
    rows: list[EditedRow]


class _Page(msgspec.Struct):
    """What becomes of some of the products."""

    products: int
    planned: int = 0
    unchanged: int = 0
    lines: bytearray = msgspec.field(default_factory=bytearray)
    left: list[LeftRow] = []
    rows: list[EditedRow] = []


class ProductEdits:
    """Does such edits; the only writer of their plans."""

    def __init__(self, *, storage: Storage, directory: Directory, book: SettingsBook) -> None:
        """Each product is changed by its own actor."""
        self._storage = storage
        self._directory = directory
        self._book = book

    async def work(self, job: Job, progress: Progress) -> EditResult:
        """Plan and apply an edit, from wherever it was left."""
        order = _decode_order(job.arguments)
        record = await self._storage.read(lambda c: records.find(c, job.id))
        if record is None:
            record = await self._plan(job.id, order)
        if not order.dry_run:
            record = await self._apply(record, order, progress)
        return EditResult(
            dry_run=order.dry_run,
            products=record.products,
            changed=record.products - record.unchanged - record.left_count,
            unchanged=record.unchanged,
            left=record.left_count,
            problems=_decode_left(record.left_rows),
            rows=_decode_preview(record.preview),
        )

    # --- planning ---------------------------------------------------------------------

    async def _plan(self, job_id: int, order: EditOrder) -> EditRecord:
        lines = bytearray()
        products = planned = unchanged = left_count = 0
        problems: list[LeftRow] = []
        preview: list[EditedRow] = []
        async for page in self._pages(order):
            products += page.products
            unchanged += page.unchanged
            planned += page.planned
            left_count += len(page.left)
            lines += page.lines
            problems += page.left[: MOST_LEFT - len(problems)]
            preview += page.rows[: SHOWN_ROWS - len(preview)]
        record = EditRecord(
            job_id=job_id,
            plan=bytes(lines),
            products=products,
            planned=planned,
            unchanged=unchanged,
            left_count=left_count,
            left_rows=_encode(problems),
            preview=_encode(preview),
        )
        await self._storage.write(lambda c: records.store_plan(c, record))
        return record

    async def _pages(self, order: EditOrder) -> AsyncIterator[_Page]:
        """Page by page, beside the loop: each product is read and what becomes of it reckoned."""
        if order.products is not None:
            chosen = tuple(dict.fromkeys(order.products))
            for start in range(0, len(chosen), _PAGE):
                part = chosen[start : start + _PAGE]
                yield await self._storage.read(partial(self._chosen, part, order))
            return
        after: tuple[int | str, ...] | None = None
        while True:
            request = PageRequest(_BY_ID, _PAGE, after)
            page, after = await self._storage.read(partial(self._found, request, order))
            yield page
            if after is None:
                return

    def _chosen(
        self, product_ids: Sequence[int], order: EditOrder, connection: sqlite3.Connection
    ) -> _Page:
        found = {each: product_rows.load(connection, each) for each in product_ids}
        page = self._planned([it for it in found.values() if it is not None], order)
        page.products = len(found)
        page.left += [left(each, "", "no such product") for each, it in found.items() if it is None]
        return page

    def _found(
        self, request: PageRequest, order: EditOrder, connection: sqlite3.Connection
    ) -> tuple[_Page, tuple[int | str, ...] | None]:
        found = find_products(connection, order.wanted or ProductFilter(), request)
        return self._planned(found.rows, order), found.after

    def _planned(self, products: Sequence[Product], order: EditOrder) -> _Page:
        page = _Page(products=len(products))
        for product in products:
            try:
                planned = plan_edit(product, order, self._book)
            except EditRefusedError as error:
                page.left.append(left(product.id, product.code, str(error)))
                continue
            if planned is None:
                page.unchanged += 1
                continue
            page.planned += 1
            page.lines += _encode(planned[0]) + b"\n"
            if len(page.rows) < SHOWN_ROWS:
                page.rows.append(planned[1])
        return page

    # --- applying ---------------------------------------------------------------------

    async def _apply(self, record: EditRecord, order: EditOrder, progress: Progress) -> EditRecord:
        plan = record.plan.splitlines()
        problems = _decode_left(record.left_rows)
        left_count, applied = record.left_count, record.applied
        done = await self._storage.read(lambda c: work_rows.done(c, record.job_id))
        noted, problems_noted = applied, len(problems)
        while applied < len(plan):
            chunk = plan[applied : applied + APPLIED_AT_ONCE]
            works = (
                self._apply_row(WorkRow(record.job_id, number), _decode_planned(line), order)
                for number, line in enumerate(chunk, start=applied)
                if number not in done
            )
            told = [each for each in await asyncio.gather(*works) if each is not None]
            applied += len(chunk)
            left_count += len(told)
            problems += told[: MOST_LEFT - len(problems)]
            if applied == len(plan) or applied - noted > len(plan) // NOTES_MOST:
                told_now = problems if len(problems) > problems_noted else None
                await self._advance(record.job_id, applied, left_count, told_now)
                noted, problems_noted = applied, len(problems)
            await progress(applied, len(plan))
        found = await self._storage.read(lambda c: records.find(c, record.job_id))
        return found or record

    async def _advance(
        self, job_id: int, applied: int, left_count: int, problems: list[LeftRow] | None
    ) -> None:
        told = _encode(problems) if problems is not None else None
        await self._storage.write(
            lambda c: records.advance(
                c, job_id, applied=applied, left_count=left_count, left_rows=told
            )
        )

    async def _apply_row(
        self, row: WorkRow, planned: PlannedEdit, order: EditOrder
    ) -> LeftRow | None:
        try:
            await self._directory.ask(
                ProductActor, planned.product_id, command_of(planned, order, row)
            )
        except FieldsRefusedError as error:
            return await self._left(planned.product_id, error.faults[0].message)
        except Rejection as error:
            return await self._left(planned.product_id, str(error))
        return None

    async def _left(self, product_id: int, reason: str) -> LeftRow:
        product = await self._storage.read(lambda c: product_rows.load(c, product_id))
        return left(product_id, product.code if product is not None else "", reason)
