"""``magazie shop``: catalogue work, done by the running service or, without one, right here."""

import argparse

import msgspec

from magazie.commands.configured import add_config_option, data_folder, settings_of
from magazie.commands.failure import FAILED, CommandError
from magazie.commands.job_report import JobSeen, follow, looking_at, report
from magazie.commands.local_service import LocalService, running_service
from magazie.commands.output import note
from magazie.commands.until_signal import run_until_signal
from magazie.gomag.aiohttp_transport import AiohttpTransport
from magazie.outside import real_outside
from magazie.service import Service
from magazie.settings import Settings
from magazie.storage.jobs import JobState
from magazie.sync.shop_sync import ShopSync
from magazie.web.image_source import WebImageSource


class _Started(msgspec.Struct):
    job: str


class CatalogueWork(msgspec.Struct, frozen=True):
    """What is to be done with a shop's catalogue."""

    shop: str
    kind: str
    dry_run: bool = False


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer the command."""
    parser = commands.add_parser("shop", help="catalogue work with a shop")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    sync = actions.add_parser(
        "sync",
        help="read the shop's items",
        description="Read the shop's items into its listing; nothing else changes.",
    )
    bring = actions.add_parser(
        "import",
        help="bring the shop's items into the nomenclature",
        description="Link the shop's items to the products that carry their codes, create the "
        "others with the shop's stock, and leave what is doubtful to a person. Repeatable.",
    )
    bring.add_argument(
        "--dry-run", action="store_true", help="only tell what would be done with each item"
    )
    for action, kind in ((sync, "sync"), (bring, "import")):
        action.add_argument("name", metavar="NAME", help="the shop's name in the settings")
        add_config_option(action)
        action.set_defaults(run=run, kind=kind)


def run(arguments: argparse.Namespace) -> int:
    """Do the work, showing how far it is, and sum it up.

    Raises:
        SettingsError: a setting cannot be used.
        CommandError: there is no such shop, or the service refused.
        StorageError: the database cannot be used.

    """
    settings = settings_of(arguments)
    work = CatalogueWork(arguments.name, arguments.kind, getattr(arguments, "dry_run", False))
    seen: list[JobSeen] = []

    async def program() -> None:
        seen.append(await _do(settings, work))

    run_until_signal(program)
    if not seen:
        note("Left. The job is not lost: it goes on in the service, or when that starts again.")
        return FAILED
    report(seen[0], kind=work.kind, dry_run=work.dry_run)
    return 0 if seen[0].state is JobState.DONE else FAILED


async def _do(settings: Settings, work: CatalogueWork) -> JobSeen:
    async with running_service(data_folder(settings)) as service:
        if service is not None:
            return await _through(service, work)
    return await _here(settings, work)


async def _through(service: LocalService, work: CatalogueWork) -> JobSeen:
    body = {"all": True, "dry_run": work.dry_run} if work.kind == "import" else None
    address = f"/api/v1/shops/{work.shop}/{work.kind}"
    started = await service.ask("POST", address, _Started, body)

    async def look() -> JobSeen:
        return await service.ask("GET", f"/api/v1/jobs/{started.job}", JobSeen)

    return await follow(look, work.kind)


async def _here(settings: Settings, work: CatalogueWork) -> JobSeen:
    """Start everything but the HTTP edge for as long as the job takes."""
    simulator = settings.service.images_from
    outside = real_outside(
        lambda _shop: AiohttpTransport(), lambda: WebImageSource(simulator=simulator)
    )
    service = Service(settings, outside, watch_catalogue=False)
    await service.start()
    try:
        sync = service.shops.get(work.shop)
        if sync is None:
            raise CommandError(_no_such_shop(work.shop, tuple(service.shops)))
        return await follow(looking_at(service.storage, await _begin(sync, work)), work.kind)
    finally:
        await service.stop()


async def _begin(sync: ShopSync, work: CatalogueWork) -> int:
    if work.kind == "sync":
        return await sync.start_sync()
    order = sync.import_arguments(rows=None, dry_run=work.dry_run, opening_stock=True)
    return await sync.start_import(order)


def _no_such_shop(name: str, known: tuple[str, ...]) -> str:
    there_are = ", ".join(sorted(known)) or "none is set up yet"
    return f"There is no shop {name!r} in the settings. Known: {there_are}."
