"""How commands on this machine reach the service that has the data folder.

The service leaves its address and a token of its own in a file that only its owner may read.
The token is held in memory and in that file, nowhere else, and ends with the process.
"""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from magazie.actors.settings_book import Role, Token, hash_token
from magazie.service import Service

FILE_NAME: Final = "local.json"
"""In the data folder, while the service runs."""

_NAME: Final = "local"
_TOKEN_BYTES: Final = 32
_OWNER_ONLY: Final = 0o600


class LocalAccess(msgspec.Struct, frozen=True):
    """Where the service is, what opens it, and the certificate it shows (empty: plain HTTP)."""

    url: str
    token: str
    certificate: str = ""

    def __repr__(self) -> str:
        return f"LocalAccess({self.url!r}, …)"


@contextmanager
def local_access(service: Service, url: str, certificate: str) -> Iterator[LocalAccess]:
    """Let commands of this folder in for as long as the block runs.

    Args:
        service: a started one.
        url: under which this machine reaches it.
        certificate: path of the PEM file, empty where it serves plain HTTP.

    """
    secret = service.outside.token_bytes(_TOKEN_BYTES)
    text = base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
    token = Token(_NAME, Role.ADMIN, hash_token(text), service.clock.now_ms())
    path = service.data_dir / FILE_NAME
    # whoever reads it may be at work in another folder
    access = LocalAccess(url, text, str(Path(certificate).resolve()) if certificate else "")
    service.book.admit(token)
    _write(path, access)
    try:
        yield access
    finally:
        path.unlink(missing_ok=True)
        service.book.dismiss(token)


def read_local_access(folder: Path) -> LocalAccess | None:
    """What the service of this folder left; None where there is nothing usable.

    A killed service leaves its file behind: whoever uses it sees first that the folder is held.

    Raises:
        PermissionError: the folder belongs to another user.

    """
    try:
        return msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=LocalAccess)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _write(path: Path, access: LocalAccess) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    # made with its mode, so that it is readable by others at no moment
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(access))
    fresh.replace(path)
