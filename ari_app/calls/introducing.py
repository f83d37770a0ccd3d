"""Who comes and why, told to whoever has answered for a caller who was handed over, and who still hears music (D11)."""

from ari_app.ari.events import ChannelHangupRequest, PlaybackFinished
from ari_app.calls.call import Call
from ari_app.calls.legs import Leg
from ari_app.calls.speaking import playing
from routing.outcomes import Absence
from routing.speech import Speech

LONGEST_SECONDS = 20.0
"""The caller waits meanwhile; what is longer is broken off."""


async def introduced(call: Call, it: Leg, spoken: Speech) -> Absence | None:
    """Say it to the end; why the person is not put through after it: having hung up. Raises `CallerLeft`."""
    until = call.after(LONGEST_SECONDS)
    async with playing(call, spoken, to=it.id) as playback:
        while not playback.finished and (message := await call.inbox.take(until)) is not None:
            # A hang-up ends the playback first, and then the leg's stay with us (Asterisk 22.10.1).
            if it.is_end(message) or (isinstance(message, ChannelHangupRequest) and message.channel.id == it.id):
                it.gone = playback.finished = True
                return it.missed(Absence.DECLINED)
            if isinstance(message, PlaybackFinished) and message.playback.id == playback.id:
                playback.finished = True
    return None
