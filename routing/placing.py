"""How a caller waits in line: for whom, in which order they are offered, and what is told meanwhile (D3, T7, T8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.hours import closes
from routing.line.stages import Overflow, Stage
from routing.outside import may_call_back
from routing.people import members
from routing.rules.queues import Queue
from routing.steps import Announcement, Confirmation, Elsewhere, Wait
from routing.texts import with_gaps

if TYPE_CHECKING:
    from routing.call import Call
    from routing.facts import Person, PersonId
    from routing.rules.queues import CallBack, LineTalk, Preference, WaitFor
    from routing.rules.routes import Route


def place_in_line(call: Call, route: Route, line: WaitFor) -> Wait | None:
    """How the caller waits for a group. None: of the group and of those who help out nobody is at work."""
    queue = call.rulebook.queues.get(line.group, Queue())
    group = members(call.rulebook.groups[line.group], call.facts.staff)
    people = tuple(sorted(person.id for person in group if call.wants(person, route.rule, route.line)))
    also = _helping(call, route, queue)
    if not people:
        call.note(f"{line.group}: nobody is at work", route.rule, route.line)
    if not (people or also):
        return None
    terms = queue.call_back if may_call_back(call.rulebook, call.facts.caller.number) else None
    return Wait(
        people=people,
        queue=line.group,
        seconds=line.seconds,
        offer_seconds=line.offer_seconds,
        order=queue.order,
        first=_stages(call, route, line, group),
        also=also,
        ahead=line.ahead,
        announce=_announcement(call, queue.announce, terms),
        call_back_key=terms.key if terms else None,
        confirm=_confirmation(call, terms),
        elsewhere=_elsewhere(call, terms),
        closes=closes(call.rulebook, queue.closing.hours, call.facts.at) if queue.closing else None,
        notes=call.notes(),
        rule=route.rule,
    )


def _stages(call: Call, route: Route, line: WaitFor, group: tuple[Person, ...]) -> tuple[Stage, ...]:
    """The beginnings of the wait, each with those of the ones before: a line only ever widens."""
    stages: list[Stage] = []
    people: set[PersonId] = set()
    until = 0.0
    for preference in line.first:
        fitting = {person.id for person in _preferred(call, preference, group)}
        if not fitting:
            call.note(f"{preference.text}: nobody is at work", route.rule, route.line)
            continue
        people |= fitting
        until += preference.seconds
        stages.append(Stage(people=tuple(sorted(people)), until=until, wanted=preference.text))
    return tuple(stages)


def _helping(call: Call, route: Route, queue: Queue) -> tuple[Overflow, ...]:
    """Who of those who help out is at work, each with the limit."""
    found: list[Overflow] = []
    for each in queue.also:
        people = [person.id for person in call.meant(each.who) if call.is_at_work(person)]
        if people:
            found.append(Overflow(people=tuple(sorted(people)), after=each.after, above=each.above, wanted=each.text))
        else:
            call.note(f"{each.text}: nobody is at work", route.rule, route.line)
    return tuple(found)


def _announcement(call: Call, talk: LineTalk | None, terms: CallBack | None) -> Announcement | None:
    """What the caller is told while waiting, in the caller's language."""
    if talk is None:
        return None
    company, language = call.rulebook.company, call.language
    place, wait = with_gaps(talk.place, company, language), with_gaps(talk.wait, company, language)
    offer = call.speech(terms.offer).pieces if terms else ()
    return Announcement(every=talk.every, language=language, place=place, wait=wait, offer=offer)


def _confirmation(call: Call, terms: CallBack | None) -> Confirmation | None:
    if terms is None or terms.confirm is None:
        return None
    pieces = with_gaps(terms.confirm, call.rulebook.company, call.language)
    return Confirmation(language=call.language, pieces=pieces)


def _elsewhere(call: Call, terms: CallBack | None) -> Elsewhere | None:
    given = terms.elsewhere if terms else None
    if given is None:
        return None
    return Elsewhere(key=given.key, ask=call.speech(given.ask), refuse=call.speech(given.refuse))


def _preferred(call: Call, preference: Preference, group: tuple[Person, ...]) -> list[Person]:
    """Who is all that is preferred, and at work."""
    meant = [call.meant(who) for who in preference.who] or [group]
    return [
        person
        for person in meant[0]
        if all(person in others for others in meant)
        and (not preference.speaks or call.language in person.languages)
        and call.is_at_work(person)
    ]
