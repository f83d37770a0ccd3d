"""The composition root: all that one installation needs to serve calls, started, connected and ended in order."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

import structlog

from ari_app.adopting import Books
from ari_app.announcing import Announcement
from ari_app.ari import Address, Link, links
from ari_app.ari.errors import LinkLost, TimedOut
from ari_app.call import now
from ari_app.capacity import Capacity
from ari_app.census import Census
from ari_app.engine import Engine
from ari_app.exchange import Exchange
from ari_app.http import Insight, serve_api
from ari_app.inbox import LetGo, TakenAway
from ari_app.lease import renew
from ari_app.metrics import Counted, Metrics
from ari_app.pbx import Asterisk, program
from ari_app.planning import kept_ports, plan
from ari_app.presence import Presence
from ari_app.recordings.archive import LOST, Archive, Patience
from ari_app.recordings.places import places_of
from ari_app.recordings.retention import Deleted, delete_old
from ari_app.recordings.upkeep import Pace, upkeep
from ari_app.roll import Roll
from ari_app.rules import Rules
from ari_app.safety import Safety, disks
from ari_app.succession import Succession
from ari_app.telephones import Telephones
from ari_app.tolls import Tolls
from ari_app.waiting import WaitingLine
from ari_app.watch import Watch
from ari_app.witness import auditing
from db.copying import keep_snapshot
from db.database import Database, opened
from db.directory import Directory
from db.lookup import LookUp
from db.people import Staff
from db.records import CallRow
from db.register import Register
from db.snapshot import Snapshot
from db.spool import Spool
from db.stories import Stories
from dialplan.plan import TRUNK, Pbx
from premises.espeak import Espeak
from premises.installation import Installation
from premises.voice import Voice
from routing.rulebook import Rulebook

log = structlog.get_logger()
STORY_SECONDS = 0.5
"""For the register to tell what it knows of a call that is taken over."""
LIST_SECONDS = 10.0
"""For Asterisk's list of calls to be read, of which a file has up to 16 MiB."""
Read = TypeVar("Read")
Tell = Callable[[str], None]
"""Shows one line of progress to whoever started us."""


@asynccontextmanager
async def serving(installation: Installation, name: str | None, tell: Tell) -> AsyncIterator["House"]:
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
        await asyncio.to_thread(rules.read)
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
        house.away(staff)
        async with house.at_work():
            yield house


class House:
    """The parts of a running engine, connected with each other."""

    def __init__(
        self,
        installation: Installation,
        app: str,
        rules: Rules,
        lookup: LookUp,
        register: Register,
        asterisk: Asterisk,
        pbx: Pbx,
        database: Database,
        snapshot: Snapshot,
    ) -> None:
        self.installation = installation
        self.app = app
        self.rules = rules
        self.register = register
        self.asterisk = asterisk
        self.pbx = pbx
        self.metrics = Metrics()
        self.presence = Presence()
        self._lookup = lookup
        self._telephones = Telephones(self.presence)
        self._places = places_of(installation)
        self._stories = Stories(database)
        self._tolls = Tolls(self._stories.outside_legs, self.metrics.outside_limited)
        self._safety = Safety(register, snapshot, disks(installation, asterisk.monitor))
        self._capacity = Capacity(asterisk.log_file, self.metrics.limit_reached)
        self._keep_snapshot = partial(keep_snapshot, database, snapshot)
        self.archive = Archive(self._places, register, self.metrics, Patience())
        sounds = program(os.environ).sounds
        self.voice = Voice(_espeak(), installation.voice, sounds, rules.file.parent)
        self._line = WaitingLine(self.presence)
        self.engine = Engine(self._exchange(), lookup, self._telephones.hear)
        self._succession = Succession(self.engine, Roll(installation.engines), self._telephones, self._books())
        self._census = Census(self.engine, self._telephones, self._succession.adopt)
        self._announcement = Announcement(installation, app, pbx, asterisk)
        self.watch = Watch(installation, pbx, self._stories, register, self.metrics)
        self.link: Link | None = None
        self._linked = asyncio.Event()
        self._tasks: set[asyncio.Task[object]] = set()

    def _exchange(self) -> Exchange:
        return Exchange(
            trunk=TRUNK,
            presence=self.presence,
            line=self._line,
            tolls=self._tolls,
            voice=self.voice,
            register=Counted(self.register, self.metrics.note, self._tolls.note),
            rules=self.rules,
            kept_rules=self.rules.of,
            message_begins=self.archive.message_begins,
            message_left=self.archive.message_left,
            seconds_spoken=self.archive.seconds_spoken,
            call_ended=lambda row: self.archive.call_ended(row.id),
            call_let_go=self._call_let_go,
        )

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Take calls until the block ends; then end those that are there, and keep their recordings.

        A part that fails ends the whole: a task group cancels the block and raises what happened.
        """
        async with asyncio.TaskGroup() as tasks, serve_api(self._insight(), self.pbx.ports.http + 1) as api:
            running = [
                tasks.create_task(self._keep_link()),
                tasks.create_task(self.watch.keep(self.asterisk)),
                tasks.create_task(renew(self.watch.ami, lambda: self.engine.calls)),
                tasks.create_task(self._succession.go_on(lambda: self.link)),
                tasks.create_task(self._census.go_on(lambda: self.link)),
                tasks.create_task(self._lookup.watch(self._staff_changed)),
                tasks.create_task(self._keep_snapshot()),
                tasks.create_task(self._safety.watch()),
                tasks.create_task(self._capacity.watch()),
                tasks.create_task(self.rules.watch(self._rules_changed, self.metrics.rules_refused)),
                tasks.create_task(upkeep(self.archive, self._calls_there, LOST, self._delete_old, Pace())),
            ]
            await self._linked.wait()
            with self._announcement.made(api):
                running.append(tasks.create_task(self._announcement.stay()))
                yield
            await self.engine.stop()
            await self.archive.settled()
            for task in running:
                task.cancel()

    def _insight(self) -> Insight:
        return Insight(troubles=self.troubles, alarms=self._alarms, metrics=self._numbers, people=self._people)

    def _numbers(self) -> bytes:
        backlog = self.register.backlog()
        self._safety.count(self.metrics)
        return self.metrics.text(
            calls=len(self.engine), waiting=backlog.waiting, lost=backlog.refused + backlog.overflowed
        )

    def _people(self) -> dict[str, str | None]:
        return {person.id: self.presence.absence(person.id) for person in self._lookup.staff()}

    def troubles(self) -> list[str]:
        """Why this engine is not ready for calls; empty when it is."""
        return [] if self.link is not None and self.link.lost is None else ["no link to Asterisk"]

    def _alarms(self) -> list[str]:
        return self._safety.alarms() + self._capacity.alarms()

    async def _keep_link(self) -> None:
        address = Address(port=self.pbx.ports.http, user=self.pbx.ari.user, secret=self.pbx.ari.secret)
        async with contextlib.aclosing(links(address, self.app, watch=["endpoint:PJSIP"])) as every:
            async for link in every:
                async with self.engine.on(link):
                    link.deliver(self.engine.hear)
                    with contextlib.suppress(LinkLost, TimedOut):  # the next link will do
                        await self._telephones.look(link)
                        await self._succession.begin(link)
                        self.link = link
                        self._linked.set()
                        self.metrics.linked()
                        self._announcement.renew()  # it may be another Asterisk, with another process id
                    await link.ended()

    def _books(self) -> Books:
        return Books(
            line=self._line,
            register=self.register,
            story=lambda call: self._read(lambda: self._stories.story(call), None),
            open_calls=lambda: self._read(self._stories.open_calls, ()),
            listed=lambda since: self._read(lambda: auditing.listed(self.installation, since), {}, LIST_SECONDS),
            has_message=self.archive.has_message,
            last_sound=self._places.last_sound,
            call_lost=self.archive.call_lost,
        )

    async def _read(self, ask: Callable[[], Read], otherwise: Read, within: float = STORY_SECONDS) -> Read:
        """What a list of calls says, if it says it in time: taking calls over waits for no database, and no disk."""
        try:
            async with asyncio.timeout(within):
                return await asyncio.to_thread(ask)
        except Exception as why:  # whatever is wrong with the database
            log.warning("calls not read", why=str(why) or type(why).__name__)
            return otherwise

    def _call_let_go(self, row: CallRow, reason: LetGo) -> None:
        """Whoever goes on with the call closes its row; what is known so far is kept, unless the stand-in is at it."""
        if not isinstance(reason, TakenAway):
            self.register.put(row)

    def _delete_old(self) -> Deleted:
        days = self.installation.settings.keep_recordings_days
        return delete_old(days, now(), self._stories, self.register.put, self._places) if days else Deleted(0, ())

    async def _calls_there(self) -> list[str]:
        await self._linked.wait()
        return [channel.id for channel in await self.link.channels.list()] if self.link else []

    def away(self, staff: Staff) -> None:
        """Take over who is away."""
        self.presence.away(
            {person.id: staff.away[person.id].reason if person.id in staff.away else None for person in staff.people}
        )

    def _staff_changed(self, staff: Staff) -> None:
        self.away(staff)
        log.info("people changed", people=len(staff.people))
        pbx = plan(self.installation, staff.people, self.rules(), self.pbx.ports)
        if pbx.phones != self.pbx.phones:
            self.pbx = pbx
            self._background(self.asterisk.change(pbx))
            self._announcement.change(pbx)

    def _rules_changed(self, rulebook: Rulebook) -> None:
        self.metrics.rules_accepted()
        self._background(self.voice.prepare(rulebook))

    def _background(self, work: Coroutine[object, object, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _espeak() -> Espeak:
    return Espeak(
        espeak=os.environ.get("SWITCHBOARD_ESPEAK", "espeak-ng"), sox=os.environ.get("SWITCHBOARD_SOX", "sox")
    )
