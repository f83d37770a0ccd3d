"""A peer that plays the part of Asterisk's manager interface on a real socket, well or badly."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from ari_app.ami import AmiAddress, AmiTimings

QUICK = AmiTimings(connect=0.5, reply=0.2, beat=0.05, retry_first=0.01, retry_most=0.05)
"""Time limits for tests, which have no time."""

Headers = dict[str, str]
Deed = Callable[["Peer", Headers], Awaitable[None]]


class Peer:
    """Answers every action with Success unless a deed for it says otherwise."""

    def __init__(self) -> None:
        self.port = 0
        self.actions: list[Headers] = []
        self.deeds: dict[str, Deed] = {}
        self.secret = "geheim"
        self.banner = b"Asterisk Call Manager/11.0.0\r\n"
        self._writers: list[asyncio.StreamWriter] = []
        self._serving: set[asyncio.Task[object] | None] = set()

    @property
    def address(self) -> AmiAddress:
        return AmiAddress(port=self.port, user="engine", secret="geheim")

    @property
    def logins(self) -> int:
        return sum(action["Action"] == "Login" for action in self.actions)

    def say(self, raw: bytes) -> None:
        """These bytes, to the newest connection."""
        self._writers[-1].write(raw)

    def answer(self, action: Headers, response: str = "Success", message: str = "done") -> None:
        self.say(f"Response: {response}\r\nActionID: {action['ActionID']}\r\nMessage: {message}\r\n\r\n".encode())

    def break_off(self) -> None:
        """End the newest connection without a word."""
        self._writers[-1].transport.abort()

    async def end(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*(task for task in self._serving if task is not None))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self._serving.add(asyncio.current_task())
        self.say(self.banner)
        try:
            while True:
                text = (await reader.readuntil(b"\r\n\r\n")).decode()
                action = dict(line.split(": ", 1) for line in text.splitlines() if line)
                self.actions.append(action)
                await self.deeds.get(action["Action"], usual)(self, action)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def usual(peer: Peer, action: Headers) -> None:
    if action["Action"] == "Login" and action["Secret"] != peer.secret:
        peer.answer(action, "Error", "Authentication failed")
        peer.break_off()
    else:
        peer.answer(action)


async def nothing(_: Peer, __: Headers) -> None:
    """As a frozen Asterisk does."""


@asynccontextmanager
async def peer(port: int = 0) -> AsyncIterator[Peer]:
    """A peer that listens."""
    it = Peer()
    server = await asyncio.start_server(it.serve, "127.0.0.1", port)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        server.close()
        await it.end()
        await server.wait_closed()
