"""Asking the engines: whoever has the call answers, and in time."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from premises.asks import LONGEST_ANSWER, Answer, Ask, Done, NotMine, Refused, Waiting, Waits, WhoWaits

_decode: Callable[[bytes], Answer] = msgspec.json.Decoder(Answer).decode


class NotAsked(Exception):  # noqa: N818 - it is a fact
    """Nobody has done it.

    NotAsked
    +-- NoEngine    no engine serves
    +-- NoCall      the call is none of any engine's
    +-- NoAnswer    an engine that may have the call does not answer in time
    """


class NoEngine(NotAsked):
    """No engine serves now."""


class NoCall(NotAsked):
    """No engine has this call: it is over, or the stand-in serves it."""


class NoAnswer(NotAsked):
    """An engine that may have the call stands still, and is most likely replaced within seconds."""


async def ask(folder: Path, question: Ask, seconds: float) -> Done | Refused:
    """What the engine that has the call answers. Raises `NotAsked`.

    ``folder``: where engines can be asked. ``seconds``: as long as it may take; ``question.until`` is that moment.
    """
    line = msgspec.json.encode(question) + b"\n"
    asked = [asyncio.create_task(_ask(path, line)) for path in _sockets(folder)]
    try:
        async with asyncio.timeout(seconds):
            return await _first(asked)
    except TimeoutError:
        raise NoAnswer from None
    finally:
        for one in asked:
            one.cancel()


async def ask_any(folder: Path, question: Ask, seconds: float) -> Done | Refused:
    """What the first engine answers that serves: one after another is asked. Raises `NoEngine`, `NoAnswer`.

    None is asked after one that does not answer: that may do it all the same, and it would be done twice.
    """
    line = msgspec.json.encode(question) + b"\n"
    try:
        async with asyncio.timeout(seconds):
            for path in _sockets(folder):
                match answer := await _ask(path, line):
                    case Done() | Refused():
                        return answer
                    case NoAnswer():
                        raise answer
    except TimeoutError:
        raise NoAnswer from None
    raise NoEngine


async def who_waits(folder: Path, question: WhoWaits, seconds: float) -> tuple[Waits, ...]:
    """Everybody in line, of all engines: with each the first is the next one served. Raises `NotAsked`."""
    line = msgspec.json.encode(question) + b"\n"
    try:
        async with asyncio.timeout(seconds):
            answers = await asyncio.gather(*(_ask(path, line) for path in _sockets(folder)))
    except TimeoutError:
        raise NoAnswer from None
    if silent := next((answer for answer in answers if isinstance(answer, NoAnswer)), None):
        raise silent
    told = [answer.callers for answer in answers if isinstance(answer, Waiting)]
    if not told:
        raise NoEngine
    return tuple(caller for callers in told for caller in callers)


async def _first(asked: Iterable[asyncio.Task[Answer | NotAsked]]) -> Done | Refused:
    """The answer of the engine that has the call, without waiting for the others."""
    answers = []
    for one in asyncio.as_completed(asked):
        match answer := await one:
            case Done() | Refused():
                return answer
        answers.append(answer)
    silent = next((answer for answer in answers if isinstance(answer, NoAnswer)), None)
    raise silent or (NoCall() if NotMine() in answers else NoEngine())


async def _ask(socket: Path, line: bytes) -> Answer | NotAsked:
    try:
        reader, writer = await asyncio.open_unix_connection(socket, limit=LONGEST_ANSWER)
    except (ConnectionRefusedError, FileNotFoundError):
        return NoEngine()
    except OSError:  # more ask than it listens to
        return NoAnswer()
    try:
        writer.write(line)
        return _decode(await reader.readline())
    except (OSError, ValueError):  # it ended, or had too much to do, before it answered
        return NoAnswer()
    finally:
        writer.close()


def _sockets(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".")]
    except FileNotFoundError:
        return []
