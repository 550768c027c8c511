"""Files that a stop, a person or a second request comes between."""

import io
from typing import Any

import pytest

from magazie.files.imports import FileOptions
from magazie.model.file_columns import FileKind
from magazie.model.ids import encode_id
from magazie.storage import jobs, work_rows
from magazie.sync import file_import
from tests.http.edges import Edge
from tests.http.file_desk import by_code, problems


@pytest.mark.parametrize("at", [1, 2, 3])
async def test_a_stop_while_rows_are_applied_ends_the_same(
    edge: Edge, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """The job is cut off before, within and after a note of how far it was."""
    monkeypatch.setattr(file_import, "APPLIED_AT_ONCE", 2)
    await edge.product("A5", brand="Veche")
    text = "cod;denumire;brand;preț principal\n" + "".join(
        f"A{n};P{n};Nouă;{n + 1}\n" for n in range(8)
    )
    files = edge.parts.files._files  # type: ignore[attr-defined]
    taken = await files.take(io.BytesIO(text.encode()), FileKind.PRODUCTS, FileOptions(), "ana")
    job = await edge.parts.storage.read(lambda c: jobs.find(c, taken.job_id))
    calls = 0

    async def broken(*args: Any) -> None:
        nonlocal calls
        calls += 1
        if calls >= at:
            raise Killed
        await kept(*args)

    kept = files._advance
    monkeypatch.setattr(files, "_advance", broken)
    with pytest.raises(Killed):
        await files.work(job, nowhere)
    monkeypatch.setattr(files, "_advance", kept)
    result = await files.work(job, nowhere)

    assert (result.created, result.changed, result.refused, result.problems) == (7, 1, 0, 0)
    products = await by_code(edge)
    assert len(products) == 8
    assert {it["brand"] for it in products.values()} == {"Nouă"}
    assert {code: it["version"] for code, it in products.items() if code != "A5"} == {
        f"A{n}": 1 for n in range(8) if n != 5
    }


async def test_what_a_person_changed_after_a_stop_is_not_written_over(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows were applied and the process ended before it noted how far it was."""
    monkeypatch.setattr(file_import, "APPLIED_AT_ONCE", 4)
    made = {f"A{n}": await edge.product(f"A{n}", brand="Veche") for n in range(6)}
    text = "cod;brand;cod suplimentar;preț\n" + "".join(
        f"A{n};Nouă;A{n}-b;{n + 1}\n" for n in range(6)
    )
    files = edge.parts.files._files  # type: ignore[attr-defined]
    options = FileOptions(warehouse="raft")
    taken = await files.take(io.BytesIO(text.encode()), FileKind.PRODUCTS, options, "ana")
    job = await edge.parts.storage.read(lambda c: jobs.find(c, taken.job_id))
    kept = files._advance

    async def broken(*args: Any) -> None:
        raise Killed

    monkeypatch.setattr(files, "_advance", broken)
    with pytest.raises(Killed):
        await files.work(job, nowhere)
    path = f"/api/v1/products/{made['A2']['id']}"
    assert (await edge.ask("PATCH", path, {"brand": "a Anei"})).status == 200
    assert (await edge.ask("PUT", f"{path}/prices/raft", {"price": "99"})).status == 200
    assert (await edge.ask("DELETE", f"{path}/codes?code=A2-b")).status == 200
    monkeypatch.setattr(files, "_advance", kept)
    result = await files.work(job, nowhere)

    products = await by_code(edge)
    assert (result.changed, result.refused, result.problems) == (6, 0, 0)
    assert (products["A2"]["brand"], products["A2"]["prices"]["raft"]) == ("a Anei", "99.00")
    assert products["A2"]["additional_codes"] == []
    others = [it for code, it in products.items() if code != "A2"]
    assert {(it["brand"], it["version"]) for it in others} == {("Nouă", 2)}
    assert not await edge.parts.storage.read(lambda c: work_rows.done(c, taken.job_id))


async def test_a_long_file_notes_seldom_how_far_it_is_and_a_stop_between_changes_nothing(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each note writes the plan anew: as often as there are rows, that would be quadratic."""
    monkeypatch.setattr(file_import, "APPLIED_AT_ONCE", 1)
    monkeypatch.setattr(file_import, "NOTES_MOST", 4)
    await edge.product("A5", brand="Veche")
    text = "cod;denumire;brand\n" + "".join(f"A{n};P{n};Nouă\n" for n in range(20))
    files = edge.parts.files._files  # type: ignore[attr-defined]
    taken = await files.take(io.BytesIO(text.encode()), FileKind.PRODUCTS, FileOptions(), "ana")
    job = await edge.parts.storage.read(lambda c: jobs.find(c, taken.job_id))
    notes: list[int] = []
    kept = files._advance

    async def noted(record: Any, applied: int, *rest: Any) -> None:
        notes.append(applied)
        await kept(record, applied, *rest)

    async def stopped(done: int, _total: int | None) -> None:
        if done == 9 and len(notes) == 1:
            raise Killed

    monkeypatch.setattr(files, "_advance", noted)
    with pytest.raises(Killed):
        await files.work(job, stopped)
    result = await files.work(job, nowhere)

    assert notes == [6, 12, 18, 20]
    assert (result.created, result.changed, result.refused, result.problems) == (19, 1, 0, 0)
    products = await by_code(edge)
    assert len(products) == 20
    assert {(code, it["version"]) for code, it in products.items() if code != "A5"} == {
        (f"A{n}", 1) for n in range(20) if n != 5
    }


async def test_a_row_that_is_refused_leaves_its_product_whole(edge: Edge) -> None:
    """What a row says is done in one piece, or not at all."""
    await edge.product("A1", brand="Veche")
    files = edge.parts.files._files  # type: ignore[attr-defined]
    text = f"cod;brand;id categorie\nA1;Nouă;{encode_id(5)}\n".encode()
    taken = await files.take(io.BytesIO(text), FileKind.PRODUCTS, FileOptions(), "ana")
    job = await edge.parts.storage.read(lambda c: jobs.find(c, taken.job_id))
    await edge.parts.storage.write(
        lambda c: c.execute("INSERT INTO categories (id, name) VALUES (5, 'Scule')").rowcount
    )
    record = await files._found(taken.import_id)
    await files._plan(record)
    await edge.parts.storage.write(lambda c: c.execute("DELETE FROM categories").rowcount)
    result = await files.work(job, nowhere)

    assert (result.refused, await problems(edge, {"id": result.id})) == (1, [(2, "category_id")])
    assert (await by_code(edge))["A1"]["brand"] == "Veche"


async def test_the_same_file_while_it_is_worked_on_is_the_same_job(edge: Edge) -> None:
    files = edge.parts.files._files  # type: ignore[attr-defined]
    text = b"cod;denumire\nA1;Unu\n"
    first, second, other = [
        await files.take(io.BytesIO(text), FileKind.PRODUCTS, FileOptions(dry_run=dry), "ana")
        for dry in (False, False, True)
    ]
    assert first == second
    assert other != first


class Killed(BaseException):
    """The process ends here."""


async def nowhere(_done: int, _total: int | None) -> None:
    return
