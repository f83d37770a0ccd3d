"""Pausing the recording of a talk, for what must not be in it: card numbers and the like.

Asterisk itself writes the silence (MixMonitorMute), so the file is as long as the call, and an engine's death does not
uncover anything.
"""

from ari_app.ami import AmiError
from ari_app.call import Call
from ari_app.live.asks import Answer, Done, Refused


async def pause(call: Call, by: str, reason: str) -> Answer:
    """Have silence written from now on."""
    return await _mute(call, by, mute=True, reason=reason)


async def resume(call: Call, by: str) -> Answer:
    """Record again."""
    return await _mute(call, by, mute=False, reason=None)


async def _mute(call: Call, by: str, *, mute: bool, reason: str | None) -> Answer:
    try:
        await call.exchange.mute_recording(call.id, mute)
    except AmiError as why:
        call.log.warning("recording not changed", mute=mute, why=str(why))
        return Refused(f"Asterisk does not do it: {why}")
    call.log.info("recording paused" if mute else "recording goes on", by=by, reason=reason)
    return Done()
