"""A call from where it begins to its last step: the flow decides, the steps are done, the trail is kept (T4, D14)."""

from typing import assert_never

import msgspec

from agi.beginning import Beginning, UnderWay
from agi.call import Call
from agi.errors import AgiError, CallerLeft, LinkGone
from agi.messages import take_message
from agi.promising import promise
from agi.ringing import ring, ring_outside
from agi.speaking import ask, prove, say
from agi.waiting import wait
from db.records import CallEnd
from premises.clock import now
from routing.facts import Facts
from routing.flow import advance
from routing.learning import intent
from routing.outcomes import Outcome, Talked
from routing.outside import in_log
from routing.steps import Ask, Ending, Promise, Prove, Ring, RingOutside, Say, Step, TakeMessage, Wait
from routing.trail import Trail, concerned, encode, encode_facts


def serve(call: Call, beginning: Beginning, facts: Facts) -> None:
    """Lead a caller through the rules; the row is closed whatever happens.

    The caller is hung up at the end of the rules. After a fault of ours the dialplan goes on and rings the operators.
    """
    trail = Trail(rules=beginning.rulebook.version, entries=beginning.entries)
    end: CallEnd = "failed"
    at, under_way = beginning.at, beginning.under_way
    call.presence.wrap_up = beginning.rulebook.duty.wrap_up
    try:
        while not isinstance(at, Ending):
            call.log.info("step", step=type(at).__name__, rule=at.rule)
            trail = trail.begun(at, (now() - call.row.arrived).total_seconds() - under_way.seconds)
            outcome = _do(call, at, facts, under_way)
            trail = trail.came(outcome)
            at, under_way = advance(beginning.script, outcome), UnderWay()
        trail = msgspec.structs.replace(trail, ending=at)
        end = at.kind
    except CallerLeft:
        end = trail.left
    except LinkGone:
        end = "link lost"
    except Exception:  # the one place where a call's own fault ends: the row is still closed
        call.log.exception("the call failed")
    finally:
        beginning.script.close()
        call.note(
            intent=intent(beginning.rulebook, facts, trail.entries),
            facts=encode_facts(concerned(facts, trail)),
            trail=encode(trail),
        )
        _close(call, trail, end)


def _do(call: Call, step: Step, facts: Facts, under_way: UnderWay) -> Outcome:
    match step:
        case Say():
            return say(call, step)
        case Ask():
            return ask(call, step)
        case Prove():
            return prove(call, step, facts.caller.customer)
        case Ring():
            return ring(call, step, under_way.missed)
        case RingOutside():
            return ring_outside(call, step)
        case Wait():
            return wait(call, step, under_way.seconds, under_way.missed)
        case Promise():
            return promise(call, step)
        case TakeMessage():
            return take_message(call, step)
        case _:
            assert_never(step)


def _close(call: Call, trail: Trail, end: CallEnd) -> None:
    if end == "failed":
        call.note(served_by="ring")
    elif end != "link lost":
        _hang_up(call)
    call.note(ended=now(), end=end)
    call.write()
    talked = [in_log(entry.outcome.person) for entry in trail.entries if isinstance(entry.outcome, Talked)]
    call.log.info("call ended", end=end, talked_with=talked[0] if talked else None)


def _hang_up(call: Call) -> None:
    try:
        call.channel.hang_up()
    except CallerLeft:
        pass
    except AgiError as why:
        call.log.warning("not hung up", why=str(why))
