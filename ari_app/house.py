"""The composition root: all parts of a running engine, connected with each other, at work and ended in order."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import structlog

from ari_app.admission import Admission
from ari_app.adoption.adopting import Books
from ari_app.adoption.census import Census
from ari_app.adoption.lease import renew
from ari_app.adoption.remembered import Remembered
from ari_app.adoption.roll import Roll
from ari_app.adoption.succession import Succession
from ari_app.announcing import Announcement
from ari_app.ari import Address
from ari_app.call_backs import CallBacks
from ari_app.calls.exchange import Exchange
from ari_app.calls.inbox import LetGo, TakenAway
from ari_app.calls.tolls import Tolls
from ari_app.calls.waiting import WaitingLine
from ari_app.dialling import Dialling
from ari_app.engine import Engine
from ari_app.http import Insight, serve_api
from ari_app.live.doing import do
from ari_app.live.window import asked_at
from ari_app.metrics import Counted, Metrics
from ari_app.nightly import keep_reports
from ari_app.on_duty import be_on_duty
from ari_app.outbox.delivering import Post
from ari_app.pbx.asterisk import Asterisk, program
from ari_app.pbx.capacity import Capacity
from ari_app.pbx.provisioning import Provisioning
from ari_app.people.attendance import Attendance
from ari_app.people.presence import Presence
from ari_app.people.telephones import Telephones
from ari_app.people.wrapping_up import WrapUps
from ari_app.recordings.archive import LOST, Archive
from ari_app.recordings.places import places_of
from ari_app.recordings.retention import Deleted, delete_old
from ari_app.recordings.rounds import Patience
from ari_app.recordings.upkeep import Pace, upkeep
from ari_app.rules import Rules
from ari_app.safety import Safety, disks
from ari_app.uplink import Uplink
from ari_app.watch import Watch
from ari_app.witness import auditing
from db.copying import keep_snapshot
from db.database import Database
from db.lookup import LookUp
from db.outbox import Outbox
from db.people import Staff
from db.records import CallRow
from db.register import Register
from db.snapshot import Snapshot
from db.stories import Stories
from db.tasks import TaskList
from dialplan.plan import TRUNK, Pbx
from premises.clock import now
from premises.duties import Duties
from premises.espeak import Espeak
from premises.installation import Installation
from premises.seating import Seating
from premises.turns import Turns
from premises.voice import Voice
from routing.rulebook import Rulebook

log = structlog.get_logger()


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
        turns = Turns(installation.turns)
        self.presence = Presence(turns=turns, wrap_up=lambda: rules().duty.wrap_up)
        self.attendance = Attendance(self.presence, Duties(installation.duties, register.put), register.put)
        self._wrap_ups = WrapUps(self.presence, register.put)
        self._lookup = lookup
        self._telephones = Telephones(self.presence, Seating(installation.seats, turns))
        self._places = places_of(installation)
        self._stories = Stories(database)
        self._tolls = Tolls(self._stories.outside_legs, self.metrics.outside_limited)
        self._safety = Safety(register, snapshot, disks(installation, asterisk.monitor))
        self._admission = Admission()
        self._capacity = Capacity(asterisk.log_file, self.metrics.limit_reached)
        self._post = Post(installation, Outbox(database))
        self._keep_snapshot = partial(keep_snapshot, database, snapshot)
        self.archive = Archive(self._places, register, self.metrics, Patience())
        sounds = program(os.environ).sounds
        self.voice = Voice(Espeak.of(os.environ), installation.voice, sounds, rules.file.parent)
        self._line = WaitingLine(self.presence)
        exchange = self._exchange()
        self.engine = Engine(exchange, lookup, self._telephones.hear)
        self._do = partial(do, call_of=self.engine.call, call_outside=Dialling(self.engine, exchange).call)
        self._call_backs = CallBacks(
            installation,
            TaskList(database),
            self._stories,
            self.engine,
            rules,
            lookup,
            self._tolls,
            register.has_delivered,
        )
        self._succession = Succession(self.engine, Roll(installation.engines), self._telephones, self._books())
        self._census = Census(self.engine, self._telephones, self._succession.adopt)
        self._announcement = Announcement(installation, app, pbx, asterisk)
        self._provisioning = Provisioning(installation, asterisk, pbx, self._announcement.change)
        self._uplink = Uplink(self.engine, self._telephones, self._succession, self._begin_link)
        self.watch = Watch(installation, pbx, self._stories, register, self.metrics)
        self._preparing: set[asyncio.Task[None]] = set()

    def _exchange(self) -> Exchange:
        return Exchange(
            trunk=TRUNK,
            presence=self.presence,
            telephones=self._telephones,
            line=self._line,
            tolls=self._tolls,
            voice=self.voice,
            register=Counted(self.register, self.metrics.note, self._tolls.note, self._wrap_ups.note),
            staff=self._lookup.staff,
            rules=self.rules,
            kept_rules=self.rules.of,
            message_begins=self.archive.message_begins,
            message_left=self.archive.message_left,
            seconds_spoken=self.archive.seconds_spoken,
            mute_recording=lambda call, mute: self.watch.ami.mute_recording(call, mute=mute),
            call_ended=lambda row: self.archive.call_ended(row.id),
            call_let_go=self._call_let_go,
        )

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Take calls until the block ends; then end those that are there, and keep their recordings.

        A part that fails ends the whole: a task group cancels the block and raises what happened.
        """
        async with (
            asyncio.TaskGroup() as tasks,
            serve_api(self._insight(), self.pbx.ports.http + 1) as api,
            asked_at(self.installation.asks, self.app, self._do, self._line.callers),
        ):
            running = [
                tasks.create_task(self._uplink.keep(self._address(), self.app)),
                tasks.create_task(self.watch.keep(self.asterisk)),
                tasks.create_task(renew(self.watch.ami, lambda: self.engine.calls)),
                tasks.create_task(self._succession.go_on(self._uplink)),
                tasks.create_task(self._census.go_on(self._uplink)),
                tasks.create_task(self._lookup.watch(self._staff_changed)),
                tasks.create_task(self.attendance.keep()),
                tasks.create_task(self.presence.keep()),
                tasks.create_task(self._telephones.keep()),
                tasks.create_task(self._provisioning.keep()),
                tasks.create_task(self._keep_snapshot()),
                tasks.create_task(self._post.keep()),
                tasks.create_task(self._call_backs.keep()),
                tasks.create_task(self._safety.watch()),
                tasks.create_task(self._capacity.watch()),
                tasks.create_task(self.rules.watch(self._rules_changed, self.metrics.rules_refused)),
                tasks.create_task(keep_reports(self.installation, lambda: self.rules().company.timezone)),
                tasks.create_task(upkeep(self.archive, self._uplink.calls_there, LOST, self._delete_old, Pace())),
            ]
            await self._uplink.linked.wait()
            running.append(tasks.create_task(be_on_duty(self._uplink, lambda: self.engine.accepting, self._admission)))
            with self._announcement.made(api):
                running.append(tasks.create_task(self._announcement.stay()))
                yield
            await self.engine.stop()
            await self.archive.settled()
            for task in running:
                task.cancel()

    def _address(self) -> Address:
        return Address(port=self.pbx.ports.http, user=self.pbx.ari.user, secret=self.pbx.ari.secret)

    def _insight(self) -> Insight:
        return Insight(troubles=self._uplink.troubles, alarms=self._alarms, metrics=self._numbers, people=self._people)

    def _alarms(self) -> list[str]:
        parts = (self._safety, self._capacity, self._admission, self._telephones)
        return [alarm for part in parts for alarm in part.alarms()]

    def _numbers(self) -> bytes:
        backlog = self.register.backlog()
        self._safety.count(self.metrics)
        return self.metrics.text(
            calls=len(self.engine), waiting=backlog.waiting, lost=backlog.refused + backlog.overflowed
        )

    def _people(self) -> dict[str, str | None]:
        return {person.id: self.presence.absence(person.id) for person in self._lookup.staff()}

    def _begin_link(self) -> None:
        self.metrics.linked()
        self._announcement.renew()  # it may be another Asterisk, with another process id

    def _books(self) -> Books:
        remembered = Remembered(self._stories, partial(auditing.listed, self.installation))
        return Books(
            line=self._line,
            register=self.register,
            has_delivered=self.register.has_delivered,
            story=remembered.story,
            open_calls=remembered.open_calls,
            listed=remembered.listed,
            has_message=self.archive.has_message,
            last_sound=self._places.last_sound,
            call_lost=self.archive.call_lost,
        )

    def _call_let_go(self, row: CallRow, reason: LetGo) -> None:
        """Whoever goes on with the call closes its row; what is known so far is kept, unless the stand-in is at it."""
        if not isinstance(reason, TakenAway):
            self.register.put(row)

    def _delete_old(self) -> Deleted:
        days, sounds = self.installation.settings.keep_recordings_days, self._stories.sounds
        return delete_old(days, now(), sounds, self.register.put, self._places) if days else Deleted(0, ())

    def _staff_changed(self, staff: Staff) -> None:
        self.attendance.learn(staff)
        log.info("people changed", people=len(staff.people))
        self._provisioning.plan(staff.people, self.rules())

    def _rules_changed(self, rulebook: Rulebook) -> None:
        self.metrics.rules_accepted()
        self._provisioning.plan(self._lookup.staff(), rulebook)
        task = asyncio.create_task(self._prepare(rulebook), name="prepare what is said")
        self._preparing.add(task)
        task.add_done_callback(self._preparing.discard)

    async def _prepare(self, rulebook: Rulebook) -> None:
        """What cannot be said is told, as it is at the start: the file was changed by somebody who can mend it."""
        try:
            for missing in await self.voice.prepare(rulebook):
                log.warning("cannot be said", what=missing)
        except OSError as why:  # each text is tried again when a caller is to hear it
            log.error("not prepared what is said", why=str(why))  # noqa: TRY400 - the reason is all
