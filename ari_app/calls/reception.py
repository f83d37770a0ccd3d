"""The way of a call to its script: its row is begun, who calls is looked up, the rules are chosen (T1, D14)."""

from contextlib import AbstractContextManager, nullcontext

import msgspec

from ari_app.ari.events import Channel
from ari_app.calls.call import Call
from ari_app.calls.exchange import Exchange
from ari_app.calls.found import Found
from ari_app.calls.script import serve
from db.lookup import LookUp
from db.numbers import both_ends
from db.records import CallRow
from premises import names
from premises.clock import now
from premises.ids import telephone_at
from premises.seating import shown
from routing.facts import Caller, Facts
from routing.outgoing import OUTGOING, is_emergency
from routing.trail import Trail, UnreadableTrailError, concerned, decode_facts, encode_facts, still
from routing.transfers import INSIDE


class Reception:
    """Receives the calls of one engine."""

    def __init__(self, exchange: Exchange, lookup: LookUp) -> None:
        self._exchange = exchange
        self._lookup = lookup

    def row(self, channel: Channel, found: Found) -> CallRow:
        """The call's row as far as it is known; what the channel remembers is newer than what the register has."""
        row = found.row or CallRow(
            id=channel.id,
            arrived=found.state.at if found.state else now(),
            number=None,
            name=names.kept(self._caller(channel)[0]),
            dialled=found.dialled,
        )
        answered = row.answered or (found.state.answered if found.state else None)
        if found == Found(dialled=found.dialled) and channel.state == "Up":  # has had us ring the own telephone first
            answered = row.arrived
        return msgspec.structs.replace(row, answered=answered)

    async def receive(self, call: Call, channel: Channel) -> None:
        """Serve a call from its arrival, or its taking over, to its closed row."""
        state = call.found.state if call.found else None
        rulebook = (self._exchange.kept_rules(state.rules) if state else None) or self._exchange.rules()
        facts = await self._facts(call, channel)
        call.note(
            number=facts.caller.number,
            name=None if facts.dialled.startswith(OUTGOING) else call.row.name,
            dialled=facts.dialled,
            customer=facts.caller.customer.id if facts.caller.customer else None,
            looked_up=facts.caller.looked_up,
            rules=rulebook.version,
            facts=encode_facts(concerned(facts, Trail(rules=rulebook.version))),
        )
        call.write()
        what = "call taken over" if call.found else "call arrived"
        call.log.info(what, dialled=facts.dialled)  # who calls is in the register, where it can be erased
        with self._asking(channel, facts):
            await serve(call, rulebook, facts)

    def _caller(self, channel: Channel) -> tuple[str, str]:
        """Name and number; of a call from one of our telephones those of who sits there."""
        sitting = shown(telephone_at(channel.name), self._exchange.telephones.seats, self._lookup.staff())
        return sitting or (channel.caller.name, channel.caller.number)

    def _asking(self, channel: Channel, facts: Facts) -> AbstractContextManager[None]:
        """In a call of one of our people the one who calls may have left a caller waiting."""
        if not facts.dialled.startswith((INSIDE, OUTGOING)):
            return nullcontext()
        return self._exchange.presence.asking(self._exchange.telephones.whose(channel.name))

    async def _facts(self, call: Call, channel: Channel) -> Facts:
        rules, person = self._exchange.rules(), self._exchange.telephones.whose(channel.name)
        number, dialled = both_ends(
            self._caller(channel)[1],
            call.found.dialled if call.found else call.row.dialled,
            rules.company.country,
            lines=rules.lines,
            emergency=rules.outgoing.emergency,
            person=person,
        )
        began = _began(call.found) if call.found else None
        by = began.by if began else person if dialled.startswith(INSIDE) else None
        urgent = is_emergency(rules, dialled, number)
        asked = Caller(number=number) if urgent else await self._lookup.caller(number)
        return Facts(
            call=call.id,
            at=call.row.arrived,
            dialled=dialled,
            caller=still(began.caller, asked, talks=bool(call.found and call.found.leg)) if began else asked,
            by=by,
            asking=began.asking if began else by is not None and self._exchange.presence.is_taken(by),
            staff=self._lookup.staff(),
        )


def _began(found: Found) -> Facts | None:
    """What a call that goes on began with, as the register has it, if it can tell."""
    if found.row is None or found.state is None:
        return None
    try:
        return decode_facts(found.row.facts)
    except UnreadableTrailError:  # a row of its arrival, before its caller was looked up
        return None
