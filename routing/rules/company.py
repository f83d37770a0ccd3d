"""Whose calls these are: the company, its hours, and what holds for the people who work there."""

import datetime as dt

import msgspec

from routing.facts import PersonId
from routing.rules.texts import Language


class Span(msgspec.Struct, frozen=True):
    """Opening time within one day, in minutes since midnight; ``closes`` may be 24 * 60.

    A night shift is two spans.
    """

    opens: int
    closes: int


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """Opening hours of one name: for each weekday (Monday is 0) its spans."""

    name: str
    week: tuple[tuple[Span, ...], ...]
    holidays: bool = True
    """Whether the company's holidays are closed days for these hours."""


class Holiday(msgspec.Struct, frozen=True):
    """One or more closed days; both belong to it."""

    first: dt.date
    last: dt.date


class Members(msgspec.Struct, frozen=True, kw_only=True):
    """Who belongs to a group: named people and everybody who fits the role and the department, where one is given."""

    name: str
    people: tuple[PersonId, ...] = ()
    role: str | None = None
    department: str | None = None
    line: int


class DutyRules(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for people at their telephones (T3)."""

    wrap_up: float = 0.0
    """Seconds after a talk in which nobody rings the person."""
    away: tuple[str, ...] = ()
    """Why people are away: the first is told by the key 1 at a telephone."""


class Supervision(msgspec.Struct, frozen=True, kw_only=True):
    """Who hears whose talks along, and for what a recording may be paused (T6, T8)."""

    supervisors: dict[str, tuple[str, ...]] = {}
    """By a group or a person: persons, groups, or ``head of`` a department, in the order in which they are called."""
    mentors: dict[PersonId, PersonId] = {}
    """By the trainee."""
    pauses: tuple[str, ...] = ("card number",)
    """Never empty: the first is meant by the key."""


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """Whom people may call outside from their telephones (T1)."""

    by: dict[str, tuple[str, ...]] = {}
    """Numbers, and beginnings of numbers, by the role of whoever calls."""
    shown: str | None = None
    """Which of the company's lines the called one sees."""
    emergency: tuple[str, ...] = ()
    """Short numbers for help, like ``112``, which every telephone may call at any time."""


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """What a talk may have been about, as its person tells afterwards (T5), and who is told of it (D14, D20)."""

    key: str | None = None
    """By which it is told at a telephone (``*49N``); None: only at the command line."""
    tell: tuple[str, ...] = ()
    """Departments; ``department``: the one concerned."""
    task: str | None = None
    """Whose task it is to see to it (D14): a person, a group, ``head of`` a department, or ``assigned_manager``; None:
    nobody's."""
    line: int


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """Whose callers these are."""

    name: dict[Language, str]
    country: str
    """Two letters, for numbers without a country code: ``RU``."""
    timezone: str
    languages: tuple[Language, ...]
    """The first one is spoken where nothing else is known."""
