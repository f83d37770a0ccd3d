"""What the one who talks with a caller can ask for: help, and that the recording pauses."""

from ari_app.ari.events import ChannelDtmfReceived
from ari_app.oversight.hearing import hear_along, rung
from ari_app.oversight.overseen import Overseen
from ari_app.oversight.pausing import pause, resume
from ari_app.oversight.telling import SORRY, tell
from routing.facts import PersonId
from routing.supervision import WISHES, Wish, supervisors


def notice(talk: Overseen, message: object) -> None:
    """Take a key that the person has pressed; two of them have a meaning."""
    if not isinstance(message, ChannelDtmfReceived) or message.channel.id != talk.leg:
        return
    wish = WISHES.get(talk.keys + message.digit)
    talk.keys = message.digit
    if wish is not None and any(person.id == talk.person for person in talk.staff):
        _grant(talk, wish)


def _grant(talk: Overseen, wish: Wish) -> None:
    match wish:
        case "help":
            raise_hand(talk)
        case "pause":
            talk.begin(wish, pause(talk, talk.person))
        case "resume":
            talk.begin(wish, resume(talk, talk.person))


def raise_hand(talk: Overseen) -> str | None:
    """Begin to call for help, unless somebody does; why not, if not."""
    if not supervisors(talk.person, talk.call.exchange.rules(), talk.staff):
        return f"by the rules in force nobody supervises {talk.person}: `supervision:`"
    talk.begin("help", call_for_help(talk))
    return None


async def call_for_help(talk: Overseen) -> None:
    """Ring those who supervise the person, one after another, until one comes, who hears along and whispers."""
    act, came = talk.acts.begin(talk.person, "help"), "nobody came"
    try:
        for person in supervisors(talk.person, talk.call.exchange.rules(), talk.staff):
            async with rung(talk, person, f"{talk.person} needs help") as seat:
                if seat is not None:
                    came = f"{person} came"
                    await hear_along(talk, seat, "whisper")
                    return
        await tell(talk, SORRY)
    finally:
        talk.acts.end(act, came)


def call_mentor(talk: Overseen) -> None:
    """Ring the mentor, if the person is a trainee, to hear along."""
    if mentor := talk.call.exchange.rules().supervision.mentors.get(talk.person):
        talk.begin("mentor", _be_heard_by(talk, mentor))


async def _be_heard_by(talk: Overseen, mentor: PersonId) -> None:
    async with rung(talk, mentor, f"{talk.person} talks") as seat:
        if seat is not None:
            await hear_along(talk, seat, "listen")
