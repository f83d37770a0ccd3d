"""Telling the one who talks something that neither the caller nor the recording hears."""

from ari_app.ari.events import PlaybackFinished, StasisStart
from ari_app.calls.inbox import Inbox
from ari_app.oversight.overseen import Overseen, Seat
from premises import ids

SECONDS = 5.0
"""For a short phrase; Asterisk may be busy."""
DONE, UNDONE, SORRY = "activated", "de-activated", "im-sorry"
"""Asterisk's own phrases."""


async def tell(talk: Overseen, sound: str) -> None:
    """Say it into the ear of the one who talks, over the talk. Raises `TalkOver`, `Left`, `AriError`."""
    call, link = talk.call, talk.call.link
    snoop, playback = ids.snoop_id(call.id, call.next_number()), call.next_sound()
    seat, until = Seat("", snoop, Inbox()), call.after(SECONDS)
    with talk.heard_by(seat, snoop), talk.heard_by(seat, playback):
        try:
            await link.channels.snoop(talk.leg, snoop_id=snoop, whisper="out", app=link.app)
            while not isinstance(message := await seat.inbox.take(until), PlaybackFinished | None):
                if isinstance(message, StasisStart):
                    link.forget(link.channels.play(snoop, [f"sound:{sound}"], playback_id=playback))
        finally:
            link.forget(link.channels.hang_up(snoop))
