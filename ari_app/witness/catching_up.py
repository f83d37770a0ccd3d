"""What an engine does when it comes: rows for the calls that ended while none was there."""

import asyncio
import datetime as dt
from collections.abc import Sequence

import structlog

from ari_app.recordings.places import places_of
from ari_app.witness import auditing
from ari_app.witness.comparing import SETTLED, compare
from ari_app.witness.repairing import repaired
from db.records import CallRow, Row
from db.register import Register
from db.stories import Stories
from premises.clock import now
from premises.installation import Installation

LOOKED_BACK = dt.timedelta(days=7)
"""So far back such calls are looked for."""

log = structlog.get_logger()


async def catch_up(installation: Installation, stories: Stories, register: Register, settled: float = SETTLED) -> None:
    """Write and close the rows that Asterisk's list can give; a database that fails leaves them to the audit.

    It waits until the calls of before are old enough to be judged, and until no row is under way that would be better
    than what Asterisk's list can give. Calls that Asterisk does not say are over are left alone: they may go on.
    """
    await asyncio.sleep(settled)
    try:
        rows = await asyncio.to_thread(_rows, installation, stories, register, settled)
    except Exception as error:  # the calls that are served now are not to end because of it
        log.warning("calls without an engine not looked for", why=str(error))
        return
    register.put(*rows)
    for row in rows:
        if isinstance(row, CallRow):
            log.warning("call taken from Asterisk's list", call=row.id, end=row.end)


def _rows(installation: Installation, stories: Stories, register: Register, settled: float) -> Sequence[Row]:
    register.flush()
    seen = auditing.picture(installation, stories, now() - LOOKED_BACK, settled)
    over = (finding for finding in compare(seen) if finding.call in seen.cdrs)
    return list(repaired(over, seen, stories.story, places_of(installation).last_sound))
