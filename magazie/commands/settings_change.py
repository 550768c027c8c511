"""Changes people and tokens: through the running service, or in the books while none runs."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from magazie.actors.news import NewsDesk
from magazie.actors.passwords import PasswordHasher
from magazie.actors.runtime import Directory, RuntimeMetrics
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_book import Role, SettingsBook
from magazie.commands.configured import data_folder
from magazie.commands.local_service import LocalService, running_service
from magazie.gomag.aiohttp_transport import AiohttpTransport
from magazie.outside import real_outside
from magazie.service import DATABASE
from magazie.settings import Settings
from magazie.storage.errors import DataFolderInUseError
from magazie.storage.lock import ProcessLock
from magazie.storage.secret_file import SecretFile
from magazie.storage.storage import Storage

T = TypeVar("T")

ROLES = tuple(role.value for role in Role)

Ask = Callable[[object], Awaitable[object]]
"""Asks the SettingsActor."""


async def change_settings(
    settings: Settings,
    through_service: Callable[[LocalService], Awaitable[T]],
    in_books: Callable[[Ask], Awaitable[T]],
) -> T:
    """Make a change where the settings are owned at this moment.

    Raises:
        CommandError: the service refused, or does not answer.
        Rejection: the SettingsActor refused.
        StorageError: the database cannot be used.

    """
    folder = data_folder(settings)
    while True:
        async with running_service(folder) as service:
            if service is not None:
                return await through_service(service)
        try:
            async with opened_books(settings) as ask:
                return await in_books(ask)
        except DataFolderInUseError:
            continue  # a service has just been started: it is asked then


@asynccontextmanager
async def opened_books(settings: Settings) -> AsyncIterator[Ask]:
    """The SettingsActor of a folder that no service has, and nothing else of the service.

    Raises:
        DataFolderInUseError: a process has the folder.
        StorageError: the database cannot be used.

    """
    folder = data_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    outside = real_outside(lambda _shop: AiohttpTransport())
    with ProcessLock(folder):
        storage = await Storage.open(folder / DATABASE)
        try:
            directory = Directory(
                metrics=RuntimeMetrics(), random=outside.chance.stream("settings")
            )
            secrets = SecretFile.open(folder)

            def owner(_key: str) -> SettingsActor:
                return SettingsActor(
                    storage=storage,
                    clock=outside.clock,
                    news=NewsDesk(),
                    book=SettingsBook(),
                    secrets=secrets,
                    offload=outside.offload,
                    token_bytes=outside.token_bytes,
                    passwords=PasswordHasher(),
                )

            directory.register(SettingsActor, owner)

            async def ask(message: object) -> object:
                answer: object = await directory.ask(SettingsActor, SETTINGS_KEY, message)
                return answer

            try:
                yield ask
            finally:
                await directory.stop((SettingsActor,), deadline=5.0)
        finally:
            await storage.close()
