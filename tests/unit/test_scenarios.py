"""The sample calls against the rules, without a telephone: what a scenario expects is what the rules decide."""

import csv
import datetime as dt
from collections import deque
from decimal import Decimal
from pathlib import Path

import pytest

from demo import tones
from demo.rules import UnlikeSample, demo_rules
from demo.scenario import (
    Away,
    Declines,
    Habit,
    HandsOver,
    HeardAlong,
    OnThePhone,
    Press,
    RingsOut,
    RungByAnother,
    Scenario,
    Speak,
    Unplugged,
)
from demo.scenarios import ALL, DEMO, HOSTILE
from routing.compiling import load
from routing.facts import Caller, Customer, Debt, Facts, Leave, Person
from routing.flow import advance, flow
from routing.outcomes import (
    Absence,
    HandedOver,
    MessageLeft,
    Missed,
    NothingLeft,
    Outcome,
    Pressed,
    Proved,
    Said,
    Silence,
    Talked,
    Unanswered,
    Unproved,
)
from routing.rulebook import Rulebook
from routing.steps import Ask, Ending, Note, Prove, Ring, Say, Step, TakeMessage, Wait

ROOT = Path(__file__).parents[2]
COMPANY = ROOT / "demo" / "company"
SAMPLE = (ROOT / "routing_rules.yaml").read_text(encoding="utf-8")
NOW = dt.datetime(2026, 11, 24, 3, 30, tzinfo=dt.UTC)
"""A night, since the demo must hold at any hour."""


def rows(name: str) -> list[dict[str, str]]:
    with (COMPANY / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def person(row: dict[str, str]) -> Person:
    days = [dt.date.fromisoformat(day) for day in row["leave"].split("..") if day]
    return Person(
        id=row["id"],
        name=row["name"],
        role=row["role"],
        departments=tuple(row["departments"].split()),
        hours=row["hours"] or None,
        leave=(Leave(*days),) if days else (),
        languages=tuple(row["languages"].split()),
        extension=row["extension"] or None,
    )


def customer(row: dict[str, str]) -> Customer:
    limit = Decimal(row["limit"]) if row["limit"] else None
    return Customer(
        id=row["id"],
        name=row["name"],
        type=row["type"],
        manager=row["manager"] or None,
        department=row["department"] or None,
        debt=Debt(overdue=Decimal(row["overdue"]), balance=Decimal(row["balance"]), limit=limit),
        language=row["language"] or None,
        code=row["code"] or None,
    )


STAFF = tuple(sorted((person(row) for row in rows("people.csv")), key=lambda person: person.id))
CUSTOMERS = {number: customer(row) for row in rows("customers.csv") for number in row["numbers"].split()}
ABSENCES: dict[type[Habit], Absence] = {
    Away: Absence.AWAY,
    Unplugged: Absence.NOT_REGISTERED,
    RungByAnother: Absence.RINGING,
    RingsOut: Absence.NO_ANSWER,
}
CODES = {486: Absence.BUSY, 503: Absence.UNREACHABLE, 603: Absence.DECLINED}


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load(demo_rules(SAMPLE, NOW.date()).encode(), STAFF)


class World:
    """Does a flow's steps as the scenario's people and caller would."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.keys = deque(key for act in scenario.script if isinstance(act, Press) for key in act.keys)
        self.hands_over = {who: habit.to for who, habit in scenario.staff.items() if isinstance(habit, HandsOver)}
        for act in scenario.script:
            if isinstance(act, HeardAlong) and "take over" in act.manners:
                self.hands_over |= dict.fromkeys(scenario.expected.talk, act.by)
        self.message = sum(act.seconds for act in scenario.script if isinstance(act, Speak))
        self.notes: list[Note] = []
        self.outcomes: list[Outcome] = []
        self.language = ""

    def run(self, rulebook: Rulebook) -> Ending | None:
        """None: the caller left."""
        caller = Caller(number=self.scenario.caller, customer=CUSTOMERS.get(self.scenario.caller or ""))
        facts = Facts(call="1.1", at=NOW, dialled=self.scenario.dialled, caller=caller, staff=STAFF)
        script = flow(rulebook, facts)
        at = advance(script)
        while not isinstance(at, Ending):
            self.notes += at.notes
            if isinstance(at, Say | Ask | Prove | TakeMessage):
                self.language = at.speech.language
            outcome = self.do(at)
            if outcome is None:
                return None
            self.outcomes.append(outcome)
            at = advance(script, outcome)
        self.notes += at.notes
        return at

    def do(self, step: Step) -> Outcome | None:
        leaves = self.scenario.expected.end == "caller left"
        match step:
            case Ask():
                if leaves and not self.keys:
                    return None
                return Pressed(self.keys.popleft()) if self.keys else Silence()
            case Prove():
                return self.prove()
            case Ring() | Wait():
                return None if leaves else self.ring(step.people)
            case TakeMessage():
                return MessageLeft(self.message) if self.message else NothingLeft()
            case _:
                return Said()

    def prove(self) -> Outcome:
        code = (CUSTOMERS[self.scenario.caller or ""].code or "") if self.keys else ""
        if not code:
            return Silence()
        keyed = "".join(self.keys.popleft() for _ in range(min(len(code), len(self.keys))))
        if self.keys and self.keys[0] == "#":
            self.keys.popleft()
        return Proved() if keyed == code else Unproved()

    def ring(self, people: tuple[str, ...]) -> Outcome:
        missed: list[Missed] = []
        for who in sorted(people, key=lambda who: who not in self.scenario.expected.talk):
            why = self.absence(self.scenario.staff.get(who))
            if why is None and who in self.hands_over:
                return HandedOver(who, self.hands_over.pop(who), tuple(missed))
            if why is None:
                return Talked(who, "caller", tuple(missed))
            missed.append(Missed(who, why))
        return Unanswered(tuple(missed))

    def absence(self, habit: Habit | None) -> Absence | None:
        if isinstance(habit, Declines):
            return CODES[habit.code]
        if isinstance(habit, OnThePhone):
            return Absence.BUSY if habit.seconds > 10 else None
        return ABSENCES.get(type(habit)) if habit else None

    @property
    def rules(self) -> tuple[str, ...]:
        fitting = [note for note in self.notes if note.text.startswith(("fits", "straight to"))]
        return tuple(note.rule for note in fitting if note.rule)

    @property
    def missed(self) -> dict[str, str]:
        """By ringing and by the calendar."""
        reached = [outcome for outcome in self.outcomes if isinstance(outcome, Talked | HandedOver | Unanswered)]
        found = [one for outcome in reached for one in outcome.missed]
        by_calendar = [note.text.partition(": ")[::2] for note in self.notes if note.text.startswith(tuple(IDS))]
        return {name: why for name, why in by_calendar if name in IDS} | {one.person: one.why for one in found}


IDS = {person.id for person in STAFF}


@pytest.mark.parametrize("scenario", [*ALL, *HOSTILE], ids=lambda scenario: scenario.id)
def test_the_rules_decide_what_the_scenario_expects(scenario: Scenario, rulebook: Rulebook) -> None:
    world = World(scenario)
    ending = world.run(rulebook)
    expected = scenario.expected
    talked = [outcome.person for outcome in world.outcomes if isinstance(outcome, Talked | HandedOver)]
    tags = iter([outcome.__struct_config__.tag for outcome in world.outcomes])
    assert (ending.kind if ending else "caller left") == expected.end
    assert [one for one in talked[:1] if one not in expected.talk] == []
    assert talked[1:] == list(expected.then)
    assert bool(talked) == bool(expected.talk)
    assert world.rules == expected.rules
    assert [who for who, why in expected.missed.items() if world.missed.get(who) != why] == []
    assert [tag for tag in expected.outcomes if tag not in tags] == []
    assert (known.id if (known := CUSTOMERS.get(scenario.caller or "")) else None) == expected.customer
    if ending:
        assert world.language == expected.language


def test_each_documented_rule_of_the_telephone_has_a_sample_call() -> None:
    assert {"D2", "D3", "D4", "D5", "D6", "D15", "D19", "D22", "D26", "T1", "T2", "T4", "T6", "T7", "T8"} <= {
        scenario.rule for scenario in DEMO
    }


def test_each_kind_of_absence_is_met_on_the_way_to_a_key_account_manager() -> None:
    met = {why for scenario in ALL if scenario.rule == "D4" for why in scenario.expected.missed.values()}
    elsewhere = {
        Absence.ELSEWHERE,  # not by the sample's rules, either: tests/asterisk/test_line.py
        Absence.LIMIT,  # of outside numbers only
        Absence.SIGNED_OUT,  # by feature codes: tests/asterisk/test_presence.py
        Absence.WRAPPING_UP,  # not by the sample's rules
    }
    assert met == set(Absence) - {Absence.ALREADY_TRIED} - elsewhere


def test_scenarios_are_told_apart_by_their_ids() -> None:
    ids = [scenario.id for scenario in (*ALL, *HOSTILE)]
    assert len(ids) == len(set(ids))
    assert all(id_.replace("-", "").isalnum() for id_ in ids), "the name that a phone shows has only such characters"


def test_everybody_of_the_company_hums_a_tone_of_their_own() -> None:
    assert len({tones.tone_of(who) for who in IDS}) == len(IDS)
    assert {tones.tone_of(number) for number in CUSTOMERS}.isdisjoint({tones.tone_of(who) for who in IDS})


@pytest.mark.parametrize(
    ("one", "other", "disturb"),
    [
        ("d4-assigned", "d4-busy", True),
        ("d4-assigned", "d2-market", False),
        ("d3-order", "t2-barge-in", False),
        ("d3-order", "d3-waits", True),
        ("d3-nobody-at-work", "t2-silence", True),
    ],
)
def test_calls_that_need_the_same_phones_are_not_played_at_once(one: str, other: str, *, disturb: bool) -> None:
    found = {scenario.id: scenario for scenario in ALL}
    assert found[one].disturbs(found[other]) is disturb
    assert found[other].disturbs(found[one]) is disturb


def test_a_sample_that_the_demo_cannot_be_made_of_is_refused() -> None:
    with pytest.raises(UnlikeSample, match="lines"):
        demo_rules(SAMPLE.replace("lines:\n", "numbers:\n"), NOW.date())
