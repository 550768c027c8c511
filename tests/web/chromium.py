"""The browser of the tests: Debian's Chromium, or the one that is named.

``python -m tests.web.chromium``, which ``make test`` does first, installs Debian's where there is
none and this may be done without asking for a password.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium() -> str:
    """Where it is.

    Raises:
        RuntimeError: there is none; says how to get one.

    """
    named = os.environ.get("MAGAZIE_CHROMIUM")
    for name in (named,) if named else NAMES:
        found = shutil.which(name)
        if found is not None:
            return found
    raise RuntimeError(
        f"there is no {named or 'Chromium'} here, and the pages are tested in it:"
        " 'apt-get install chromium' on Debian and Ubuntu,"
        " or MAGAZIE_CHROMIUM=/path/to/chromium for one that is elsewhere"
    )


def install() -> None:
    """Install Debian's, if that is possible here."""
    apt, sudo = shutil.which("apt-get"), shutil.which("sudo")
    if apt is None or os.environ.get("MAGAZIE_CHROMIUM"):
        return
    may = [] if os.geteuid() == 0 else [sudo, "-n"] if sudo else None
    if may is None:
        return
    sys.stderr.write("installing Chromium, in which the pages are tested\n")
    for step in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", NAMES[0]]):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*may, apt, *step], check=False, env=environment)  # noqa: S603


if __name__ == "__main__":
    try:
        chromium()
    except RuntimeError:
        install()
    try:
        chromium()
    except RuntimeError as error:
        sys.exit(str(error))
