"""A consultation at one telephone (D11): the caller waits with music, whoever talked asks a colleague, then takes the
caller back, has all three talk together, or hands the caller over.

At a telephone that can hold a call this is a second call of its own. Here the HTTP API asks for it, for headsets with
one line. Whoever of the two company's people drops out, the caller is not dropped: without the one who asked, the call
goes to the colleague if all three talked together, else on as after a transfer in vain.
"""

from collections.abc import Callable

from ari_app.calls.call import Call, Joins, Returns
from ari_app.calls.inbox import CallerLeft
from ari_app.calls.joining import joined_in
from ari_app.calls.legs import Given, Leg, TalkEnd, leg
from ari_app.calls.reserving import reserved
from premises.clock import now
from premises.ids import bridge_id
from routing.facts import PersonId
from routing.outcomes import Absence
from routing.transfers import PERSON_SECONDS

RULE = "D11"


async def consulted(call: Call, it: Leg, whom: PersonId) -> TalkEnd | None:
    """The person asks this colleague; None: and is to be joined with the caller again, who is in no bridge."""
    with reserved(call, whom) as absence, call.exchange.presence.asking(it.row.person):
        if absence is not None:
            call.log.info("not asked", person=whom, why=absence)
            return None
        call.asked = whom
        try:
            return await _asked(call, it, whom)
        except CallerLeft:
            return "caller"
        finally:
            call.asked = None


async def _asked(call: Call, it: Leg, whom: PersonId) -> TalkEnd | None:
    async with (
        call.entertained("music") as stop_music,
        leg(
            call, whom, f"PJSIP/{call.exchange.telephones.of(whom)}", PERSON_SECONDS, RULE, f"{it.row.person} asks"
        ) as colleague,
    ):
        call.link.forget(call.link.channels.ring(it.id))
        end = await _answered(call, it, colleague)
        if end or colleague.row.answered is None:
            return end
        async with joined_in(call, it.id, colleague.id, again=True):
            return await _talked(call, it, colleague, stop_music)


async def _answered(call: Call, it: Leg, colleague: Leg) -> Given | None:
    """Until the colleague answers or will not, or the person is back; how the person's part ends, if it does."""
    presence, whom = call.exchange.presence, colleague.row.person
    until = call.after(PERSON_SECONDS)
    while (message := await call.inbox.take(until)) is not None:
        told = colleague.rung(message)
        if told is True:
            colleague.note(answered=now())
            presence.talks(whom, call.id)
        elif told:
            presence.missed(whom, call.id, told)
        if told or message == Returns(it.row.person):
            return None
        if end := await _ended(it, message):
            return end
    presence.missed(whom, call.id, colleague.missed(Absence.NO_ANSWER))
    return None


async def _talked(call: Call, it: Leg, colleague: Leg, stop_music: Callable[[], None]) -> Given | None:
    """The two talk, then perhaps all three; how the person's part ends, if it does before the colleague's."""
    left_to = ""
    while True:
        message = await call.inbox.take()
        if message == Returns(it.row.person) or await colleague.ended(message):
            return None
        if message == Joins(it.row.person) and not left_to:
            left_to = colleague.row.person
            stop_music()
            call.link.forget(call.link.bridges.add(bridge_id(call.id), call.id))
        if end := await _ended(it, message, left_to):
            return end


async def _ended(it: Leg, message: object, left_to: PersonId = "") -> Given | None:
    """A transfer, or the person is gone, who leaves the caller to the colleague, or to nobody."""
    end = await it.ended(message)
    return Given(left_to) if end == "person" else end
