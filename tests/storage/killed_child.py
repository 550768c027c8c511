"""Writes until it is killed, saying each acknowledged unit on its standard output."""

import asyncio
import itertools
import os
import sqlite3
import sys
from pathlib import Path

from magazie.storage import Storage


async def write(storage: Storage, name: str) -> None:
    for number in itertools.count():
        body = f"{name}/{number}"

        def unit(connection: sqlite3.Connection, body: str = body) -> int:
            cursor = connection.execute("INSERT INTO notes (body) VALUES (?)", (body,))
            connection.execute("INSERT INTO replies VALUES (?, ?)", (cursor.lastrowid, body))
            return cursor.lastrowid or 0

        await storage.write(unit)
        os.write(1, f"{body}\n".encode())  # a line at once, whole or not at all


async def main(path: str, migrations: str, run: str) -> None:
    storage = await Storage.open(Path(path), migrations=Path(migrations))
    await asyncio.gather(*(write(storage, f"{run}/{writer}") for writer in range(24)))


asyncio.run(main(*sys.argv[1:]))
