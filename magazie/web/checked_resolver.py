"""Looks host names up and answers only addresses of the public internet."""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from magazie.model.web_addresses import is_public


class AddressNotPublicError(OSError):
    """A host has an address that is not on the public internet."""


class CheckedResolver(AbstractResolver):
    """Checks what a name resolves to.

    The connector connects to exactly the addresses answered here, so a name that resolves to
    something else a moment later reaches nothing else.
    """

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        """``inner`` does the looking up: the operating system's resolver unless given."""
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host.

        Raises:
            AddressNotPublicError: one of them is not public.
            OSError: there is no such host.

        """
        found = await self._inner.resolve(host, port, family)
        for each in found:
            if not is_public(each["host"]):
                raise AddressNotPublicError(f"{host} resolves to {each['host']}")
        return found

    async def close(self) -> None:
        """End the inner resolver."""
        await self._inner.close()
