"""Whether a browser sends a request from our own pages."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

import msgspec
from aiohttp import web

from magazie.http.problems import ProblemError, ProblemKind

_HOST = re.compile(r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_own_origin(request: web.Request, public_url: str) -> bool:
    """Tell whether the request may come from a page of this service.

    Every browser that sends a cookie with a request that changes something also says where
    the request comes from; programs that are no browsers say nothing.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    stated = _split(origin)
    if public_url:
        ours = urlsplit(public_url)
        if (stated.scheme, stated.netloc) == (ours.scheme, ours.netloc):
            return True
    return bool(stated.netloc) and stated.netloc == request.headers.get("Host")


class Reached(msgspec.Struct, frozen=True):
    """Where a request reached this service: ``https://erp.lan:8443``, empty where it is not known.

    ``is_shared``: other devices can be expected to reach it there.
    """

    origin: str
    is_shared: bool


def reached_at(request: web.Request, public_url: str) -> Reached:
    """The origin to be told to other devices: the one that is set, else the one asked at.

    What a request says of its host is good only for an answer to whoever sent it.
    """
    if public_url:
        return Reached(public_url.rstrip("/"), is_shared=True)
    host = request.headers.get("Host", "")
    if not _HOST.fullmatch(host) or not _split(f"//{host}").hostname:
        return Reached("", is_shared=False)
    stated = _split(request.headers.get("Origin", ""))
    # a browser knows of the proxy before us that ends TLS
    is_stated = stated.netloc == host and stated.scheme in {"http", "https"}
    scheme = stated.scheme if is_stated else request.scheme
    return Reached(f"{scheme}://{host}", is_shared=not _is_this_machine(host))


def _split(text: str) -> SplitResult:
    """The parts of an address; none where it is none."""
    try:
        return urlsplit(text)
    except ValueError:
        return urlsplit("")


def _is_this_machine(host: str) -> bool:
    name = (_split(f"//{host}").hostname or "").rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def require_own_origin(request: web.Request, public_url: str) -> None:
    """Refuse what another site makes a browser send.

    Raises:
        ProblemError: the request comes from another site.

    """
    if not is_own_origin(request, public_url):
        raise ProblemError(
            ProblemKind.FOREIGN_ORIGIN, "with a session, only this service's own pages may ask"
        )
