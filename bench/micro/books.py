"""Rule files of any size, and the call that is led by them: a customer whose manager is rung and talks at once."""

import datetime as dt
from functools import cache

import msgspec

from routing.compiling import load
from routing.facts import Caller, Customer, Facts, Person
from routing.flow import advance, flow
from routing.outcomes import Outcome, Said, Talked
from routing.rulebook import Rulebook
from routing.steps import Ending, Ring, Step
from routing.trail import Entry, Trail

_WITH_A_MENU = (
    "{rule: T7, when: {dialled: 'LINE', closed: office, customer: [key, new]}, wait for: operators, at most: 2m}",
    "{rule: D6, when: {dialled: 'LINE', intent: order, debt: overdue}, ring: [assigned_manager 20s, MORE]}",
    "{rule: D4, when: {dialled: 'LINE', customer: key, department: retail}, ring: [assigned_manager 20s, MORE]}",
    "{rule: D4, when: {dialled: 'LINE', customer: key}, ring: [assigned_manager 20s, another manager 20s, MORE]}",
    "{rule: D15, when: {dialled: 'LINE', customer: new, department: none}, ring: [MORE]}",
    "{rule: D15, when: {dialled: 'LINE', customer: new}, ring: ['head of {department} 30s', MORE]}",
    "{rule: D18, when: {dialled: 'LINE', intent: information, open: office}, ring: [MORE]}",
    "{rule: D19, when: {dialled: 'LINE', intent: other}, ring: [assigned_manager 20s, MORE]}",
    "{rule: D3, when: {dialled: 'LINE', customer: [market, retail]}, wait for: operators, at most: 5m}",
    "{rule: D2, when: {dialled: 'LINE'}, ring: [assigned_manager 20s, MORE]}",
)
"""What a company with many lines (C2) writes for each."""
_STRAIGHT = (
    "{rule: T7, when: {dialled: 'LINE', closed: office, customer: [key, new]}, wait for: operators, at most: 2m}",
    "{rule: D6, when: {dialled: 'LINE', debt: overdue, customer: key}, ring: [assigned_manager 20s, MORE]}",
    "{rule: D6, when: {dialled: 'LINE', debt: [overdue, over_limit]}, ring: [assigned_manager 20s, MORE]}",
    "{rule: D4, when: {dialled: 'LINE', customer: key, department: retail}, ring: [assigned_manager 20s, MORE]}",
    "{rule: D4, when: {dialled: 'LINE', customer: key}, ring: [assigned_manager 20s, another manager 20s, MORE]}",
    "{rule: D15, when: {dialled: 'LINE', customer: new, department: none}, ring: [MORE]}",
    "{rule: D15, when: {dialled: 'LINE', customer: new}, ring: ['head of {department} 30s', MORE]}",
    "{rule: D2, when: {dialled: 'LINE', customer: regional}, ring: [assigned_manager 20s, MORE]}",
    "{rule: D2, when: {dialled: 'LINE', customer: retail, open: office}, ring: [assigned_manager 20s, MORE]}",
    "{rule: D19, when: {dialled: 'LINE'}, ring: [assigned_manager 20s, MORE]}",
)
"""The last line's routes: the bench's customer is led by the last one of them, and asked nothing before."""
_TEMPLATE = """
company: {{name: {{en: Bench}}, country: RU, timezone: Europe/Moscow, languages: [en]}}
customers: [market, key, retail, regional]
departments: [wholesale, retail]
roles: [operator, manager, head]
intents: [order, information, other]
hours:
  office: {{mon-fri: "09:00-18:00"}}
groups:
  operators: {{role: operator}}
lines:
{lines}
menus:
  main:
    say: {{en: "For an order, press 1. For prices, press 2. For anything else, press 3."}}
    keys: {{1: {{intent: order}}, 2: {{intent: information}}, 3: {{intent: other}}}}
    wait: 5s
    tries: 2
    otherwise: {{intent: other}}
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
    """A rule file with so many routes, a multiple of 10 from 20 on."""
    numbers = [_line(number) for number in range(routes // 10)]
    lines = [*(f"  '{number}': {{menu: main}}" for number in numbers[:-1]), f"  '{numbers[-1]}': {{}}"]
    written = [
        "  - " + route.replace("LINE", number).replace("MORE", "operators 20s")
        for number in numbers
        for route in (_STRAIGHT if number == numbers[-1] else _WITH_A_MENU)
    ]
    return _TEMPLATE.format(lines="\n".join(lines), routes="\n".join(written)).encode()


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
        dialled=_line(min(routes, LARGEST) // 10 - 1),
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
_DEPARTMENTS = ("wholesale", "retail")
STAFF = tuple(
    Person(id=f"{role}{number:02}", name=f"{role.title()} {number}", role=role, departments=(_DEPARTMENTS[number % 2],))
    for role in ("head", "manager", "operator")
    for number in range(2 if role == "head" else 50)
)
