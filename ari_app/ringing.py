"""Steps that bring somebody to the caller: ring people, ring an outside number, wait in line (D3, D4, D15, D19)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ari_app.call import Call
from ari_app.legs import Leg, leg
from ari_app.waiting import PAUSE_SECONDS, NobodyThere, Offer, Place
from routing.facts import PersonId
from routing.steps import Absence, Missed, Outcome, Ring, RingOutside, Talked, Unanswered, Wait


async def ring(call: Call, step: Ring) -> Outcome:
    """Ring these people one after another, longest idle first, until one of them has talked with the caller."""
    presence = call.exchange.presence
    missed: list[Missed] = []
    async with call.entertained(step.hear) as entertainment:
        for person in presence.in_turn(step.people):
            with _reserved(call, person) as absence:
                talk = absence or await _offer(call, person, step.seconds, step.rule, entertainment)
            if isinstance(talk, Talked):
                return Talked(talk.person, talk.ended_by, tuple(missed))
            missed.append(Missed(person, talk))
    return Unanswered(tuple(missed))


async def ring_outside(call: Call, step: RingOutside) -> Outcome:
    """Ring a number outside over the trunk. The number comes from the rule file's allow-list, never from a caller."""
    endpoint = f"PJSIP/{step.number}@{call.exchange.trunk}"
    async with call.entertained(step.hear) as stop, leg(call, step.number, endpoint, step.seconds, step.rule) as it:
        talk = await _talk(call, it, step.seconds, stop)
    return talk if isinstance(talk, Talked) else Unanswered((Missed(step.number, talk),))


async def wait(call: Call, step: Wait) -> Outcome:
    """Wait in line until somebody has talked with the caller, time is over, or nobody is there any more."""
    until = call.after(step.seconds)
    missed: dict[PersonId, Missed] = {}
    async with call.entertained("music") as entertainment:
        with call.exchange.line.place(call.id, step.people, call.inbox.put) as place:
            while (person := await _turn(call, place, until)) is not None:
                talk = await _offer(call, person, step.offer_seconds, step.rule, entertainment)
                if isinstance(talk, Talked):
                    return Talked(person, talk.ended_by, tuple(missed.values()))
                missed[person] = Missed(person, talk)
                call.exchange.line.missed(place, person)
    for person in step.people:
        if person not in missed:
            missed[person] = Missed(person, call.exchange.presence.absence(person) or Absence.BUSY)
    return Unanswered(tuple(missed.values()))


async def _turn(call: Call, place: Place, until: float) -> PersonId | None:
    """Whose turn it is with this caller; None: time is over, or nobody is there."""
    while True:
        call.exchange.line.offer()
        message = await call.inbox.take(min(until, call.after(PAUSE_SECONDS)))
        if isinstance(message, Offer):
            return message.person
        if isinstance(message, NobodyThere) or call.after(0) >= until:
            return None


async def _offer(
    call: Call, person: PersonId, seconds: float, rule: str | None, stop: Callable[[], None]
) -> Talked | Absence:
    async with leg(call, person, f"PJSIP/{person}", seconds, rule) as it:
        return await _talk(call, it, seconds, stop)


async def _talk(call: Call, it: Leg, seconds: float, stop_entertainment: Callable[[], None]) -> Talked | Absence:
    absence = await it.answered(seconds)
    if absence is not None:
        return absence
    call.exchange.presence.talks(it.row.person, call.id)
    stop_entertainment()
    return Talked(it.row.person, await it.talked())


@contextmanager
def _reserved(call: Call, person: PersonId) -> Iterator[Absence | None]:
    """Take the person for this call until the block ends; gives why not, if not."""
    absence = call.exchange.presence.reserve(person, call.id)
    try:
        yield absence
    finally:
        if absence is None:
            call.exchange.presence.release(person, call.id)
