"""Where the script of a call begins: at its start, or where an engine left it whose state rides on the channel."""

import msgspec

from routing.call import Script
from routing.facts import Facts
from routing.flow import advance, flow
from routing.outcomes import Missed
from routing.rulebook import Rulebook
from routing.state import State, decode_state
from routing.steps import Ending, Note, Step
from routing.trail import DifferingTrailError, Entry, replay


class UnderWay(msgspec.Struct, frozen=True):
    """What was done already of the first step that is to be done."""

    seconds: float = 0.0
    """For how long."""
    missed: tuple[Missed, ...] = ()
    """Who was tried in vain."""


class Beginning(msgspec.Struct, frozen=True):
    """A script and where it is."""

    rulebook: Rulebook
    script: Script[Ending]
    at: Step | Ending
    entries: tuple[Entry, ...] = ()
    """The steps passed before."""
    under_way: UnderWay = UnderWay()
    anew: str | None = None
    """Why a call that an engine had begun begins anew, if it does."""


def read_state(text: str) -> State | None:
    """The state in the channel's variable; None: there is none. Raises `UnreadableTrailError`."""
    return decode_state(text) if text else None


def begin(rulebook: Rulebook, facts: Facts, anew: str | None = None) -> Beginning:
    """At the start. ``anew`` becomes the first step's first note."""
    script = flow(rulebook, facts)
    at = advance(script)
    if anew is not None:
        note = Note(text=f"the stand-in begins anew: {anew}")
        at = msgspec.structs.replace(at, notes=(note, *at.notes))
    return Beginning(rulebook, script, at, anew=anew)


def go_on(rulebook: Rulebook, facts: Facts, state: State, seconds: float) -> Beginning | str:
    """Where the state says, ``seconds`` after its last step began; or why that cannot be."""
    try:
        passed = replay(rulebook, facts, state.outcomes)
    except DifferingTrailError as why:
        return str(why)
    return Beginning(rulebook, passed.script, passed.at, passed.entries, UnderWay(seconds, state.missed))
