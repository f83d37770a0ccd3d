"""What every test with calls on the real Asterisk may end with: the register and Asterisk's own list of calls agree."""

import asyncio
import datetime as dt

from ari_app.witness import auditing
from db.database import Database
from db.stories import Stories
from premises.installation import Installation

QUIET = 0.5
"""Seconds that Asterisk takes to write down a call that is over."""


async def disagreements(installation: Installation, database: Database, since: dt.datetime) -> list[str]:
    """What `switchboard audit` lists of the calls since then; all of them are over and registered."""
    await asyncio.sleep(QUIET)
    findings = await asyncio.to_thread(auditing.audit, installation, Stories(database), since, 0.0)
    return [str(finding) for finding in findings]
