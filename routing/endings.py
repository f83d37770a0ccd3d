"""How a call ends when nobody could be reached: a message box, a goodbye, the last resort (T4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.outcomes import MessageLeft
from routing.steps import Ending, Promise, TakeMessage

if TYPE_CHECKING:
    from routing.call import Call, Script
    from routing.rules.queues import CallBack
    from routing.rules.routes import Box


def take_message(call: Call, box: Box) -> Script[Ending]:
    """Take a message, thank for it, say goodbye."""
    outcome = yield TakeMessage(
        box=box.name, speech=call.speech(box.announce), seconds=box.seconds, owner=box.owner, notes=call.notes()
    )
    left = isinstance(outcome, MessageLeft)
    if left and box.thanks:
        yield call.say(box.thanks)
    yield call.say(call.rulebook.goodbye)
    return Ending(kind="message" if left else "goodbye", notes=call.notes())


def promise_call_back(call: Call, group: str, terms: CallBack, rule: str, call_at: str | None) -> Script[Ending]:
    """Promise the caller, who waits for this group, a call, and say goodbye; ``call_at`` as in `Promise`."""
    yield Promise(
        queue=group,
        owner=terms.owner or group,
        call_at=call_at,
        speech=call.speech(terms.thanks),
        notes=call.notes(),
        rule=rule,
    )
    yield call.say(call.rulebook.goodbye)
    return Ending(kind="call-back", notes=call.notes())


def say_goodbye(call: Call, name: str | None = None) -> Script[Ending]:
    """Say a text, where one is named, and goodbye."""
    text = call.rulebook.texts[name] if name else call.rulebook.goodbye
    if text != call.rulebook.goodbye:
        yield call.say(text)
    yield call.say(call.rulebook.goodbye)
    return Ending(kind="goodbye", notes=call.notes())


def last_resort(call: Call) -> Script[Ending]:
    """Announce, then a message box or a goodbye: wherever the rules send it, a call ends here."""
    resort = call.rulebook.last_resort
    call.note("last resort", line=resort.line)
    for text in resort.announce:
        yield call.say(text)
    if resort.goto.message:
        return (yield from take_message(call, call.rulebook.boxes[resort.goto.message]))
    return (yield from say_goodbye(call, resort.goto.goodbye))
