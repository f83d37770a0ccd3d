"""A supervisor who wants to hear a talk along: by a feature code at the telephone, or asked for by the HTTP API."""

from collections.abc import Iterable

import msgspec

from ari_app.ari.events import Channel
from ari_app.calls.call import Call
from ari_app.oversight.hearing import hear_along, rung
from ari_app.oversight.overseen import Left, Overseen, Wanted
from dialplan.plan import SUPERVISING
from routing.facts import PersonId
from routing.supervision import MANNERS, Manner, supervisors
from routing.transfers import named

CODE = "*5"
"""Before the digit that tells the manner, and the colleague's name or extension."""


class Coming(msgspec.Struct, frozen=True):
    """Somebody who has dialled a colleague's talk."""

    talk: Overseen
    by: PersonId
    manner: Manner


def coming(channel: Channel, calls: Iterable[Call]) -> Coming | None:
    """Whose talk is meant by what was dialled; None: it is none of these, or the one who dialled may not hear it."""
    dialled = channel.dialplan.exten.removeprefix(CODE)
    manner, keyed = MANNERS.get(dialled[:1]), dialled[1:]
    if channel.dialplan.context != SUPERVISING or manner is None:
        return None
    for talk in filter(None, (call.talk for call in calls)):
        person, by = named(keyed, talk.staff), talk.call.exchange.telephones.whose(channel.name)
        is_meant = person is not None and talk.person == person.id and talk.allows(manner)
        if is_meant and by in _supervisors(talk) and not talk.seat_of(by):
            return Coming(talk, by, manner)
    return None


def seat(who: Coming, channel: str) -> None:
    """Have the one at this channel, which is ours now, hear along."""
    who.talk.begin(f"supervisor {who.by}", _hear(who, channel))


async def _hear(who: Coming, channel: str) -> None:
    with who.talk.seated(who.by, channel) as there:
        who.talk.call.link.forget(who.talk.call.link.channels.answer(channel))
        await hear_along(who.talk, there, who.manner)


def invite(talk: Overseen, by: PersonId, manner: Manner) -> str | None:
    """Ring the one who asks, to hear along, or change the manner of one who does; why not, if not."""
    if by not in _supervisors(talk):
        return f"by the rules in force {by} does not supervise {talk.person}: `supervision:`"
    if not talk.allows(manner):
        return f"{talk.person} has called outside: nobody can take that over"
    if there := talk.seat_of(by):
        there.inbox.put(Wanted(manner))
        return None
    telephone = talk.call.exchange.presence.standing(by).telephone
    if not telephone.registered or telephone.in_call:
        return f"{by}'s telephone is {'in a call' if telephone.registered else 'not registered'}"
    talk.begin(f"supervisor {by}", _ring(talk, by, manner))
    return None


async def _ring(talk: Overseen, by: PersonId, manner: Manner) -> None:
    async with rung(talk, by, f"{manner} {talk.person}", asked=True) as there:
        if there is not None:
            await hear_along(talk, there, manner)


def send_away(talk: Overseen, by: PersonId) -> str | None:
    """Have this person hear along no more; why not, if not."""
    there = talk.seat_of(by)
    if there is None:
        return f"{by} does not hear this talk along"
    there.inbox.end(Left())
    return None


def _supervisors(talk: Overseen) -> tuple[PersonId, ...]:
    return supervisors(talk.person, talk.call.exchange.rules(), talk.staff)
