"""What the flow asks for: its steps, and which outcomes each can have.

The flow yields one step at a time and is sent that step's outcome (`routing.outcomes`). Both are plain frozen values
with a JSON form, since the list of a call's outcomes is its state: it goes into the register, and a restarted engine or
a replay reads it back.

=============  =========================================================  ==============================================
step           what the caller notices                                    outcomes
=============  =========================================================  ==============================================
Say            hears a text to its end                                    Said
Ask            hears a prompt, may press a key at any time                Pressed, Silence
Prove          is asked for the customer's code that the directory has    Proved, Unproved, Silence
Ring           hears ringing or music while people are rung, one by one   Talked, HandedOver, Unanswered
RingOutside    the same, for one outside number                           Talked, Unanswered
Wait           hears music until somebody of a group is free              Talked, HandedOver, Unanswered, LineClosed,
                                                                          CallBackAsked
Promise        hears that somebody will call                              Promised
TakeMessage    hears the announcement and a tone, and speaks              MessageLeft, NothingLeft
=============  =========================================================  ==============================================
"""

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import msgspec

from routing.facts import PersonId
from routing.limits import UNLIMITED, Limits
from routing.line.stages import Order, Overflow, Stage
from routing.outcomes import (
    CallBackAsked,
    HandedOver,
    LineClosed,
    MessageLeft,
    NothingLeft,
    Outcome,
    Pressed,
    Promised,
    Proved,
    Said,
    Silence,
    Talked,
    Unanswered,
    Unproved,
)
from routing.speech import Piece, Pieces, Speech


class Note(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reason on the way from the last step to this one: a rule that fitted or not, somebody not at work."""

    text: str
    """For people: ``passed over: debt is none, not overdue``."""
    rule: str | None = None
    """The documented rule or the route's own name: ``D6``."""
    line: int | None = None
    """The line of the rule file, from 1."""
    person: PersonId | None = None
    """Whom it is about: somebody who is not rung."""


class Introduction(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes and why, for whoever is rung for a caller who was handed over: see `routing.introducing`."""

    shown: str
    """What the telephone shows beside the caller's name and the sender's: ``key, order, overdue``."""
    spoken: Mapping[PersonId, Speech] = {}
    """What each of them is told on answering; nothing, where the rules say nothing of it."""


class _Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    notes: tuple[Note, ...] = ()
    """Everything that was decided since the step before."""
    rule: str | None = None
    """The documented rule that this step serves."""


class Say(_Step, frozen=True, kw_only=True, tag="say"):
    """Say it to the end; keys pressed meanwhile are kept for the next question."""

    speech: Speech


class Ask(_Step, frozen=True, kw_only=True, tag="ask"):
    """Say the prompt and wait for one key; a key already pressed answers at once, a key during the prompt ends it."""

    menu: str
    speech: Speech
    seconds: float
    """How long to wait for a key once the prompt has ended."""
    attempt: int
    """1 for the first time."""


class Prove(_Step, frozen=True, kw_only=True, tag="prove"):
    """Ask for the customer's code (D26). The code itself stays with whoever drives the flow: only the verdict is told.

    The caller ends it with # or by the code's last digit.
    """

    speech: Speech
    seconds: float
    """How long to wait for the next digit."""
    attempt: int


class Ring(_Step, frozen=True, kw_only=True, tag="ring"):
    """Ring these people one at a time, who has been idle longest first, until somebody talks with the caller.

    Whoever is away, not registered, busy or rung by another call is passed over at once.
    """

    people: tuple[PersonId, ...]
    """At least one, in the order of their ids."""
    seconds: float
    """How long each one is rung."""
    hear: Literal["ringing", "music"] = "ringing"
    wanted: str
    """As in the rule file: ``head of wholesale``."""
    introduction: Introduction | None = None
    """None: nobody has handed the caller over."""


class RingOutside(_Step, frozen=True, kw_only=True, tag="ring_outside"):
    """Ring a number outside, which the rule file's allow-list has."""

    number: str
    seconds: float
    hear: Literal["ringing", "music"] = "ringing"
    limits: Limits = UNLIMITED
    """What all outside numbers together may cost. Whoever drives the flow knows what was spent; it passes the number
    over with `Absence.LIMIT` where nothing is left."""
    shown: str | None = None
    """Which of our lines the called one sees; None: the caller's number."""


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """What a waiting caller is told again and again: see `routing.line.announcing`."""

    every: float
    """Seconds from one to the next."""
    language: str
    place: Pieces = ()
    """With gaps for the place in the line."""
    wait: Pieces = ()
    """With gaps for the minutes of the expected wait."""
    offer: tuple[Piece, ...] = ()
    """That one may be called back."""


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller is told who asks to be called back: see `routing.line.announcing`."""

    language: str
    pieces: Pieces
    """With gaps for the number that is called."""


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """How whoever asks to be called back gives another number: see `routing.elsewhere`."""

    key: str
    """Pressed while the number is told."""
    ask: Speech
    refuse: Speech
    """That the number that was given is not called."""


class Wait(_Step, frozen=True, kw_only=True, tag="wait"):
    """Wait in line, with music, for one of these people: first come, first served.

    Ends at once, unanswered, when nobody of them is at work at a registered phone (present and busy is worth waiting
    for).
    """

    people: tuple[PersonId, ...]
    """The queue's own; nobody, where only those who help out are at work."""
    queue: str
    """The group's name: callers wait for a queue in the order of their coming."""
    seconds: float
    """How long at most."""
    offer_seconds: float
    """How long each one is rung."""
    in_front: bool = False
    """Whether the caller has waited and talked already, and now waits in front of all who came later."""
    order: Order = "longest_idle"
    """Who of several free ones is rung first."""
    first: tuple[Stage, ...] = ()
    """Who alone is offered at the beginning, in the order of time."""
    also: tuple[Overflow, ...] = ()
    """Who helps out when the wait or the load passes a limit."""
    ahead: float = 0.0
    """By how many seconds the caller counts as having come earlier."""
    announce: Announcement | None = None
    introduction: Introduction | None = None
    """None: nobody has handed the caller over."""
    call_back_key: str | None = None
    """By which the caller asks to be called back; None: cannot be."""
    confirm: Confirmation | None = None
    """What is told whoever has asked, and may refuse it by another key; None: nothing, it is promised at once."""
    elsewhere: Elsewhere | None = None
    """How another number is given; None: cannot be."""
    closes: dt.datetime | None = None
    """When the wait ends though time is not over, on the company's clock. Who is rung then is rung to the end."""


class Promise(_Step, frozen=True, kw_only=True, tag="promise"):
    """Write down that the caller is to be called back, and say so."""

    queue: str
    """The group that the caller waited for."""
    owner: str
    """Who must see to it when calling back was in vain: a person, a group or a department's head."""
    call_at: str | None = None
    """The number that the caller has given; None: the one that the call came from."""
    speech: Speech


class TakeMessage(_Step, frozen=True, kw_only=True, tag="take_message"):
    """Announce, sound a tone, record what the caller says until silence, #, the time limit or the hang-up."""

    box: str
    speech: Speech
    seconds: float
    """The longest message."""
    owner: str | None = None
    """Who must listen to it: a person, a group or a department's head, as in the rule file."""


Step = Say | Ask | Prove | Ring | RingOutside | Wait | Promise | TakeMessage

OUTCOMES: dict[type[Step], tuple[type[Outcome], ...]] = {
    Say: (Said,),
    Ask: (Pressed, Silence),
    Prove: (Proved, Unproved, Silence),
    Ring: (Talked, HandedOver, Unanswered),
    RingOutside: (Talked, Unanswered),
    Wait: (Talked, HandedOver, Unanswered, LineClosed, CallBackAsked),
    Promise: (Promised,),
    TakeMessage: (MessageLeft, NothingLeft),
}
"""What can come of each step."""


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How the flow ended: what the generator returns. The caller is then hung up."""

    kind: Literal["talk", "message", "call-back", "goodbye"]
    """T4: each caller ends at a person, a message box, the promise of a call or a spoken goodbye."""
    notes: tuple[Note, ...] = ()
