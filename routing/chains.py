"""Ringing a chain of people, link after link, waiting in line for a group, handing over (D3, D4, D6, D15, D19, D22)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from routing import transfers
from routing.endings import promise_call_back
from routing.introducing import introduced
from routing.outcomes import Absence, CallBackAsked, HandedOver, LineClosed, Talked, Unanswered
from routing.placing import place_in_line
from routing.rules.chains import Outside
from routing.rules.queues import Queue
from routing.steps import Ending, Ring, RingOutside, Wait

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routing.call import Call, Script
    from routing.facts import Person, PersonId
    from routing.outcomes import Outcome
    from routing.rules.chains import Link
    from routing.rules.queues import Closing, WaitFor
    from routing.rules.routes import Route


def ring_colleague(call: Call, keyed: str) -> Script[bool]:
    """Ring whom one of our own telephones has dialled (D11); whether they talked to the call's end."""
    way = transfers.way_to(keyed, call.rulebook, call.facts.staff, "D11")
    if way is None:
        call.note(f"{keyed} is nobody of ours")
        return False
    call.note(f"a call inside the house, to {keyed}", way.rule)
    return (yield from ring_chain(call, msgspec.structs.replace(way, hear="ringing")))


def ring_chain(call: Call, route: Route) -> Script[bool]:
    """Ring one link after another; whether somebody talked with the caller to the call's end.

    A link with nobody at work costs no time.
    """
    for link in route.chain:
        step = _ring(call, route, link)
        if step and (yield from bring(call, route, step)):
            return True
    return False


def wait_in_line(call: Call, route: Route, line: WaitFor) -> Script[Ending | None]:
    """Wait for a group's people who are at work; how the call ended, if it did.

    Who was rung before is waited for as well. A caller who was handed over in vain waits again, in front of all others.
    """
    queue = call.rulebook.queues.get(line.group, Queue())
    if queue.closing and queue.closing.hours not in call.open:
        yield from _tell_closed(call, route, queue.closing)
        return None
    step = place_in_line(call, route, line)
    while step:
        times, outcome = call.handed_over, (yield introduced(call, step))
        if (yield from _has_talked(call, route, outcome)):
            return Ending(kind="talk")
        if isinstance(outcome, CallBackAsked) and queue.call_back:
            return (yield from promise_call_back(call, line.group, queue.call_back, route.rule, outcome.call_at))
        if isinstance(outcome, LineClosed) and queue.closing:
            yield from _tell_closed(call, route, queue.closing)
        if call.handed_over == times or call.handed_over >= transfers.MOST:
            break
        call.note("waits again, in front of all others", route.rule, route.line)
        step = msgspec.structs.replace(step, in_front=True, notes=call.notes())
    return None


def bring(call: Call, route: Route, step: Ring | RingOutside | Wait) -> Script[bool]:
    """Bring somebody to the caller, and whoever the call is handed over to then; whether it ended with a talk."""
    return (yield from _has_talked(call, route, (yield introduced(call, step))))


def _has_talked(call: Call, route: Route, outcome: Outcome) -> Script[bool]:
    if isinstance(outcome, HandedOver):
        return (yield from _hand_over(call, route, outcome))
    if isinstance(outcome, Unanswered) and outcome.missed:
        call.hindrance = outcome.missed[-1].why
    return isinstance(outcome, Talked)


def _tell_closed(call: Call, route: Route, closing: Closing) -> Script[None]:
    """Nobody is kept waiting for people who go home."""
    call.note(f"the line closes with {closing.hours}", route.rule, route.line)
    yield call.say(closing.tell, route.rule)


def _hand_over(call: Call, route: Route, done: HandedOver) -> Script[bool]:
    """Ring whom the sender wanted, else the sender; False: nobody of them took the call, which goes on as before."""
    call.handed_over += 1
    call.handing, call.hindrance = done, None
    hands_over = f"hands over to {done.to}" if done.to else "dropped out while asking a colleague"
    call.note(f"{done.person} {hands_over}", route.rule)
    before, call.tried = call.tried, {done.person}  # who did not answer earlier is wanted by somebody now
    if call.handed_over >= transfers.MOST:
        call.note(f"handed over {transfers.MOST} times, which is enough")
    elif (yield from _pass_on(call, route, done)):
        return True
    call.tried |= before
    return False


def _pass_on(call: Call, route: Route, done: HandedOver) -> Script[bool]:
    if (yield from _reach(call, route, done)):
        return True
    call.note(f"back to {done.person}", route.rule)
    return (yield from bring(call, route, _wait_for(call, route, done.person)))


def _reach(call: Call, route: Route, done: HandedOver) -> Script[bool]:
    """A short number's chain is rung as for a new call; a person who is named may be busy for a moment."""
    rulebook, staff = call.rulebook, call.facts.staff
    person = None if done.to in rulebook.transfers else transfers.named(done.to, staff)
    if person is not None:
        wanted = person.id != done.person and call.wants(person, route.rule, route.line)
        return wanted and (yield from bring(call, route, _wait_for(call, route, person.id)))
    way = transfers.way_to(done.to, rulebook, staff, route.rule)
    if way is None and done.to:
        call.note(f"{done.to} is nobody of ours")
    return way is not None and (yield from ring_chain(call, way))


def _wait_for(call: Call, route: Route, person: PersonId) -> Wait:
    """For one person, who may have another call to end, or a moment's wrapping up to do."""
    return Wait(
        people=(person,),
        queue=person,
        seconds=transfers.PERSON_SECONDS,
        offer_seconds=transfers.PERSON_SECONDS,
        in_front=True,
        notes=call.notes(),
        rule=route.rule,
    )


def _ring(call: Call, route: Route, link: Link) -> Ring | RingOutside | None:
    if isinstance(link.who, Outside):
        return _ring_outside(call, route, link, link.who.number)
    meant = call.meant(link.who)
    if not meant:
        call.note(f"{link.text}: there is nobody", route.rule, link.line)
    people = _whom_to_ring(call, route, link, meant)
    if not people:
        return None
    return Ring(
        people=people, seconds=link.seconds, hear=route.hear, wanted=link.text, notes=call.notes(), rule=route.rule
    )


def _ring_outside(call: Call, route: Route, link: Link, number: str) -> RingOutside | None:
    if not _is_untried(call, route, link, number):
        return None
    call.tried.add(number)
    return RingOutside(
        number=number,
        seconds=link.seconds,
        hear=route.hear,
        limits=call.rulebook.outside_limits,
        notes=call.notes(),
        rule=route.rule,
    )


def _whom_to_ring(call: Call, route: Route, link: Link, meant: Iterable[Person]) -> tuple[PersonId, ...]:
    """Everybody of a link who is at work and was not tried yet; the others are noted with their reason."""
    at_work = [person.id for person in meant if call.wants(person, route.rule, link.line)]
    people = tuple(sorted(person for person in at_work if _is_untried(call, route, link, person)))
    call.tried.update(people)
    return people


def _is_untried(call: Call, route: Route, link: Link, person: PersonId) -> bool:
    if person in call.tried:
        call.miss(person, Absence.ALREADY_TRIED, route.rule, link.line)
    return person not in call.tried
