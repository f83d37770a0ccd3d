"""Who is meant by a word of the rule file, and who of them is at work."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from routing.outcomes import Absence
from routing.rules.chains import Another, AssignedManager, Group, Head, Named

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from routing.facts import Person, PersonId
    from routing.rulebook import Rulebook
    from routing.rules.chains import Someone
    from routing.rules.company import Members

ASSIGNED_MANAGER = "assigned_manager"
"""The customer's own manager, by the directory (D4)."""
HEAD_OF = "head of "
HEAD = "head"
"""The role that ``head of …`` means, whatever other roles a company has (D4, D15, D19)."""


def meant_by(
    who: Someone,
    rulebook: Rulebook,
    staff: Iterable[Person],
    *,
    manager: PersonId | None,
    department: str | None,
) -> tuple[Person, ...]:
    """Everybody who is meant, in the order of the staff, at work or not.

    ``manager`` is the one assigned to the customer, ``department`` the one concerned. Nobody is meant by a person
    who is not in the directory, or by the head of a department that is not known.
    """
    match who:
        case AssignedManager():
            return _these(staff, (manager,))
        case Named(person):
            return _these(staff, (person,))
        case Another(role):
            return tuple(person for person in staff if person.role == role)
        case Group(name):
            return members(rulebook.groups[name], staff)
        case Head(of):
            return heads(staff, of or department)
        case _:
            assert_never(who)


def members(group: Members, staff: Iterable[Person]) -> tuple[Person, ...]:
    """Everybody of a group: the named ones, and all who have its role and its department, where it gives them."""
    return tuple(person for person in staff if person.id in group.people or _has_part(person, group))


def heads(staff: Iterable[Person], department: str | None) -> tuple[Person, ...]:
    """The heads of a department: one, as a rule."""
    return tuple(person for person in staff if person.role == HEAD and department in person.departments)


def owners(owner: str, rulebook: Rulebook, staff: Iterable[Person]) -> tuple[Person, ...]:
    """Everybody who is meant by the owner of a message box: a person, a group, or ``head of`` a department."""
    if owner.startswith(HEAD_OF):
        return heads(staff, owner.removeprefix(HEAD_OF))
    if owner in rulebook.groups:
        return members(rulebook.groups[owner], staff)
    return _these(staff, (owner,))


def absence(person: Person, today: dt.date, open_hours: frozenset[str]) -> Absence | None:
    """Why somebody is not at work on this day at the hours that are open now; None.

    At work, as far as a calendar tells.
    """
    if any(leave.first <= today <= leave.last for leave in person.leave):
        return Absence.ON_LEAVE
    return None if on_duty(person, open_hours) else Absence.OUTSIDE_HOURS


def on_duty(person: Person, open_hours: frozenset[str]) -> bool:
    """Whether these are a person's working hours."""
    return person.hours is None or person.hours in open_hours


def _these(staff: Iterable[Person], ids: tuple[PersonId | None, ...]) -> tuple[Person, ...]:
    return tuple(person for person in staff if person.id in ids)


def _has_part(person: Person, group: Members) -> bool:
    if group.role is None and group.department is None:
        return False
    right_role = group.role is None or person.role == group.role
    return right_role and (group.department is None or group.department in person.departments)
