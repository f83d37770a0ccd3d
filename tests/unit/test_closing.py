"""The end of a call that nobody saw end: what it was, and when."""

import datetime as dt

import msgspec
import pytest

from ari_app.adoption.closing import closed, closed_legs
from ari_app.witness.cdr import Cdr
from db.records import ActRow, CallRow, LegRow
from db.stories import CallStory


def at(seconds: float) -> dt.datetime:
    return dt.datetime(2026, 11, 25, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)


def story(*legs: LegRow) -> CallStory:
    call = CallRow(id="1.1", arrived=at(0), answered=at(1), number=None, name=None, dialled="+74950000001")
    return CallStory(call=call, legs=legs, recording=None, messages=())


def leg(answered: float | None) -> LegRow:
    when = at(answered) if answered is not None else None
    return LegRow(id="leg-1.1-1", call="1.1", person="anna", rang=at(5), answered=when)


def record(*, answered: float | None = 1, talked: bool = False) -> Cdr:
    when = at(answered).timestamp() if answered is not None else None
    return Cdr(call="1.1", start=at(0).timestamp(), answer=when, end=at(25).timestamp(), talked=talked)


@pytest.mark.parametrize(
    ("lost", "cdr", "last_sound", "asterisk_ended", "end", "ended"),
    [
        pytest.param(
            story(leg(7)), None, 20, 30, "asterisk ended", 20, id="Asterisk died, all but the last was recorded"
        ),
        pytest.param(
            story(leg(7)), None, None, 30, "asterisk ended", 30, id="Asterisk died before anything was recorded"
        ),
        pytest.param(
            story(leg(7)), None, 6, 30, "asterisk ended", 7, id="answered after the last sound that was written"
        ),
        pytest.param(story(leg(7)), None, 20, None, "talk", 20, id="the engine was away when the talk ended"),
        pytest.param(
            story(leg(None)), None, None, None, "caller left", 50, id="the engine was away when the caller left"
        ),
        pytest.param(
            story(leg(7)), record(), 23, None, "talk", 25, id="Asterisk's list knows better than the last sound"
        ),
        pytest.param(story(leg(7)), record(), 23, 30, "talk", 25, id="the talk had ended when Asterisk died"),
        pytest.param(story(leg(7)), record(), 23, 26, "asterisk ended", 25, id="Asterisk was restarted at once"),
        pytest.param(
            story(), record(talked=True), None, None, "talk", 25, id="the dialplan rang somebody who answered"
        ),
    ],
)
def test_a_lost_call_ends(
    lost: CallStory, cdr: Cdr | None, last_sound: float | None, asterisk_ended: float | None, end: str, ended: float
) -> None:
    sound, gone = (at(known) if known is not None else None for known in (last_sound, asterisk_ended))
    call, *legs = closed(lost, cdr=cdr, last_sound=sound, asterisk_ended=gone, now=at(50))
    assert isinstance(call, CallRow)
    assert (call.end, call.ended, call.answered) == (end, at(ended), at(1))
    assert [one.ended for one in legs if isinstance(one, LegRow)] == [at(ended)] * len(lost.legs)


def test_an_answer_that_only_asterisk_knows_of_is_kept() -> None:
    lost = CallStory(call=msgspec.structs.replace(story().call, answered=None), legs=(), recording=None, messages=())
    (call,) = closed(lost, cdr=record(answered=3), last_sound=None, asterisk_ended=None, now=at(50))
    assert isinstance(call, CallRow)
    assert call.answered == at(3)


def test_what_was_done_beside_its_talk_ends_with_it() -> None:
    act = ActRow(id="act-1.1-1", call="1.1", by="nina", what="listen", person="anna", began=at(9))
    over = msgspec.structs.replace(act, id="act-1.1-2", ended=at(10))
    lost = msgspec.structs.replace(story(leg(7)), acts=(act, over))
    rows = closed(lost, cdr=record(), last_sound=None, asterisk_ended=None, now=at(50))
    assert [row for row in rows if isinstance(row, ActRow)] == [msgspec.structs.replace(act, ended=at(25))]


def test_who_asterisk_says_was_talked_with_is_who_was_rung() -> None:
    rows = closed(story(leg(None)), cdr=record(talked=True), last_sound=None, asterisk_ended=None, now=at(50))
    assert [row.answered for row in rows if isinstance(row, LegRow)] == [at(5)]


@pytest.mark.parametrize(
    ("known", "still", "talking", "answered", "ended", "why"),
    [
        pytest.param(leg(None), None, None, None, 50, "unreachable", id="rang as the engine died"),
        pytest.param(leg(7), None, "anna", 7, 50, None, id="talked, and hung up while no engine was there"),
        pytest.param(leg(None), None, "anna", 5, 50, None, id="answered a moment before the engine died, and hung up"),
        pytest.param(leg(None), None, "boris", None, 50, "unreachable", id="rang beside the one who talked"),
        pytest.param(leg(7), "leg-1.1-1", "anna", 7, None, None, id="goes on talking"),
    ],
)
def test_a_leg_that_nobody_else_closes(
    known: LegRow,
    still: str | None,
    talking: str | None,
    answered: float | None,
    ended: float | None,
    why: str | None,
) -> None:
    (row,) = [*closed_legs([known], still=still, talking=talking, now=at(50))] or [known]
    assert (row.answered, row.ended, row.why) == (
        at(answered) if answered is not None else None,
        at(ended) if ended is not None else None,
        why,
    )
