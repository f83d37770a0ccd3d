"""By which stages a line widens, as a step of the call says it (D4, T7, T8)."""

from typing import Literal

import msgspec

from routing.facts import PersonId

Order = Literal["longest_idle", "round_robin", "fewest_calls", "ring_all"]
"""Who of several free people is rung: see `routing.line.choosing`."""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """A beginning of the wait in which only some are offered: those who speak the language, who know the matter."""

    people: tuple[PersonId, ...]
    """Those of the stages before are among them: a line only ever widens."""
    until: float
    """Seconds since the caller joined the line."""
    wanted: str
    """As in the rule file: ``wine and language``."""


class Overflow(msgspec.Struct, frozen=True, kw_only=True):
    """Others who help out when the wait or the load passes a limit (T7, T8)."""

    people: tuple[PersonId, ...]
    after: float | None = None
    """Seconds since the caller joined the line; one of the two limits is given."""
    above: float | None = None
    """So many callers in the line for each person of the queue who is at work, free or not."""
    wanted: str
    """As in the rule file: ``head of wholesale``."""
