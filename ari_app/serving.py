"""All that one installation needs to serve calls, opened in order, and closed again."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog

from ari_app.adoption.roll import Roll
from ari_app.house import House
from ari_app.pbx.asterisk import Asterisk, program
from ari_app.pbx.planning import kept_ports, plan
from ari_app.rules import Rules
from db.database import opened
from db.directory import Directory
from db.lookup import LookUp
from db.register import Register
from db.snapshot import Snapshot
from db.writing.spool import Spool
from premises.installation import Installation

Tell = Callable[[str], None]
"""Shows one line of progress to whoever started us."""


@asynccontextmanager
async def serving(installation: Installation, name: str | None, tell: Tell) -> AsyncIterator[House]:
    """Serve calls at the PBX that runs in this folder, until the block ends.

    ``name``: the ARI application's, to replace the engine that has it; None: one of our own, beside other engines.
    Raises `RulesRefused`, `PbxError`, `DatabaseError`, `BadSettings`, `AriError`.
    """
    installation.prepare()
    settings = installation.settings
    with contextlib.ExitStack() as stack:
        database = opened(settings.database or "")
        stack.callback(database.close)
        snapshot = Snapshot(installation.snapshot)
        stack.callback(snapshot.close)
        lookup = LookUp(Directory(database), snapshot=snapshot)
        staff = await lookup.start()
        rules = Rules(installation.rule_file, installation.rules, lookup.staff)
        await asyncio.to_thread(rules.begin)
        register = Register(database, spool=Spool(installation.spool))
        stack.callback(register.close)
        register.start()
        pbx = plan(installation, staff.people, rules(), kept_ports(installation))
        asterisk = Asterisk(program(os.environ), pbx, installation.pbx)
        app = stack.enter_context(Roll(installation.engines).entered(name))
        structlog.contextvars.bind_contextvars(app=app)
        house = House(installation, app, rules, lookup, register, asterisk, pbx, database, snapshot)
        tell("preparing what is said to callers")
        for missing in await house.voice.prepare(rules()):
            tell(f"cannot be said: {missing}")
        house.attendance.learn(staff)
        async with house.at_work():
            yield house
