"""What an engine does when it is asked: one function for each ask, on the talk that is meant."""

from collections.abc import Awaitable, Callable
from typing import assert_never

from ari_app.calls.call import Call
from ari_app.live.handing import consult, go_back, hand_over, hang_up, join
from ari_app.oversight.acts import Acts
from ari_app.oversight.coming import invite, send_away
from ari_app.oversight.overseen import Overseen
from ari_app.oversight.pausing import pause, resume
from ari_app.oversight.wishes import raise_hand
from premises.asks import (
    Act,
    Answer,
    Ask,
    CallOutside,
    Consult,
    Done,
    GoBack,
    HandOver,
    HangUp,
    JoinAll,
    LeaveTalk,
    NotMine,
    PauseRecording,
    RaiseHand,
    Refused,
    ResumeRecording,
    Supervise,
)


async def do(
    ask: Ask, call_of: Callable[[str], Call | None], call_outside: Callable[[CallOutside], Awaitable[Answer]]
) -> Answer:
    """Do it, if the call is ours and the talk that is meant goes on; ``call_of`` gives a call that is here now.

    ``call_outside`` begins one that is not there yet.
    """
    if isinstance(ask, CallOutside):
        return await call_outside(ask)
    call = call_of(ask.call)
    if call is None:
        return NotMine()
    if call.talker != ask.talking:
        return Refused(f"{ask.talking} does not talk in this call any more")
    if why := await _do(ask, call):
        return Refused(why)
    _write_down(ask, call)
    return Done()


def _write_down(ask: Act, call: Call) -> None:
    """Who ended another one's talk: the trail tells only that it has ended."""
    acts = Acts(call, ask.talking)
    match ask:
        case HandOver() if ask.by != ask.talking:
            acts.end(acts.begin(ask.by, "hand over", ask.to))
        case HangUp() if ask.by != ask.talking:
            acts.end(acts.begin(ask.by, "hang up"))
        case _:
            pass  # of one's own talk, or written down where it is done


async def _do(ask: Act, call: Call) -> str | None:
    """Why it is not done; None: it is."""
    match ask:
        case HandOver():
            return hand_over(call, ask.by, ask.talking, ask.to)
        case HangUp():
            return hang_up(call, ask.by, ask.talking)
        case Consult():
            return consult(call, ask.by, ask.talking, ask.whom)
        case JoinAll():
            return join(call, ask.by, ask.talking)
        case GoBack():
            return go_back(call, ask.by, ask.talking)
        case _ if call.talk is None:
            return f"{ask.talking} does not talk with the caller at this moment"
        case _:
            return await _do_beside(ask, call.talk)


async def _do_beside(
    ask: PauseRecording | ResumeRecording | Supervise | LeaveTalk | RaiseHand, talk: Overseen
) -> str | None:
    match ask:
        case PauseRecording():
            return await pause(talk, ask.by, ask.reason)
        case ResumeRecording():
            return await resume(talk, ask.by)
        case Supervise():
            return invite(talk, ask.by, ask.manner)
        case LeaveTalk():
            return send_away(talk, ask.by)
        case RaiseHand():
            return raise_hand(talk)
        case _:
            assert_never(ask)
