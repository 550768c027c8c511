"""``magazie serve``: the service."""

import argparse
import asyncio
import socket
from pathlib import Path
from typing import Final

import structlog

from magazie.commands.configured import add_config_option, data_folder, settings_of
from magazie.commands.edge import bind, served, tls_context
from magazie.commands.failure import CommandError
from magazie.commands.local_access import local_access
from magazie.commands.logs import set_up_logs
from magazie.commands.output import say
from magazie.commands.until_signal import run_until_signal
from magazie.gomag.aiohttp_transport import AiohttpTransport
from magazie.outside import real_outside
from magazie.service import Service
from magazie.settings import Settings
from magazie.storage.errors import DataFolderInUseError
from magazie.storage.lock import ProcessLock
from magazie.web.image_source import WebImageSource

_PATIENCE_S: Final = 1.5
_TRY_AGAIN_S: Final = 0.1
_log = structlog.get_logger(__name__)


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer the command."""
    parser = commands.add_parser(
        "serve",
        help="serve until SIGTERM or Ctrl-C",
        description="Serve the shops and the API. Prints 'ready http://HOST:PORT' once it does.",
    )
    add_config_option(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal comes.

    Raises:
        SettingsError: a setting cannot be used.
        CommandError: the address is not to be had.
        StorageError: the folder is in use, or its database cannot be served.

    """
    settings = settings_of(arguments)
    file: Path | None = arguments.config
    set_up_logs(settings.service.log_level)
    run_until_signal(lambda: _serve(settings, file))
    return 0


async def _serve(settings: Settings, file: Path | None) -> None:
    tls = tls_context(settings.service, file)
    simulator = settings.service.images_from
    outside = real_outside(
        lambda _shop: AiohttpTransport(), lambda: WebImageSource(simulator=simulator)
    )
    service = Service(settings, outside)
    with _bound(settings) as listening:
        await _start(service)
        try:
            async with served(service, listening, tls=tls) as address:
                with local_access(service, address.local_url, settings.service.tls_cert):
                    _log.info("ready", url=address.url)
                    say(f"ready {address.url}")
                    await asyncio.Event().wait()
        finally:
            await service.stop()
            _log.info("stopped")


async def _start(service: Service) -> None:
    """Start, waiting for a command such as ``user add`` that has the folder for a moment."""
    loop = asyncio.get_running_loop()
    until_s = loop.time() + _PATIENCE_S
    while True:
        try:
            await service.start()
        except DataFolderInUseError:
            if loop.time() >= until_s:
                raise
            await asyncio.sleep(_TRY_AGAIN_S)
        else:
            return


def _bound(settings: Settings) -> socket.socket:
    host, port = settings.service.address
    try:
        return bind(host, port)
    except CommandError:
        folder = data_folder(settings)
        if folder.is_dir():
            # a second start is told whose folder it is rather than whose port
            with ProcessLock(folder):
                pass
        raise
