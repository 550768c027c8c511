"""Magazie in a process of its own, as ``magazie serve`` runs it, with a look at its loop."""

import asyncio
import sys
from pathlib import Path

from bench.child import answering_parent, say_ready
from magazie.commands.edge import bind, served
from magazie.commands.logs import set_up_logs
from magazie.commands.until_signal import run_until_signal
from magazie.gomag.aiohttp_transport import AiohttpTransport
from magazie.outside import real_outside
from magazie.service import Service
from magazie.settings import read_settings


async def serve(file: Path) -> None:
    settings = read_settings(file)
    set_up_logs(settings.service.log_level)
    service = Service(settings, real_outside(lambda _shop: AiohttpTransport()))
    ended = asyncio.Event()
    with bind(*settings.service.address) as listening, answering_parent(ended):
        await service.start()
        try:
            async with served(service, listening) as address:
                say_ready(address.port)
                await ended.wait()
        finally:
            await service.stop()


def main() -> None:
    file = Path(sys.argv[1])
    run_until_signal(lambda: serve(file))


if __name__ == "__main__":
    main()
