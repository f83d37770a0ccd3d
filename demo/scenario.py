"""What a scenario consists of, as values: what the caller does, how people's phones behave, what must come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Moment = Literal["at once", "during the prompt", "after the prompt"]
Manner = Literal["listen", "whisper", "join", "take over"]
"""How a talk is heard along: `docs/supervision.md`."""

# ------------------------------------------------------------------------------------------------ what the caller does


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys; at once is digits typed ahead, during the prompt is barge-in."""

    keys: str
    when: Moment = "at once"


@dataclass(frozen=True, slots=True)
class Talk:
    """Be connected to somebody, hear who it is, and talk."""

    seconds: float = 1.0
    within: float = 40.0


@dataclass(frozen=True, slots=True)
class Speak:
    """Speak after the beep of a message box; 0 seconds: say nothing."""

    seconds: float = 2.0
    within: float = 60.0


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing for some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class UntilRinging:
    """Wait until somebody's phone rings."""


@dataclass(frozen=True, slots=True)
class UntilHandedOver:
    """Wait until whoever was heard last is heard no more."""

    within: float = 20.0


@dataclass(frozen=True, slots=True)
class HeardAlong:
    """Talk on, while somebody hears it along in one manner after another, by feature code and keys."""

    by: str
    manners: tuple[Manner, ...]
    for_help: bool = False
    """Whether this one is rung, since whoever talks asks for help by a key; the first manner is whispering then."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Wait until the other side hangs up. A script that does not end so ends with the caller's hanging up."""

    within: float = 60.0


MOST_ALONE = 2
"""So few people who may answer are not waited for in line: with one of them busy a call would go elsewhere."""

Act = Press | Talk | Speak | Wait | UntilRinging | UntilHandedOver | HeardAlong | Stay

# ----------------------------------------------------------------------------------------- how a person's phone behaves


@dataclass(frozen=True, slots=True)
class Answers:
    """Rings a moment and is answered."""

    talks: float | None = None
    """Seconds after which the person hangs up; None: when the caller does."""


@dataclass(frozen=True, slots=True)
class HandsOver:
    """Answers, and hands the first caller over by the transfer key; whoever comes again is talked with."""

    to: str
    """What is keyed in."""
    after: float = 2.0
    """Seconds of the talk until then."""


@dataclass(frozen=True, slots=True)
class RingsOut:
    """Rings, and nobody comes."""


@dataclass(frozen=True, slots=True)
class Declines:
    """Refuses with this SIP code."""

    code: int = 603


@dataclass(frozen=True, slots=True)
class Unplugged:
    """Is not registered."""


@dataclass(frozen=True, slots=True)
class Away:
    """Is there, but the person has said to be away."""

    reason: str = "lunch"


@dataclass(frozen=True, slots=True)
class OnThePhone:
    """Is in another call of its own, then answers."""

    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class RungByAnother:
    """Is being rung by an earlier caller."""

    caller: str
    keys: str = "1"


Habit = Answers | HandsOver | RingsOut | Declines | Unplugged | Away | OnThePhone | RungByAnother

# ------------------------------------------------------------------------------------------------- what must come of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the caller hears, and what the register says afterwards."""

    talk: tuple[str, ...] = ()
    """The caller is connected to one of these; empty: to nobody."""
    then: tuple[str, ...] = ()
    """Whom the caller hears after that, handed over from one to the next."""
    acts: tuple[tuple[str, str], ...] = ()
    """What others did in the talk, in this order: who, and what (`db.records.Deed`)."""
    end: str = "talk"
    """`db.records.CallEnd`."""
    rules: tuple[str, ...] = ()
    """The documented rules of the routes that fitted, in their order."""
    missed: Mapping[str, str] = field(default_factory=dict)
    """Who was wanted and not reached, and why: `routing.outcomes.Absence`."""
    outcomes: tuple[str, ...] = ()
    """Outcomes that must be in the trail, in this order, by their tags: ``silence``, ``proved``."""
    intent: str | None = None
    customer: str | None = None
    language: str = "en"
    """In which the caller is spoken to at last."""
    codes: tuple[int, ...] = ()
    """SIP codes with which the call may be refused instead of being answered."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One sample call."""

    id: str
    rule: str
    title: str
    caller: str | None
    """The caller's number; None: withheld."""
    script: tuple[Act, ...]
    expected: Expected
    staff: Mapping[str, Habit] = field(default_factory=dict)
    """Whoever is not named answers."""
    dialled: str = "+74950000001"
    sender: str | None = None
    """The whole From value instead of the usual one, sent as it is (bytes that are no UTF-8 as surrogates)."""
    in_demo: bool = True
    """Whether it belongs to the sample calls of ``up --demo``; the others are for the tests only."""

    @property
    def people(self) -> frozenset[str]:
        """Everybody whose phone may ring."""
        return frozenset((*self.staff, *self.expected.talk, *self.expected.then, *self.expected.missed))

    @property
    def alone(self) -> frozenset[str]:
        """Whose phones no other call may use meanwhile: of a group that is waited for, any free one will do."""
        shared = self.expected.talk if len(self.expected.talk) > MOST_ALONE else ()
        return self.people - (set(shared) - set(self.staff) - set(self.expected.missed))

    def disturbs(self, other: "Scenario") -> bool:
        """Whether the two must not be played at the same time."""
        return bool(self.alone & other.people or other.alone & self.people)
