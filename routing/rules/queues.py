"""How the line of those who wait for a group is served (D3, T7, T8)."""

import msgspec

from routing.line.stages import Order
from routing.rules.chains import Someone
from routing.rules.texts import Text


class Preference(msgspec.Struct, frozen=True, kw_only=True):
    """Who alone is offered to a caller in line for a time: whoever is all of this."""

    who: tuple[Someone, ...] = ()
    """Nothing: anybody of the group that is waited for."""
    speaks: bool = False
    """Whether it must be somebody who speaks the caller's language."""
    seconds: float
    text: str
    """As in the rule file without the time: ``wine and language``."""


class WaitFor(msgspec.Struct, frozen=True, kw_only=True):
    """Waiting in line for a group (D3)."""

    group: str
    seconds: float
    offer_seconds: float
    first: tuple[Preference, ...] = ()
    """One after another; then anybody of the group."""
    ahead: float = 0.0
    """By how many seconds these callers count as having come earlier."""


class Help(msgspec.Struct, frozen=True, kw_only=True):
    """Others who help a group out: one of the two limits is given (T7, T8)."""

    who: Someone
    after: float | None = None
    """Seconds of a caller's wait."""
    above: float | None = None
    """Callers in the line for each person of the group who is at work."""
    text: str
    """As in the rule file without the limit: ``head of wholesale``."""


class LineTalk(msgspec.Struct, frozen=True, kw_only=True):
    """What those who wait are told."""

    every: float
    place: Text | None = None
    """With ``{place}``."""
    wait: Text | None = None
    """With ``{minutes}``."""


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """When nobody waits for a group any more, and what those who do are told then."""

    hours: str
    """They wait while these are open."""
    tell: Text


class GivenNumber(msgspec.Struct, frozen=True, kw_only=True):
    """How whoever asks to be called back gives another number than the one that the call came from."""

    key: str
    ask: Text
    refuse: Text
    """Said when that number is not called."""


class CallBack(msgspec.Struct, frozen=True, kw_only=True):
    """Those who wait may ask to be called back instead, and keep their place."""

    key: str
    offer: Text
    """Tells of it, behind each announcement."""
    confirm: Text | None = None
    """Tells whoever has asked which ``{number}`` is called; None: is not told."""
    elsewhere: GivenNumber | None = None
    """None: only the number is called from which the call came."""
    thanks: Text
    tell: Text
    """What the person hears who is about to talk, with ``{number}``."""
    owner: str | None = None
    """Who sees to it when all was in vain: a person, a group, or ``head of wholesale``; None: who is waited for."""
    tries: int
    """How often the caller is rung."""
    pause: float
    """Seconds between two of these."""


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """How the line of those who wait for a group is served."""

    order: Order = "longest_idle"
    also: tuple[Help, ...] = ()
    announce: LineTalk | None = None
    closing: Closing | None = None
    call_back: CallBack | None = None
    line: int = 0
    """0: the rule file says nothing of it."""
