"""A consultation at one telephone (D11): the caller waits with music, whoever talked asks a colleague, then takes the
caller back, has all three talk together, or hands the caller over.

At a telephone that can hold a call this is a second call of its own. Here keys in the talk ask for it, or the HTTP API,
for headsets with one line. Whoever of the two company's people drops out, the caller is not dropped: without the one
who asked, the call goes to the colleague if all three talked together, else on as after a transfer in vain.
"""

from collections.abc import Callable

from ari_app.ari.events import ChannelDtmfReceived
from ari_app.calls.call import Call, Joins, PassedOn, Returns
from ari_app.calls.inbox import CallerLeft
from ari_app.calls.joining import joined_in
from ari_app.calls.legs import Given, Leg, TalkEnd, leg
from ari_app.calls.reserving import reserved
from premises.clock import now
from premises.ids import bridge_id
from routing.facts import PersonId
from routing.keys import while_asking
from routing.outcomes import Absence, Missed
from routing.transfers import PERSON_SECONDS

RULE = "D11"


class _Keys:
    """What whoever asks keys in meanwhile, which means what the HTTP API can ask for."""

    def __init__(self, call: Call, it: Leg, whom: PersonId) -> None:
        self._call, self._leg, self._whom = call, it, whom
        self._pressed = ""

    def meaning(self, message: object) -> object:
        """What the message means, if it is the last one of such keys; else the message."""
        if not isinstance(message, ChannelDtmfReceived) or message.channel.id != self._leg.id:
            return message
        self._pressed, way = while_asking(self._pressed, message.digit)
        if way is None:
            return message
        person = self._leg.row.person
        self._call.log.info("keyed in while a colleague is asked", person=person, whom=self._whom, way=way)
        meant = {"back": Returns(person), "all three": Joins(person), "hand over": PassedOn(person, self._whom)}
        return meant[way]


async def consulted(call: Call, it: Leg, whom: PersonId) -> TalkEnd | Missed | None:
    """The person asks this colleague, who may not have come (`Missed`).

    Then, and with None, the person is to be joined with the caller again, who is in no bridge.
    """
    with reserved(call, whom) as absence, call.exchange.presence.asking(it.row.person):
        if absence is not None:
            return Missed(whom, absence)
        call.asked = whom
        call.keep_waiting()
        try:
            return await _asked(call, it, whom)
        except CallerLeft:
            return "caller"
        finally:
            call.asked = None
            call.wait_no_more()


async def _asked(call: Call, it: Leg, whom: PersonId) -> Given | Missed | None:
    keys = _Keys(call, it, whom)
    async with (
        call.entertained("music") as stop_music,
        leg(
            call, whom, f"PJSIP/{call.exchange.telephones.of(whom)}", PERSON_SECONDS, RULE, f"{it.row.person} asks"
        ) as colleague,
    ):
        call.link.forget(call.link.channels.ring(it.id))
        end = await _answered(call, it, colleague, keys)
        if end or colleague.row.answered is None:
            return end
        async with joined_in(call, it.id, colleague.id, again=True, absorb_keys=True):
            return await _talked(call, it, colleague, keys, stop_music)


async def _answered(call: Call, it: Leg, colleague: Leg, keys: _Keys) -> Given | Missed | None:
    """Until the colleague answers or will not, or the person is back; how the person's part ends, if it does."""
    presence, whom = call.exchange.presence, colleague.row.person
    until = call.after(PERSON_SECONDS)
    while (message := keys.meaning(await call.inbox.take(until))) is not None:
        told = colleague.rung(message)
        if told is True:
            colleague.note(answered=now())
            presence.talks(whom, call.id)
        elif told:
            presence.missed(whom, call.id, told)
            return Missed(whom, told)
        if told or message == Returns(it.row.person):
            return None
        if end := await _ended(it, message):
            return end
    presence.missed(whom, call.id, colleague.missed(Absence.NO_ANSWER))
    return Missed(whom, Absence.NO_ANSWER)


async def _talked(call: Call, it: Leg, colleague: Leg, keys: _Keys, stop_music: Callable[[], None]) -> Given | None:
    """The two talk, then perhaps all three; how the person's part ends, if it does before the colleague's."""
    left_to = ""
    while True:
        message = keys.meaning(await call.inbox.take())
        if message == Returns(it.row.person) or await colleague.ended(message):
            return None
        if message == Joins(it.row.person) and not left_to:
            left_to = colleague.row.person
            stop_music()
            call.wait_no_more()
            call.link.forget(call.link.bridges.add(bridge_id(call.id), call.id, absorb_keys=True))
        if end := await _ended(it, message, left_to):
            return end


async def _ended(it: Leg, message: object, left_to: PersonId = "") -> Given | None:
    """A transfer, or the person is gone, who leaves the caller to the colleague, or to nobody."""
    end = await it.ended(message)
    return Given(left_to) if end == "person" else end
