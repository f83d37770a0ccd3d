"""Who may see and do what (D26): one table, and what follows from it. Pure.

A right reaches so far: to nothing, to what is somebody's own, to the somebody's departments, or to everything.

===============  ==========================================  =======================================================
what             is somebody's own                           belongs to a department
===============  ==========================================  =======================================================
a person         oneself                                     whoever is in one of the somebody's departments
a call           in which one was rung, and one about which  in which somebody of it was rung, and one about which it
                 one owes something, as long as that is so   owes something; the latter are in no list
a talk           in which one talks                          in which somebody of it talks
what was said    in a call in which one talked               in a call in which somebody of it talked
a note           on a call in which one talked               on a call in which somebody of it talked
a figure         one's own row                               its own row, and those of whoever is in it
a task           which one owes, be it as one of a group     which somebody of it owes, or has taken
                 or as a head, or has taken
a customer       whose manager one is, or with whom one had  the department's by the directory, by its manager, or by
                 a call within a day                         a call of the last day
===============  ==========================================  =======================================================

Why so: operators must know a caller's debt while they take its order (D5) and no other customer's. A supervisor leads
operators and hears what they say, and takes no orders. A head answers for a department (D4, D15), so for its
customers. Whoever looks after the machine and the rules (admin) needs neither debts nor recordings. An auditor sees
everything and changes nothing.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from db.accounts import Account, Kind, Role
from routing.facts import Person, PersonId


class Right(StrEnum):
    """What somebody may do."""

    PEOPLE = "people"
    """See who works here, and in which state everybody is: to hand a caller on (D22)."""
    QUEUES = "queues"
    """See who serves which queue, and how many wait in it."""
    WHY = "why"
    """See why somebody gets no calls, and what was offered."""
    PRESENCE = "presence"
    """Say that somebody is at work, away, or not."""
    PIN = "pin"
    """Set or remove the PIN by which somebody signs in at other telephones."""
    CALLS = "calls"
    """See calls, with their trail."""
    NOTE = "note"
    """Note what a call was about, of which departments are told."""
    TALK = "talk"
    """Act in a talk that goes on, as whoever talks could at the telephone."""
    DIAL = "dial"
    """Have the own telephone call somebody outside: whom, the rules say as well."""
    SUPERVISE = "supervise"
    """Hear a talk that goes on, whisper, join, take over: whom, the rules say as well."""
    SOUND = "sound"
    """Hear recordings and messages."""
    TASKS = "tasks"
    """See what is owed to callers."""
    SEE_TO = "see to"
    """Say who sees to it, and that it is done."""
    CUSTOMERS = "customers"
    DEBTS = "debts"
    """See a customer's amounts; a call's trail tells only that there is a debt."""
    FIGURES = "figures"
    """See statistics; those of single people and departments no further than this reaches (D-VI)."""
    RULES = "rules"
    """Read and check rules."""
    ACTIVATE = "activate"
    """Bring other rules into force."""
    ACCESS = "access"
    """See who heard and took what."""


class Reach(StrEnum):
    """How far a right reaches."""

    NOTHING = "nothing"
    OWN = "own"
    DEPARTMENT = "department"
    ALL = "all"


_NOTHING, _OWN, _DEPARTMENT, _ALL = Reach
_ROLES: tuple[Role, ...] = ("operator", "supervisor", "head", "admin", "auditor")
_TABLE: dict[Right, tuple[Reach, ...]] = {
    #                 operator  supervisor  head         admin     auditor
    Right.PEOPLE: (_ALL, _ALL, _ALL, _ALL, _ALL),
    Right.QUEUES: (_ALL, _ALL, _ALL, _ALL, _ALL),
    Right.WHY: (_OWN, _ALL, _DEPARTMENT, _ALL, _ALL),
    Right.PRESENCE: (_OWN, _ALL, _DEPARTMENT, _ALL, _NOTHING),
    Right.PIN: (_OWN, _OWN, _OWN, _ALL, _NOTHING),
    Right.CALLS: (_OWN, _ALL, _DEPARTMENT, _ALL, _ALL),
    Right.NOTE: (_OWN, _ALL, _DEPARTMENT, _NOTHING, _NOTHING),
    Right.TALK: (_OWN, _ALL, _DEPARTMENT, _NOTHING, _NOTHING),
    Right.DIAL: (_OWN, _OWN, _OWN, _OWN, _NOTHING),
    Right.SUPERVISE: (_NOTHING, _ALL, _DEPARTMENT, _NOTHING, _NOTHING),
    Right.SOUND: (_OWN, _ALL, _DEPARTMENT, _NOTHING, _ALL),
    Right.TASKS: (_OWN, _ALL, _DEPARTMENT, _ALL, _ALL),
    Right.SEE_TO: (_OWN, _ALL, _DEPARTMENT, _ALL, _NOTHING),
    Right.CUSTOMERS: (_OWN, _ALL, _DEPARTMENT, _ALL, _ALL),
    Right.DEBTS: (_OWN, _NOTHING, _DEPARTMENT, _NOTHING, _ALL),
    Right.FIGURES: (_OWN, _ALL, _DEPARTMENT, _ALL, _ALL),
    Right.RULES: (_NOTHING, _ALL, _ALL, _ALL, _ALL),
    Right.ACTIVATE: (_NOTHING, _NOTHING, _NOTHING, _ALL, _NOTHING),
    Right.ACCESS: (_NOTHING, _NOTHING, _NOTHING, _ALL, _ALL),
}
PERMISSIONS: dict[Right, dict[Role, Reach]] = {
    right: dict(zip(_ROLES, reaches, strict=True)) for right, reaches in _TABLE.items()
}
"""The table: every right, for every role."""


class Within(msgspec.Struct, frozen=True):
    """Whose calls, customers or states somebody may see: those of these people, and of these departments."""

    people: frozenset[PersonId]
    departments: frozenset[str] = frozenset()


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks."""

    account: Account
    kind: Kind
    departments: frozenset[str] = frozenset()
    """By the directory."""
    colleagues: frozenset[PersonId] = frozenset()
    """Everybody in one of these departments, the somebody among them."""

    def reach(self, right: Right) -> Reach:
        """How far this right reaches."""
        return PERMISSIONS[right][self.account.role]

    def may(self, right: Right) -> bool:
        """Whether it reaches anywhere at all."""
        return self.reach(right) is not Reach.NOTHING

    def within(self, right: Right) -> Within | None:
        """Whose things this right reaches; None: everybody's."""
        own = frozenset(filter(None, (self.account.person,)))
        match self.reach(right):
            case Reach.ALL:
                return None
            case Reach.DEPARTMENT:
                return Within(own | self.colleagues, self.departments)
            case Reach.OWN:
                return Within(own)
            case Reach.NOTHING:
                return Within(frozenset())

    def may_for(self, right: Right, person: PersonId) -> bool:
        """Whether it reaches this person."""
        within = self.within(right)
        return within is None or person in within.people


def asker(account: Account, kind: Kind, staff: Iterable[Person]) -> Asker:
    """Who asks, as the directory knows them now."""
    people = tuple(staff)
    departments = frozenset(one for person in people if person.id == account.person for one in person.departments)
    colleagues = frozenset(person.id for person in people if departments.intersection(person.departments))
    return Asker(account=account, kind=kind, departments=departments, colleagues=colleagues)
