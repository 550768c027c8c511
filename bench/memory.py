"""How much memory this process holds."""

import resource
from pathlib import Path


def resident_bytes() -> int:
    """Pages of this process that are in memory (Linux)."""
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * resource.getpagesize()
