"""Ringing several people at once for a caller: the first who answers has the call, the others' telephones stop."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from ari_app.calls.call import Call
from ari_app.calls.legs import Leg, leg
from routing.facts import PersonId
from routing.outcomes import Absence
from routing.steps import Wait


@asynccontextmanager
async def first_of(
    call: Call, step: Wait, people: Sequence[PersonId], shown: str
) -> AsyncIterator[tuple[Leg | None, list[Leg]]]:
    """The leg that was answered, which ends with the block, and the others, which have ended; None: nobody did.

    ``shown``: what telephones show beside the caller's name.
    """
    async with AsyncExitStack() as answered:
        async with AsyncExitStack() as ringing:
            legs = []
            for person in people:
                own = await ringing.enter_async_context(AsyncExitStack())
                telephone = f"PJSIP/{call.exchange.telephones.of(person)}"
                rung = leg(call, person, telephone, step.offer_seconds, step.rule, shown)
                legs.append((await own.enter_async_context(rung), own))
            first = await _first_answer(call, [it for it, _ in legs], step.offer_seconds)
            for it, own in legs:
                if it is first:
                    answered.push_async_exit(own.pop_all())
                elif not it.row.why:
                    it.missed(Absence.NO_ANSWER if first is None else Absence.ELSEWHERE)
        yield first, [it for it, _ in legs if it is not first]


async def _first_answer(call: Call, legs: Sequence[Leg], seconds: float) -> Leg | None:
    until, ringing = call.after(seconds), list(legs)
    while ringing and (message := await call.inbox.take(until)) is not None:
        for it in legs:
            told = it.rung(message) if it in ringing else None
            if told is True:
                return it
            if told is not None:
                ringing.remove(it)
    return None
