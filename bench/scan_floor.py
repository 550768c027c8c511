"""The floor of scanning: a WebSocket echo whose messages are first written by group commit.

A bare aiohttp socket on uvloop: the message decoded, one row inserted by a thread that commits
in groups with ``synchronous=FULL``, and the message's own bytes sent back. No session, no finder,
no counts, no repeats, no log of who and what, no state pushed to anybody.
"""

import asyncio
import sqlite3
import sys
import threading
from pathlib import Path

import msgspec
import uvloop
from aiohttp import WSMsgType, web

from bench.child import answering_parent, say_ready
from bench.floor import connect

DATABASE = "scans.db"


class Message(msgspec.Struct):
    op: str = ""
    code: str = ""


class GroupCommit:
    """A thread that writes all rows that wait in one transaction."""

    def __init__(self, path: Path) -> None:
        self._loop = asyncio.get_running_loop()
        self._path = path
        self._ready = threading.Condition()
        self._waiting: list[tuple[tuple[str, bytes], asyncio.Future[None]]] = []
        self._open = True
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def write(self, row: tuple[str, bytes]) -> asyncio.Future[None]:
        waiter = self._loop.create_future()
        with self._ready:
            self._waiting.append((row, waiter))
            self._ready.notify()
        return waiter

    def close(self) -> None:
        with self._ready:
            self._open = False
            self._ready.notify()
        self._thread.join()

    def _serve(self) -> None:
        connection = connect(self._path)
        while True:
            with self._ready:
                while not self._waiting and self._open:
                    self._ready.wait()
                batch, self._waiting = self._waiting, []
            if not batch:
                break
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO scans VALUES (?, ?)", [row for row, _ in batch])
            connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(_answer, batch)
        connection.close()


def _answer(batch: list[tuple[tuple[str, bytes], asyncio.Future[None]]]) -> None:
    for _, waiter in batch:
        waiter.set_result(None)


def make(path: Path) -> None:
    """Make the database."""
    connection: sqlite3.Connection = connect(path)
    connection.execute("CREATE TABLE scans (op TEXT PRIMARY KEY, message BLOB NOT NULL) STRICT")
    connection.close()


async def serve(folder: Path) -> None:
    writer = GroupCommit(folder / DATABASE)
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
