"""``magazie demo``: a simulated shop beside the service, on an embedded database."""

import argparse
import asyncio
import secrets
import shutil
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import msgspec

from magazie.actors.settings_book import Role, SettingsView
from magazie.actors.settings_messages import (
    AddUser,
    LoadSettings,
    SeedSettings,
    UpdateShop,
    UpdateUser,
)
from magazie.commands import demo_shop
from magazie.commands.argument_types import count, port, rate
from magazie.commands.demo_progress import bring_goods_in, show_how_it_goes
from magazie.commands.demo_shop import DemoShop
from magazie.commands.edge import bind, served
from magazie.commands.failure import CommandError
from magazie.commands.local_access import FILE_NAME as LOCAL_ACCESS
from magazie.commands.local_access import local_access
from magazie.commands.logs import set_up_logs
from magazie.commands.output import say
from magazie.commands.settings_change import opened_books
from magazie.commands.until_signal import run_until_signal
from magazie.gomag.aiohttp_transport import AiohttpTransport
from magazie.http.parts import DemoLogin
from magazie.http.sessions import KEY_FILE
from magazie.outside import real_outside
from magazie.secret_refs import SecretRef
from magazie.service import DATABASE, Service
from magazie.setting_rules import DEFAULT_STATUS_MAP
from magazie.settings import (
    CompanySettings,
    ServiceSettings,
    Settings,
    ShopSetup,
    WarehouseSettings,
)
from magazie.simulators.gomag import DEMO_API_KEY, DEMO_SHOP_URL
from magazie.storage.lock import ProcessLock
from magazie.storage.media import MEDIA_FOLDER
from magazie.storage.secret_file import FILE_NAME as SECRETS
from magazie.web.image_source import WebImageSource

DEFAULT_FOLDER: Final = Path("var/demo")
SHOP: Final = "magazin"
WAREHOUSE: Final = "principal"
LOGIN: Final = DemoLogin("demo", "magazie-demo")
LOG_FILE: Final = "demo.log"
CONFIG_FILE: Final = "magazie.toml"

_HOST: Final = "127.0.0.1"
_FLUSH_S: Final = 20
_POLL_S: Final = 20
_MADE_BY_A_DEMO: Final = (
    *(DATABASE + suffix for suffix in ("", "-wal", "-shm")),
    SECRETS,
    KEY_FILE,
    LOCAL_ACCESS,
    LOG_FILE,
    CONFIG_FILE,
    demo_shop.FILE_NAME,
)


class DemoOptions(msgspec.Struct, frozen=True):
    """What was asked for."""

    port: int
    folder: Path
    is_fresh: bool
    products: int
    orders_per_minute: float


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer the command."""
    parser = commands.add_parser(
        "demo",
        help="a simulated shop beside the service",
        description="Serve a simulated shop beside the service, with its goods imported and "
        "orders coming in. Without --data it begins anew each time; with it, shop and books go "
        "on where they stood. Prints 'ready http://127.0.0.1:PORT' once the goods are in.",
    )
    parser.add_argument("--port", type=port, default=8080, help="0 chooses a free one")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help=f"keep shop and books here and go on with them (default: {DEFAULT_FOLDER}, anew)",
    )
    parser.add_argument("--products", type=count, default=500, metavar="N", help="of a new shop")
    parser.add_argument("--orders-per-minute", type=rate, default=6.0, metavar="N")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal comes.

    Raises:
        CommandError: the port is not to be had, or the folder is not a demonstration's.
        StorageError: the folder is in use, or its database cannot be served.

    """
    folder: Path = arguments.data or DEFAULT_FOLDER
    options = DemoOptions(
        arguments.port,
        folder,
        arguments.data is None,
        arguments.products,
        arguments.orders_per_minute,
    )
    folder.mkdir(parents=True, exist_ok=True)
    _make_room(options)
    with (folder / LOG_FILE).open("a", encoding="utf-8") as log:
        set_up_logs("info", log)
        run_until_signal(lambda: _demonstrate(options))
    return 0


def _make_room(options: DemoOptions) -> None:
    """See that the folder is ours to use, and empty it where the demonstration begins anew."""
    folder = options.folder
    with ProcessLock(folder):
        is_ours = (folder / demo_shop.FILE_NAME).exists()
        if not is_ours and (folder / DATABASE).exists():
            raise CommandError(
                f"{folder} holds a database that no demonstration made. "
                "Name another folder with --data."
            )
        if options.is_fresh:
            for name in _MADE_BY_A_DEMO:
                (folder / name).unlink(missing_ok=True)
            shutil.rmtree(folder / MEDIA_FOLDER, ignore_errors=True)


async def _demonstrate(options: DemoOptions) -> None:
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(bind(_HOST, options.port))
        url = f"http://{_HOST}:{listening.getsockname()[1]}"
        secret = secrets.token_urlsafe(16)
        shop = await DemoShop.open(
            options.folder,
            products=options.products,
            webhook=f"{url}/webhooks/gomag/{SHOP}",
            secret=secret,
        )
        stack.push_async_callback(shop.close)
        settings = _settings(options.folder, url, shop.url, secret)
        await _prepare(settings)
        outside = real_outside(
            lambda _shop: AiohttpTransport(), lambda: WebImageSource(simulator=shop.url)
        )
        service = Service(settings, outside)
        await service.start()
        stack.push_async_callback(service.stop)
        address = await stack.enter_async_context(served(service, listening, demo=LOGIN))
        stack.enter_context(local_access(service, address.local_url, ""))
        await bring_goods_in(service, SHOP, shop.known_goods)
        shop.open_doors(options.orders_per_minute)
        _welcome(options.folder, address.url)
        await show_how_it_goes(service, SHOP)
        await asyncio.Event().wait()


async def _prepare(settings: Settings) -> None:
    """Bring settings and log-in up before the service starts, for the shop has moved."""
    (setup,) = settings.shops
    async with opened_books(settings) as ask:
        before = await ask(LoadSettings())
        if not isinstance(before, SettingsView):
            raise TypeError("LoadSettings is answered by a SettingsView")
        await ask(SeedSettings(settings))
        if setup.name in before.shops:
            await ask(
                UpdateShop(
                    name=setup.name, base_url=setup.base_url, webhook_secret=setup.webhook_secret
                )
            )
        if LOGIN.name in before.users:
            await ask(UpdateUser(LOGIN.name, Role.ADMIN, LOGIN.password))
        else:
            await ask(AddUser(LOGIN.name, Role.ADMIN, LOGIN.password))


def _settings(folder: Path, url: str, shop_url: str, secret: str) -> Settings:
    """The settings of the demonstration; a file lets other commands find its folder."""
    listen = url.removeprefix("http://")
    data_dir = str(folder.resolve())
    (folder / CONFIG_FILE).write_text(
        f"# Written by magazie demo: lets other commands work with its data, as in\n"
        f"#   magazie check --config {folder / CONFIG_FILE}\n"
        f"[service]\nlisten = {_quoted(listen)}\ndata_dir = {_quoted(data_dir)}\n",
        encoding="utf-8",
    )
    return Settings(
        service=ServiceSettings(listen=listen, data_dir=data_dir),
        company=CompanySettings(name="Exemplu SRL"),
        warehouses=(WarehouseSettings(WAREHOUSE, "Depozit principal"),),
        shops=(
            ShopSetup(
                name=SHOP,
                base_url=shop_url,
                shop_url=DEMO_SHOP_URL,
                api_key=SecretRef.typed(DEMO_API_KEY),
                webhook_secret=SecretRef.typed(secret),
                stock_warehouse=WAREHOUSE,
                price_warehouse=WAREHOUSE,
                flush_seconds=_FLUSH_S,
                poll_seconds=_POLL_S,
                status_map=dict(DEFAULT_STATUS_MAP),
            ),
        ),
    )


def _quoted(text: str) -> str:
    """The text as TOML writes it."""
    return msgspec.json.encode(text).decode()


def _welcome(folder: Path, url: str) -> None:
    say(f"open      {url}")
    say(f"log in    {LOGIN.name}  password  {LOGIN.password}")
    say(f"data      {folder}  (log: {folder / LOG_FILE})")
    say("end       Ctrl-C")
    say(f"ready {url}")
