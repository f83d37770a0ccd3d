"""One connection from Asterisk, in a process of its own: who calls is found out, and the caller is served.

Whatever keeps the caller from being served ends the connection; the dialplan then rings the operators.
"""

import asyncio
import os
import socket
import time
from io import BufferedReader
from pathlib import Path

import structlog

from agi import codes
from agi.beginning import Beginning, begin, go_on, read_state
from agi.books import Books, open_books
from agi.call import Call
from agi.channel import HANGUP, Channel
from agi.environment import LONGEST_LINE, Environment, read_environment
from agi.errors import AgiError, Refused
from agi.presence import Presence
from agi.script import serve
from db.errors import DatabaseError
from db.numbers import both_ends
from db.records import CallRow
from dialplan.plan import BEGINNING
from premises import ids, names
from premises.clock import now
from premises.duties import Duties
from premises.espeak import Espeak
from premises.installation import Installation
from premises.rulebooks import NoRules, Rulebooks
from premises.seating import Seating, shown
from premises.settings import BadSettings
from premises.turns import Turns
from premises.voice import Voice
from routing.facts import Caller, Facts
from routing.outgoing import OUTGOING, is_emergency
from routing.rulebook import Rulebook
from routing.state import State
from routing.trail import Trail, UnreadableTrailError, concerned, encode_facts
from routing.transfers import INSIDE

ENVIRONMENT_SECONDS = 5.0
"""How long Asterisk may take to tell of the call."""

log = structlog.get_logger()


def answer(connection: socket.socket, installation: Installation, rules: Rulebooks) -> None:
    """Serve the caller of this connection, which is closed at the end; raises nothing that has to do with one call."""
    try:
        with connection, connection.makefile("rb") as source, asyncio.Runner() as loop:
            environment = _environment(connection, source)
            if environment["agi_network_script"] == "alive":
                return
            channel = Channel(environment, source, connection)
            if environment["agi_network_script"] == "duty":
                codes.hear(channel, environment, installation, rules, loop)
            else:
                _Reception(channel, environment, installation, rules, loop).serve()
    except Refused as why:
        log.warning("AGI environment refused", why=str(why))
    except (AgiError, NoRules, BadSettings, DatabaseError, OSError) as why:
        log.warning("stood aside, the dialplan rings", why=str(why) or type(why).__name__)


def _environment(connection: socket.socket, source: BufferedReader) -> Environment:
    """The environment, of which nothing may be left: what comes behind its end was forged."""
    until = time.monotonic() + ENVIRONMENT_SECONDS

    def read_line() -> bytes:
        connection.settimeout(max(0.01, until - time.monotonic()))
        return source.readline(LONGEST_LINE)

    environment = read_environment(read_line)
    connection.settimeout(0)
    more = source.peek(1)
    connection.settimeout(None)
    if more and more != HANGUP:
        raise Refused("something came behind its end")
    return environment


class _Reception:
    """Finds out who calls and where the call is, and hands it to the script."""

    def __init__(
        self,
        channel: Channel,
        environment: Environment,
        installation: Installation,
        rules: Rulebooks,
        loop: asyncio.Runner,
    ) -> None:
        self._channel = channel
        self._environment = environment
        self._installation = installation
        self._rules = rules
        self._loop = loop
        self._seating = Seating(installation.seats, Turns(installation.turns))

    def serve(self) -> None:
        """From the arrival to the closed row."""
        current = self._rules.now()
        books = self._loop.run(open_books(self._installation))
        try:
            state, unreadable = self._state()
            call = self._call(books, state)
            beginning, facts = self._begin(call, current, state, unreadable)
            call.write()
            call.log.info(
                "call arrived",
                dialled=facts.dialled,
                passed=len(beginning.entries),
                anew=beginning.anew,
            )
            self._channel.set(BEGINNING, "")  # the next one may begin
            serve(call, beginning, facts)
        finally:
            books.close()

    def _state(self) -> tuple[State | None, str | None]:
        """The state that an engine left, or why it cannot be read."""
        try:
            return read_state(self._channel.variable("SB_STATE")), None
        except UnreadableTrailError as why:
            return None, str(why)

    def _call(self, books: Books, state: State | None) -> Call:
        """The row has the engine's id, so what an engine had begun is continued in it."""
        name, number = self._caller(books)
        if number is not None:
            self._channel.set("CALLERID(num)", number)
        self._channel.set("CALLERID(name)", names.shown(name))  # telephones are shown it
        answered = state.answered if state else None
        row = CallRow(
            id=self._environment["agi_uniqueid"],
            arrived=state.at if state else now(),
            number=None,
            name=names.kept(name),
            dialled=self._channel.variable("DIALLED"),
            answered=answered or (now() if self._channel.is_up() else None),
            served_by="stand-in",
        )
        return Call(self._channel, row, books, self._voice(), self._presence(books), self._loop)

    def _caller(self, books: Books) -> tuple[str, str | None]:
        """Who calls by name, and by which number, unless Asterisk knows that."""
        telephone = ids.telephone_at(self._environment["agi_channel"])
        if guest := shown(telephone, self._seating.now(), books.staff.people):
            return guest
        name = self._environment["agi_calleridname"]
        return "" if name == "unknown" else name, None

    def _presence(self, books: Books) -> Presence:
        house = self._installation
        return Presence(Turns(house.turns), Duties(house.duties, books.put), self._seating, books.staff)

    def _begin(
        self, call: Call, current: Rulebook, state: State | None, unreadable: str | None
    ) -> tuple[Beginning, Facts]:
        """Where the state says, by the rules of its day; at the start by the current ones, if that cannot be."""
        why = unreadable
        if state is not None:
            kept = self._rules.of(state.rules)
            facts = self._facts(call, kept or current, goes_on=True)
            found = go_on(kept, facts, state, _since(state)) if kept else f"the rules {state.rules} were not kept"
            if isinstance(found, Beginning):
                return found, facts
            why = found
        facts = self._facts(call, current, goes_on=False)
        return begin(current, facts, why), facts

    def _facts(self, call: Call, rulebook: Rulebook, *, goes_on: bool) -> Facts:
        """Who calls, or is called by one of our people, looked up afresh and noted in the row.

        A call inside that goes on was let in by an engine, whose grip on a person who asks a colleague is gone.
        """
        telephone = ids.telephone_at(self._environment["agi_channel"])
        person = self._seating.now().person_at(telephone) or telephone
        number, dialled = both_ends(
            call.channel.variable("CALLERID(num)"),
            call.row.dialled,
            rulebook.company.country,
            lines=rulebook.lines,
            emergency=rulebook.outgoing.emergency,
            person=person,
        )
        by = person if dialled.startswith(INSIDE) else None
        urgent = is_emergency(rulebook, dialled, number)
        caller = Caller(number=number) if urgent else call.loop.run(call.books.caller(number))
        facts = Facts(
            call=call.id,
            at=call.row.arrived,
            dialled=dialled,
            caller=caller,
            by=by,
            asking=by is not None and (goes_on or call.presence.is_taken(by)),
            staff=call.books.staff.people,
        )
        call.note(
            number=caller.number,
            name=None if dialled.startswith(OUTGOING) else call.row.name,
            dialled=facts.dialled,
            customer=caller.customer.id if caller.customer else None,
            looked_up=caller.looked_up,
            rules=rulebook.version,
            facts=encode_facts(concerned(facts, Trail(rules=rulebook.version))),
        )
        return facts

    def _voice(self) -> Voice:
        """The engine's voice with the engine's cache: what it has spoken is there already."""
        sounds = Path(self._channel.variable("ASTDATADIR")) / "sounds"
        return Voice(Espeak.of(os.environ), self._installation.voice, sounds, self._installation.rule_file.parent)


def _since(state: State) -> float:
    """Seconds since the step under way began."""
    return max(0.0, (now() - state.began).total_seconds()) if state.began else 0.0
