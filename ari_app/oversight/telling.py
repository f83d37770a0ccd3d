"""Telling the one who talks something that neither the caller nor the recording hears."""

from ari_app.ari.events import PlaybackFinished, StasisStart
from ari_app.calls.inbox import Inbox
from ari_app.oversight.overseen import Overseen, Seat
from premises import ids
from routing.outcomes import Absence
from routing.texts import choose_language

SECONDS = 10.0
"""For a sentence; Asterisk may be busy."""
DONE, UNDONE, SORRY = "sound:activated", "sound:de-activated", "sound:im-sorry"
"""Asterisk's own phrases."""
NOBODYS, THE_PERSON = "sound:pbx-invalid", "sound:vm-theperson"
ON_THE_PHONE, NOT_THERE = "sound:vm-isonphone", "sound:vm-isunavail"


def not_reached(extension: str | None, why: Absence) -> tuple[str, ...]:
    """That a colleague cannot be asked, and why; ``extension`` as of `routing.asking.spoken`."""
    if extension is None:
        return (NOBODYS,)
    person = (THE_PERSON, f"digits:{extension}") if extension else (SORRY,)
    return (*person, ON_THE_PHONE if why in (Absence.BUSY, Absence.RINGING) else NOT_THERE)


async def tell(talk: Overseen, *said: str) -> None:
    """Say it into the ear of the one who talks, over the talk, in a language of that person's.

    Asterisk gives a snoop channel its default language, whatever the telephone's (22.10.1). Raises `TalkOver`, `Left`,
    `AriError`.
    """
    call, link = talk.call, talk.call.link
    snoop, playback = ids.snoop_id(call.id, call.next_number()), call.next_sound()
    seat, until = Seat("", snoop, Inbox()), call.after(SECONDS)
    with talk.heard_by(seat, snoop), talk.heard_by(seat, playback):
        try:
            await link.channels.snoop(talk.telephone, snoop_id=snoop, whisper="out", app=link.app)
            while not isinstance(message := await seat.inbox.take(until), PlaybackFinished | None):
                if isinstance(message, StasisStart):
                    link.forget(link.channels.play(snoop, said, playback_id=playback, language=_language(talk)))
        finally:
            link.forget(link.channels.hang_up(snoop))


def _language(talk: Overseen) -> str:
    person = next((person for person in talk.staff if person.id == talk.person), None)
    return choose_language(talk.call.exchange.rules().company, *(person.languages if person else ()))
