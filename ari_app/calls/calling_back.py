"""Calling somebody back who asked for it in line: the person whose turn it is is rung first, then the caller.

The person hears who is to be called, and ringing. Once the caller has answered, both are an ordinary call (the caller
is its caller, and its flow begins with the person who is there): recorded, handed over and taken over as any other.
"""

from collections.abc import Awaitable, Callable

import msgspec

from ari_app.ari.events import Channel, StasisStart
from ari_app.calls.call import Call, NotRung
from ari_app.calls.found import Found
from ari_app.calls.inbox import CallerLeft
from ari_app.calls.introducing import introduced
from ari_app.calls.legs import Leg, leg
from ari_app.calls.turn import turn
from dialplan.plan import CALLED_BACK
from premises.clock import now
from routing.facts import PersonId
from routing.limits import Limits
from routing.line.closing import seconds_left
from routing.outcomes import Absence
from routing.speech import Speech
from routing.state import State
from routing.steps import Wait
from routing.transfers import BACK

ANSWER_SECONDS = 30.0
"""How long a caller is rung."""
ARRIVAL_SECONDS = 2.0
"""From the caller's answer through the dialplan, where the recording begins, back to us; it takes milliseconds."""

GoOn = Callable[[Channel], Awaitable[None]]
"""Serves the call as any other, to its end; given the caller's channel."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to call back, and how; the call's row has the number."""

    step: Wait
    """How the caller stands in line."""
    told: Callable[[PersonId], Speech]
    """What this person hears first."""
    line: str
    """The number that the caller had dialled, and is now called from."""
    limits: Limits
    rules: str
    """The version of the rules."""


async def call_back(call: Call, task: Task, go_on: GoOn) -> None:
    """Stand in line, ring whose turn it is, then the caller; returns when that is over, or to be tried anew.

    Only a caller who was rung has a row in the register.
    """
    with call.exchange.line.place(call.id, task.step, call.row.arrived, call.inbox.put) as place:
        until = call.after(seconds_left(task.step, now(), now()))
        while isinstance(person := await turn(call, place, until), str):
            telephone = f"PJSIP/{call.exchange.telephones.of(person)}"
            async with leg(call, person, telephone, task.step.offer_seconds, task.step.rule) as it:
                absence = await it.answered(task.step.offer_seconds) or await introduced(call, it, task.told(person))
                if absence is None:
                    await _connect(call, it, task, go_on)
                    return
            call.exchange.presence.missed(person, call.id, absence)
            call.exchange.line.missed(place, person)


async def _connect(call: Call, it: Leg, task: Task, go_on: GoOn) -> None:
    """Ring the caller, and join both."""
    person = it.row.person
    if not await call.exchange.tolls.allow(task.limits):
        call.log.warning("not called back", why=Absence.LIMIT)
        return
    call.exchange.presence.talks(person, call.id)
    call.note(dialled=BACK + person, arrived=now())
    call.write()
    call.link.forget(call.link.channels.ring(it.id))
    try:
        caller = await _ring(call, it, task)
    except CallerLeft as why:
        caller = None
        call.note(cause=why.cause)
    if caller is None:
        call.link.forget(call.link.channels.hang_up(call.id))
        call.note(ended=now(), end="not reached")
        call.write()
        call.log.info("not reached", person=person)
        return
    await _serve(call, it, task, caller, go_on)


async def _ring(call: Call, it: Leg, task: Task) -> Channel | None:
    """Ring the caller until there is an answer, which comes to us through the dialplan; None: it does not come."""
    call.log.info("calling back", person=it.row.person)
    channels = call.link.channels
    reply = channels.originate(
        f"PJSIP/{call.row.number}@{call.exchange.trunk}",
        channel_id=call.id,
        app=call.link.app,
        app_args=("called",),
        timeout=ANSWER_SECONDS,
        caller_id=f"<{task.line}>",
        variables={"DIALLED": BACK + it.row.person, "SB_NUMBER": call.row.number or "", "SB_APP": call.link.app},
    )
    reply.then(lambda: call.inbox.put(NotRung(call.id, str(reply.error()))) if reply.error() is not None else None)
    until = call.after(ANSWER_SECONDS)
    while (message := await call.inbox.take(until)) is not None:
        if isinstance(message, StasisStart) and message.channel.id == call.id:
            if "back" in message.args:
                return message.channel
            until = call.after(ARRIVAL_SECONDS)
            call.link.forget(channels.continue_in_dialplan(call.id, context=CALLED_BACK, extension="call", priority=1))
        if it.is_end(message):
            it.gone = True
            return None
        if isinstance(message, NotRung):
            return None
    return None


async def _serve(call: Call, it: Leg, task: Task, caller: Channel, go_on: GoOn) -> None:
    """From here on the call is as one that another engine had begun, with the person on the line."""
    assert it.channel is not None  # noqa: S101 - it has answered
    call.is_coming, it.is_passed_on = False, True
    call.note(answered=now())
    state = State(rules=task.rules, at=call.row.arrived, began=now(), answered=call.row.answered, legs=call.legs)
    call.found = Found(dialled=call.row.dialled, state=state, row=call.row, leg=it.channel, leg_row=it.row)
    call.inbox.put(StasisStart(channel=it.channel, args=("leg",)))
    await go_on(caller)
