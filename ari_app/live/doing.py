"""What an engine does when it is asked: one function for each ask, on the call that is meant."""

from collections.abc import Callable
from typing import assert_never

from ari_app.call import Call
from ari_app.handing import consult, go_back, hand_over, hang_up, join
from ari_app.live.asks import (
    Answer,
    Ask,
    Consult,
    GoBack,
    HandOver,
    HangUp,
    JoinAll,
    NotMine,
    PauseRecording,
    Refused,
    ResumeRecording,
)
from ari_app.pausing import pause, resume


async def do(ask: Ask, call_of: Callable[[str], Call | None]) -> Answer:
    """Do it, if the call is ours and the talk that is meant goes on; ``call_of`` gives a call that is here now."""
    call = call_of(ask.call)
    if call is None:
        return NotMine()
    if call.state.talking != ask.talking:
        return Refused(f"{ask.talking} does not talk in this call any more")
    match ask:
        case PauseRecording():
            return await pause(call, ask.by, ask.reason)
        case ResumeRecording():
            return await resume(call, ask.by)
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
        case _:
            assert_never(ask)
