"""The composition root: all that one installation needs to serve calls, started, connected and ended in order."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import structlog

from ari_app.adopting import adopt
from ari_app.ari import Address, Link, links
from ari_app.ari.errors import LinkLost, TimedOut
from ari_app.call import now
from ari_app.engine import Engine
from ari_app.espeak import Espeak
from ari_app.exchange import Exchange
from ari_app.http import Insight, serve_api
from ari_app.installation import Endpoints, Installation, PhoneEntry
from ari_app.metrics import Counted, Metrics
from ari_app.pbx import Asterisk, NotListeningError, PbxError, program
from ari_app.planning import APP, TRUNK, own_ports, plan
from ari_app.presence import Presence
from ari_app.recordings.archive import Archive, Patience
from ari_app.recordings.places import Places
from ari_app.recordings.retention import Deleted, delete_old
from ari_app.recordings.upkeep import Pace, upkeep
from ari_app.rules import Rules
from ari_app.telephones import Telephones
from ari_app.voice import Voice
from ari_app.waiting import WaitingLine
from ari_app.watch import Watch
from db.database import connect
from db.directory import Directory
from db.lookup import LookUp
from db.people import Staff
from db.register import Register
from db.stories import Stories
from dialplan.plan import Pbx
from routing.rulebook import Rulebook

PORT_TRIES = 3

log = structlog.get_logger()
Tell = Callable[[str], None]
"""Shows one line of progress to whoever started us."""


@asynccontextmanager
async def serving(installation: Installation, tell: Tell) -> AsyncIterator["House"]:
    """Serve calls until the block ends.

    Raises `AlreadyRunning`, `RulesRefused`, `PbxError`, `DatabaseError`, `BadSettings`.
    """
    installation.prepare()
    settings = installation.settings
    with installation.in_use(), contextlib.ExitStack() as stack:
        database = connect(settings.database or "")
        stack.callback(database.close)
        lookup = LookUp(Directory(database))
        staff = await lookup.start()
        rules = Rules(installation.rule_file, installation.rules, lookup.staff)
        await asyncio.to_thread(rules.read)
        register = Register(database)
        stack.callback(register.close)
        tell("starting Asterisk")
        async with _running(installation, staff, rules()) as (asterisk, pbx):
            house = House(installation, rules, lookup, register, asterisk, pbx, Stories(database))
            tell("preparing what is said to callers")
            for missing in await house.voice.prepare(rules()):
                tell(f"cannot be said: {missing}")
            house.away(staff)
            async with house.at_work():
                yield house


@asynccontextmanager
async def _running(installation: Installation, staff: Staff, rulebook: Rulebook) -> AsyncIterator[tuple[Asterisk, Pbx]]:
    """Asterisk, at other ports if somebody took one of ours between the choice and the start."""
    async with contextlib.AsyncExitStack() as stack:
        for attempt in range(1, PORT_TRIES + 1):
            pbx = plan(installation, staff.people, rulebook, own_ports(installation, others=attempt > 1))
            try:
                asterisk = await stack.enter_async_context(Asterisk(program(os.environ), pbx, installation.pbx))
            except NotListeningError:
                if attempt == PORT_TRIES:
                    raise
            else:
                yield asterisk, pbx
                return


class House:
    """The parts of a running engine, connected with each other."""

    def __init__(
        self,
        installation: Installation,
        rules: Rules,
        lookup: LookUp,
        register: Register,
        asterisk: Asterisk,
        pbx: Pbx,
        stories: Stories,
    ) -> None:
        self.installation = installation
        self.rules = rules
        self.register = register
        self.asterisk = asterisk
        self.pbx = pbx
        self.metrics = Metrics()
        self.presence = Presence()
        self._lookup = lookup
        self._telephones = Telephones(self.presence)
        self._places = _places(installation, asterisk)
        self._stories = stories
        self.archive = Archive(self._places, register, self.metrics, Patience())
        sounds = program(os.environ).sounds
        self.voice = Voice(_espeak(), installation.voice, sounds, rules.file.parent)
        self.engine = Engine(self._exchange(), lookup, self._telephones.hear)
        self.watch = Watch(installation, pbx, stories, register, self.metrics)
        self.link: Link | None = None
        self._linked = asyncio.Event()
        self._api: dict[str, str] = {}
        self._tasks: set[asyncio.Task[object]] = set()

    def _exchange(self) -> Exchange:
        return Exchange(
            app=APP,
            trunk=TRUNK,
            presence=self.presence,
            line=WaitingLine(self.presence),
            voice=self.voice,
            register=Counted(self.register, self.metrics),
            rules=self.rules,
            message_left=self.archive.message_left,
            seconds_spoken=self.archive.seconds_spoken,
            call_ended=lambda row: self.archive.call_ended(row.id),
        )

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Take calls until the block ends; then end those that are there, and keep their recordings.

        A part that fails ends the whole: a task group cancels the block and raises what happened.
        """
        async with asyncio.TaskGroup() as tasks, serve_api(self._insight(), self.pbx.ports.http + 1) as api:
            running = [
                tasks.create_task(self._keep_link()),
                tasks.create_task(self._watch_asterisk()),
                tasks.create_task(self.watch.keep(self.asterisk)),
                tasks.create_task(self._lookup.watch(self._staff_changed)),
                tasks.create_task(self.rules.watch(self._rules_changed, self.metrics.rules_refused)),
                tasks.create_task(upkeep(self.archive, self._calls_there, ("lost", None), self._delete_old, Pace())),
            ]
            await self._linked.wait()
            self._api = api
            with self.installation.announced(self._endpoints()):
                yield
            await self.engine.stop()
            await self.archive.settled()
            for task in running:
                task.cancel()

    def _insight(self) -> Insight:
        return Insight(troubles=self.troubles, metrics=self._numbers, people=self._people)

    def _numbers(self) -> bytes:
        backlog = self.register.backlog()
        return self.metrics.text(
            calls=len(self.engine), waiting=backlog.waiting, lost=backlog.refused + backlog.overflowed
        )

    def _people(self) -> dict[str, str | None]:
        return {person.id: self.presence.absence(person.id) for person in self._lookup.staff()}

    def troubles(self) -> list[str]:
        """Why this engine is not ready for calls; empty when it is."""
        return [] if self.link is not None and self.link.lost is None else ["no link to Asterisk"]

    async def _keep_link(self) -> None:
        address = Address(port=self.pbx.ports.http, user=self.pbx.ari.user, secret=self.pbx.ari.secret)
        async with contextlib.aclosing(links(address, APP, watch=["endpoint:PJSIP"])) as every:
            async for link in every:
                async with self.engine.on(link):
                    link.deliver(self.engine.hear)
                    with contextlib.suppress(LinkLost, TimedOut):  # the next link will do
                        await self._telephones.look(link)
                        await adopt(self.engine, link)
                        self.link = link
                        self._linked.set()
                        self.metrics.linked()
                    await link.ended()

    async def _watch_asterisk(self) -> None:
        status = await self.asterisk.ended()
        raise PbxError(f"Asterisk ended by itself (status {status}); its log is in {self.asterisk.folder / 'log'}")

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
            self.installation.announce(self._endpoints())

    def _rules_changed(self, rulebook: Rulebook) -> None:
        self.metrics.rules_accepted()
        self._background(self.voice.prepare(rulebook))

    def _background(self, work: Coroutine[object, object, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _endpoints(self) -> Endpoints:
        ports, address = self.pbx.ports, self.pbx.address
        return Endpoints(
            sip={"address": address, "udp": ports.sip, "tcp": ports.sip, "tls": ports.sip_tls},
            trunk={"name": TRUNK, "address": self.pbx.trunks[0].match[0]},
            phones={
                phone.person: PhoneEntry(
                    user=phone.person, secret=phone.secret, name=phone.name, extension=phone.number
                )
                for phone in self.pbx.phones
            },
            ports={"http": ports.http, "ami": ports.ami, "rtp_first": ports.rtp_first, "rtp_last": ports.rtp_last},
            api=self._api,
            app=APP,
            engine=os.getpid(),
            pbx=self.asterisk.pid,
        )


def _espeak() -> Espeak:
    return Espeak(
        espeak=os.environ.get("SWITCHBOARD_ESPEAK", "espeak-ng"), sox=os.environ.get("SWITCHBOARD_SOX", "sox")
    )


def _places(installation: Installation, asterisk: Asterisk) -> Places:
    return Places(
        monitor=asterisk.monitor,
        spool=asterisk.recording,
        recordings=installation.recordings,
        messages=installation.messages,
    )
