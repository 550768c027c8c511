"""The address that Prometheus reads."""

from aiohttp import web

from magazie.actors.settings_book import Role
from magazie.http.endpoint import Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.metrics.collector import write_page
from magazie.http.metrics.gathered import gather


@endpoint(
    "GET",
    "/metrics",
    role=Role.PICKER,
    tag="operations",
    summary="Read the metrics",
    answers={200: None},
    is_watched=False,
)
async def read_metrics(call: Call[NoBody, NoQuery]) -> Outcome:
    """In Prometheus' text format."""
    gathered = await gather(call.parts)
    page = await call.parts.offload(lambda: write_page(gathered))
    return web.Response(
        body=page, headers={"Content-Type": "text/plain; version=1.0.0; charset=utf-8"}
    )


ENDPOINTS = (read_metrics,)
