"""A call of the stand-in whose Asterisk is played by `agi_peer`, with books that are lists."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from agi.books import Books
from agi.call import Call
from agi.presence import Presence
from db.people import Staff
from db.records import CallRow, LegRow, Row
from premises.duties import Duties
from premises.seating import Seating
from premises.turns import Turns
from premises.voice import Voice
from routing.facts import Caller, Person
from routing.presence import Duty
from routing.speech import Speech
from tests.unit.agi_peer import CALL, Answers, Asterisk, channel
from tests.unit.rulebooks import NOON

Kind = TypeVar("Kind", CallRow, LegRow)


class ListedBooks(Books):
    """Remembers what it is told."""

    def __init__(self, people: tuple[Person, ...] = (), away: tuple[str, ...] = ()) -> None:
        self.staff = Staff(1, people, {person: Duty("away", "lunch", NOON) for person in away})
        self.rows: list[Row] = []
        self.answers = True
        """Whether the register tells what was rung outside."""

    async def caller(self, number: str | None) -> Caller:
        return Caller(number=number)

    def put(self, *rows: Row) -> None:
        self.rows += rows

    async def outside_legs(self, since: dt.datetime) -> list[LegRow] | None:
        legs = [row for row in self.rows if isinstance(row, LegRow) and row.rang >= since]
        return legs if self.answers else None

    def close(self) -> None:
        """Nothing waits."""

    def last(self, kind: type[Kind]) -> Kind:
        """The last row of this kind."""
        return [row for row in self.rows if isinstance(row, kind)][-1]


class SilentVoice(Voice):
    """Needs no programs: says each language's two sounds, and a number."""

    def __init__(self) -> None:
        """Without a cache."""

    async def media(self, speech: Speech) -> list[str]:
        return ["sound:/one", "sound:/two"] if speech.pieces else []


@contextmanager
def call(
    answers: Answers | None = None,
    *,
    away: tuple[str, ...] = (),
    spool: Path | None = None,
    turns: Path | None = None,
    duties: Path | None = None,
    seats: Path | None = None,
) -> Iterator[tuple[Call, Asterisk, ListedBooks]]:
    """A caller who is here now, answered already."""
    known: Answers = {r"GET.*ASTSPOOLDIR": f"200 result=1 ({spool})"}
    row = CallRow(id=CALL, arrived=NOON, number="+79161234567", name=None, dialled="1", answered=NOON)
    books = ListedBooks(away=away)
    with (
        TemporaryDirectory() as folder,
        channel(known | (answers or {})) as (caller, asterisk),
        asyncio.Runner() as loop,
    ):
        files = Path(folder)
        locks = Turns(turns or files / "turns")
        seating = Seating(seats or files / "seats", locks)
        presence = Presence(locks, Duties(duties or files / "duties", books.put), seating, books.staff)
        yield Call(caller, row, books, SilentVoice(), presence, loop), asterisk, books
