"""Why somebody gets no calls: what stands in the way, and what came of the last offers. Pure.

All of it is what presence itself goes by and has written down (`ari_app.people.attendance`), and the calendar that the
script of a call goes by.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

import msgspec

from db.records import LegRow, PresenceRow
from premises.wall_clock import WallClock
from routing.outcomes import Absence
from routing.presence import Duty, State
from routing.standing import DID_NOT_ANSWER


class Whereabouts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one person."""

    person: str
    name: str
    calendar: Absence | None
    """On leave or outside working hours; None: at work, as far as a calendar tells."""
    duty: Duty
    seat: str
    """Where the person sits, as `routing.seats.told`."""
    presence: PresenceRow | None
    """None: no engine has seen the person yet."""
    served: bool
    """Whether an engine serves now: else the state is an old one."""
    offers: tuple[LegRow, ...]
    """The newest first."""


def tell(known: Whereabouts, clock: WallClock) -> Iterator[str]:
    """Lines for people; times by the company's ``clock``."""
    yield f"{known.person} ({known.name}): {verdict(known)}"
    if known.calendar is not None:
        yield f"  by the calendar: {known.calendar}"
    yield f"  state: {_state(known.presence, clock)}"
    if known.seat:
        yield f"  sits {known.seat}"
    if not known.served:
        yield "  no engine serves now: the state is as of then"
    if known.duty.since is not None:
        yield f"  said: {_duty(known.duty)} since {clock.this_year(known.duty.since)}"
    yield from _offers(known.offers, clock)


def verdict(known: Whereabouts) -> str:
    """Whether the person gets calls, and why not, in a line."""
    if known.calendar is not None:
        return f"gets no calls: {known.calendar}"
    if known.duty.kind == "out":
        return "gets no calls: signed out (*45 at the telephone signs in)"
    if known.duty.kind == "away":
        back = "*48 at the telephone, or people NAME --back"
        return f"gets no calls: away ({known.duty.reason}); {back}"
    if known.presence is None:
        return "no engine has seen the telephone yet"
    if known.presence.state == State.FREE:
        return "gets calls when it is this person's turn"
    return f"gets no calls: {known.presence.state}"


def _state(presence: PresenceRow | None, clock: WallClock) -> str:
    return f"{presence.state} since {clock.this_year(presence.since)}: {presence.why}" if presence else "unknown"


def _duty(duty: Duty) -> str:
    words = {"in": "at work", "out": "signed out", "away": f"away ({duty.reason})"}
    by_itself = ", noted by the switchboard itself" if duty.reason == DID_NOT_ANSWER else ""
    return words[duty.kind] + by_itself


def _offers(offers: Iterable[LegRow], clock: WallClock) -> Iterator[str]:
    lines = [f"    {clock.this_year(leg.rang)}  {leg.call}  {leg.rule or '-'}  {_what_came(leg)}" for leg in offers]
    yield "  last offers:" if lines else "  no call was ever offered"
    yield from lines


def _what_came(leg: LegRow) -> str:
    if leg.answered is not None:
        return f"talked {_seconds(leg.answered, leg.ended)}"
    if leg.ended is None:
        return "rings"
    return f"{leg.why or 'the caller left'} after {_seconds(leg.rang, leg.ended)}"


def _seconds(since: dt.datetime, until: dt.datetime | None) -> str:
    return f"{(until - since).total_seconds():.0f} s" if until else "until now"
