"""The order in which a line is served, worked out anew from the trails: nobody is overtaken.

Who is called back has kept the place: counts from the first call, and is stood in line for by the engine.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from db.records import LegRow, TaskRow
from db.stories import CallStory
from premises.ids import answers_to, call_back_id
from routing.line.reach import everybody
from routing.steps import Wait
from routing.trail import decode
from tests.asterisk.floor.company import PAUSE as PAUSE_BETWEEN
from tests.asterisk.floor.company import TRIES

PAUSE = dt.timedelta(seconds=10)
"""For which a caller is not offered again somebody who did not answer."""
GRAIN = dt.timedelta(milliseconds=250)
"""Between the moment when the line decides and the register's time of what comes of it, on a busy machine."""

LOOKED = dt.timedelta(seconds=3)
"""Until an engine that looks for promises each second stands in line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One caller's time in the line."""

    call: str
    step: Wait
    since: dt.datetime
    counts_from: dt.datetime
    """When the caller counts as having come."""
    until: dt.datetime
    offers: tuple[LegRow, ...]

    def is_ready_for(self, person: str, moment: dt.datetime) -> bool:
        """Whether this caller waited then, was offered nobody, and could have been offered this person."""
        before = [leg for leg in self.offers if leg.rang - GRAIN < moment]
        paused = {leg.person for leg in before if moment < (leg.ended or moment) + PAUSE + GRAIN}
        return (
            self.since + GRAIN < moment < self.until - GRAIN
            and person in self.step.people
            and person not in paused
            and not self.step.first
            and not any(moment < (leg.ended or self.until) + GRAIN for leg in before)
        )


def stays(stories: Iterable[CallStory]) -> Iterator[Stay]:
    """Every stay in any line."""
    for story in stories:
        if not story.call.trail or story.call.served_by != "engine":
            continue  # refused, before there was any line; or at the stand-in, which has one of its own
        entries = [entry for entry in decode(story.call.trail).entries if entry.after is not None]
        moments = [story.call.arrived + dt.timedelta(seconds=entry.after or 0.0) for entry in entries]
        ends = pairwise([*moments, story.call.ended or story.call.arrived])
        for entry, (since, until) in zip(entries, ends, strict=True):
            if isinstance(entry.step, Wait):
                yield _stay(story, entry.step, since, until)


def _stay(story: CallStory, step: Wait, since: dt.datetime, until: dt.datetime) -> Stay:
    came = story.call.arrived if step.in_front else since
    return Stay(
        call=story.call.id,
        step=step,
        since=since,
        counts_from=came - dt.timedelta(seconds=step.ahead),
        until=until,
        offers=tuple(leg for leg in story.legs if since <= leg.rang < until),
    )


def promised_stays(stories: Iterable[CallStory], tasks: Iterable[TaskRow]) -> Iterator[Stay]:
    """Every stay of somebody who is called back; of a number's several promises the oldest one stands in line alone."""
    by_id = {story.call.id: story for story in stories}
    backs = [story for story in by_id.values() if answers_to(story.call.id)]
    for task in tasks:
        if task.kind != "call-back":
            continue
        first = by_id[task.call].call
        ready = first.ended or first.arrived
        step = next(one.step for one in reversed(decode(first.trail).entries) if isinstance(one.step, Wait))
        own = [by_id[id_] for id_ in (call_back_id(first.id, one + 1) for one in range(TRIES)) if id_ in by_id]
        for story in own:
            others = [one.call for one in backs if one.call.number == first.number and one not in own]
            before = [other.ended for other in others if other.ended and other.arrived < story.call.arrived]
            since = max([ready, *before]) + LOOKED
            yield Stay(
                call=story.call.id,
                step=step,
                since=since,
                counts_from=task.since - dt.timedelta(seconds=step.ahead),
                until=max((leg.rang for leg in story.legs if leg.rang <= story.call.arrived), default=since),
                offers=tuple(leg for leg in story.legs if leg.rang <= story.call.arrived),
            )
            ready = story.call.arrived + dt.timedelta(seconds=PAUSE_BETWEEN)


def overtaken(them: Iterable[Stay]) -> Iterator[str]:
    """Whoever was offered to somebody while another one, who counts as having come before, waited for the same."""
    them = sorted(them, key=lambda stay: stay.counts_from)
    for place, stay in enumerate(them):
        for leg in stay.offers:
            if leg.person not in everybody(stay.step):
                continue
            for before in them[:place]:
                if before.counts_from < stay.counts_from - GRAIN and before.is_ready_for(leg.person, leg.rang):
                    yield f"{stay.call} is offered {leg.person}, whom {before.call} waited for longer"
