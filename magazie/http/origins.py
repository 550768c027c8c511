"""Whether a browser sends a request from our own pages."""

from urllib.parse import urlsplit

from aiohttp import web

from magazie.http.problems import ProblemError, ProblemKind

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
    stated = urlsplit(origin)
    if public_url:
        ours = urlsplit(public_url)
        if (stated.scheme, stated.netloc) == (ours.scheme, ours.netloc):
            return True
    return bool(stated.netloc) and stated.netloc == request.headers.get("Host")


def require_own_origin(request: web.Request, public_url: str) -> None:
    """Refuse what another site makes a browser send.

    Raises:
        ProblemError: the request comes from another site.

    """
    if not is_own_origin(request, public_url):
        raise ProblemError(
            ProblemKind.FOREIGN_ORIGIN, "with a session, only this service's own pages may ask"
        )
