"""Which calls and recordings are asked for, as conditions of a query.

Who asks gives any of the fields of `Which`; no condition means all of them.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import TypedDict

from sqlalchemy import ColumnElement, SQLColumnExpression, exists

from db.tables import Calls, Legs, Recordings
from routing.facts import PersonId


class Which(TypedDict, total=False):
    """Which calls are meant; all conditions hold together."""

    since: dt.datetime | None
    """The moment belongs to the span."""
    until: dt.datetime | None
    """It does not."""
    person: PersonId | None
    """Somebody who was rung; for recordings: who talked."""
    number: str | None
    """The caller's, as `db.numbers.normalise` gives it."""
    customer: str | None
    """The customer's id."""
    dialled: str | None
    among: Collection[PersonId] | None
    """One of these was rung; for recordings: talked. None: whoever was, or nobody."""


def within(
    time: SQLColumnExpression[dt.datetime], since: dt.datetime | None, until: dt.datetime | None
) -> Iterator[ColumnElement[bool]]:
    """That a time lies in a span."""
    if since is not None:
        yield time >= since
    if until is not None:
        yield time < until


def of_calls(which: Which) -> Iterator[ColumnElement[bool]]:
    """What must hold of a call; people are who was rung."""
    yield from within(Calls.arrived, which.get("since"), which.get("until"))
    yield from _whose(which)
    for people in _asked_for(which):
        yield exists().where(Legs.call == Calls.id, Legs.person.in_(people))


def of_recordings(which: Which) -> Iterator[ColumnElement[bool]]:
    """What must hold of a recording; people are who talked."""
    yield from within(Recordings.started, which.get("since"), which.get("until"))
    whose = list(_whose(which))
    if whose:
        yield exists().where(Calls.id == Recordings.call, *whose)
    for people in _asked_for(which):
        yield exists().where(Legs.call == Recordings.call, Legs.person.in_(people), Legs.answered.is_not(None))


def _asked_for(which: Which) -> Iterator[Collection[PersonId]]:
    """Of each of these at least one."""
    if person := which.get("person"):
        yield (person,)
    if (among := which.get("among")) is not None:
        yield among


def _whose(which: Which) -> Iterator[ColumnElement[bool]]:
    if number := which.get("number"):
        yield Calls.number == number
    if customer := which.get("customer"):
        yield Calls.customer == customer
    if dialled := which.get("dialled"):
        yield Calls.dialled == dialled
