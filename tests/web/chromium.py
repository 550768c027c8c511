"""The browser of the tests: Debian's Chromium, or the one that is named."""

import os
import shutil

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
