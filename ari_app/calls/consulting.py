"""A consultation at one telephone (D11): the caller waits with music, whoever talked asks a colleague, then takes the
caller back, has all three talk together, or hands the caller over.

At a telephone that can hold a call this is a second call of its own. Here keys in the talk ask for it, or the HTTP API,
for headsets with one line. Whoever of the two company's people drops out, the caller is not dropped: without the one
who asked, the call goes to the colleague if all three talked together, else on as after a transfer in vain.
"""

from collections.abc import Callable

from ari_app.ari.events import ChannelDtmfReceived
from ari_app.calls.asking import whom_to_ask
from ari_app.calls.call import Call, Joins, PassedOn, Returns
from ari_app.calls.inbox import CallerLeft
from ari_app.calls.joining import joined_in
from ari_app.calls.legs import Given, Leg, TalkEnd, leg
from ari_app.calls.reserving import reserved
from premises.clock import now
from premises.ids import bridge_id
from routing.asking import RULE
from routing.keys import while_asking
from routing.outcomes import Absence, Missed
from routing.outside import is_outside
from routing.steps import Ring, RingOutside


class _Keys:
    """What whoever asks keys in meanwhile, which means what the HTTP API can ask for."""

    def __init__(self, call: Call, it: Leg, whom: str) -> None:
        self._call, self._leg = call, it
        self.whom = whom
        """To whom the caller would be handed over: as it was keyed in, then whoever has answered."""
        self._pressed = ""

    def meaning(self, message: object) -> object:
        """What the message means, if it is the last one of such keys; else the message."""
        if not isinstance(message, ChannelDtmfReceived) or message.channel.id != self._leg.id:
            return message
        self._pressed, way = while_asking(self._pressed, message.digit)
        if way is None:
            return message
        person = self._leg.row.person
        self._call.log.info("keyed in while a colleague is asked", person=person, whom=self.whom, way=way)
        meant = {"back": Returns(person), "all three": Joins(person), "hand over": PassedOn(person, self.whom)}
        return meant[way]


async def consulted(call: Call, it: Leg, keyed: str) -> TalkEnd | Missed | None:
    """The person asks whoever is meant by this, of whom perhaps nobody came (`Missed`, with what was keyed in).

    Then, and with None, the person is to be joined with the caller again, who is in no bridge.
    """
    with call.exchange.presence.asking(it.row.person):
        call.asked = keyed
        call.keep_waiting()
        try:
            async with call.entertained("music") as stop_music:
                return await _one_after_another(call, it, keyed, stop_music)
        except CallerLeft:
            return "caller"
        finally:
            call.asked = None
            call.wait_no_more()


async def _one_after_another(call: Call, it: Leg, keyed: str, stop_music: Callable[[], None]) -> Given | Missed | None:
    why = Absence.UNREACHABLE
    for step in whom_to_ask(call, it.row.person, keyed):
        people = [step.number] if isinstance(step, RingOutside) else call.exchange.presence.in_turn(step.people)
        for whom in people:
            end = await _tried(call, it, _Keys(call, it, keyed), step, whom, stop_music)
            if not isinstance(end, Missed):
                return end
            why = end.why
    return Missed(keyed, why)


async def _tried(
    call: Call, it: Leg, keys: _Keys, step: Ring | RingOutside, whom: str, stop_music: Callable[[], None]
) -> Given | Missed | None:
    """Ask this one, if the person is free, or the rules' limits for outside numbers are not reached."""
    if isinstance(step, RingOutside):
        if not await call.exchange.tolls.allow(step.limits):
            return Missed(whom, Absence.LIMIT)
        return await _asked(call, it, keys, (whom, f"PJSIP/{whom}@{call.exchange.trunk}"), step.seconds, stop_music)
    with reserved(call, whom) as absence:
        if absence is not None:
            return Missed(whom, absence)
        telephone = f"PJSIP/{call.exchange.telephones.of(whom)}"
        return await _asked(call, it, keys, (whom, telephone), step.seconds, stop_music)


async def _asked(
    call: Call, it: Leg, keys: _Keys, at: tuple[str, str], seconds: float, stop_music: Callable[[], None]
) -> Given | Missed | None:
    """``at``: who is rung, and where."""
    whom, endpoint = at
    shown = "" if is_outside(whom) else f"{it.row.person} asks"
    async with leg(call, whom, endpoint, seconds, RULE, shown) as colleague:
        call.link.forget(call.link.channels.ring(it.id))
        end = await _answered(call, it, colleague, keys, seconds)
        if end or colleague.row.answered is None:
            return end
        keys.whom = whom
        async with joined_in(call, it.id, colleague.id, again=True, absorb_keys=True):
            return await _talked(call, it, colleague, keys, stop_music)


async def _answered(call: Call, it: Leg, colleague: Leg, keys: _Keys, seconds: float) -> Given | Missed | None:
    """Until the colleague answers or will not, or the person is back; how the person's part ends, if it does."""
    presence, whom = call.exchange.presence, colleague.row.person
    until = call.after(seconds)
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


async def _ended(it: Leg, message: object, left_to: str = "") -> Given | None:
    """A transfer, or the person is gone, who leaves the caller to the colleague, or to nobody."""
    end = await it.ended(message)
    return Given(left_to) if end == "person" else end
