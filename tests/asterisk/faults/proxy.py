"""A proxy between the engine and Asterisk's ARI, that can be told to do what a bad network does, and worse."""

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from dialplan.plan import LOOPBACK
from tests.asterisk.faults.frames import Cutter, Piece

HELD_SECONDS = 0.3
"""An event that is to come behind the next one comes by itself after so long."""
CHUNK = 65536
Side = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Mischief:
    """Drops, doubles and reorders events, each with the same probability; one for each connection.

    Those of one type may be lost, every one.
    """

    def __init__(self, dice: random.Random, rate: float, lost: str | None = None) -> None:
        self._dice = dice
        self._rate = rate
        self._lost = lost
        self._held: list[Piece] = []

    def pass_on(self, piece: Piece) -> list[Piece]:
        """What goes on now instead of this piece."""
        if not piece.is_event:
            return [piece]
        if piece.type == self._lost:
            return []
        behind, self._held = self._held, []
        match int(self._dice.random() / self._rate) if self._rate else 3:
            case 0:
                return behind
            case 1:
                return [piece, *behind, piece]
            case 2:
                self._held = [piece]
                return behind
            case _:
                return [piece, *behind]

    def release(self) -> list[Piece]:
        """What was held back and has waited long enough."""
        held, self._held = self._held, []
        return held


class Proxy:
    """Listens on ``port`` in a thread of its own, so that it goes on whatever a test does; used by `proxy`."""

    def __init__(self, upstream: int) -> None:
        self.port = 0
        self.rate = 0.0
        """Of the events that are dropped, of those doubled, and of those reordered; for connections from now on."""
        self.dice = random.Random(0)
        self.lost: str | None = None
        """A type of events that are all dropped, on connections from now on."""
        self._upstream = upstream
        self._loop: asyncio.AbstractEventLoop
        self._flowing = asyncio.Event()
        self._stopped = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Reset every connection; new ones can be made at once."""
        self._loop.call_soon_threadsafe(self._abort_all)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Read nothing and close nothing until the block ends; connections can be made, and lead nowhere."""
        self._loop.call_soon_threadsafe(self._flowing.clear)
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(self._flowing.set)

    @contextmanager
    def unreliable(self, rate: float, seed: int) -> Iterator[None]:
        """Lose, double and reorder events until the block ends; every connection is made anew for it, and after it."""
        self.rate, self.dice = rate, random.Random(seed)
        self.cut()
        try:
            yield
        finally:
            self.rate = 0.0
            self.cut()

    @contextmanager
    def losing(self, events: str) -> Iterator[None]:
        """Lose every event of this type until the block ends; connections are made anew as for `unreliable`."""
        self.lost = events
        self.cut()
        try:
            yield
        finally:
            self.lost = None
            self.cut()

    def _abort_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._abortable(writer), suppress(OSError):
            await self._flowing.wait()
            beyond_reader, beyond_writer = await asyncio.open_connection(LOOPBACK, self._upstream)
            with self._abortable(beyond_writer):
                await self._pump((reader, writer), (beyond_reader, beyond_writer))

    @contextmanager
    def _abortable(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        self._writers.add(writer)
        try:
            yield
        finally:
            self._writers.remove(writer)
            writer.transport.abort()

    async def _pump(self, near: Side, beyond: Side) -> None:
        try:
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(self._commands(near[0], beyond[1]))
                pumps.create_task(self._events(beyond[0], near[1]))
        except* OSError:
            pass

    async def _commands(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK):
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _events(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        cutter, mischief = Cutter(), Mischief(self.dice, self.rate, self.lost)
        while True:
            try:
                data = await asyncio.wait_for(reader.read(CHUNK), HELD_SECONDS)
            except TimeoutError:
                pieces = mischief.release()
            else:
                if not data:
                    break
                pieces = [out for piece in cutter.feed(data) for out in mischief.pass_on(piece)]
            await self._flowing.wait()
            writer.write(b"".join(piece.raw for piece in pieces))
            await writer.drain()
        writer.close()

    async def serve(self, started: threading.Event) -> None:
        """Until `stop`."""
        self._loop = asyncio.get_running_loop()
        async with await asyncio.start_server(self._connected, LOOPBACK) as server:
            self.port = server.sockets[0].getsockname()[1]
            self._flowing.set()
            started.set()
            await self._stopped.wait()
            self._abort_all()

    def stop(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._stopped.set)


@contextmanager
def proxy(upstream: int) -> Iterator[Proxy]:
    """A proxy to this port of ours, until the block ends."""
    it, started = Proxy(upstream), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(it.serve(started)))
    thread.start()
    started.wait()
    try:
        yield it
    finally:
        it.stop()
        thread.join()
