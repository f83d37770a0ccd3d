"""Who is meant by a word of the rule file, and who of them is at work."""

import datetime as dt

import pytest

from routing.facts import Leave
from routing.outcomes import Absence
from routing.people import absence, meant_by, members, owners
from routing.rules.chains import Another, AssignedManager, Group, Head, Named, Someone
from routing.rules.company import Members
from tests.unit.rulebooks import STAFF, TODAY, person, sample

MEANT: dict[str, tuple[Someone, list[str]]] = {
    "the customer's manager": (AssignedManager(), ["anna"]),
    "everybody of a role": (Another("key_account_manager"), ["anna", "boris"]),
    "the head of a department": (Head("retail"), ["irina"]),
    "the head of the department concerned": (Head(None), ["galina"]),
    "nobody heads it": (Head("finance"), []),
    "a group": (Group("operators"), ["olga", "oleg"]),
    "one person": (Named("farid"), ["farid"]),
    "one who is not there": (Named("zoe"), []),
}


@pytest.mark.parametrize(("who", "people"), MEANT.values(), ids=MEANT.keys())
def test_who_is_meant(who: Someone, people: list[str]) -> None:
    found = meant_by(who, sample(), STAFF, manager="anna", department="wholesale")
    assert [each.id for each in found] == people


@pytest.mark.parametrize(
    ("owner", "people"),
    [("head of retail", ["irina"]), ("operators", ["olga", "oleg"]), ("anna", ["anna"]), ("zoe", [])],
)
def test_who_must_listen_to_messages(owner: str, people: list[str]) -> None:
    assert [each.id for each in owners(owner, sample(), STAFF)] == people


def test_without_manager_and_department_nobody_is_meant() -> None:
    for who in (AssignedManager(), Head(None)):
        assert meant_by(who, sample(), STAFF, manager=None, department=None) == ()


GROUPS = {
    "by role": (Members(name="g", role="head", line=1), ["galina", "irina"]),
    "by department": (Members(name="g", department="retail", line=1), ["igor", "irina"]),
    "by role and department": (Members(name="g", role="head", department="retail", line=1), ["irina"]),
    "by name only": (Members(name="g", people=("anna", "oleg"), line=1), ["anna", "oleg"]),
    "by name and role": (Members(name="g", people=("anna",), role="accountant", line=1), ["anna", "farid"]),
}


@pytest.mark.parametrize(("group", "people"), GROUPS.values(), ids=GROUPS.keys())
def test_members(group: Members, people: list[str]) -> None:
    assert [each.id for each in members(group, STAFF)] == people


DAYS = {
    "at work": (TODAY, {"office"}, None),
    "on the first day of leave": (dt.date(2026, 12, 1), {"office"}, Absence.ON_LEAVE),
    "on the last day of leave": (dt.date(2026, 12, 7), {"office"}, Absence.ON_LEAVE),
    "back from leave": (dt.date(2026, 12, 8), {"office"}, None),
    "outside working hours": (TODAY, set[str](), Absence.OUTSIDE_HOURS),
    "on leave at night is on leave": (dt.date(2026, 12, 1), set[str](), Absence.ON_LEAVE),
}


@pytest.mark.parametrize(("day", "opened", "why"), DAYS.values(), ids=DAYS.keys())
def test_absence(day: dt.date, opened: set[str], why: Absence | None) -> None:
    anna = person("anna", "head", leave=(Leave(dt.date(2026, 12, 1), dt.date(2026, 12, 7)),))
    assert absence(anna, day, frozenset(opened)) is why


def test_without_hours_always_at_work() -> None:
    assert absence(person("olga", "operator", hours=None), TODAY, frozenset()) is None
