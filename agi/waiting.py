"""The step in which a caller waits for somebody of a group (D3), with music.

There is no line here: each caller is served by a process of its own, and looks by itself for somebody free. So the
order of the callers' coming is kept only while an engine is there; and whoever was idle longest is next.
"""

import datetime as dt
import time

from agi.call import Call
from agi.ringing import absence, offer
from premises.clock import now
from routing.facts import PersonId
from routing.line.closing import in_vain, seconds_left
from routing.line.reach import everybody, reach
from routing.outcomes import Absence, Missed, Outcome, Talked
from routing.standing import NOT_AT_WORK
from routing.steps import Wait

PAUSE_SECONDS = 10.0
"""For how long a caller is not offered again somebody who just did not answer."""
LOOK_SECONDS = 1.0
"""Between two looks at who is free."""

_TAKEN = (Absence.RINGING, Absence.WRAPPING_UP)
_Paused = dict[PersonId, float]
"""Who did not answer, and until when they are not offered again (monotonic seconds)."""


def wait(call: Call, step: Wait, waited: float = 0.0, tried: tuple[Missed, ...] = ()) -> Outcome:
    """Wait until somebody has talked with the caller, time is over, or nobody is there any more.

    ``waited``: seconds that the caller has waited in this step already; ``tried``: who did not answer meanwhile.
    """
    began = time.monotonic() - waited
    until = time.monotonic() + max(0.0, seconds_left(step, now() - dt.timedelta(seconds=waited), now()))
    missed = {one.person: one for one in tried}
    paused: _Paused = {}
    call.answer()
    while (person := _somebody_free(call, step, began, until, paused)) is not None:
        talk = offer(call, person, min(step.offer_seconds, until - time.monotonic()), "music", step.rule)
        if isinstance(talk, Talked):
            return Talked(person, talk.ended_by, tuple(missed.values()))
        missed[person] = Missed(person, talk)
        # Another call has the person, or had it just now: that is soon seen, or soon over.
        pause = LOOK_SECONDS if talk in _TAKEN else PAUSE_SECONDS
        paused[person] = time.monotonic() + pause
    for person in everybody(step):
        if person not in missed:
            missed[person] = Missed(person, absence(call, person) or Absence.BUSY)
    return in_vain(step, tuple(missed.values()), now())


def _somebody_free(call: Call, step: Wait, began: float, until: float, paused: _Paused) -> PersonId | None:
    """Let the caller hear music until somebody can be rung; None: time is over, or nobody is there any more."""
    call.channel.start_music()
    try:
        while time.monotonic() < until:
            absences = {person: absence(call, person) for person in call.presence.in_turn(everybody(step))}
            there = {person: why for person, why in absences.items() if why not in NOT_AT_WORK}
            people = reach(step, time.monotonic() - began, 1, there.__contains__)
            if not any(person in there for person in people):
                return None
            free = [person for person, why in there.items() if why is None and person in people]
            if person := _next(free, paused):
                return person
            call.listen(min(LOOK_SECONDS, until - time.monotonic()))
    finally:
        if call.channel.is_there():
            call.channel.stop_music()
    return None


def _next(free: list[PersonId], paused: _Paused) -> PersonId | None:
    """Who was not rung in this step yet goes first, then who may be offered again."""
    ready = [person for person in free if paused.get(person, 0.0) <= time.monotonic()]
    return min(ready, key=lambda person: paused.get(person, 0.0), default=None)
