"""An installed wheel has the pages in it, and needs no Node."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.source_tree import ROOT

NEEDED = ("terminal.html", "terminal-sw.js", "terminal.webmanifest", "terminal-192.png")


def build(what: str, target: Path) -> list[str]:
    """The names of what is in it. In a process of its own, since building changes the folder."""
    call = f"from flit_core.buildapi import build_{what} as b; import sys; print(b(sys.argv[1]))"
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", call, target], cwd=ROOT, check=True, capture_output=True, text=True
    )
    made = target / done.stdout.strip()
    if what == "wheel":
        return zipfile.ZipFile(made).namelist()
    with tarfile.open(made) as archive:
        return [name.partition("/")[2] for name in archive.getnames()]


@pytest.mark.parametrize("what", ["wheel", "sdist"])
def test_the_pages_are_in_what_is_installed(what: str, tmp_path: Path) -> None:
    names = build(what, tmp_path)
    pages = [name for name in names if name.startswith("magazie/http/static/")]

    assert pages, "make web builds the pages"
    assert {f"magazie/http/static/{name}" for name in NEEDED} <= set(pages)
    for kind in (".js", ".css", ".wasm"):
        assert any(name.endswith(kind) for name in pages)
    assert not any(name.startswith("web/") for name in names)
