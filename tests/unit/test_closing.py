"""The end of a call that nobody saw end: what it was, and when."""

import datetime as dt

import pytest

from ari_app.closing import closed
from db.records import CallRow, LegRow
from db.stories import CallStory


def at(seconds: float) -> dt.datetime:
    return dt.datetime(2026, 11, 25, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)


def story(*legs: LegRow) -> CallStory:
    call = CallRow(id="1.1", arrived=at(0), answered=at(1), number=None, name=None, dialled="+74950000001")
    return CallStory(call=call, legs=legs, recording=None, messages=())


def leg(answered: float | None) -> LegRow:
    when = at(answered) if answered is not None else None
    return LegRow(id="leg-1.1-1", call="1.1", person="anna", rang=at(5), answered=when)


@pytest.mark.parametrize(
    ("lost", "last_sound", "asterisk_began", "end", "ended"),
    [
        pytest.param(story(leg(7)), 20, 30, "asterisk ended", 20, id="asterisk died, all but the last was recorded"),
        pytest.param(story(leg(7)), None, 30, "asterisk ended", 30, id="asterisk died before anything was recorded"),
        pytest.param(story(leg(7)), 6, 30, "asterisk ended", 7, id="answered after the last sound that was written"),
        pytest.param(story(leg(7)), 20, -60, "talk", 20, id="the engine was away when the talk ended"),
        pytest.param(story(leg(None)), None, -60, "caller left", 50, id="the engine was away when the caller left"),
    ],
)
def test_a_lost_call_ends(
    lost: CallStory, last_sound: float | None, asterisk_began: float, end: str, ended: float
) -> None:
    sound = at(last_sound) if last_sound is not None else None
    call, only_leg = closed(lost, last_sound=sound, asterisk_began=at(asterisk_began), now=at(50))
    assert isinstance(call, CallRow)
    assert isinstance(only_leg, LegRow)
    assert (call.end, call.ended, only_leg.ended) == (end, at(ended), at(ended))
