"""Steps that ring people one after another, or a number outside (D3, D4, D15, D19)."""

import datetime as dt
from collections.abc import Iterable

import msgspec

from agi.call import Call, Hear
from agi.channel import Dialled
from agi.errors import CallerLeft
from db.records import LegRow
from db.stories import as_own_leg, attempt
from dialplan.plan import TRUNK
from premises import causes
from premises.clock import now
from routing.facts import PersonId
from routing.limits import UNLIMITED, Limits, longest, reached
from routing.outcomes import Absence, Missed, Outcome, Talked, Unanswered
from routing.outgoing import OUTGOING
from routing.outside import in_log, is_outside
from routing.steps import Ring, RingOutside

# g: the script goes on when the person hangs up. i: a phone that forwards its calls does not send callers elsewhere.
# f, where a line of ours is shown: o would show the extension of the telephone that calls (22.10.1).
_OPTIONS = {"ringing": "gir", "music": "gim"}

_FREE = ("NOT_INUSE", "UNKNOWN")  # a phone that was never looked at
_STATES = {
    "INUSE": Absence.BUSY,
    "BUSY": Absence.BUSY,
    "ONHOLD": Absence.BUSY,
    "RINGING": Absence.RINGING,
    "RINGINUSE": Absence.RINGING,
}


def ring(call: Call, step: Ring, tried: tuple[Missed, ...] = ()) -> Outcome:
    """Ring these people, longest idle first, until one has talked with the caller; not who was ``tried`` already."""
    missed = list(tried)
    for person in call.presence.in_turn(_others(step.people, tried)):
        talk = absence(call, person) or offer(call, person, step.seconds, step.hear, step.rule)
        if isinstance(talk, Talked):
            return Talked(talk.person, talk.ended_by, tuple(missed))
        missed.append(Missed(person, talk))
    return Unanswered(tuple(missed))


def ring_outside(call: Call, step: RingOutside) -> Outcome:
    """Ring a number outside over the trunk. The rule file's allow-lists have it, whoever dialled it; no caller did.

    It is passed over where the rule file's limits for outside numbers are reached.
    """
    if not _is_allowed(call, step.limits):
        call.log.warning("not rung", person=in_log(step.number), why=Absence.LIMIT)
        return Unanswered((Missed(step.number, Absence.LIMIT),))
    endpoint = f"PJSIP/{step.number}@{TRUNK}"
    talk = _dial(call, step.number, endpoint, step.seconds, step.hear, step.rule, line=step.shown)
    return talk if isinstance(talk, Talked) else Unanswered((Missed(step.number, talk),))


def absence(call: Call, person: PersonId) -> Absence | None:
    """Why this person cannot be rung now, by the directory and by the telephone's state; None: can be."""
    if why := call.presence.absence(person):
        return why
    if (telephone := call.presence.telephone_of(person)) is None:
        return Absence.NOT_REGISTERED
    state = call.channel.device_state(telephone)
    return None if state in _FREE else _STATES.get(state, Absence.NOT_REGISTERED)


def offer(call: Call, person: PersonId, seconds: float, hear: Hear, rule: str | None) -> Talked | Absence:
    """Ring a person whom no other call rings; a talk is over when this returns. Raises `CallerLeft`."""
    with call.presence.offered(person, call.id) as offered:
        if isinstance(offered, Absence):
            return offered
        if (telephone := call.presence.telephone_of(person)) is None:  # somebody else has just sat down there
            return Absence.NOT_REGISTERED
        talk = _dial(call, person, f"PJSIP/{telephone}", seconds, hear, rule)
        if isinstance(talk, Absence):
            offered.missed(talk)
        else:
            offered.talked()
        return talk


def _is_allowed(call: Call, limits: Limits) -> bool:
    """By what the register knows. A process for one call has no memory: without the register it spends nothing."""
    if limits == UNLIMITED:
        return True
    legs = call.loop.run(call.books.outside_legs(now() - longest(limits)))
    return legs is not None and not reached(limits, (attempt(leg, now()) for leg in legs), now())


def _others(people: Iterable[PersonId], tried: tuple[Missed, ...]) -> list[PersonId]:
    done = {one.person for one in tried}
    return [person for person in people if person not in done]


def _dial(
    call: Call,
    person: PersonId,
    endpoint: str,
    seconds: float,
    hear: Hear,
    rule: str | None,
    line: str | None = None,
) -> Talked | Absence:
    """``line``: which of our lines is shown; None: the caller's number."""
    if hear == "music":
        call.answer()
    leg = call.next_leg(person, rule)
    call.books.put(leg)
    call.log.info("ringing", leg=leg.id, person=in_log(person), rule=rule)
    dialled = call.channel.dial(endpoint, seconds, _OPTIONS[hear] + (f"f({line})" if line else ""))
    talked = dialled.status == "ANSWER"
    why = None if talked or dialled.left else _why(dialled)
    answered = (dialled.answered or leg.rang) if talked else None
    closed = _closed(call, leg, answered, why, dialled.cause)
    call.books.put(closed)
    if talked and call.row.dialled.startswith(OUTGOING):
        call.books.put(as_own_leg(closed, call.row, call.next_leg(person, rule).id))
    call.log.info("leg ended", leg=leg.id, person=in_log(person), why=why or ("talk" if talked else "the caller left"))
    if not talked:
        if why is None:
            raise CallerLeft
        return why
    if call.row.answered is None:
        call.note(answered=answered)
    return Talked(person, "caller" if dialled.left else "person")


def _closed(call: Call, leg: LegRow, answered: dt.datetime | None, why: Absence | None, cause: int | None) -> LegRow:
    ended = now()
    wrapped_up = _wrapped_up(call, leg.person, ended) if answered else None
    return msgspec.structs.replace(leg, answered=answered, ended=ended, why=why, cause=cause, wrapped_up=wrapped_up)


def _wrapped_up(call: Call, person: PersonId, ended: dt.datetime) -> dt.datetime | None:
    """Until when the person is given time to write up the talk."""
    seconds = 0.0 if is_outside(person) else call.presence.wrap_up
    return ended + dt.timedelta(seconds=seconds) if seconds else None


def _why(dialled: Dialled) -> Absence:
    if dialled.status == "NOANSWER":
        return Absence.NO_ANSWER
    if dialled.status == "BUSY":
        return Absence.BUSY
    return causes.absence(dialled.cause or 0)
