"""What came of a scenario's call, and whether that is what should."""

import datetime as dt
from dataclasses import dataclass, field

from demo.scenario import Answers, Away, OnThePhone, Scenario, Stay, Unplugged
from demo.tones import tone_of


@dataclass(slots=True, kw_only=True)
class Result:
    """What came of a call, as far as its phones can tell; what the register says is for others to compare."""

    scenario: Scenario
    began: dt.datetime
    """UTC. The call's row in the register is not older; its name is the scenario's id, unless that has a sender."""
    seconds: float = 0.0
    heard: list[str] = field(default_factory=list)
    """Who the caller heard, in that order."""
    rang: list[str] = field(default_factory=list)
    """Whose phones were rung."""
    answered: list[str] = field(default_factory=list)
    """Who answered, or took the caller over."""
    understood: list[str] = field(default_factory=list)
    """Who of them heard the caller."""
    code: int | None = None
    """The SIP code with which the call was refused."""
    dropped: bool = False
    """Whether the switchboard, or the person, ended it."""
    troubles: list[str] = field(default_factory=list)
    """What went otherwise than expected, in words; empty: all is well."""
    pcm: bytes = b""
    """What the caller heard: 8 kHz 16 bit PCM."""


def hum_of(result: Result) -> int:
    """The caller's own tone."""
    return tone_of(result.scenario.caller or "withheld")


def unlike(result: Result) -> list[str]:
    """What is not as the scenario expects it."""
    expected = result.scenario.expected
    if result.code is not None:
        return [] if result.code in expected.codes else [f"the call was refused with {result.code}"]
    return [*_wrong_people(result), *_wrongly_rung(result), *_wrong_end(result)]


def _wrong_people(result: Result) -> list[str]:
    wanted, then = result.scenario.expected.talk, list(result.scenario.expected.then)
    first, later = result.heard[:1], result.heard[1:]
    found = []
    if len(first) != bool(wanted) or not set(first) <= set(wanted) or later != then:
        found.append(f"the caller heard {_names(result.heard)} instead of {_names([_names(wanted, ' or '), *then])}")
    if sorted(result.answered) != sorted(result.heard):
        found.append(f"{_names(result.answered)} answered, the caller heard {_names(result.heard)}")
    if result.understood != result.answered:
        found.append(f"{_names(result.answered)} answered, the caller was heard by {_names(result.understood)}")
    return found


def _wrongly_rung(result: Result) -> list[str]:
    """Who is busy or absent is passed over without ringing."""
    staff = result.scenario.staff
    absent = [
        person for person, habit in staff.items() if isinstance(habit, Away | Unplugged) or _always_busy(habit, result)
    ]
    return [f"{person}'s phone rang" for person in absent if person in result.rang]


def _always_busy(habit: object, result: Result) -> bool:
    return isinstance(habit, OnThePhone) and habit.seconds > result.seconds


def _wrong_end(result: Result) -> list[str]:
    expected, staff = result.scenario.expected, result.scenario.staff
    hangs_up = any(isinstance(habit, Answers) and habit.talks is not None for habit in staff.values())
    stays = any(isinstance(part, Stay) for part in result.scenario.script)
    should = hangs_up if expected.end == "talk" else stays and expected.end in {"message", "goodbye"}
    if result.dropped == should:
        return []
    return ["the switchboard hung up" if result.dropped else "the switchboard did not hang up"]


def _names(people: list[str] | tuple[str, ...], between: str = " and ") -> str:
    return between.join(people) or "nobody"
