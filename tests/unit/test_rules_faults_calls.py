"""Mistakes that admins make with what happens to calls: chains and routes."""

import pytest

from tests.unit.rules_faults import Fault, look

CHAINS: dict[str, Fault] = {
    "no time": (
        "assigned_manager 20s,",
        "assigned_manager,",
        "assigned_manager",
        "`assigned_manager` has no time",
        "`assigned_manager 20s`",
    ),
    "no unit": (
        "assigned_manager 20s,",
        "assigned_manager 20,",
        "20",
        "`20` has no unit",
        "`20s` for seconds or `20m`",
    ),
    "unit in a word": (
        "assigned_manager 20s,",
        "assigned_manager 20 secs,",
        "20 secs",
        "`20 secs` is no time",
        "write `20s`",
    ),
    "minutes": ("assigned_manager 20s,", "assigned_manager 5min,", "5min", "`5min` is no time", "write `5m`"),
    "milliseconds": ("assigned_manager 20s,", "assigned_manager 5 zz,", "5 zz", "`5 zz` is no time", "write `5s`"),
    "seconds in Russian": (
        "assigned_manager 20s,",
        "assigned_manager 20 сек.,",
        "20 сек.",
        "`20 сек.` is no time",
        "write `20s`",
    ),
    "a day": ("assigned_manager 20s,", "assigned_manager 24h,", "24h", "`24h` is out of bounds", "from 1s to 10m"),
    "no time at all": (
        "assigned_manager 20s,",
        "assigned_manager 0s,",
        "0s",
        "`0s` is out of bounds",
        "from 1s to 10m",
    ),
    "blank for an underscore": (
        "assigned_manager 20s,",
        "assigned manager 20s,",
        "assigned manager",
        "it is not clear who is meant by `assigned manager`",
        "did you mean `assigned_manager`?",
    ),
    "another of an unknown role": (
        "another manager 1m",
        "another manger 1m",
        "another manger",
        "no role is called `manger`",
        "did you mean `manager`?",
    ),
    "a role without another": (
        "another manager 1m",
        "manager 1m",
        "manager",
        "no person and no group is called `manager`",
        "it is a role: write `another manager`",
    ),
    "a department without head of": (
        "head of wholesale 30s",
        "wholesale 30s",
        "wholesale",
        "no person and no group is called `wholesale`",
        "it is a department: write `head of wholesale`",
    ),
    "head without of": (
        "head of wholesale 30s",
        "head wholesale 30s",
        "head wholesale",
        "it is not clear who is meant by `head wholesale`",
        "did you mean `head of wholesale`?",
    ),
    "head of an unknown department": (
        "head of wholesale 30s",
        "head of whole 30s",
        "head of whole",
        "no department is called `whole`",
        "did you mean `wholesale`?",
    ),
    "unknown person": (
        "anna 10s",
        "ana 10s",
        "ana",
        "no person and no group is called `ana`",
        "did you mean `anna`?",
    ),
    "department in the wrong place": (
        "another manager 1m",
        '"another {role} 1m"',
        "another {role}",
        "no role is called `{role}`",
        "there are: head, manager, operator",
    ),
    "a list for a link": (
        "      - head of wholesale 30s",
        "      - [anna 30s]",
        "[",
        "here should be who is rung and how long, like `assigned_manager 20s`, not a list",
        "",
    ),
    "rung twice": (
        "anna 10s]",
        "anna 10s, anna 10s]",
        "anna 10s",
        "`anna 10s` is given twice",
        "line 46",
    ),
}


ROUTES: dict[str, Fault] = {
    "no rule": ("  - rule: T4\n    message", "  - message", "message", "`rule` is missing", "documented rule"),
    "rule too long": (
        "rule: T4",
        f"rule: {'T' * 61}",
        "T" * 61,
        "this is too long for a rule's id",
        "at most 60",
    ),
    "nowhere": ("    message: office", "    when: {customer: key}", "rule", "this route leads nowhere", "add `ring`"),
    "wait_for": ("wait for:", "wait_for:", "wait_for", "`wait_for` has no meaning here", "did you mean `wait for`?"),
    "misspelled condition": (
        "language: ru, open",
        "langage: ru, open",
        "langage",
        "`langage` has no meaning here",
        "did you mean `language`?",
    ),
    "unknown customer type": (
        "customer: [key, new]",
        "customer: [keys, new]",
        "keys",
        "no customer type is called `keys`",
        "did you mean `key`?",
    ),
    "unknown intent": (
        "intent: [other, none]",
        "intent: [othr, none]",
        "othr",
        "no intent is called `othr`",
        "`other`",
    ),
    "unknown debt": (
        "debt: [overdue, over_limit]",
        "debt: [over_due]",
        "over_due",
        "here should be `none` or `overdue` or `over_limit`, not `over_due`",
        "did you mean `overdue`?",
    ),
    "unknown hours": ("open: office", "open: offices", "offices", "no opening hours is called `offices`", "`office`"),
    "unknown language": ("language: ru, open", "language: rus, open", "rus", "no language is called `rus`", "`ru`"),
    "waiting without an end": (
        "    at most: 10m\n",
        "",
        "wait for",
        "`wait for` needs `at most`",
        "as in `at most: 10m`",
    ),
    "waiting for a role": (
        "wait for: operators",
        "wait for: operator",
        "operator",
        "no group is called `operator`",
        "`operators`",
    ),
    "a time limit for nothing": (
        "    message: office",
        "    message: office\n    at most: 2m",
        "at most",
        "this means something only beside `wait for`",
        "",
    ),
    "first of nobody": (
        "    message: office",
        "    message: office\n    first: language 20s",
        "first",
        "this means something only beside `wait for`",
        "",
    ),
    "first without a time": (
        "assigned_manager 1m]",
        "assigned_manager]",
        "assigned_manager",
        "`assigned_manager` has no time",
        "write how long: `assigned_manager 20s`",
    ),
    "nobody of that name first": (
        "[anna and language 20s",
        "[annna and language 20s",
        "annna and language",
        "no person and no group is called `annna`",
        "did you mean `anna`?",
    ),
    "a number outside first": (
        "assigned_manager 1m]",
        "+79161234567 1m]",
        "+79161234567",
        "nobody waits in line for a number outside",
        "in a route's `ring`",
    ),
    "a line of nobody": (
        "  operators: {next",
        "  operatos: {next",
        "operatos",
        "no group is called `operatos`",
        "did you mean `operators`?",
    ),
    "an order that there is not": (
        "next: fewest_calls",
        "next: fewest_cals",
        "fewest_cals",
        "here should be `longest_idle` or `round_robin` or `fewest_calls`, not `fewest_cals`",
        "did you mean `fewest_calls`?",
    ),
    "ahead of nobody": (
        "    message: office",
        "    message: office\n    ahead: 5m",
        "ahead",
        "this means something only beside `wait for`",
        "",
    ),
    "help at no time": (
        "pair after 1m",
        "pair 1m",
        "pair 1m",
        "it is not clear when `pair 1m` helps out",
        "`managers after 1m` or `managers above 3 per person`",
    ),
    "help after no time": (
        "pair after 1m",
        "pair after 1",
        "pair after 1",
        "`1` has no unit",
        "write `1s` for seconds",
    ),
    "help of nobody": (
        "pair after 1m",
        "pairs after 1m",
        "pairs after 1m",
        "no person and no group is called `pairs`",
        "did you mean `pair`?",
    ),
    "music for nobody": (
        "    offer: 20s",
        "    offer: 20s\n    hear: music",
        "hear",
        "this means something only beside `ring`",
        "",
    ),
    "hear what": ("hear: music", "hear: musik", "musik", "here should be `ringing` or `music`, not `musik`", "`music`"),
    "two places": (
        "    message: office",
        "    message: office\n    goodbye: recorded",
        "goodbye",
        "a call can go to one place only",
        "keep one",
    ),
    "straight and after ringing": (
        "    hear: music",
        "    menu: main",
        "menu",
        "a route that goes straight to a place does nothing else",
        "`otherwise:`",
    ),
    "otherwise without a place": (
        "otherwise: {menu: short}",
        "otherwise: {}",
        "otherwise",
        "nothing tells where the call goes",
        "give one of",
    ),
    "otherwise next": (
        "otherwise: next_route",
        "otherwise: next",
        "next",
        "here should be `last_resort` or `next_route`, not `next`",
        "did you mean `next_route`?",
    ),
    "unknown menu": ("{menu: short}", "{menu: shrt}", "shrt", "no menu is called `shrt`", "did you mean `short`?"),
    "unknown box": ("    message: office", "    message: ofice", "ofice", "no box is called `ofice`", "`office`"),
    "unknown route": (
        "route: complaints",
        "route: complaint",
        "complaint",
        "no route is called `complaint`",
        "`complaints`",
    ),
    "two routes of a name": (
        "  - rule: T4\n",
        "  - rule: T4\n    name: complaints\n",
        "complaints",
        "two routes have the name `complaints`",
        "line 56",
    ),
    "tells an unknown text": (
        "tell: [debt, recorded]",
        "tell: [debt, recoded]",
        "recoded",
        "no text is called `recoded`",
        "`recorded`",
    ),
    "not a route": (
        "  - rule: T4\n    message: office",
        "  - complaints",
        "complaints",
        "here should be a route, like `{rule: D4, ring: assigned_manager 20s}`, not the text `complaints`",
        "",
    ),
}


FAULTS = {**CHAINS, **ROUTES}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_mistake_is_told_where_it_was_made(fault: Fault) -> None:
    look(fault)


def test_every_case_has_a_name_of_its_own() -> None:
    assert len(FAULTS) == len(CHAINS) + len(ROUTES)
