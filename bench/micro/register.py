"""The register: what it takes to write a call down as the engine does, through tray, spool and delivery."""

import datetime as dt
import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bench.micro import books
from bench.micro.databases import databases
from bench.micro.runs import in_turn
from bench.results import Result
from db.database import Database
from db.records import CallRow, LegRow, RecordingRow, Row
from db.register import Register
from db.writing.spool import Spool
from premises.ids import leg_id
from routing.trail import Trail, concerned, encode, encode_facts

AT_ONCE = 2_000
"""Calls whose rows wait all at once."""
RATE = 100
"""Calls per second that come one after another."""
ROWS = 7
"""So often a call changes what is written of it."""
ROUTES = 20
_NUMBERS = itertools.count(1)


def measures(quick: bool) -> Iterator[Result]:
    """Rows per second when they come at once; the processor's time per call, then and at a steady rate."""
    with databases() as found:
        rows = {kind: partial(_rows_per_second, database) for kind, database in found.items()}
        yield from in_turn("register, rows at once", "rows/s", rows, quick)
        times = {f"{kind}, at once": partial(_processor, database, 0.0) for kind, database in found.items()}
        times |= {
            f"{kind}, {RATE} calls/s": partial(_processor, database, 1 / RATE) for kind, database in found.items()
        }
        yield from in_turn("register, per call", "µs", times, quick)


def _rows_per_second(database: Database) -> float:
    """Of those that come into the database: what changes again before that is written once."""
    calls = [_rows(next(_NUMBERS)) for _ in range(AT_ONCE)]
    with _opened(database) as register:
        began = time.perf_counter()
        _write(register, calls, 0.0)
        return register.backlog().written / (time.perf_counter() - began)


def _processor(database: Database, pause: float) -> float:
    """Microseconds of this process for all rows of a call; the database server's are not in it."""
    calls = [_rows(next(_NUMBERS)) for _ in range(RATE * 2 if pause else AT_ONCE)]
    with _opened(database) as register:
        began = time.process_time()
        _write(register, calls, pause)
        return (time.process_time() - began) / len(calls) * 1e6


@contextmanager
def _opened(database: Database) -> Iterator[Register]:
    with TemporaryDirectory(prefix="sb-bench") as folder:
        register = Register(database, spool=Spool(Path(folder)))
        try:
            yield register
        finally:
            register.close()


def _write(register: Register, calls: list[list[Row]], pause: float) -> None:
    """Put the rows as the engine does, and wait until they are accepted."""
    for moment in _moments(calls):
        for row in moment:
            register.put(row)
        if pause:
            time.sleep(pause)
    register.flush()


def _moments(calls: list[list[Row]]) -> Iterator[list[Row]]:
    """What is put at one moment: a row of the call that has just come, the next one of the call before it, …"""
    for moment in range(len(calls) + ROWS - 1):
        yield [calls[moment - late][late] for late in range(ROWS) if 0 <= moment - late < len(calls)]


def _rows(number: int) -> list[Row]:
    """The rows of a reference call in the order in which they are put."""
    facts = books.facts(ROUTES)
    call, came = f"1764054000.{number}", facts.at + dt.timedelta(seconds=number)
    trail = books.to_the_end(books.rulebook(ROUTES), facts)
    row = CallRow(
        id=call,
        arrived=came,
        number=facts.caller.number,
        name="Caller",
        dialled=facts.dialled,
        customer="c0",
        rules=trail.rules,
        facts=encode_facts(concerned(facts, Trail(rules=trail.rules))),
    )
    leg = LegRow(id=leg_id(call, 1), call=call, person="manager00", rule="D19", rang=came)
    talked = msgspec.structs.replace(leg, answered=came)
    answered = msgspec.structs.replace(row, answered=came)
    ended = came + dt.timedelta(seconds=1)
    closed = msgspec.structs.replace(
        answered, ended=ended, end="talk", cause=16, facts=encode_facts(concerned(facts, trail)), trail=encode(trail)
    )
    recording = RecordingRow(
        call=call, file=f"2026/11/24/{call}.wav", started=came, seconds=1.0, bytes=32_044, sha256="ab" * 32
    )
    return [row, leg, talked, answered, msgspec.structs.replace(talked, ended=ended), closed, recording]
