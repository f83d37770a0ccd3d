"""The step in which a waiting caller is promised a call."""

from ari_app.calls.call import Call
from ari_app.calls.speaking import say
from premises.promises import promised
from routing.outcomes import Outcome, Promised
from routing.steps import Promise, Say


async def promise(call: Call, step: Promise) -> Outcome:
    """Write it down, then say so: who hangs up in the middle of it is called back all the same."""
    call.exchange.register.put(promised(call.id, step, call.row.arrived))
    await say(call, Say(speech=step.speech))
    return Promised()
