"""What comes of a load: every caller's due compared with the phones, the register, and Asterisk's own list of calls."""

import asyncio
import datetime as dt

from db.database import Database, connect
from db.stories import CallStory, Stories
from premises.installation import Installation
from tests.asterisk.faults.load import Load, not_served
from tests.asterisk.faults.scene import until
from tests.asterisk.witness import disagreements

CLOSED_SECONDS = 60.0
"""For every row to be delivered and every recording kept."""


async def reckoned(installation: Installation, load: Load, since: dt.datetime, *, recorded: bool = True) -> list[str]:
    """All that is wrong with it; empty: every caller got what was owed, and is in the register exactly once.

    ``recorded``: whether each call's recording must be there, too.
    """
    database = connect(installation.settings.database or "")
    try:
        stories = await _settled(database, load, since, recorded=recorded)
        told = await disagreements(installation, database, since)
        return not_served(load, stories) + [one for one in told if recorded or "record" not in one]
    finally:
        database.close()


async def _settled(database: Database, load: Load, since: dt.datetime, *, recorded: bool) -> list[CallStory]:
    """All stories, once all calls are closed and kept; as far as they came when that takes too long."""
    register = Stories(database)

    def settled() -> bool:
        rows = register.calls(since=since)
        kept = len(register.sounds.recordings(since=since)) if recorded else len(rows)
        return len(rows) >= len(load.calls) and all(row.ended for row in rows) and kept >= len(rows)

    try:
        await until(settled, CLOSED_SECONDS, "every row and recording")
    except TimeoutError as why:
        print(why)
    rows = await asyncio.to_thread(register.calls, since=since)
    return [story for row in rows if (story := register.story(row.id))]
