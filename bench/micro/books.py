"""Rule files of any size, and the call that is led by them: a customer whose manager is rung and talks at once."""

import datetime as dt
from functools import cache

import msgspec

from routing.compiling import load
from routing.facts import Caller, Customer, Facts, Person
from routing.flow import advance, flow
from routing.rulebook import Rulebook
from routing.steps import Ending, Outcome, Ring, Said, Step, Talked
from routing.trail import Entry, Trail

PEOPLE = 100
_ON_A_LINE = (
    "{rule: T7, when: {dialled: 'LINE', closed: office, customer: [key, new]}, wait for: operators, at most: 2m}",
    "{rule: D6, when: {dialled: 'LINE', debt: [overdue, over_limit], customer: key}, ring: [assigned_manager 20s]}",
    "{rule: D6, when: {dialled: 'LINE', debt: [overdue, over_limit]}, ring: [assigned_manager 20s, operators 20s]}",
    "{rule: D4, when: {dialled: 'LINE', customer: key, department: retail}, ring: [assigned_manager 20s]}",
    "{rule: D4, when: {dialled: 'LINE', customer: key}, ring: [assigned_manager 20s, another manager 20s]}",
    "{rule: D15, when: {dialled: 'LINE', customer: new, department: none}, ring: [operators 20s]}",
    "{rule: D15, when: {dialled: 'LINE', customer: new}, ring: ['head of {department} 30s', operators 20s]}",
    "{rule: D2, when: {dialled: 'LINE', customer: regional}, ring: [assigned_manager 20s, operators 20s]}",
    "{rule: D2, when: {dialled: 'LINE', customer: retail, open: office}, ring: [assigned_manager 20s]}",
    "{rule: D19, when: {dialled: 'LINE'}, ring: [assigned_manager 20s]}",
)
"""What a company with many lines (C2) writes for each; the bench's customer is led by the last one."""
_TEMPLATE = """
company: {{name: {{en: Bench}}, country: RU, timezone: Europe/Moscow, languages: [en]}}
customers: [market, key, retail, regional]
departments: [wholesale, retail]
roles: [operator, manager, head]
hours:
  office: {{mon-fri: "09:00-18:00"}}
groups:
  operators: {{role: operator}}
lines:
{lines}
routes:
{routes}
last_resort: {{announce: nobody_free, message: office}}
boxes:
  office: {{announce: leave_message, at most: 2m, owner: operators}}
texts:
  nobody_free: {{en: Nobody is free.}}
  leave_message: {{en: Please leave a message.}}
  goodbye: {{en: Goodbye.}}
"""
LARGEST = 1000
"""Routes of a file; many more are no rule file's, but may become so."""


def text(routes: int) -> bytes:
    """A rule file with so many routes, a multiple of 10."""
    lines = [_line(number) for number in range(routes // len(_ON_A_LINE))]
    written = [f"  - {route.replace('LINE', line)}" for line in lines for route in _ON_A_LINE]
    return _TEMPLATE.format(lines="\n".join(f"  '{line}': {{}}" for line in lines), routes="\n".join(written)).encode()


@cache
def rulebook(routes: int) -> Rulebook:
    """The same compiled. More than `LARGEST` are the same ones several times, of which a call takes the last ones."""
    if routes <= LARGEST:
        return load(text(routes))
    book = rulebook(LARGEST)
    others, last = book.routes[:-10], book.routes[-10:]
    return msgspec.structs.replace(book, routes=((others * (routes // len(others) + 1))[: routes - 10] + last))


def facts(routes: int, number: str = "+79160000000", customer: Customer | None = None) -> Facts:
    """A call to the line whose routes come last."""
    return Facts(
        call="1764054000.1",
        at=dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC),
        dialled=_line(min(routes, LARGEST) // len(_ON_A_LINE) - 1),
        caller=Caller(number=number, customer=customer or CUSTOMER),
        staff=STAFF,
    )


def to_the_ring(book: Rulebook, known: Facts) -> Step | Ending:
    """Decide what is done first: whom to ring."""
    return advance(flow(book, known))


def to_the_end(book: Rulebook, known: Facts) -> Trail:
    """Lead the call from its arrival to its end."""
    script = flow(book, known)
    entries: list[Entry] = []
    at = advance(script)
    while not isinstance(at, Ending):
        outcome = _outcome(at)
        entries.append(Entry(at, outcome))
        at = advance(script, outcome)
    return Trail(rules=book.version, entries=tuple(entries), ending=at)


def _outcome(step: Step) -> Outcome:
    return Talked(person=step.people[0], ended_by="caller") if isinstance(step, Ring) else Said()


def _line(number: int) -> str:
    return f"+7495{number:07}"


CUSTOMER = Customer(id="c0", name="Customer 0", type="market", manager="manager00")
STAFF = tuple(
    Person(id=f"{role}{number:02}", name=f"{role.title()} {number}", role=role, departments=("wholesale",))
    for role in ("manager", "operator")
    for number in range(PEOPLE // 2)
)
