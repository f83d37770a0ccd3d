"""Who can be rung: one state for each person, the moves between states, and what brings them about (T3).

It lies here because the engine and the stand-in must judge alike: like the script of a call it is given facts, the
time among them, and gives values. Whoever acts keeps one `routing.standing.Standing` for each person and tells it what
happened.

=================  ==================================================  ============================
state              what a colleague would say                          may be offered a call
=================  ==================================================  ============================
signed out         is not on duty                                      no
free               waits for a call                                    yes
offered            is being rung                                       no
talking            is on the telephone, with a caller or somebody else no
consulting         talks to a third one while the caller waits         no
wrapping up        writes down what the talk was about                 no, until its time is over
away               is on duty, but not at the telephone; why           no
not registered     has no telephone that could ring                    no
=================  ==================================================  ============================

A call moves a person along `MOVES`. What has to do with no call (signing out, lunch, a cable) may happen at any time;
while a call has the person it is only kept in mind, and counts once the call is over: nobody's talk ends by it.
"""

import datetime as dt
from enum import StrEnum
from typing import Literal

import msgspec

from routing.outcomes import Absence


class State(StrEnum):
    """What somebody is doing."""

    SIGNED_OUT = "signed out"
    FREE = "free"
    OFFERED = "offered"
    TALKING = "talking"
    CONSULTING = "consulting"
    WRAPPING_UP = "wrapping up"
    AWAY = "away"
    NOT_REGISTERED = "not registered"


# ------------------------------------------------------------------------------------------------------ what happened


class Offered(msgspec.Struct, frozen=True):
    """A call begins to ring the person."""

    call: str


class Answered(msgspec.Struct, frozen=True):
    """The person answered it."""

    call: str


class Missed(msgspec.Struct, frozen=True):
    """The person did not take it."""

    call: str
    why: Absence


class Withdrawn(msgspec.Struct, frozen=True):
    """The offer ended by no doing of the person: the caller left, or the call went elsewhere."""

    call: str


class Consulted(msgspec.Struct, frozen=True):
    """The person talks to a third one, and the caller waits."""

    call: str


class Returned(msgspec.Struct, frozen=True):
    """The person is back with the caller."""

    call: str


class Ended(msgspec.Struct, frozen=True):
    """The person's part in the call is over: somebody hung up, or the call was handed over and goes on without."""

    call: str


class TakenOver(msgspec.Struct, frozen=True):
    """The person is found talking in a call that another engine had begun."""

    call: str


class Telephone(msgspec.Struct, frozen=True):
    """What Asterisk knows of the telephone at which the person sits."""

    registered: bool
    in_call: bool
    """Whether it rings or is talked at, whoever called."""
    where: str = ""
    """In words, where the person sits (`routing.seats.told`); empty: at the own one."""


class Duty(msgspec.Struct, frozen=True):
    """What the person (or somebody for it) said last about being at work; the later of two counts."""

    kind: Literal["in", "away", "out"] = "in"
    reason: str | None = None
    """Why the person is away."""
    since: dt.datetime | None = None
    """None: nobody ever said anything, and who never signed out is at work."""

    def is_newer_than(self, other: "Duty") -> bool:
        """Whether it was said later."""
        return self.since is not None and (other.since is None or self.since > other.since)


class Remembered(msgspec.Struct, frozen=True):
    """What another process knows of the person's last calls; see `routing.standing.memory`."""

    offers: int = 0
    missed: int = 0
    wrap_up_until: dt.datetime | None = None
    idle_since: dt.datetime | None = None
    talks: int = 0


OfCall = Offered | Answered | Missed | Withdrawn | Consulted | Returned | Ended | TakenOver
Happened = OfCall | Telephone | Duty | Remembered

AT_REST: Literal["at rest"] = "at rest"
"""Whatever state somebody is in whom no call has."""
_WITHOUT_CALL = (State.SIGNED_OUT, State.FREE, State.TALKING, State.WRAPPING_UP, State.AWAY, State.NOT_REGISTERED)

MOVES: dict[tuple[State, type[OfCall]], State | Literal["at rest"]] = {
    (State.FREE, Offered): State.OFFERED,
    (State.OFFERED, Answered): State.TALKING,
    (State.OFFERED, Missed): AT_REST,
    (State.OFFERED, Withdrawn): AT_REST,
    (State.TALKING, Consulted): State.CONSULTING,
    (State.CONSULTING, Returned): State.TALKING,
    (State.TALKING, Ended): AT_REST,
    (State.CONSULTING, Ended): AT_REST,
    # A restarted engine knows of no talk yet: it believes whatever Asterisk and the person have told.
    **dict.fromkeys(((state, TakenOver) for state in _WITHOUT_CALL), State.TALKING),
}
"""Every move of a call that is legal."""


class IllegalMove(Exception):  # noqa: N818 - it is a fact about our own calls
    """Something happened that cannot, in this state or for this call: a fault of ours.

    ``state`` and ``call`` are the person's, ``happened`` is what was told.
    """

    def __init__(self, state: State, call: str | None, happened: OfCall) -> None:
        super().__init__(f"{happened} cannot happen to somebody who is {state} (call {call})")
        self.state, self.call, self.happened = state, call, happened
