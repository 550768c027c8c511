"""Files sent to the edge, and what came of them."""

import asyncio
from typing import Any

from magazie.actors.settings_book import Role
from tests.http.edges import Edge

CSV = {"Content-Type": "text/csv"}


async def send(edge: Edge, kind: str, text: str | bytes, query: str = "", status: int = 202) -> Any:
    raw = text.encode() if isinstance(text, str) else text
    answer = await edge.ask("POST", f"/api/v1/files/{kind}{query}", raw=raw, headers=CSV)
    assert answer.status == status, await answer.text()
    return await answer.json()


async def done(edge: Edge, kind: str, text: str | bytes, query: str = "") -> Any:
    started = await send(edge, kind, text, query)
    async with asyncio.timeout(20):
        while True:
            job = await edge.get(f"/api/v1/jobs/{started['job']}", role=Role.OFFICE)
            if job["state"] not in {"waiting", "running"}:
                assert job["state"] == "done", job
                return job["result"]
            await asyncio.sleep(0.005)


async def problems(edge: Edge, result: Any) -> list[tuple[int, str]]:
    shown = await edge.get(
        f"/api/v1/files/imports/{result['id']}/problems?limit=200", role="office"
    )  # type: ignore[arg-type]
    assert all(each["ro"] and each["en"] for each in shown["items"])
    return [(each["line"], each["column"]) for each in shown["items"]]


async def by_code(edge: Edge) -> dict[str, Any]:
    return {it["code"]: it for it in (await edge.get("/api/v1/products"))["items"]}
