"""Closing calls and legs of which nobody saw the end: the engine was away, or Asterisk itself died."""

import datetime as dt
from collections.abc import Iterable, Iterator

import msgspec

from ari_app.witness.cdr import Cdr
from db.records import CallEnd, CallRow, LegRow, Row
from db.stories import CallStory
from routing.facts import PersonId
from routing.outcomes import Absence
from routing.transfers import BACK

RESTART = dt.timedelta(seconds=2)
"""From the last records of an Asterisk that is restarted at once to the beginning of the next one: 1.1 to 1.2 s
(22.10.1, measured on a busy machine). One that is killed writes no records of the calls that it had."""


def closed(
    story: CallStory,
    *,
    cdr: Cdr | None,
    last_sound: dt.datetime | None,
    asterisk_ended: dt.datetime | None,
    now: dt.datetime,
) -> tuple[Row, ...]:
    """The rows of a call that is no longer there, with the end that it must have had; rows that are closed stay so.

    ``cdr``: Asterisk's own record of it, which has the end; None: it wrote none, so it was killed. ``last_sound``: when
    something of the call was recorded last, which is its end to 2 s (Asterisk 22.10.1 writes so seldom); None: nothing
    was. ``asterisk_ended``: by when the Asterisk that had the call was no more; None: it runs. Without any of them the
    end is ``now``, when it is surely gone. The end lies before nothing that is known of the call.
    """
    told = moment(cdr.end) if cdr else last_sound or _recorded_until(story) or asterisk_ended or now
    ended = max(told, *_known(story))
    answered = story.call.answered or (moment(cdr.answer) if cdr and cdr.answer is not None else None)
    went_with_it = asterisk_ended is not None and (cdr is None or told > asterisk_ended - RESTART)
    end = "asterisk ended" if went_with_it else _end_of(story, cdr)
    legs = [msgspec.structs.replace(leg, ended=ended) for leg in _open_legs(story, cdr)]
    acts = [msgspec.structs.replace(act, ended=ended) for act in story.acts if act.ended is None]
    return (msgspec.structs.replace(story.call, answered=answered, ended=ended, end=end), *legs, *acts)


def closed_legs(
    legs: Iterable[LegRow], *, still: str | None, talking: PersonId | None, now: dt.datetime
) -> Iterator[LegRow]:
    """The rows of a call's legs that nobody else will close, all but the one that goes on (``still``).

    ``talking``: with whom the caller talked, as the call's own state has it, which is kept before the register's rows.
    """
    for leg in legs:
        if leg.ended is None and leg.id != still:
            row = picked_up(leg) if leg.person == talking else leg
            why = row.why or (None if row.answered else str(Absence.UNREACHABLE))
            yield msgspec.structs.replace(row, ended=now, why=why)


def picked_up(leg: LegRow) -> LegRow:
    """The row of somebody who has answered: so short before an engine's death that the register may not know of it."""
    return leg if leg.answered else msgspec.structs.replace(leg, answered=leg.rang)


def without_legs(row: CallRow) -> CallStory:
    """The story of a call of which nothing else is known."""
    return CallStory(call=row, legs=(), recording=None, messages=())


def moment(seconds: float) -> dt.datetime:
    """Seconds since 1970, as rows have them."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _recorded_until(story: CallStory) -> dt.datetime | None:
    """The end of a recording that was kept before the call was closed."""
    recording = story.recording
    return recording.started + dt.timedelta(seconds=recording.seconds) if recording else None


def _known(story: CallStory) -> Iterator[dt.datetime]:
    """When something happened in the call."""
    yield story.call.arrived
    times = (time for leg in story.legs for time in (leg.rang, leg.answered, leg.ended))
    acts = (time for act in story.acts for time in (act.began, act.ended))
    yield from (time for time in (story.call.answered, *times, *acts) if time is not None)


def _open_legs(story: CallStory, cdr: Cdr | None) -> list[LegRow]:
    """The legs to be closed; the only one of a call in which somebody talked is the one that was answered."""
    legs = [leg for leg in story.legs if leg.ended is None]
    if len(legs) == 1 and cdr is not None and cdr.talked and not any(leg.answered for leg in story.legs):
        return [picked_up(legs[0])]
    return legs


def _end_of(story: CallStory, cdr: Cdr | None) -> CallEnd:
    if any(leg.answered for leg in story.legs) or (cdr is not None and cdr.talked):
        return "talk"
    if story.call.dialled.startswith(BACK):
        return "not reached"
    return "message" if story.messages else "caller left"
