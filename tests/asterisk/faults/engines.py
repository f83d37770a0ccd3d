"""Engines beside the one of `up`, and who had which call when, by their logs."""

import asyncio
import contextlib
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from premises.installation import Installation
from tests.company import TOP

THERE_SECONDS = 45.0
"""For an engine to serve; it takes two seconds, under load on a busy machine more."""
BEGINS = frozenset({"call arrived", "call taken over"})
ENDS = frozenset({"call let go", "call ended"})
FOR_EVER = dt.datetime.max.replace(tzinfo=dt.UTC)
ENDED_BY_ITSELF = "ended by itself, is started again"
LOGS = "up.log", "beside.log"


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine that serves, or did."""

    app: str
    pid: int
    process: subprocess.Popen[bytes] | None = None
    """None: it is `up` that started it, and that starts another one after it."""


class Engines:
    """All engines of one installation; used by `engines`."""

    def __init__(self, installation: Installation) -> None:
        first = installation.endpoints()
        self.serving = [Engine(first.app, first.engine)]
        self.killed: dict[str, dt.datetime] = {}
        """By application: when."""
        self._installation = installation

    async def beside(self) -> Engine:
        """Start one more; returns once it serves."""
        return await self._came(_engine(self._installation.folder))

    async def kill(self, engine: Engine) -> None:
        """As `kill -9` does; returns once another one serves in its place."""
        os.kill(engine.pid, signal.SIGKILL)
        self.killed[engine.app] = dt.datetime.now(dt.UTC)
        self.serving.remove(engine)
        await self._another(engine)

    async def hand_over(self, engine: Engine) -> int:
        """Have it leave its calls to the others; its exit status, once `up` has another in its place if it was its."""
        os.kill(engine.pid, signal.SIGUSR1)
        self.serving.remove(engine)
        if engine.process is None:
            await self._came(None)
            return self._last_status()
        return await asyncio.to_thread(engine.process.wait, THERE_SECONDS)

    def end(self) -> None:
        """End those beside `up`'s, whose engine then is the one that is announced."""
        for engine in self.serving:
            if engine.process is not None:
                engine.process.terminate()
                engine.process.wait(THERE_SECONDS)
        deadline = time.monotonic() + THERE_SECONDS
        while not self._installation.is_announced() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _last_status(self) -> int:
        """With what the engine of `up` ended that ended last, as `up` tells it."""
        told = [line for line in lines(self._installation.folder) if line.get("event") == ENDED_BY_ITSELF]
        return int(told[-1]["status"])

    async def _another(self, engine: Engine) -> None:
        if engine.process is None:
            await self._came(None)
        else:
            engine.process.wait()
            await self.beside()

    async def _came(self, process: subprocess.Popen[bytes] | None) -> Engine:
        known = set(self.killed) | {engine.app for engine in self.serving}
        async with asyncio.timeout(THERE_SECONDS):
            while True:
                with contextlib.suppress(FileNotFoundError):
                    there = self._installation.endpoints()
                    if there.app not in known and (process is None or there.engine == process.pid):
                        break
                await asyncio.sleep(0.05)
        engine = Engine(there.app, there.engine, process)
        self.serving.append(engine)
        return engine


def _engine(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ari_app", "engine", "--data", str(folder)]
    with (folder / "beside.log").open("ab") as log:
        return subprocess.Popen(command, cwd=TOP, stdout=log, stderr=log)


@asynccontextmanager
async def engines(installation: Installation) -> AsyncIterator[Engines]:
    """The engine of `up`, to which others may come until the block ends."""
    them = Engines(installation)
    try:
        yield them
    finally:
        await asyncio.to_thread(them.end)


@dataclass(slots=True)
class Span:
    """The time for which one engine, or the stand-in, had a call."""

    owner: str
    begin: dt.datetime
    end: dt.datetime = FOR_EVER


def served_by(folder: Path, since: dt.datetime) -> set[str]:
    """The engines to which calls came since then, by the logs."""
    arrived = (line for line in lines(folder) if line.get("event") == "call arrived" and "app" in line)
    return {line["app"] for line in arrived if dt.datetime.fromisoformat(line["timestamp"]) >= since}


def twice_owned(folder: Path, since: dt.datetime, killed: Mapping[str, dt.datetime]) -> list[str]:
    """Calls since then that two had at the same time, by the logs; ``killed``: when those ended that logged no end."""
    return [
        f"{call}: {one.owner} has it until {one.end}, {other.owner} from {other.begin} on"
        for call, spans in _spans(folder, since, killed).items()
        for place, one in enumerate(spans)
        for other in spans[place + 1 :]
        if other.begin < one.end and one.begin < other.end
    ]


def _spans(folder: Path, since: dt.datetime, killed: Mapping[str, dt.datetime]) -> dict[str, list[Span]]:
    spans = defaultdict[str, list[Span]](list)
    told = (line for line in lines(folder) if line.get("event") in BEGINS | ENDS and "call" in line)
    for line in sorted(told, key=lambda line: line["timestamp"]):
        if dt.datetime.fromisoformat(line["timestamp"]) < since:
            continue
        owner, when = line.get("app", "the stand-in"), dt.datetime.fromisoformat(line["timestamp"])
        mine = [span for span in spans[line["call"]] if span.owner == owner and span.end > when]
        if line["event"] in BEGINS:
            spans[line["call"]].append(Span(owner, when, killed.get(owner, FOR_EVER)))
        elif mine:
            mine[-1].end = _let_go(line, when, spans[line["call"]][-1])
    return spans


def _let_go(line: dict[str, Any], when: dt.datetime, last: Span) -> dt.datetime:
    """When an engine had the call no more: one that stood still tells late what Asterisk took away from it."""
    return min(when, last.begin) if line.get("why") == "TakenAway" and last.owner != line.get("app") else when


def lines(folder: Path) -> Iterator[dict[str, Any]]:
    """All lines of all logs; a killed engine's last one may be torn, and what libraries print is none."""
    for name in LOGS:
        if (folder / name).exists():
            for text in (folder / name).read_text(encoding="utf-8", errors="replace").splitlines():
                with contextlib.suppress(json.JSONDecodeError):
                    yield json.loads(text)
