"""Puts a started service on its address."""

import errno
import importlib.metadata
import os
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from aiohttp import web

from magazie.actors.kept_products import KeptProducts
from magazie.commands.failure import CommandError
from magazie.commands.heap import quiet_heap
from magazie.http.app import build_app
from magazie.http.desks import ShopDesk
from magazie.http.parts import DemoLogin, Parts
from magazie.http.sessions import read_session_key
from magazie.outside import Outside
from magazie.service import Service
from magazie.settings import DEFAULT_FILE, ServiceSettings, SettingsError
from magazie.storage.reads.product_labels import read_labels

T = TypeVar("T")

_UNDER_WAY_ENDS_WITHIN_S: Final = 2.0
_BACKLOG: Final = 1024
_ANY_HOST: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound


class Address(msgspec.Struct, frozen=True):
    """Where a service listens."""

    scheme: str
    host: str
    port: int

    @property
    def url(self) -> str:
        """As it was set."""
        return _url(self.scheme, self.host, self.port)

    @property
    def local_url(self) -> str:
        """As this machine reaches it."""
        return _url(self.scheme, _ANY_HOST.get(self.host, self.host), self.port)


def bind(host: str, port: int) -> socket.socket:
    """Take an address, without listening yet.

    Raises:
        CommandError: it is not to be had.

    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise CommandError(
            f"There is no host {host!r} to listen on ({error.strerror}). "
            "Correct service.listen, for example 127.0.0.1:8080."
        ) from error
    family, kind, protocol, _, place = min(found, key=lambda entry: entry[0])
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(place)
    except OSError as error:
        bound.close()
        raise CommandError(_why_not(error, host, port)) from error
    return bound


def tls_context(settings: ServiceSettings, file: Path | None) -> ssl.SSLContext | None:
    """What HTTPS is served with; None where it is not set.

    Raises:
        SettingsError: certificate or key cannot be used.

    """
    if not settings.tls_cert:
        return None
    for key, path in (("tls_cert", settings.tls_cert), ("tls_key", settings.tls_key)):
        if not os.access(path, os.R_OK):
            problem = f"there is no readable file {path}"
            raise SettingsError(file or DEFAULT_FILE, f"service.{key}", problem, "a PEM file")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except (ssl.SSLError, OSError) as error:
        raise SettingsError(
            file or DEFAULT_FILE,
            "service.tls_cert",
            f"cannot be used with service.tls_key: {error.strerror or error}",
            "the PEM files of a certificate and of its private key without a passphrase",
        ) from error
    return context


@asynccontextmanager
async def served(
    service: Service,
    listening: socket.socket,
    *,
    tls: ssl.SSLContext | None = None,
    demo: DemoLogin | None = None,
) -> AsyncIterator[Address]:
    """Serve HTTP on a bound socket for as long as the block runs.

    Raises:
        CommandError: another program took the address meanwhile.
        SessionKeyError: the key that signs cookies cannot be used.

    """
    parts = _parts_of(service, demo)
    runner = web.AppRunner(
        build_app(parts),
        access_log=None,
        handle_signals=False,
        shutdown_timeout=_UNDER_WAY_ENDS_WITHIN_S,
    )
    await runner.setup()
    try:
        host, _ = service.settings.service.address
        port: int = listening.getsockname()[1]
        try:
            await web.SockSite(runner, listening, ssl_context=tls, backlog=_BACKLOG).start()
        except OSError as error:
            # two sockets may be bound to one address, yet only one of them may listen
            raise CommandError(_why_not(error, host, port)) from error
        async with quiet_heap(parts.traffic):
            yield Address("https" if tls else "http", host, port)
    finally:
        await runner.cleanup()


class _Desks:
    """The shops of a service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def find(self, shop: str) -> ShopDesk | None:
        return self._service.shops.get(shop)


class _IsStarted:
    """Ready from the end of the start until the stop begins."""

    name = "service"

    def __init__(self, service: Service) -> None:
        self._service = service

    def problem(self) -> str | None:
        return None if self._service.is_ready else "is starting or stopping"


def _parts_of(service: Service, demo: DemoLogin | None) -> Parts:
    settings = service.settings.service
    return Parts(
        storage=service.storage,
        directory=service.directory,
        clock=service.clock,
        news=service.news,
        book=service.book,
        nomenclature=service.nomenclature,
        media=service.media,
        labels=KeptProducts(service.storage, service.news, read_labels),
        ids=service.ids,
        passwords=service.passwords,
        offload=_offload(service.outside),
        desks=_Desks(service),
        files=service,
        start_edits=service.start_edits,
        cancel_job=service.jobs.cancel,
        session_secret=read_session_key(service.data_dir, service.outside.token_bytes),
        runtime_metrics=service.runtime_metrics,
        lag=service.lag,
        readiness=(_IsStarted(service),),
        public_url=settings.public_url,
        language=settings.language,
        version=_version(),
        demo=demo,
    )


def _offload(outside: Outside) -> Callable[[Callable[[], T]], Awaitable[T]]:
    async def run(function: Callable[[], T]) -> T:
        return await outside.offload(function)

    return run


def _version() -> str:
    try:
        return importlib.metadata.version("magazie")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout without installing
        return ""


def _url(scheme: str, host: str, port: int) -> str:
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _why_not(error: OSError, host: str, port: int) -> str:
    place = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is in use by another program. Stop that one, or choose "
            "another port (service.listen in the settings file; --port for a demo)."
        )
    if error.errno == errno.EACCES:
        return (
            f"This user may not listen on {place}. Choose a port above 1023 and let a proxy "
            "pass requests on, or give the program the right to bind low ports."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return f"This machine has no address {host}. Correct service.listen."
    return f"Cannot listen on {place}: {error.strerror}."
