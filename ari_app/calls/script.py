"""A call from its first step to its last: the flow decides, the steps are done, the trail is kept (T4, D14)."""

from contextlib import closing
from typing import assert_never

import msgspec

from ari_app.calls.call import Call, Course
from ari_app.calls.inbox import AsteriskEnds, CallerLeft, Ended, LetGo, Shutdown, TakenAway
from ari_app.calls.messages import take_message
from ari_app.calls.promising import promise
from ari_app.calls.ringing import ring, ring_outside, wait
from ari_app.calls.speaking import ask, prove, say
from db.records import CallEnd
from premises.clock import now
from premises.ids import bridge_id
from routing.facts import Facts
from routing.flow import advance
from routing.learning import intent
from routing.outcomes import Outcome, Talked
from routing.outside import in_log
from routing.rulebook import Rulebook
from routing.state import State
from routing.steps import Ask, Ending, Promise, Prove, Ring, RingOutside, Say, Step, TakeMessage, Wait
from routing.trail import DifferingTrailError, Replay, Trail, concerned, encode, encode_facts, replay


async def serve(call: Call, rulebook: Rulebook, facts: Facts) -> None:
    """Lead a caller through the rules; the row is closed and the caller's channel released whatever happens.

    After a fault of ours the stand-in has the caller, and closes the row.
    """
    trail = Trail(rules=rulebook.version)
    end: CallEnd = "failed"
    call.course = Course(rulebook, facts)
    try:
        begun = _begin(call, rulebook, facts)
        at, trail = begun.at, msgspec.structs.replace(trail, entries=begun.entries)
        with closing(begun.script) as script:
            while not isinstance(at, Ending):
                trail = trail.begun(at, _after(call))
                outcome = await _step(call, at, facts, trail)
                trail = trail.came(outcome)
                at = advance(script, outcome)
        trail = msgspec.structs.replace(trail, ending=at)
        end = at.kind
    except Ended as reason:
        end = _end_of(reason, trail)
    except Exception:  # the one place where a call's own fault ends: it must not reach other calls
        call.log.exception("the call failed")
        _leave_to_stand_in(call)
    finally:
        call.note(
            intent=intent(rulebook, facts, trail.entries),
            facts=encode_facts(concerned(facts, trail)),
            trail=encode(trail),
        )
        _close(call, trail, end)


def _begin(call: Call, rulebook: Rulebook, facts: Facts) -> Replay:
    """The script at its beginning, or where the engine was that had the call before."""
    state = call.found.state if call.found else None
    if state is not None and state.rules == rulebook.version:
        call.state = state
        try:
            return replay(rulebook, facts, state.outcomes)
        except DifferingTrailError as why:  # the directory has changed meanwhile
            call.log.warning("call begun anew", why=str(why))
    _forget_found(call)
    call.state = State(rules=rulebook.version, at=call.row.arrived)
    return replay(rulebook, facts, ())


def _forget_found(call: Call) -> None:
    """Let go of whoever was brought to the caller by a script that nobody can follow any more."""
    if call.found and call.found.leg:
        call.link.forget(call.link.channels.hang_up(call.found.leg.id))
        call.link.forget(call.link.bridges.destroy(bridge_id(call.id)))
    call.found = None


async def _step(call: Call, step: Step, facts: Facts, trail: Trail) -> Outcome:
    call.log.info("step", step=type(step).__name__, rule=step.rule)
    if call.found is None:  # else it is another engine's step, and its state is there
        call.remember(outcomes=trail.outcomes, began=now(), missed=(), talking=None)
    call.under_way.set()
    outcome = await _do(call, step, facts)
    call.found = None
    return outcome


async def _do(call: Call, step: Step, facts: Facts) -> Outcome:
    match step:
        case Say():
            return await say(call, step)
        case Ask():
            return await ask(call, step)
        case Prove():
            return await prove(call, step, facts.caller.customer)
        case Ring():
            return await ring(call, step)
        case RingOutside():
            return await ring_outside(call, step)
        case Wait():
            return await wait(call, step)
        case Promise():
            return await promise(call, step)
        case TakeMessage():
            return await take_message(call, step)
        case _:
            assert_never(step)


def _after(call: Call) -> float | None:
    """How old the call was when the step began that is to be done: in an earlier engine, for one that goes on."""
    began = call.state.began if call.found else now()
    return (began - call.row.arrived).total_seconds() if began else None


def _end_of(reason: Ended, trail: Trail) -> CallEnd:
    match reason:
        case Shutdown():
            return "shutdown"
        case AsteriskEnds():
            return "asterisk ended"
        case _:
            return trail.left


def _leave_to_stand_in(call: Call) -> None:
    """It goes on where the call's state says, by code of its own; without it the operators' telephones ring (T4)."""
    if call.is_there:
        stand_in = call.link.channels.continue_in_dialplan(
            call.id, context="switchboard", extension="stand-in", priority=1
        )
        call.link.forget(stand_in)
        call.inbox.end(TakenAway())


def _close(call: Call, trail: Trail, end: CallEnd) -> None:
    reason = call.inbox.ended
    if isinstance(reason, LetGo):
        call.log.info("call let go", why=type(reason).__name__)
        call.exchange.call_let_go(call.row, reason)
        return
    if call.taker is not None:  # who took the caller over, and was never joined with it
        call.link.forget(call.link.channels.hang_up(call.taker.channel))
    if call.is_there:
        call.link.forget(call.link.channels.hang_up(call.id))
    cause = reason.cause if isinstance(reason, CallerLeft) else None
    at = reason.at if isinstance(reason, CallerLeft | AsteriskEnds) else None
    call.note(ended=at or now(), end=end, cause=cause)
    call.write()
    talked = [in_log(entry.outcome.person) for entry in trail.entries if isinstance(entry.outcome, Talked)]
    call.log.info("call ended", end=end, cause=cause, talked_with=talked[0] if talked else None)
    call.exchange.call_ended(call.row)
