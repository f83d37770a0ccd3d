"""Steps that bring somebody to the caller: ring people, ring an outside number, wait in line (D3, D4, D15, D19)."""

from collections.abc import Callable

import msgspec

from ari_app.ari.events import Channel, StasisStart
from ari_app.calls.call import Asks, Call
from ari_app.calls.consulting import consulted
from ari_app.calls.introducing import introduced
from ari_app.calls.legs import Given, Leg, TalkEnd, found_leg, leg
from ari_app.calls.reserving import reserved
from ari_app.calls.ringing_all import first_of
from ari_app.calls.turn import turn
from db.records import LegRow
from dialplan.plan import HANDED_OVER
from premises.clock import now
from premises.ids import bridge_id
from routing.facts import PersonId
from routing.line.closing import in_vain, seconds_left
from routing.line.line import Place
from routing.line.reach import everybody
from routing.outcomes import Absence, CallBackAsked, HandedOver, Missed, Outcome, Talked, Unanswered
from routing.outside import in_log
from routing.steps import Ring, RingOutside, Wait

Reached = Talked | HandedOver
"""What comes of somebody's answering."""

TAKE_OVER_SECONDS = 2.0
"""For Asterisk to give us a channel that was another engine's; it takes milliseconds."""


async def ring(call: Call, step: Ring) -> Outcome:
    """Ring these people one after another, longest idle first, until one of them has talked with the caller."""
    if found := await _talk_found(call) or await _talk_taken(call, step):
        return found
    missed = list(call.state.missed)
    async with call.entertained(step.hear) as entertainment:
        for person in _in_turn(call, step):
            with reserved(call, person) as absence:
                talk = absence or await _offer(call, step, person, step.seconds, entertainment)
            if isinstance(talk, Reached):
                return msgspec.structs.replace(talk, missed=tuple(missed))
            missed.append(Missed(person, talk))
            call.remember(missed=tuple(missed))
    return Unanswered(tuple(missed))


def _in_turn(call: Call, step: Ring) -> list[PersonId]:
    """Whom to ring still: first the one whom an engine before us rang, then who has been idle longest."""
    tried = {one.person for one in call.state.missed}
    rung = call.found.rung if call.found else None
    people = call.exchange.presence.in_turn(person for person in step.people if person not in tried)
    return sorted(people, key=lambda person: person != rung)


async def ring_outside(call: Call, step: RingOutside) -> Outcome:
    """Ring a number outside over the trunk. The rule file's allow-lists have it, whoever dialled it; no caller did.

    It is passed over where the rule file's limits for outside numbers are reached.
    """
    if found := await _talk_found(call):
        return found
    if not await call.exchange.tolls.allow(step.limits):
        call.log.warning("not rung", person=in_log(step.number), why=Absence.LIMIT)
        return Unanswered((Missed(step.number, Absence.LIMIT),))
    endpoint = f"PJSIP/{step.number}@{call.exchange.trunk}"
    outside = leg(call, step.number, endpoint, step.seconds, step.rule, line=step.shown)
    async with call.entertained(step.hear) as stop, outside as it:
        talk = await it.answered(step.seconds) or await _talk(call, it, stop)
    return talk if isinstance(talk, Reached) else Unanswered((Missed(step.number, talk),))


async def wait(call: Call, step: Wait) -> Outcome:
    """Wait in line until somebody has talked with the caller, time is over, or nobody is there any more."""
    if found := await _talk_found(call) or await _talk_taken(call, step):
        return found
    began = call.state.began or now()
    since = call.row.arrived if step.in_front else began
    until = call.after(seconds_left(step, began, now()))
    missed = {one.person: one for one in call.state.missed}
    if step.call_back_key:
        call.keys.clear()  # what was typed ahead was meant for menus
    async with call.entertained("music") as entertainment:
        with call.exchange.line.place(call.id, step, since, call.inbox.put) as place:
            while (said := await turn(call, place, until)) is not None:
                if isinstance(said, CallBackAsked):
                    return msgspec.structs.replace(said, missed=tuple(missed.values()))
                offer = _offer_all if place.others else _offer_one
                talk = await offer(call, place, entertainment)
                if isinstance(talk, Reached):
                    return msgspec.structs.replace(talk, missed=tuple(missed.values()))
                missed |= {one.person: one for one in talk}
                call.remember(missed=tuple(missed.values()))
                for one in talk:
                    call.exchange.line.missed(place, one.person)
    for person in everybody(step):
        if person not in missed:
            missed[person] = Missed(person, call.exchange.presence.absence(person) or Absence.BUSY)
    return in_vain(step, tuple(missed.values()), now())


async def _offer_one(call: Call, place: Place, stop: Callable[[], None]) -> Reached | list[Missed]:
    person, step = place.offered or "", place.step
    talk = await _offer(call, step, person, step.offer_seconds, stop)
    return talk if isinstance(talk, Reached) else [Missed(person, talk)]


async def _offer_all(call: Call, place: Place, stop: Callable[[], None]) -> Reached | list[Missed]:
    """Ring all who were taken for this caller at once."""
    people, told = (place.offered or "", *place.others), place.step.introduction
    async with first_of(call, place.step, people, told.shown if told else "") as (it, others):
        missed = [(one.row.person, Absence(one.row.why or Absence.NO_ANSWER)) for one in others]
        for person, why in missed:
            if why is not Absence.ELSEWHERE:
                call.exchange.presence.missed(person, call.id, why)
        if it is None:
            return [Missed(*one) for one in missed]
        call.exchange.line.settled(place, it.row.person)
        spoken = told.spoken.get(it.row.person) if told else None
        if spoken and (absence := await introduced(call, it, spoken)):
            call.exchange.presence.missed(it.row.person, call.id, absence)
            return [Missed(*one) for one in (*missed, (it.row.person, absence))]
        return await _talk(call, it, stop)


async def _offer(
    call: Call, step: Ring | Wait, person: PersonId, seconds: float, stop: Callable[[], None]
) -> Reached | Absence:
    told = step.introduction
    shown, spoken = (told.shown, told.spoken.get(person)) if told else ("", None)
    async with leg(call, person, f"PJSIP/{call.exchange.telephones.of(person)}", seconds, step.rule, shown) as it:
        absence = await it.answered(seconds) or (await introduced(call, it, spoken) if spoken else None)
        talk = absence or await _talk(call, it, stop)
    if not isinstance(talk, Reached):
        call.exchange.presence.missed(person, call.id, talk)
    return talk


async def _talk(call: Call, it: Leg, stop_entertainment: Callable[[], None]) -> Reached:
    """The talk with somebody who has answered, to its end."""
    it.note(answered=now())
    call.exchange.presence.talks(it.row.person, call.id)
    stop_entertainment()
    call.talks_with(it.row.person)
    return _outcome(call, it, await _talked(call, it, joined=False))


async def _talked(call: Call, it: Leg, *, joined: bool) -> TalkEnd:
    """The whole talk, with all that colleagues are asked between its parts."""
    end = await it.talked(joined=joined)
    while isinstance(end, Asks):
        asked = await consulted(call, it, end.whom)
        end = await it.talked(in_vain=asked) if asked is None or isinstance(asked, Missed) else asked
    return end


def _outcome(call: Call, it: Leg, end: TalkEnd) -> Reached:
    person = it.row.person
    if isinstance(end, Given):
        return HandedOver(person, end.to)
    if end == "person" and call.exchange.presence.is_asking(person, call.id):
        return HandedOver(person, "")  # dropped out while the caller waited, who is not to be dropped as well (D11)
    return Talked(person, end)


async def _talk_found(call: Call) -> Reached | None:
    """Go on with the talk that an engine before us had begun, to its end; None: there was none."""
    found, person = call.found, call.state.talking
    if found is None or found.leg is None or found.leg_row is None:
        return _ended_unseen(call, person, found.handed_to) if found and person else None
    call.found = None
    person = found.leg_row.person
    call.exchange.presence.take(person, call.id)
    try:
        async with found_leg(call, found.leg, found.leg_row) as it:
            return await _go_on(call, it, joined=found.bridged)
    finally:
        call.exchange.presence.release(person, call.id)


async def _talk_taken(call: Call, step: Ring | Wait) -> Reached | None:
    """Join the caller with the supervisor who has taken it over, who is at the telephone already; None: nobody has."""
    taker, call.taker = call.taker, None
    if taker is None or taker.by not in step.people:
        return None
    row = LegRow(id=taker.channel, call=call.id, person=taker.by, rule=step.rule, rang=now())
    channel = Channel(id=taker.channel)
    call.exchange.presence.take(taker.by, call.id)
    try:
        async with found_leg(call, channel, row) as it:
            call.link.forget(call.link.channels.set_variable(it.id, "TRANSFER_CONTEXT", HANDED_OVER, slow=False))
            call.inbox.put(StasisStart(channel=channel))
            return await _go_on(call, it, joined=False)
    finally:
        call.exchange.presence.release(taker.by, call.id)


def _ended_unseen(call: Call, person: PersonId, handed_to: str | None) -> Reached:
    """Who answered and is not there any more has handed over or hung up meanwhile."""
    if handed_to is None:
        return Talked(person, "person", call.state.missed)
    call.link.forget(call.link.bridges.destroy(bridge_id(call.id)))
    return HandedOver(person, handed_to, call.state.missed)


async def _go_on(call: Call, it: Leg, *, joined: bool) -> Reached | None:
    if await it.answered(TAKE_OVER_SECONDS) is not None:  # gone in this very moment
        return Talked(it.row.person, "person", call.state.missed) if joined else None
    it.note(answered=it.row.answered or now())
    if not joined:
        call.silence()
        call.talks_with(it.row.person)
    return msgspec.structs.replace(_outcome(call, it, await _talked(call, it, joined=joined)), missed=call.state.missed)
