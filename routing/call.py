"""One call on its way through the rules: the facts, and what was learnt, asked and tried so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import TYPE_CHECKING, TypeVar

from routing.conditions import Situation, debts
from routing.hours import local, open_names
from routing.outcomes import HandedOver, Outcome
from routing.people import absence, meant_by
from routing.rules.menus import Goto
from routing.steps import Ending, Note, Say, Step
from routing.texts import choose_language, speech

if TYPE_CHECKING:
    from routing.facts import Customer, Facts, Person, PersonId
    from routing.outcomes import Absence
    from routing.rulebook import Rulebook
    from routing.rules.chains import Someone
    from routing.rules.menus import Choice
    from routing.rules.texts import Text
    from routing.speech import Piece, Speech

Given = TypeVar("Given")
Script = Generator[Step, Outcome, Given]
"""A part of a call: yields steps, is sent their outcomes, and returns what it came to."""
Way = Script[Goto | Ending]
"""A part of a call after which the call goes somewhere, or has ended."""


class Call:
    """What the parts of the script share. Everything in it follows from the facts and the outcomes so far."""

    def __init__(self, rulebook: Rulebook, facts: Facts) -> None:
        self.rulebook = rulebook
        self.facts = facts
        self.line = rulebook.line_of(facts.dialled)
        self.intent = self.line.intent if self.line else None
        self.told_department: str | None = None
        """By a menu's key."""
        self.told_language: str | None = None
        self.asked: Counter[str] = Counter()
        """How often each menu was asked: so that none goes round for ever."""
        self.tried: set[PersonId] = set()
        """Everybody who was rung, and every outside number."""
        self.handed_over = 0
        """How often somebody handed the call over."""
        self.handing: HandedOver | None = None
        """How it was handed over last."""
        self.hindrance: Absence | None = None
        """Why somebody who was wanted since then was not reached; the last reason stays."""
        self.route = -1
        """The place of the route that the call took last, counted from 0."""
        self.today = local(rulebook, facts.at).date()
        self.open = open_names(rulebook, facts.at)
        self._notes: list[Note] = []

    @property
    def customer(self) -> Customer | None:
        """The caller as the directory has it."""
        return self.facts.caller.customer

    @property
    def manager(self) -> PersonId | None:
        """Who is assigned to the customer (D4)."""
        return self.customer.manager if self.customer else None

    @property
    def department(self) -> str | None:
        """The one concerned (D15, D19): what the caller chose, else the customer's own, else the line's."""
        own = self.customer.department if self.customer else None
        return self.told_department or own or (self.line.department if self.line else None)

    @property
    def language(self) -> str:
        """What the caller chose, else the customer's own, else the line's, else the company's first."""
        own = self.customer.language if self.customer else None
        from_line = self.line.language if self.line else None
        return choose_language(self.rulebook.company, self.told_language, own, from_line)

    def situation(self) -> Situation:
        """What conditions look at, as things stand now."""
        return Situation(
            type=self.customer.type if self.customer else None,
            manager=self.manager,
            department=self.department,
            debts=debts(self.customer),
            intent=self.intent,
            dialled=self.line.number if self.line else self.facts.dialled,
            language=self.language,
            number=self.facts.caller.number,
            open=self.open,
            callers=self.rulebook.callers,
        )

    def learn(self, choice: Choice) -> Goto:
        """Take over what a key (or no key) has told; returns where the call goes."""
        self.intent = choice.intent or self.intent
        self.told_department = choice.department or self.told_department
        self.told_language = choice.language or self.told_language
        return choice.goto

    def note(self, text: str, rule: str | None = None, line: int | None = None, person: PersonId | None = None) -> None:
        """Keep a reason for the next step."""
        self._notes.append(Note(text=text, rule=rule, line=line, person=person))

    def meant(self, who: Someone) -> tuple[Person, ...]:
        """Everybody who is meant by a word of the rule file in this call, at work or not (D4, D15, D19)."""
        return meant_by(who, self.rulebook, self.facts.staff, manager=self.manager, department=self.department)

    def is_at_work(self, person: Person) -> bool:
        """Whether somebody is, as far as a calendar tells."""
        return absence(person, self.today, self.open) is None

    def wants(self, person: Person, rule: str | None, line: int) -> bool:
        """Whether somebody who is wanted by this rule is at work; if not, the reason is kept."""
        why = absence(person, self.today, self.open)
        if why:
            self.miss(person.id, why, rule, line)
        return why is None

    def miss(self, person: PersonId, why: Absence, rule: str | None, line: int) -> None:
        """Keep why somebody who is wanted is not rung."""
        self.note(f"{person}: {why}", rule, line, person)
        self.hindrance = why

    def notes(self) -> tuple[Note, ...]:
        """Everything noted since the last step, once."""
        notes, self._notes = tuple(self._notes), []
        return notes

    def speech(self, text: Text, **blanks: Piece) -> Speech:
        """A text in the caller's language."""
        return speech(text, self.rulebook.company, self.language, blanks)

    def say(self, text: Text, rule: str | None = None, **blanks: Piece) -> Say:
        """The step that says a text."""
        return Say(speech=self.speech(text, **blanks), notes=self.notes(), rule=rule)
