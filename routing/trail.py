"""A call's trail: which rules it began with, and what came of each step. It is the state of a call.

The register keeps it as JSON; it tells people why a call went where it went, and `replay` brings a new script to
where the old one was. Secrets are not in it (D26), but what decides is: of a debt only whether there is something
overdue and whether the limit is exceeded, of a code only that there is one, of spoken amounts nothing. So a replay
gives the same steps, except for the amounts and for what is told of a customer who is handed over; whoever takes over
a live call has to ask the directory for them and for the code again.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from routing.conditions import debts
from routing.facts import Customer, Debt, Facts
from routing.flow import advance, flow
from routing.line.reach import everybody
from routing.outcomes import HandedOver, MessageLeft, Outcome, Talked
from routing.speech import Number, Speech, Words
from routing.steps import OUTCOMES, Ending, Introduction, Promise, Ring, Say, Step, Wait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from routing.call import Script
    from routing.facts import Caller, PersonId
    from routing.rulebook import Rulebook


class TrailError(Exception):
    """A trail cannot be used."""


class UnreadableTrailError(TrailError):
    """What should be a trail, or facts, is not; its cause says where."""


class DifferingTrailError(TrailError):
    """The script asks for something else than what the trail has an outcome of: other rules, or other facts.

    ``position`` counts the outcomes from 0, ``at`` is what the script asks for there, ``outcome`` what the trail has.
    """

    def __init__(self, position: int, at: Step | Ending, outcome: Outcome) -> None:
        super().__init__(
            f"outcome {position + 1} of the trail, {type(outcome).__name__}, cannot come of {type(at).__name__}"
        )
        self.position, self.at, self.outcome = position, at, outcome


class Entry(msgspec.Struct, frozen=True):
    """One step and what came of it."""

    step: Step
    outcome: Outcome | None = None
    """None: the caller left while it was being done, or it is being done now."""
    after: float | None = None
    """Seconds from the call's arrival to the step's beginning; None: it was passed before whoever wrote this had the
    call. It decides nothing."""


class Trail(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a call's way through the rules."""

    rules: str
    """The version of the rules that the call began with."""
    entries: tuple[Entry, ...] = ()
    ending: Ending | None = None
    """None: in progress, or the caller left."""

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What `replay` needs."""
        return tuple(entry.outcome for entry in self.entries if entry.outcome is not None)

    @property
    def left(self) -> Literal["message", "call-back", "caller left"]:
        """How the call ended if its caller has hung up: most do once they have spoken, or were promised a call (T4)."""
        if any(isinstance(outcome, MessageLeft) for outcome in self.outcomes):
            return "message"
        return "call-back" if any(isinstance(entry.step, Promise) for entry in self.entries) else "caller left"

    def begun(self, step: Step, after: float | None) -> Trail:
        """With one more step, which is being done; ``after`` as in `Entry`."""
        return msgspec.structs.replace(self, entries=(*self.entries, Entry(step, after=after)))

    def came(self, outcome: Outcome) -> Trail:
        """With what came of the step that was being done."""
        *before, last = self.entries
        return msgspec.structs.replace(self, entries=(*before, msgspec.structs.replace(last, outcome=outcome)))


class Replay(msgspec.Struct, frozen=True):
    """A script that is where an earlier one was."""

    script: Script[Ending]
    at: Step | Ending
    """What it waits for the outcome of; an ending: it is over."""
    entries: tuple[Entry, ...]
    """The steps passed again, with the reasons."""


def replay(rulebook: Rulebook, facts: Facts, outcomes: Iterable[Outcome]) -> Replay:
    """Start a script and tell it these outcomes.

    Raises `DifferingTrailError` at the first outcome that cannot come of what the script asks for.
    """
    script = flow(rulebook, facts)
    at = advance(script)
    entries = []
    for position, outcome in enumerate(outcomes):
        if isinstance(at, Ending) or not _can_come_of(at, outcome):
            raise DifferingTrailError(position, at, outcome)
        entries.append(Entry(at, outcome))
        at = advance(script, outcome)
    return Replay(script, at, tuple(entries))


def encode(trail: Trail) -> bytes:
    """The trail as JSON, without spoken amounts and names."""
    entries = tuple(msgspec.structs.replace(entry, step=_without_secrets(entry.step)) for entry in trail.entries)
    return msgspec.json.encode(msgspec.structs.replace(trail, entries=entries))


def decode(json: bytes) -> Trail:
    """The trail that `encode` wrote. Raises `UnreadableTrailError`."""
    return _decode(json, _TRAIL)


def concerned(facts: Facts, trail: Trail) -> Facts:
    """Facts with only those people on whom this trail depends: everybody who was rung, waited for or passed over.

    A replay by them gives the same steps with the same reasons.
    """
    people = set(_people(trail))
    return msgspec.structs.replace(facts, staff=tuple(person for person in facts.staff if person.id in people))


def encode_facts(facts: Facts) -> bytes:
    """The facts as JSON, without the customer's code and amounts."""
    return msgspec.json.encode(without_secrets(facts))


def decode_facts(json: bytes) -> Facts:
    """The facts that `encode_facts` wrote. Raises `UnreadableTrailError`."""
    return _decode(json, _FACTS)


def without_secrets(facts: Facts) -> Facts:
    """Facts that decide the same and give nothing away: an empty code for any, and 1 for any amount that matters."""
    customer = facts.caller.customer
    if customer is None:
        return facts
    code = None if customer.code is None else ""
    plain = msgspec.structs.replace(customer, code=code, debt=_only_kinds(customer))
    return msgspec.structs.replace(facts, caller=msgspec.structs.replace(facts.caller, customer=plain))


def still(began: Caller, asked: Caller, *, talks: bool) -> Caller:
    """Who calls, for a script that goes on: ``began`` with it, without secrets; ``asked``: what the directory says now.

    What has decided the call's way so far decides it again, whatever the directory has instead by now or cannot tell in
    time: two who talk (``talks``) must not be parted, nor who waits be sent elsewhere (T4). Code and debt are as they
    are now. Where they are not known no code is right, and a debtor who does not talk yet begins as ``asked``: the
    amounts would be made up (D26).
    """
    customer, now = began.customer, asked.customer
    if customer is None:
        return began
    if now is None or now.id != customer.id:
        return began if talks or not debts(customer) else asked
    return msgspec.structs.replace(began, customer=msgspec.structs.replace(customer, code=now.code, debt=now.debt))


def _only_kinds(customer: Customer) -> Debt:
    kinds = debts(customer)
    over = "over_limit" in kinds
    return Debt(overdue=Decimal("overdue" in kinds), balance=Decimal(over), limit=Decimal(0) if over else None)


def _people(trail: Trail) -> Iterator[PersonId]:
    """Everybody whom a link or a queue of the trail has meant: who is not in its step is in a note, with the reason."""
    for at in (*(entry.step for entry in trail.entries), *((trail.ending,) if trail.ending else ())):
        yield from (note.person for note in at.notes if note.person)
        if isinstance(at, Ring | Wait):
            yield from at.people if isinstance(at, Ring) else everybody(at)


def _without_secrets(step: Step) -> Step:
    if isinstance(step, Ring | Wait) and step.introduction:
        return msgspec.structs.replace(step, introduction=Introduction(shown=step.introduction.shown))
    if not isinstance(step, Say):
        return step
    # Numbers are spoken for debts only.
    pieces = tuple(Words("…") if isinstance(piece, Number) else piece for piece in step.speech.pieces)
    return msgspec.structs.replace(step, speech=Speech(step.speech.language, pieces))


def _can_come_of(step: Step, outcome: Outcome) -> bool:
    if isinstance(step, Ring) and isinstance(outcome, Talked | HandedOver) and outcome.person not in step.people:
        return False
    return isinstance(outcome, OUTCOMES[type(step)])


_TRAIL, _FACTS = msgspec.json.Decoder(Trail), msgspec.json.Decoder(Facts)
"""Made before there is a second thread: msgspec 0.22 learns a type when it is first wanted, and another thread that
wants it meanwhile finds half of it, which is a segmentation fault."""
_Value = TypeVar("_Value")


def _decode(json: bytes, by: msgspec.json.Decoder[_Value]) -> _Value:
    try:
        return by.decode(json)
    except ValueError as error:  # a UnicodeDecodeError where it is no UTF-8
        raise UnreadableTrailError(str(error)) from error
