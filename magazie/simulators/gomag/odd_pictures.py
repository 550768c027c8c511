"""Pictures that are not what their address promises, told apart by how their name begins."""

from enum import StrEnum

from magazie.simulators.gomag.answers import Reply, html_reply
from magazie.simulators.gomag.pictures import picture

LARGE_BYTES = 32 * 1024 * 1024
"""Size of a picture that is too large to be one."""

_PNG, _JPEG = "image/png", "image/jpeg"
_OTHER_LOOPBACK = "http://127.0.0.1:9/secret.png"
PRIVATE_ADDRESS = "http://169.254.169.254/latest/meta-data/imagine.png"
"""Where clouds keep what must not be read from outside; no picture is there."""
LOCAL_FILE = "file:///etc/passwd"


class OddPicture(StrEnum):
    """What a name begins with, and so what is answered at its address."""

    MISSING = "lipsa"
    """404."""
    EMPTY = "goala"
    """200 and no byte."""
    WEB_PAGE = "pagina"
    """200, told to be image/jpeg, and an HTML page."""
    CUT = "taiata"
    """200 and the first half of a picture."""
    TOO_LARGE = "uriasa"
    """A picture's beginning and ``LARGE_BYTES`` in all."""
    STALLS = "blocata"
    """No answer for as long as one waits."""
    TO_LOOPBACK = "spre-local"
    """A redirect to another port of this machine."""
    TO_PRIVATE = "spre-privat"
    """A redirect to ``PRIVATE_ADDRESS``."""
    TO_ITSELF = "spre-sine"
    """A redirect without end."""


def odd_picture(name: str) -> OddPicture | None:
    """Return what is wrong with the picture of a name, or None."""
    return next((odd for odd in OddPicture if name.startswith(odd.value)), None)


def picture_reply(name: str, path: str) -> Reply:
    """Answer a picture's address; one that stalls never comes here."""
    match odd_picture(name):
        case None if name.endswith(".png"):
            return Reply(200, _PNG, picture(name))
        case OddPicture.EMPTY:
            return Reply(200, _PNG, b"")
        case OddPicture.WEB_PAGE:
            page = html_reply(200, "Autentificare")
            return Reply(200, _JPEG, page.body)
        case OddPicture.CUT:
            whole = picture(name)
            return Reply(200, _PNG, whole[: len(whole) // 2])
        case OddPicture.TOO_LARGE:
            return Reply(200, _PNG, picture(name).ljust(LARGE_BYTES, b"\0"))
        case OddPicture.TO_LOOPBACK:
            return _redirect(_OTHER_LOOPBACK)
        case OddPicture.TO_PRIVATE:
            return _redirect(PRIVATE_ADDRESS)
        case OddPicture.TO_ITSELF:
            return _redirect(path)
        case _:
            return html_reply(404, "404 Not Found")


def _redirect(address: str) -> Reply:
    return html_reply(302, "302 Found", (("Location", address),))
