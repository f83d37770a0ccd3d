"""What must hold at each telephone, by what it saw itself."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from tests.asterisk.floor.callers import Placed
from tests.asterisk.floor.company import WRAP_UP, Floor, Queue
from tests.asterisk.floor.matching import Answered, Pairs, with_caller
from tests.asterisk.floor.seen import GRAIN, NEWS, Ring, Telephone

PAUSE = 11.0
"""Seconds for which a caller is not offered again somebody who did not answer, and a little more."""
TOGETHER = dt.timedelta(seconds=0.02)
"""Two messages that came one after the other are read together, and so may seem to have come at once."""
_NEWS, _GRAIN = dt.timedelta(seconds=NEWS), dt.timedelta(seconds=GRAIN)


def rung_twice(telephone: Telephone) -> Iterator[str]:
    """Nobody is offered two calls at once, nor rung while talking."""
    for one, other in pairwise(telephone.rings):
        if other.since < one.until - TOGETHER and not (one.disturbed or other.disturbed):
            late = (one.until - other.since).total_seconds()
            yield f"{telephone.person} is rung by {other.caller} {late:.3f} s before the end of {one.caller}'s call"
    for ring in telephone.rings:
        for own in telephone.own:
            if own.since + _GRAIN < ring.since < own.until and not ring.disturbed:
                yield f"{telephone.person} is rung by {ring.caller} in a call of the person's own"


def rung_while_absent(telephone: Telephone) -> Iterator[str]:
    """Who has signed out, or is at lunch, is not rung."""
    for ring in telephone.rings:
        if any(spell.told and spell.since + _NEWS < ring.since < spell.until for spell in telephone.away):
            yield f"{telephone.person} is rung by {ring.caller} at {ring.since:%X}, having said to be away"


def rung_while_wrapping_up(telephone: Telephone) -> Iterator[str]:
    """After a talk nobody rings, unless the person has said to be back."""
    for one, other in pairwise(telephone.rings):
        pause = (other.since - one.until).total_seconds()
        said = any(one.since < moment < other.since for moment in telephone.said)
        if one.talked > GRAIN and one.sure and not other.disturbed and not said and pause < WRAP_UP - GRAIN:
            yield f"{telephone.person} is rung by {other.caller} {pause:.2f} s after a talk with {one.caller}"


def passed_over(telephones: Sequence[Telephone], placed: Mapping[str, Placed], floor: Floor) -> Iterator[str]:
    """In a queue that is served so, whoever is idle longest is rung: nobody is rung in front of such a person."""
    for telephone in telephones:
        for ring in telephone.rings:
            call = placed.get(ring.caller)
            if call and call.queue.longest_idle and not ring.disturbed:
                idle = telephone.free_since(ring.since)
                yield from _idle_longer(ring, idle, _members(call.queue, telephones, floor))


def _members(queue: Queue, telephones: Iterable[Telephone], floor: Floor) -> list[Telephone]:
    members = floor.members(queue)
    return [telephone for telephone in telephones if telephone.person in members]


def _idle_longer(ring: Ring, idle: dt.datetime | None, others: Iterable[Telephone]) -> Iterator[str]:
    if idle is None:
        return
    for other in others:
        since = other.free_since(ring.since)
        if other.person != ring.person and _is_free(other, ring) and (since is None or since < idle - _GRAIN):
            yield f"{ring.caller} rings {ring.person}, free since {idle:%X}, not {other.person}, free since {since}"


def _is_free(other: Telephone, ring: Ring) -> bool:
    """Whether there can be no doubt, by all that its person knows, that it could be rung then for this caller."""
    before = [one for one in other.rings if one.since < ring.since]
    last = before[-1] if before else None
    first = ring.since - _NEWS - dt.timedelta(seconds=WRAP_UP)
    # Of whoever missed the last call nobody but the switchboard knows whether it was the third one.
    return (
        (last is None or (last.talked > GRAIN and last.sure and last.until < first))
        and not any(own.since < ring.since and own.until > first for own in other.own)
        and not any(spell.since < ring.since and spell.until > (last or ring).since - _NEWS for spell in other.away)
        and not any(one.caller == ring.caller and (ring.since - one.until).total_seconds() < PAUSE for one in before)
    )


def not_heard(telephone: Telephone, pairs: Pairs, placed: Mapping[str, Placed], answered: Answered) -> Iterator[str]:
    """Who talks hears the other."""
    for leg, ring in pairs:
        call = placed.get(ring.caller_alone) if ring else None
        if (
            ring
            and call
            and call.wish != "vanishes"
            and with_caller(leg, ring, answered) > 2.0
            and not ring.disturbed
            and not ring.ears.seconds(call.hum)
        ):
            yield f"{telephone.person} talked {ring.talked:.1f} s with {ring.caller} and heard nothing"
