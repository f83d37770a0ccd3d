"""How things stand with one person, and what becomes of it by what happens. States and moves: `routing.presence`.

No clock: the time comes with what happened, and a wrap-up ends exactly when it should however late anybody looks.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from routing.outcomes import Absence
from routing.presence import (
    AT_REST,
    MOVES,
    Answered,
    Duty,
    Ended,
    Happened,
    IllegalMove,
    Missed,
    OfCall,
    Offered,
    Remembered,
    State,
    TakenOver,
    Telephone,
)

MOST_MISSED = 3
"""Offers in a row; who does not take so many is away, whatever the telephone says."""
DID_NOT_ANSWER = "did not answer three times"
NOT_AT_WORK = frozenset({Absence.AWAY, Absence.SIGNED_OUT, Absence.NOT_REGISTERED})
"""Of whoever is absent for another reason it makes sense to wait for."""
SHIFT_BREAK = dt.timedelta(hours=6)
"""After so long without a call a shift begins: talks are counted anew."""
_REFUSALS = frozenset({Absence.NO_ANSWER, Absence.DECLINED, Absence.BUSY})
"""What counts as not taking an offer. A telephone out of reach is no doing of the person."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How things stand with one person; made new by `happen`, never changed."""

    state: State = State.NOT_REGISTERED
    since: dt.datetime
    why: str = "its telephone has not registered"
    """What brought the state about, for people."""
    call: str | None = None
    """The call of ours that rings the person or that the person talks in."""
    duty: Duty = Duty()
    telephone: Telephone = Telephone(registered=False, in_call=False)
    offers: int = 0
    """How many there were, as far as is known here: who knows of more knows better."""
    talks: int = 0
    """How many there were in the shift of the last call; see `talks_in_shift`."""
    missed: int = 0
    """Offers in a row that the person did not take."""
    wrap_up_until: dt.datetime | None = None
    idle_since: dt.datetime | None = None
    """When the last offer or talk ended; None: none yet, so first in turn."""

    @property
    def due(self) -> dt.datetime | None:
        """When the state changes by itself; None: it does not."""
        return self.wrap_up_until if self.state is State.WRAPPING_UP else None


def happen(standing: Standing, happened: Happened, at: dt.datetime, wrap_up: float = 0.0) -> Standing:
    """How things stand after this, at that moment. ``wrap_up``: seconds that belong to the person after a talk.

    Raises `IllegalMove`.
    """
    before = pass_time(standing, at)
    match happened:
        case Telephone():
            return _at_rest(msgspec.structs.replace(before, telephone=happened), at)
        case Duty():
            return _at_rest(_on_duty(before, happened), at)
        case Remembered():
            return _at_rest(_remembering(before, happened), at)
        case _:
            return _moved(before, happened, at, wrap_up)


def pass_time(standing: Standing, at: dt.datetime) -> Standing:
    """How things stand at that moment if nothing else happened: a wrap-up ends exactly when it should."""
    due = standing.due
    return standing if due is None or at < due else _at_rest(standing, due)


def absence(standing: Standing, at: dt.datetime) -> Absence | None:
    """Why the person cannot be rung at that moment; None: can be."""
    return _ABSENCES[pass_time(standing, at).state]


def talks_in_shift(standing: Standing, at: dt.datetime) -> int:
    """How many talks the person has had in the shift that is now."""
    idle_since = standing.idle_since
    return standing.talks if idle_since is not None and at - idle_since < SHIFT_BREAK else 0


def memory(standing: Standing) -> Remembered:
    """What whoever has the person next must know."""
    return Remembered(standing.offers, standing.missed, standing.wrap_up_until, standing.idle_since, standing.talks)


_ABSENCES: dict[State, Absence | None] = {
    State.SIGNED_OUT: Absence.SIGNED_OUT,
    State.FREE: None,
    State.OFFERED: Absence.RINGING,
    State.TALKING: Absence.BUSY,
    State.CONSULTING: Absence.BUSY,
    State.WRAPPING_UP: Absence.WRAPPING_UP,
    State.AWAY: Absence.AWAY,
    State.NOT_REGISTERED: Absence.NOT_REGISTERED,
}


def _moved(before: Standing, happened: OfCall, at: dt.datetime, wrap_up: float) -> Standing:
    """The one way along `MOVES`."""
    to = MOVES.get((before.state, type(happened)))
    begins = isinstance(happened, Offered | TakenOver)
    if to is None or (before.call is not None if begins else before.call != happened.call):
        raise IllegalMove(before.state, before.call, happened)
    offers = before.offers + isinstance(happened, Offered)
    talks = _talks(before, happened, at)
    after = msgspec.structs.replace(before, offers=offers, missed=_missed(before, happened), talks=talks)
    if to == AT_REST:
        return _released(after, happened, at, wrap_up)
    return _in_state(msgspec.structs.replace(after, call=happened.call), to, at, f"call {happened.call}")


def _missed(before: Standing, happened: OfCall) -> int:
    if isinstance(happened, Missed) and happened.why in _REFUSALS:
        return before.missed + 1
    return 0 if isinstance(happened, Answered | TakenOver) else before.missed


def _talks(before: Standing, happened: OfCall, at: dt.datetime) -> int:
    so_far = talks_in_shift(before, at) if before.call is None else before.talks
    return so_far + isinstance(happened, Answered | TakenOver)


def _released(standing: Standing, happened: OfCall, at: dt.datetime, wrap_up: float) -> Standing:
    """No call has the person any more, whose turn now comes last."""
    after = msgspec.structs.replace(standing, call=None, idle_since=at, wrap_up_until=None)
    if isinstance(happened, Ended) and wrap_up > 0:
        after = msgspec.structs.replace(after, wrap_up_until=at + dt.timedelta(seconds=wrap_up))
    if after.missed >= MOST_MISSED:
        after = _on_duty(after, Duty("away", DID_NOT_ANSWER, _later_than(standing.duty, at)))
    return _at_rest(after, at)


def _on_duty(standing: Standing, duty: Duty) -> Standing:
    """Whoever says something about being at work begins anew: with no offer missed, and with nothing to wrap up."""
    if not duty.is_newer_than(standing.duty):
        return standing
    return msgspec.structs.replace(standing, duty=duty, missed=0, wrap_up_until=None)


def _later_than(said: Duty, at: dt.datetime) -> dt.datetime:
    """This moment, or the next one after what was said, should the clock have been set back since."""
    return at if said.since is None or at > said.since else said.since + dt.timedelta(microseconds=1)


def _remembering(standing: Standing, known: Remembered) -> Standing:
    """Take over what another process knows of calls after the last one here, unless one has the person here."""
    if standing.call is not None or known.offers <= standing.offers or known.idle_since is None:
        return standing
    said = standing.duty.since
    if said is not None and said > known.idle_since:
        return msgspec.structs.replace(standing, offers=known.offers, idle_since=known.idle_since, talks=known.talks)
    return msgspec.structs.replace(standing, **msgspec.structs.asdict(known))


def _at_rest(standing: Standing, at: dt.datetime) -> Standing:
    """The state of somebody whom no call has, by all that is known; who is in a call stays in it."""
    if standing.call is not None:
        return standing
    duty, until = standing.duty, standing.wrap_up_until
    if duty.kind == "out":
        return _in_state(standing, State.SIGNED_OUT, duty.since or at, "signed out")
    if duty.kind == "away":
        return _in_state(standing, State.AWAY, duty.since or at, duty.reason or "")
    if not standing.telephone.registered:
        return _in_state(standing, State.NOT_REGISTERED, at, _sitting("its telephone is not registered", standing))
    if until is not None and at < until:
        return _in_state(standing, State.WRAPPING_UP, standing.idle_since or at, "after a talk")
    if standing.telephone.in_call:
        return _in_state(standing, State.TALKING, at, "its telephone is in a call")
    return _in_state(standing, State.FREE, at, _sitting("waits for a call", standing))


def _sitting(why: str, standing: Standing) -> str:
    """With where the person sits, unless it is at the own telephone: whoever follows states learns of a new seat."""
    where = standing.telephone.where
    return f"{why}, sits {where}" if where else why


def _in_state(standing: Standing, state: State, since: dt.datetime, why: str) -> Standing:
    """``since`` stays for who was in this state before."""
    if (standing.state, standing.why) == (state, why):
        return standing
    return msgspec.structs.replace(standing, state=state, since=since, why=why)
