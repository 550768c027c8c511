import asyncio
from typing import Any

from aiohttp import ClientConnectionError

from tests.http.edges import Edge, order_body, until


async def test_what_is_under_way_ends_and_nothing_new_begins(edge: Edge) -> None:
    gate = asyncio.Event()
    hidden = edge.parts.directory.ask

    def slow_ask(*arguments: Any, **options: Any) -> Any:
        async def later() -> Any:
            await gate.wait()
            return await hidden(*arguments, **options)

        return later()

    edge.parts.directory.ask = slow_ask  # type: ignore[method-assign]
    running = asyncio.create_task(edge.ask("POST", "/api/v1/orders", order_body()))
    await until(lambda: edge.parts.traffic.in_flight == 1)

    stopping = asyncio.create_task(edge.client.server.close())
    await asyncio.sleep(0.05)
    try:
        late = (await asyncio.wait_for(edge.ask("GET", "/healthz", role=None), 0.5)).status
    except (ClientConnectionError, TimeoutError):
        late = None
    gate.set()

    response = await running
    await stopping
    assert response.status == 201
    assert late is None
    assert edge.parts.traffic.in_flight == 0
