"""Ringing a chain of people, link after link, and waiting in line for a group (D3, D4, D6, D15, D19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.line.reach import Overflow, Stage
from routing.people import absence, meant_by, members
from routing.rulebook import Outside, Queue
from routing.steps import Absence, Announcement, Ring, RingOutside, Talked, Wait
from routing.texts import with_gaps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routing.call import Call, Script
    from routing.facts import Person, PersonId
    from routing.people import Someone
    from routing.rulebook import LineTalk, Link, Preference, Route, WaitFor


def ring_chain(call: Call, route: Route) -> Script[bool]:
    """Ring one link after another; whether somebody talked with the caller.

    A link with nobody at work costs no time.
    """
    for link in route.chain:
        step = _ring(call, route, link)
        if step and isinstance((yield step), Talked):
            return True
    return False


def wait_in_line(call: Call, route: Route, line: WaitFor) -> Script[bool]:
    """Wait for a group's people who are at work; whether one of them talked.

    Who was rung before is waited for as well.
    """
    group = members(call.rulebook.groups[line.group], call.facts.staff)
    people = tuple(sorted(person.id for person in group if _is_at_work(call, route, route.line, person)))
    queue = call.rulebook.queues.get(line.group, Queue())
    also = _helping(call, route, queue)
    if not people:
        call.note(f"{line.group}: nobody is at work", route.rule, route.line)
    if not (people or also):
        return False
    first = _stages(call, route, line, group)
    outcome = yield Wait(
        people=people,
        queue=line.group,
        seconds=line.seconds,
        offer_seconds=line.offer_seconds,
        order=queue.order,
        first=first,
        also=also,
        ahead=line.ahead,
        announce=_announcement(call, queue.announce),
        notes=call.notes(),
        rule=route.rule,
    )
    return isinstance(outcome, Talked)


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
        people = [person.id for person in _meant(call, each.who) if absence(person, call.today, call.open) is None]
        if people:
            found.append(Overflow(people=tuple(sorted(people)), after=each.after, above=each.above, wanted=each.text))
        else:
            call.note(f"{each.text}: nobody is at work", route.rule, route.line)
    return tuple(found)


def _announcement(call: Call, talk: LineTalk | None) -> Announcement | None:
    """What the caller is told while waiting, in the caller's language."""
    if talk is None:
        return None
    company, language = call.rulebook.company, call.language
    place, wait = with_gaps(talk.place, company, language), with_gaps(talk.wait, company, language)
    return Announcement(every=talk.every, language=language, place=place, wait=wait)


def _preferred(call: Call, preference: Preference, group: tuple[Person, ...]) -> list[Person]:
    """Who is all that is preferred, and at work."""
    meant = [_meant(call, who) for who in preference.who] or [group]
    return [
        person
        for person in meant[0]
        if all(person in others for others in meant)
        and (not preference.speaks or call.language in person.languages)
        and absence(person, call.today, call.open) is None
    ]


def _meant(call: Call, who: Someone) -> tuple[Person, ...]:
    return meant_by(who, call.rulebook, call.facts.staff, manager=call.manager, department=call.department)


def _ring(call: Call, route: Route, link: Link) -> Ring | RingOutside | None:
    if isinstance(link.who, Outside):
        return _ring_outside(call, route, link, link.who.number)
    meant = _meant(call, link.who)
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
    at_work = [person.id for person in meant if _is_at_work(call, route, link.line, person)]
    people = tuple(sorted(person for person in at_work if _is_untried(call, route, link, person)))
    call.tried.update(people)
    return people


def _is_at_work(call: Call, route: Route, line: int, person: Person) -> bool:
    why = absence(person, call.today, call.open)
    if why:
        _note_absence(call, route, line, person.id, why)
    return why is None


def _is_untried(call: Call, route: Route, link: Link, person: PersonId) -> bool:
    if person in call.tried:
        _note_absence(call, route, link.line, person, Absence.ALREADY_TRIED)
    return person not in call.tried


def _note_absence(call: Call, route: Route, line: int, person: PersonId, why: Absence) -> None:
    call.note(f"{person}: {why}", route.rule, line, person)
