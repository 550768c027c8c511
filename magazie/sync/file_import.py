"""Files of products, codes and prices: taken whole, planned whole, then applied row by row.

Three resting states, so that a stop anywhere ends the same: the rows are stored before anybody
is told that they were taken; the plan, with the ids of what it creates, is stored before the
first row is applied; how far it was applied is noted as it goes. What was applied since the last
note is known from the rows' own units, so that none has its effect twice.
"""

import asyncio
import hashlib
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import IO, Final, Protocol, TypeVar

import msgspec

from magazie.actors.field_faults import FieldsRefusedError
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import CodeTakenError
from magazie.actors.runtime import Directory, Rejection
from magazie.actors.settings_book import SettingsBook
from magazie.files.imports import FileOptions, FileResult, FileTaken
from magazie.files.problems import FileProblem
from magazie.files.rows import MOST_PROBLEMS, FileRow, ReadFile, read_rows
from magazie.model.file_columns import FileKind
from magazie.model.ids import IdSource, decode_id, encode_id
from magazie.model.romanian_faults import in_romanian
from magazie.ports import Clock
from magazie.storage import categories, work_rows
from magazie.storage import file_imports as records
from magazie.storage import products as product_rows
from magazie.storage.file_imports import FileImport
from magazie.storage.jobs import Job
from magazie.storage.products import Product
from magazie.storage.storage import Storage
from magazie.storage.work_rows import WorkRow
from magazie.sync.file_plan import FilePlanner, PlannedRow, RowChange, command_of
from magazie.sync.job_runner import Progress

T = TypeVar("T")

PLANNED_AT_ONCE: Final = 50
"""Rows planned without letting others run."""
APPLIED_AT_ONCE: Final = 50
"""Rows asked for together, so that their products share a commit."""
NOTES_MOST: Final = 100
"""So often a file's work notes how far it is: each note writes the whole plan's row anew."""

_encode = msgspec.json.Encoder().encode
_decode_row = msgspec.json.Decoder(FileRow).decode
_decode_planned = msgspec.json.Decoder(PlannedRow).decode
_decode_problems = msgspec.json.Decoder(list[FileProblem]).decode


class Offload(Protocol):
    """Runs blocking work away from the event loop."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Do the work and answer with its result."""


class FileImports:
    """Takes files and applies them; the only writer of their records."""

    def __init__(
        self,
        *,
        storage: Storage,
        clock: Clock,
        ids: IdSource,
        directory: Directory,
        nomenclature: Nomenclature,
        book: SettingsBook,
        offload: Offload,
    ) -> None:
        """``offload`` runs the reading of files."""
        self._storage = storage
        self._clock = clock
        self._ids = ids
        self._directory = directory
        self._nomenclature = nomenclature
        self._book = book
        self._offload = offload

    async def take(
        self, file: IO[bytes], kind: FileKind, options: FileOptions, who: str
    ) -> FileTaken:
        """Read and store a file; the job that goes on with it is stored too, and not started.

        Raises:
            FileRefusedError: it cannot be read at all; nothing is stored.

        """
        warehouses = frozenset(self._book.view.warehouses)

        def work() -> tuple[ReadFile, bytes]:
            digest = hashlib.blake2b(_encode((kind, options)), digest_size=32)
            file.seek(0)
            while piece := file.read(1 << 20):
                digest.update(piece)
            read = read_rows(
                file,
                kind,
                warehouses=warehouses,
                warehouse=options.warehouse,
                encoding=options.encoding,
                delimiter=options.delimiter,
            )
            return read, digest.digest()

        read, digest = await self._offload(work)
        import_id = self._ids.next_id()
        taken = FileImport(
            id=import_id,
            kind=kind,
            content_hash=digest,
            skip_bad=options.skip_bad,
            dry_run=options.dry_run,
            created_by=who,
            created_ms=self._clock.now_ms(),
            rows=read.rows,
            good=read.good,
            bad=read.bad,
            problems=_encode(read.problems),
            problem_count=read.problem_count,
            ignored=_encode(read.ignored).decode(),
        )
        subject = encode_id(import_id)
        found_id, job = await self._storage.write(lambda c: records.take(c, taken, subject))
        return FileTaken(found_id, job.id)

    async def work(self, job: Job, progress: Progress) -> FileResult:
        """Plan and apply a stored file, from wherever it was left."""
        import_id = decode_id(job.subject)
        record = await self._found(import_id)
        if record.plan is None:
            await self._plan(record)
            record = await self._found(import_id)
        plan = (record.plan or b"").splitlines()
        changes = await self._offload(lambda: Counter(_decode_planned(it).change for it in plan))
        is_applied = not record.dry_run and (record.skip_bad or not record.bad)
        if is_applied:
            record = await self._apply(record, plan, progress)
        return _result(record, changes, is_applied=is_applied)

    async def _found(self, import_id: int) -> FileImport:
        record = await self._storage.read(lambda c: records.find(c, import_id))
        if record is None:
            raise LookupError("the file is not here")
        return record

    # --- planning ---------------------------------------------------------------------

    async def _plan(self, record: FileImport) -> None:
        tree = await self._storage.read(categories.load_all)
        planner = FilePlanner(
            FileKind(record.kind),
            nomenclature=self._nomenclature,
            book=self._book,
            ids=self._ids,
            categories={each.id for each in tree},
        )
        problems = _decode_problems(record.problems)
        count, bad, good = record.problem_count, record.bad, 0
        plan = bytearray()
        lines = record.rows.splitlines()
        for start in range(0, len(lines), PLANNED_AT_ONCE):
            rows = [_decode_row(line) for line in lines[start : start + PLANNED_AT_ONCE]]
            known = await self._products_of(planner, rows)
            for row in rows:
                planned, faults = planner.plan(row, known)
                count += len(faults)
                problems += faults[: MOST_PROBLEMS - len(problems)]
                if planned is None:
                    bad += 1
                else:
                    good += 1
                    plan += _encode(planned) + b"\n"
            await asyncio.sleep(0)
        problems.sort(key=lambda problem: problem.line)
        stored = bytes(plan)
        told = _encode(problems)
        await self._storage.write(
            lambda c: records.set_plan(
                c, record.id, plan=stored, good=good, bad=bad, problems=told, problem_count=count
            )
        )

    async def _products_of(
        self, planner: FilePlanner, rows: Iterable[FileRow]
    ) -> dict[int, Product]:
        wanted = {found for row in rows if (found := planner.product_of(row)) is not None}
        if not wanted:
            return {}

        def load(connection: sqlite3.Connection) -> dict[int, Product]:
            loaded = (product_rows.load(connection, product_id) for product_id in sorted(wanted))
            return {product.id: product for product in loaded if product is not None}

        return await self._storage.read(load)

    # --- applying ---------------------------------------------------------------------

    async def _apply(
        self, record: FileImport, plan: Sequence[bytes], progress: Progress
    ) -> FileImport:
        problems = _decode_problems(record.problems)
        count, refused, applied = record.problem_count, record.refused, record.applied
        done = await self._storage.read(lambda c: work_rows.done(c, record.job_id))
        noted, problems_noted = applied, len(problems)
        while applied < len(plan):
            chunk = plan[applied : applied + APPLIED_AT_ONCE]
            rows = {
                number: _decode_planned(line)
                for number, line in enumerate(chunk, start=applied)
                if number not in done
            }
            works = (self._apply_rows(record, each) for each in _by_product(rows))
            faults = [problem for told in await asyncio.gather(*works) for problem in told]
            applied += len(chunk)
            refused += len({problem.line for problem in faults})
            count += len(faults)
            problems += faults[: MOST_PROBLEMS - len(problems)]
            if applied == len(plan) or applied - noted > len(plan) // NOTES_MOST:
                told_now = problems if len(problems) > problems_noted else None
                await self._advance(record, applied, refused, told_now, count)
                noted, problems_noted = applied, len(problems)
            await progress(applied, len(plan))
        return await self._found(record.id)

    async def _advance(
        self,
        record: FileImport,
        applied: int,
        refused: int,
        problems: list[FileProblem] | None,
        count: int,
    ) -> None:
        told = _encode(problems) if problems is not None else None
        await self._storage.write(
            lambda c: records.advance(
                c,
                record,
                applied=applied,
                refused=refused,
                problems=told,
                problem_count=count,
            )
        )

    async def _apply_rows(
        self, record: FileImport, rows: Mapping[int, PlannedRow]
    ) -> list[FileProblem]:
        """Ask one product for the rows that are about it, in their order."""
        problems: list[FileProblem] = []
        for number, planned in rows.items():
            command = command_of(planned, WorkRow(record.job_id, number), FileKind(record.kind))
            if command is None:
                continue
            try:
                await self._directory.ask(ProductActor, planned.product_id, command)
            except CodeTakenError as error:
                # created before a stop that came before the note of it
                if error.product_id != planned.product_id:
                    problems += _told(planned, error)
            except Rejection as error:
                problems += _told(planned, error)
        return problems


def _by_product(rows: Mapping[int, PlannedRow]) -> list[dict[int, PlannedRow]]:
    grouped: dict[int, dict[int, PlannedRow]] = {}
    for number, each in rows.items():
        grouped.setdefault(each.product_id, {})[number] = each
    return list(grouped.values())


def _told(planned: PlannedRow, error: Rejection) -> list[FileProblem]:
    line = planned.row.line
    if isinstance(error, FieldsRefusedError):
        return [
            FileProblem(line, fault.field, in_romanian(fault.message), fault.message)
            for fault in error.faults
        ]
    return [FileProblem(line, "", in_romanian(str(error)), str(error))]


def _result(
    record: FileImport, changes: Mapping[RowChange, int], *, is_applied: bool
) -> FileResult:
    return FileResult(
        id=encode_id(record.id),
        kind=FileKind(record.kind),
        is_applied=is_applied,
        dry_run=record.dry_run,
        created=changes.get(RowChange.CREATE, 0),
        changed=changes.get(RowChange.CHANGE, 0),
        unchanged=changes.get(RowChange.NONE, 0),
        bad=record.bad,
        refused=record.refused,
        problems=record.problem_count,
        ignored_columns=msgspec.json.decode(record.ignored, type=tuple[str, ...]),
    )
