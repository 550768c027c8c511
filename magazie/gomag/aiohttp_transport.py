"""The production transport: one aiohttp session, without memory of cookies."""

import aiohttp

from magazie.ports import HttpRequest, HttpResponse, TransportError

_LARGEST_BODY = 64 * 1024 * 1024
_CHUNK = 256 * 1024
_CONNECT_TIMEOUT_S = 10.0
_CONNECTIONS = 8
# Shorter than the usual keep-alive of servers, so that a write seldom meets a connection
# that is just being closed.
_KEEP_ALIVE_S = 4.0

_NEVER_OPENED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


class AiohttpTransport:
    """Implements ``Transport``; make one per shop, so that shops share nothing."""

    def __init__(self, *, largest_body: int = _LARGEST_BODY) -> None:
        """``largest_body`` in bytes, after decompression."""
        self._largest_body = largest_body
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Send and read the whole answer. Redirects are answers, not followed.

        Raises:
            TransportError: no complete answer within ``request.timeout_s``.
        """
        timeout = aiohttp.ClientTimeout(
            total=request.timeout_s,
            sock_connect=min(_CONNECT_TIMEOUT_S, request.timeout_s),
        )
        try:
            async with self._opened().request(
                request.method,
                request.url,
                params=request.query or None,
                headers=dict(request.headers),
                data=request.form or None,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                return HttpResponse(
                    status=response.status,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=await self._body(response),
                )
        except _NEVER_OPENED as error:
            reason, sent = f"{type(error).__name__}: {error}", False
        except TimeoutError:
            reason, sent = f"no complete answer within {request.timeout_s:g} s", True
        except (aiohttp.ClientError, OSError) as error:
            reason, sent = f"{type(error).__name__}: {error}", True
        # Outside the except blocks, so that aiohttp's error is not even the context: it
        # carries the request with its headers, key included.
        raise TransportError(reason, sent=sent)

    async def close(self) -> None:
        """Close the connections; the next ``send`` would open new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _opened(self) -> aiohttp.ClientSession:
        # Made here because a session belongs to the loop that runs when it is made.
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE_S),
            )
        return self._session

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        chunks = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            chunks += chunk
            if len(chunks) > self._largest_body:
                raise TransportError(f"more than {self._largest_body} bytes", sent=True)
        return bytes(chunks)
