"""The step in which a caller who waited is promised a call, which an engine makes once there is one again."""

from agi.call import Call
from agi.speaking import say
from premises.promises import promised
from routing.outcomes import Outcome, Promised
from routing.steps import Promise, Say


def promise(call: Call, step: Promise) -> Outcome:
    """Write it down, then say so."""
    call.books.put(promised(call.id, step, call.row.arrived))
    say(call, Say(speech=step.speech))
    return Promised()
