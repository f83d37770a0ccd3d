"""Where an engine can be asked: a Unix socket in the data folder, which nobody but the installation's user can open.

Each engine has one of its own, named like its ARI application. One line is asked on a connection and one is answered.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
import structlog

from dialplan import private
from premises.asks import LONGEST, Answer, Ask, Question, Refused, Waiting, Waits, WhoWaits
from premises.clock import now

MOST = 32
"""Connections at once; who comes beyond them is let go unheard."""
READ_SECONDS = 2.0
"""Whoever connects asks at once."""

log = structlog.get_logger()

Do = Callable[[Ask], Awaitable[Answer]]
Callers = Callable[[], tuple[Waits, ...]]
_decode = msgspec.json.Decoder(Question).decode


@asynccontextmanager
async def asked_at(folder: Path, name: str, do: Do, waiting: Callers = tuple) -> AsyncIterator[None]:
    """Answer what is asked at ``folder/name`` until the block ends; ``waiting``: who waits in line. Raises OSError.

    The socket of an engine that is gone refuses whoever connects, until the next engine clears it away.
    """
    _clear(private.make(folder))
    window = _Window(do, waiting)
    async with await asyncio.start_unix_server(window.serve, sock=_listening(folder, name), limit=LONGEST):
        yield


class _Window:
    """One engine's."""

    def __init__(self, do: Do, waiting: Callers) -> None:
        self._do = do
        self._waiting = waiting
        self._open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= MOST:
                async with asyncio.timeout(READ_SECONDS):
                    line = await reader.readline()
                writer.write(msgspec.json.encode(await self._answer(line)) + b"\n")
        except (OSError, TimeoutError, ValueError) as why:  # ValueError: a line that is too long
            log.warning("asked, and not answered", why=str(why))
        except Exception:  # it must not reach any call
            log.exception("what was asked failed")
        finally:
            self._open -= 1
            writer.close()

    async def _answer(self, line: bytes) -> Answer:
        try:
            ask = _decode(line)
        except msgspec.DecodeError as why:
            return Refused(f"this engine does not understand what is asked, it is of another version: {why}")
        if now() > ask.until:
            return Refused("too late: this engine stood still")
        if isinstance(ask, WhoWaits):
            return Waiting(self._waiting())
        return await self._do(ask)


def _listening(folder: Path, name: str) -> socket.socket:
    """It has its name only once it listens: so a socket that refuses is one of an engine that is gone."""
    listener = socket.socket(socket.AF_UNIX)
    draft = folder / f".{name}"
    draft.unlink(missing_ok=True)
    listener.bind(str(draft))
    draft.chmod(0o600)
    listener.listen(MOST)
    draft.rename(folder / name)
    return listener


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        with socket.socket(socket.AF_UNIX) as asking:
            asking.setblocking(False)
            try:
                asking.connect(str(path))
            except ConnectionRefusedError:
                with suppress(OSError):  # another engine has done so, or it is a folder, which is none of ours
                    path.unlink()
            except OSError:  # it listens, and is busy
                continue
