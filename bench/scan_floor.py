"""The floor of scanning: a WebSocket echo whose messages are first written by group commit.

A bare aiohttp socket on uvloop: the message decoded, one row inserted by a thread that commits
in groups with ``synchronous=FULL``, and the message's own bytes sent back. No session, no finder,
no counts, no repeats, no log of who and what, no state pushed to anybody.
"""

import asyncio
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import uvloop
from aiohttp import WSMsgType, web

from bench.child import answering_parent, say_ready
from bench.group_commit import GroupCommit, connect

DATABASE = "scans.db"


class Message(msgspec.Struct):
    op: str = ""
    code: str = ""


def insert_scans(connection: sqlite3.Connection, batch: Sequence[tuple[str, bytes]]) -> None:
    """Write the scans of one batch."""
    connection.executemany("INSERT INTO scans VALUES (?, ?)", batch)


def make(path: Path) -> None:
    """Make the database."""
    connection = connect(path)
    connection.execute("CREATE TABLE scans (op TEXT PRIMARY KEY, message BLOB NOT NULL) STRICT")
    connection.close()


async def serve(folder: Path) -> None:
    writer = GroupCommit(folder / DATABASE, insert_scans)
    decode = msgspec.json.Decoder(Message).decode

    async def scan(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                said = decode(message.data)
                if said.op:
                    await writer.write((said.op, message.data.encode()))
                await socket.send_str(message.data)
        return socket

    app = web.Application()
    app.router.add_get("/ws/scan", scan)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    ended = asyncio.Event()
    with answering_parent(ended):
        say_ready(runner.addresses[0][1])
        await ended.wait()
    await runner.cleanup()
    writer.close()


def main() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
