"""Whom a caller may be offered by now: first who fits best, then all, at last whoever helps out (D4, T7, T8)."""

from collections.abc import Callable
from itertools import chain
from math import inf

from routing.facts import PersonId
from routing.line.stages import Overflow
from routing.steps import Wait

NEVER = inf
"""In so many seconds."""
AtWork = Callable[[PersonId], bool]
"""Whether somebody is there at all, free or not."""


def reach(step: Wait, waited: float, waiting: int, at_work: AtWork) -> tuple[PersonId, ...]:
    """Whom a caller may be offered after so many seconds of waiting; whether each is free is another question.

    ``waiting``: how many wait for the same queue and are offered nobody yet, this caller among them. Nobody waits for
    somebody who is not there: a stage of which nobody is at work is passed over, and whoever helps out does so at once
    where nobody else is.
    """
    stages = (stage.people for stage in step.first if waited < stage.until and any(map(at_work, stage.people)))
    people = next(stages, step.people)
    helping = [overflow.people for overflow in step.also if _helps(overflow, step, waited, waiting, at_work)]
    now = tuple(dict.fromkeys(chain(people, *helping))) if helping else people
    return now if any(map(at_work, now)) else everybody(step)


def everybody(step: Wait) -> tuple[PersonId, ...]:
    """All who may be offered at any time of the wait, each once: those who fit best first, those who help out last."""
    staged = (stage.people for stage in step.first)
    helping = (overflow.people for overflow in step.also)
    return tuple(dict.fromkeys(chain(*staged, step.people, *helping)))


def next_change(step: Wait, waited: float) -> float:
    """After how many seconds of waiting, from now on, others may be offered; infinite: never."""
    changes = chain((stage.until for stage in step.first), (overflow.after or 0.0 for overflow in step.also))
    return min((change for change in changes if change > waited), default=NEVER)


def _helps(overflow: Overflow, step: Wait, waited: float, waiting: int, at_work: AtWork) -> bool:
    if overflow.after is not None:
        return waited >= overflow.after
    return overflow.above is not None and waiting > overflow.above * sum(map(at_work, step.people))
