"""Whom a caller in the line may be offered by now: at first those who fit best, in the end everybody (D4, T7)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import msgspec

from routing.facts import PersonId

if TYPE_CHECKING:
    from routing.steps import Wait

Order = Literal["longest_idle", "round_robin", "fewest_calls"]
"""Who of several free people is rung: see `routing.line.choosing`."""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """A beginning of the wait in which only some are offered: those who speak the language, who know the matter."""

    people: tuple[PersonId, ...]
    """Those of the stages before are among them: a line only ever widens."""
    until: float
    """Seconds since the caller joined the line."""
    wanted: str
    """As in the rule file: ``wine and language``."""


def reach(step: "Wait", waited: float, at_work: Callable[[PersonId], bool]) -> tuple[PersonId, ...]:
    """Whom a caller may be offered after so many seconds of waiting; whether each is free is another question.

    A stage of which nobody is at work is passed over: nobody waits for somebody who is not there.
    """
    for stage in step.first:
        if waited < stage.until and any(map(at_work, stage.people)):
            return stage.people
    return step.people


def everybody(step: "Wait") -> tuple[PersonId, ...]:
    """All who may be offered at any time of the wait, each once, in the order of that time."""
    staged = (person for stage in step.first for person in stage.people)
    return tuple(dict.fromkeys((*staged, *step.people)))


def next_change(step: "Wait", waited: float) -> float:
    """After how many seconds of waiting, from now on, others may be offered; infinite: never."""
    return min((stage.until for stage in step.first if stage.until > waited), default=float("inf"))
