"""Pausing the recording of a talk, for what must not be in it: card numbers and the like.

Asterisk itself writes the silence (MixMonitorMute), so the file is as long as the call, and an engine's death does not
uncover anything. It ends with the talk at the latest: the next one is recorded.
"""

from ari_app.ami import AmiError
from ari_app.calls.call import Call
from ari_app.calls.inbox import CallerLeft
from ari_app.oversight.overseen import Overseen
from ari_app.oversight.telling import DONE, UNDONE, tell


async def pause(talk: Overseen, by: str, reason: str | None = None) -> str | None:
    """Have silence written from now on; why not, if not. ``reason``: one of the rules'; None: the first of them."""
    call, reasons = talk.call, talk.call.exchange.rules().supervision.pauses
    if reason is not None and reason not in reasons:
        return f"reason: by the rules in force one of {', '.join(reasons)}"
    async with talk.recording:
        if call.pause is not None:
            return None
        call.pause = begun = talk.acts.begin(by, "pause", reason or reasons[0])
        if why := await _mute(call, mute=True):
            call.pause = None
            talk.acts.end(begun, why)
            return why
    talk.begin(DONE, tell(talk, DONE))
    return None


async def resume(talk: Overseen, by: str) -> str | None:
    """Record again; why not, if not. What an engine before this one paused, too, be it that it is not known here."""
    async with talk.recording:
        if why := await _mute(talk.call, mute=False):
            return why
        if (paused := talk.call.pause) is not None:
            talk.call.pause = None
            talk.acts.end(paused, paused.why if by == paused.by else f"{paused.why}; ended by {by}")
    talk.begin(UNDONE, tell(talk, UNDONE))
    return None


async def end_pause(talk: Overseen) -> None:
    """The talk is over, and with it what must not be recorded of it; unless another engine goes on with it."""
    paused = talk.call.pause
    if paused is None or talk.call.is_passed_on:
        return
    if not isinstance(talk.call.inbox.ended, CallerLeft):
        await _mute(talk.call, mute=False)
    talk.call.pause = None
    talk.acts.end(paused)


async def _mute(call: Call, *, mute: bool) -> str | None:
    try:
        await call.exchange.mute_recording(call.id, mute)
    except AmiError as why:
        call.log.warning("recording not changed", mute=mute, why=str(why))
        return f"Asterisk does not do it: {why}"
    return None
