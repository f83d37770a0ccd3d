"""Closing calls of which nobody saw the end: the engine was away, or Asterisk itself died."""

import datetime as dt
from collections.abc import Iterator

import msgspec

from db.records import CallEnd, Row
from db.stories import CallStory


def closed(
    story: CallStory, *, last_sound: dt.datetime | None, asterisk_began: dt.datetime, now: dt.datetime
) -> tuple[Row, ...]:
    """The rows of a call that is no longer there, with the end that it must have had; rows that are closed stay so.

    ``asterisk_began``: a call that is older has ended with the Asterisk before this one. ``last_sound``: when something
    of it was recorded last, which is its end to 2 s (Asterisk 22.10.1 writes so seldom); None: nothing was, and the
    first moment is taken at which it was surely gone. The end lies before nothing that is known of the call.
    """
    with_asterisk = story.call.arrived < asterisk_began
    ended = max(last_sound or _recorded_until(story) or (asterisk_began if with_asterisk else now), *_known(story))
    legs = [msgspec.structs.replace(leg, ended=ended) for leg in story.legs if leg.ended is None]
    end = "asterisk ended" if with_asterisk else _end_of(story)
    return (msgspec.structs.replace(story.call, ended=ended, end=end), *legs)


def _recorded_until(story: CallStory) -> dt.datetime | None:
    """The end of a recording that was kept before the call was closed."""
    recording = story.recording
    return recording.started + dt.timedelta(seconds=recording.seconds) if recording else None


def _known(story: CallStory) -> Iterator[dt.datetime]:
    """When something happened in the call."""
    yield story.call.arrived
    times = (time for leg in story.legs for time in (leg.rang, leg.answered, leg.ended))
    yield from (time for time in (story.call.answered, *times) if time is not None)


def _end_of(story: CallStory) -> CallEnd:
    if any(leg.answered for leg in story.legs):
        return "talk"
    return "message" if story.messages else "caller left"
