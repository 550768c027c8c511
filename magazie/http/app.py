"""The application: every address, built once."""

import asyncio
from typing import Final

import msgspec
from aiohttp import web

from magazie.actors.settings_book import Role
from magazie.http import events, health, login, openapi, page_endpoints, webhooks
from magazie.http.api import (
    access,
    alerts,
    categories,
    file_exports,
    file_imports,
    images,
    jobs,
    listing_decisions,
    listing_item,
    operations,
    orders,
    outbox,
    picking,
    product_bulk,
    products,
    publications,
    publish_maps,
    settings,
    shop_listing,
    shop_tree,
    shops,
    stickers,
    stock,
    sync_switches,
    tallies,
    terminals,
)
from magazie.http.authentication import Authenticator
from magazie.http.dispatch import Desk, Dispatch, Stray
from magazie.http.docs_page import docs_page
from magazie.http.endpoint import Call, Endpoint, NoBody, NoQuery, Outcome, endpoint
from magazie.http.login_throttle import LoginThrottle
from magazie.http.metrics import endpoints as metrics
from magazie.http.parts import Parts
from magazie.http.scanning.endpoint import scan_endpoint
from magazie.http.scanning.hub import ScanHub
from magazie.http.sessions import Sessions
from magazie.http.terminal_login import TerminalGate, terminal_login_endpoints

LINGERING_S: Final = 1.0
"""How long what a refused request still sends is read and thrown away."""
KEEP_ALIVE_S: Final = 75.0

_FIXED: Final[tuple[Endpoint, ...]] = (
    *orders.ENDPOINTS,
    *products.ENDPOINTS,
    *product_bulk.ENDPOINTS,
    *images.ENDPOINTS,
    *categories.ENDPOINTS,
    *file_imports.ENDPOINTS,
    *file_exports.ENDPOINTS,
    *stickers.ENDPOINTS,
    *stock.ENDPOINTS,
    *tallies.ENDPOINTS,
    *shops.ENDPOINTS,
    *shop_listing.ENDPOINTS,
    *listing_item.ENDPOINTS,
    *listing_decisions.ENDPOINTS,
    *shop_tree.ENDPOINTS,
    *publications.ENDPOINTS,
    *publish_maps.ENDPOINTS,
    *sync_switches.ENDPOINTS,
    *outbox.ENDPOINTS,
    *picking.ENDPOINTS,
    *alerts.ENDPOINTS,
    *jobs.ENDPOINTS,
    *settings.ENDPOINTS,
    *terminals.ENDPOINTS,
    *access.ENDPOINTS,
    *operations.ENDPOINTS,
    *health.ENDPOINTS,
    *metrics.ENDPOINTS,
    *webhooks.ENDPOINTS,
    *page_endpoints.ENDPOINTS,
)

ENDPOINTS_KEY: Final = web.AppKey("endpoints", tuple[Endpoint, ...])
"""Where an application holds its endpoints."""


def build_app(parts: Parts) -> web.Application:
    """Build the application. It is served by an ``AppRunner``, whose clean-up ends it in order.

    Stopping takes no new connections, ends the sockets that hear the news, and lets the
    requests under way end within the runner's ``shutdown_timeout``.
    """
    is_https = parts.public_url.startswith("https:")
    sessions = Sessions(parts.session_secret, book=parts.book, clock=parts.clock, is_https=is_https)
    authenticator = Authenticator(parts.book, sessions, parts.public_url)
    hub, scan_hub = events.Hub(parts), ScanHub(parts)
    gate = login.Gate(parts, LoginThrottle(lambda: asyncio.get_running_loop().time()))
    terminal_gate = TerminalGate(parts, LoginThrottle(lambda: asyncio.get_running_loop().time()))
    endpoints = (
        *_FIXED,
        *login.login_endpoints(parts, sessions, gate),
        *terminal_login_endpoints(parts, sessions, terminal_gate),
        events.events_endpoint(hub, authenticator, parts.public_url),
        scan_endpoint(scan_hub, authenticator, parts.public_url),
        *_document_endpoints(),
    )
    app = web.Application(
        handler_args={
            "lingering_time": LINGERING_S,
            "keepalive_timeout": KEEP_ALIVE_S,
            "access_log": None,
        }
    )
    app[ENDPOINTS_KEY] = endpoints
    desk = Desk(parts, authenticator)
    # one resource for each path, so that finding the route looks at one and not at three
    resources = {each.path: app.router.add_resource(each.path) for each in endpoints}
    for each in endpoints:
        handle = Dispatch(each, desk).handle
        resources[each.path].add_route(each.method, handle)
        if each.method == "GET":
            resources[each.path].add_route("HEAD", handle)
    app.router.add_route("*", "/{rest:.*}", Stray(app, desk).handle)

    async def end_sockets(_app: web.Application) -> None:
        hub.close()
        scan_hub.close()

    app.on_shutdown.append(end_sockets)
    return app


def _document_endpoints() -> tuple[Endpoint, ...]:
    """The addresses of the document itself, which it names too."""

    @endpoint(
        "GET",
        "/openapi.json",
        role=Role.PICKER,
        tag="operations",
        summary="Read the OpenAPI document",
        answers={200: None},
    )
    async def read_document(call: Call[NoBody, NoQuery]) -> Outcome:
        """OpenAPI 3.1."""
        body = msgspec.json.encode(_document(call))
        return web.Response(body=body, headers={"Content-Type": "application/json"})

    @endpoint(
        "GET",
        "/docs",
        role=Role.PICKER,
        tag="operations",
        summary="Read the API's documentation",
        answers={200: None, 303: None},
        is_page=True,
    )
    async def read_docs(call: Call[NoBody, NoQuery]) -> Outcome:
        """The document as a page."""
        return docs_page(_document(call))

    return (read_document, read_docs)


def _document(call: Call[NoBody, NoQuery]) -> openapi.Json:
    parts = call.parts
    endpoints = call.request.app[ENDPOINTS_KEY]
    return openapi.describe(endpoints, version=parts.version, public_url=parts.public_url)
