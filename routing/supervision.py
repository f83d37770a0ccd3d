"""Supervisors and mentors (T6, T8): who may hear a talk along, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from routing.people import members, owners

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routing.facts import Person, PersonId
    from routing.rulebook import Rulebook

Mode = Literal["listen", "whisper", "join"]
"""Heard by nobody, by the one who is supervised alone, or by both who talk."""
TAKE_OVER: Literal["take over"] = "take over"
Manner = Mode | Literal["take over"]
MANNERS: dict[str, Manner] = {"1": "listen", "2": "whisper", "3": "join", "4": TAKE_OVER}
"""By the key: a supervisor's, and the digit of the feature code (``*51`` and a colleague)."""


def supervisors(person: PersonId, rulebook: Rulebook, staff: Iterable[Person]) -> tuple[PersonId, ...]:
    """Who may supervise this person, in the order in which they are called for help: the mentor first."""
    everybody = tuple(staff)
    rules = rulebook.supervision
    led_by = (
        leader for led, words in rules.supervisors.items() if _is(person, led, rulebook, everybody) for leader in words
    )
    leaders = (leader.id for word in led_by for leader in owners(word, rulebook, everybody))
    mentor = rules.mentors.get(person)
    return tuple(one for one in dict.fromkeys((*((mentor,) if mentor else ()), *leaders)) if one != person)


def _is(person: PersonId, led: str, rulebook: Rulebook, staff: tuple[Person, ...]) -> bool:
    """Whether the person is meant by who is led: a group, or somebody alone."""
    if led in rulebook.groups:
        return any(member.id == person for member in members(rulebook.groups[led], staff))
    return led == person
