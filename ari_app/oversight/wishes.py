"""What the one who talks with a caller can ask for: help, a colleague, and that the recording pauses."""

from ari_app.ari.events import ChannelDtmfReceived
from ari_app.calls.asking import hindrance, name_of
from ari_app.calls.call import Asks
from ari_app.oversight.hearing import hear_along, rung
from ari_app.oversight.overseen import Overseen
from ari_app.oversight.pausing import pause, resume
from ari_app.oversight.telling import SORRY, not_reached, tell
from routing.facts import PersonId
from routing.keys import AskColleague, Wish, in_talk
from routing.outcomes import Absence
from routing.supervision import supervisors


def notice(talk: Overseen, message: object) -> None:
    """Take a key that the person has pressed, and do what those mean that were pressed so far.

    Who has called outside presses keys for whoever is there, be it a machine.
    """
    if talk.calls_outside or not isinstance(message, ChannelDtmfReceived) or message.channel.id != talk.telephone:
        return
    talk.keys, wish = in_talk(talk.keys, message.digit)
    if wish is not None and any(person.id == talk.person for person in talk.staff):
        _grant(talk, wish)


def _grant(talk: Overseen, wish: Wish | AskColleague) -> None:
    match wish:
        case AskColleague(keyed):
            ask(talk, keyed)
        case "help":
            raise_hand(talk)
        # Each by itself: a pause that is keyed in while another one, or its end, is under way must not be lost.
        case "pause":
            talk.begin(f"{wish} {talk.call.next_number()}", pause(talk, talk.person))
        case "resume":
            talk.begin(f"{wish} {talk.call.next_number()}", resume(talk, talk.person))


def ask(talk: Overseen, keyed: str) -> None:
    """Have the caller wait and a colleague rung; or tell why not, over the talk, which goes on."""
    if why := hindrance(talk.call, talk.person, keyed):
        regret(talk, keyed, why)
    else:
        talk.call.log.info("asks a colleague by keys", person=talk.person, whom=keyed)
        talk.call.inbox.put(Asks(talk.person, keyed))


def regret(talk: Overseen, wanted: str, why: Absence) -> None:
    """Tell why a colleague is not reached; ``wanted``: as it was keyed in."""
    talk.call.log.info("cannot ask", person=talk.person, whom=wanted, why=why)
    talk.begin(f"regret {wanted}", tell(talk, *not_reached(name_of(talk.call, wanted), why)))


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


def call_mentor(talk: Overseen, *, again: bool) -> None:
    """Ring the mentor, if the person is a trainee, to hear along; ``again``: only who did when it was broken off."""
    mentor = talk.call.exchange.rules().supervision.mentors.get(talk.person)
    if mentor and (not again or mentor in talk.call.heard_along):
        talk.begin("mentor", _be_heard_by(talk, mentor))


async def _be_heard_by(talk: Overseen, mentor: PersonId) -> None:
    async with rung(talk, mentor, f"{talk.person} talks") as seat:
        if seat is not None:
            await hear_along(talk, seat, "listen")
