"""Closing calls of which nobody saw the end: the engine was away, or Asterisk itself died."""

import datetime as dt

import msgspec

from db.records import CallEnd, Row
from db.stories import CallStory


def closed(story: CallStory, *, ended: dt.datetime, asterisk_began: dt.datetime) -> tuple[Row, ...]:
    """The rows of a call that is no longer there, with the end that it must have had; rows that are closed stay so.

    ``asterisk_began``: a call that is older has ended with the Asterisk before this one.
    """
    end = "asterisk ended" if story.call.arrived < asterisk_began else _end_of(story)
    legs = [msgspec.structs.replace(leg, ended=ended) for leg in story.legs if leg.ended is None]
    return (msgspec.structs.replace(story.call, ended=ended, end=end), *legs)


def _end_of(story: CallStory) -> CallEnd:
    if any(leg.answered for leg in story.legs):
        return "talk"
    return "message" if story.messages else "caller left"
