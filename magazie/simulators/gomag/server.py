import asyncio
from collections.abc import Callable

from aiohttp import web
from msgspec.structs import replace

from magazie.simulators.gomag.control import control_routes
from magazie.simulators.gomag.engine import GomagShop
from magazie.simulators.gomag.exchange import FateKind, SimRequest, SimResponse
from magazie.simulators.gomag.host import SimulatorHost
from magazie.simulators.gomag.seed.build import build_shop
from magazie.simulators.gomag.state import ShopProfile
from magazie.simulators.gomag.switches import Switches
from magazie.simulators.gomag.webhooks import WebhookSettings

_LOOPBACK = "127.0.0.1"
_MS = 1_000
_JOURNAL_LIMIT = 20_000
_WORTH_COMPRESSING = 1_024
_SHUTDOWN_S = 1.0


class RunningSimulator:
    """A simulated shop that serves on loopback.

    Attributes:
        url: its address, for the API, its pictures and ``/control``.
    """

    def __init__(self, url: str, host: SimulatorHost, runner: web.AppRunner) -> None:
        self.url = url
        self._host = host
        self._runner = runner

    @property
    def engine(self) -> GomagShop:
        """The shop behind the address; another one after a reset."""
        return self._host.engine

    async def stop(self) -> None:
        """Stop serving; requests that hang are let go."""
        await self._host.stop()
        await self._runner.cleanup()


async def start_gomag_simulator(
    port: int = 0,
    *,
    now_ms: Callable[[], int],
    products: int = 500,
    seed: int = 1,
    orders: int = 60,
    planted: bool = False,
    orders_per_minute: float = 0.0,
    webhook: str | None = None,
    switches: Switches | None = None,
    profile: ShopProfile | None = None,
) -> RunningSimulator:
    """Build a shop and serve it on 127.0.0.1.

    Args:
        port: 0 = any free one.
        now_ms: UTC epoch milliseconds.
        products: sellable products.
        seed: of all chance in the shop.
        orders: orders of the last 30 days.
        planted: whether oddities are planted at known places (as ``build_shop``).
        orders_per_minute: how often new ones come.
        webhook: a URL to call when orders change (not a Gomag contract).
        switches: how the unknowns are answered.
        profile: address and keys of the shop; its pictures are always served here.

    Raises:
        OSError: the port is taken.
    """
    media = profile or ShopProfile()

    def build(new_seed: int | None, new_products: int | None) -> GomagShop:
        return build_shop(
            seed if new_seed is None else new_seed,
            products if new_products is None else new_products,
            now_ms=now_ms,
            orders=orders,
            planted=planted,
            switches=switches,
            profile=media,
            journal_limit=_JOURNAL_LIMIT,
        )

    host = SimulatorHost(build)
    runner = web.AppRunner(
        simulator_app(host),
        handler_cancellation=True,
        access_log=None,
        shutdown_timeout=_SHUTDOWN_S,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, _LOOPBACK, port).start()
    except OSError:
        await runner.cleanup()
        raise
    url = f"http://{_LOOPBACK}:{runner.addresses[0][1]}"
    media = replace(media, media_url=url)
    host.engine.state.profile = media
    host.engine.shoppers.set_rate(orders_per_minute)
    if webhook is not None:
        host.call_webhook(webhook, WebhookSettings(enabled=True))
    await host.start()
    return RunningSimulator(url, host, runner)


def simulator_app(host: SimulatorHost) -> web.Application:
    """Return the application: the control address, and the shop at all others."""
    app = web.Application(client_max_size=0)  # the shop itself says what is too large
    app.add_routes(control_routes(host))

    async def serve(request: web.Request) -> web.StreamResponse:
        asked = SimRequest(
            method=request.method,
            path=request.path,
            query=tuple(request.query.items()),
            headers=tuple(request.headers.items()),
            body=await request.read(),
        )
        return await _travel(request, host.engine.handle(asked), host.stopping)

    app.router.add_route("*", "/{address:.*}", serve)
    return app


async def _travel(
    request: web.Request, response: SimResponse, stopping: asyncio.Event
) -> web.StreamResponse:
    """Let an answer meet its fate."""
    fate = response.fate
    if fate.kind is FateKind.HANG:
        await stopping.wait()
        return _cut(request)
    if fate.kind in {FateKind.REFUSE, FateKind.DROP_BEFORE}:
        return _cut(request)
    await asyncio.sleep(fate.delay_ms / _MS)
    if fate.kind is FateKind.DROP_AFTER:
        return _cut(request)
    answer = web.Response(status=response.status, headers=response.headers, body=response.body)
    is_picture = answer.content_type.startswith("image/")
    if len(response.body) > _WORTH_COMPRESSING and not is_picture:
        answer.enable_compression()
    return answer


def _cut(request: web.Request) -> web.Response:
    """Break the connection; what is returned finds nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
