"""The pages' types of the API, made from the OpenAPI document by openapi-typescript.

``python -m tests.web.client_types`` writes them anew, which ``make api-types`` does.
"""

import asyncio
import json
import subprocess
import tempfile
from pathlib import Path

from magazie.storage import Storage
from tests.http.edges import edge_over
from tests.source_tree import ROOT

TYPES = ROOT / "web" / "src" / "api" / "schema.ts"
WITH_NODE = ROOT / "web" / "with-node"


async def document() -> object:
    """What ``/openapi.json`` answers. The version is left out: the types do not hang on it."""
    with tempfile.TemporaryDirectory() as folder:
        storage = await Storage.open(Path(folder) / "magazie.db")
        try:
            async with edge_over(storage, Path(folder)) as edge:
                return await edge.get("/openapi.json")
        finally:
            await storage.close()


def types_of(described: object) -> str:
    """The types as TypeScript. Blocks."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "openapi.json", Path(folder) / "schema.ts"
        source.write_text(json.dumps(described), encoding="utf-8")
        subprocess.run(  # noqa: S603 - our own command
            [WITH_NODE, "npm", "run", "--silent", "types", "--", source, "--output", target],
            cwd=ROOT / "web",
            check=True,
            capture_output=True,
        )
        return target.read_text(encoding="utf-8")


if __name__ == "__main__":
    TYPES.write_text(types_of(asyncio.run(document())), encoding="utf-8")
