"""Rows of calls that are gone: whoever closes them must know what is still under way to the database."""

import asyncio
import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from ari_app.adoption.adopting import Books
from ari_app.adoption.succession import Succession
from ari_app.ari import connect
from ari_app.engine import Engine
from db.database import Database
from db.records import CallRow
from db.register import Register
from db.stories import Stories
from db.writing.pace import Pace
from db.writing.spool import Spool
from tests.integration.outages import away
from tests.unit.ari_peer import QUICK, Peer, peer
from tests.unit.test_census import answering, listing

ARRIVED = dt.datetime.now(dt.UTC)
OPEN = CallRow(id="1.1", arrived=ARRIVED, number=None, name=None, dialled="+74950000001")
CLOSED = CallRow(
    id="1.1", arrived=ARRIVED, number=None, name=None, dialled="+74950000001", ended=ARRIVED, end="goodbye", trail=b"{}"
)
HASTY = Pace(patience=0.2)


async def test_a_call_that_was_closed_while_the_database_lagged_is_not_closed_once_more(
    impatient: Database, tmp_path: Path
) -> None:
    register, stories = Register(impatient, HASTY, spool=Spool(tmp_path / "spool")), Stories(impatient)
    register.put(OPEN)
    await asyncio.to_thread(register.flush)
    async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=QUICK) as link:
        nobody_is_there(asterisk)
        with away(impatient):
            register.put(CLOSED)
            await succession(register, stories)._close_lost(link)
    async with asyncio.timeout(10):
        while (backlog := register.backlog()).spooled or backlog.waiting:  # noqa: ASYNC110 - threads deliver
            await asyncio.sleep(0.05)
    await asyncio.to_thread(register.close)
    (row,) = stories.calls()
    assert (row.end, row.trail) == ("goodbye", b"{}")


async def test_a_call_whose_end_nobody_saw_is_closed(database: Database, tmp_path: Path) -> None:
    register, stories = Register(database, spool=Spool(tmp_path / "spool")), Stories(database)
    register.put(OPEN)
    await asyncio.to_thread(register.flush)
    async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=QUICK) as link:
        nobody_is_there(asterisk)
        await succession(register, stories)._close_lost(link)
    await asyncio.to_thread(register.close)
    (row,) = stories.calls()
    assert row.end == "caller left"


def nobody_is_there(asterisk: Peer) -> None:
    info = {"system": {"version": "22"}, "status": {"startup_time": "2026-11-24T12:00:00.000+0000"}}
    asterisk.lists["channels"] = listing([])
    asterisk.deeds["asterisk/info"] = answering(info)


def succession(register: Register, stories: Stories) -> Succession:
    async def open_calls() -> tuple[CallRow, ...]:
        return (OPEN,)  # as the database has it, which lags

    async def story(_: str) -> None:
        return None

    async def listed(_: dt.datetime) -> dict[str, Any]:
        return {}

    books = Books(
        line=cast("Any", None),
        register=register,
        has_delivered=register.has_delivered,
        story=story,
        open_calls=open_calls,
        listed=listed,
        has_message=lambda _: False,
        last_sound=lambda _: None,
        call_lost=lambda _: None,
    )
    return Succession(
        Engine(cast("Any", SimpleNamespace(guests={})), cast("Any", None), lambda _: None),
        cast("Any", None),
        cast("Any", None),
        books,
    )
