"""The state of a live call as it rides on the caller's channel: it comes back as it was, and fits into a line."""

import base64
import datetime as dt
import zlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.outcomes import (
    Absence,
    MessageLeft,
    Missed,
    NothingLeft,
    Outcome,
    Pressed,
    Proved,
    Said,
    Silence,
    Talked,
    Unanswered,
    Unproved,
)
from routing.state import LONGEST, State, StateTooLongError, decode_state, encode_state
from routing.trail import UnreadableTrailError

NINE = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
PEOPLE = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
MISSED = st.lists(st.builds(Missed, PEOPLE, st.sampled_from(Absence)), max_size=3).map(tuple)
TIMES = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001
OUTCOMES = st.one_of(
    st.sampled_from((Said(), Silence(), Proved(), Unproved(), NothingLeft())),
    st.builds(Pressed, st.sampled_from("0123456789*#")),
    st.builds(Talked, PEOPLE, st.sampled_from(("caller", "person")), MISSED),
    st.builds(Unanswered, MISSED),
    st.builds(MessageLeft, st.floats(0, 3600)),
)
STATES = st.builds(
    State,
    rules=st.text(max_size=12),
    at=TIMES,
    outcomes=st.lists(OUTCOMES, max_size=8).map(tuple),
    began=st.none() | TIMES,
    missed=MISSED,
    answered=st.none() | TIMES,
)


@given(STATES)
def test_it_comes_back_as_it_was(state: State) -> None:
    assert decode_state(encode_state(state)) == state


@given(STATES)
def test_nothing_in_it_could_be_read_as_more_than_a_character(state: State) -> None:
    text = encode_state(state)
    assert len(text) <= LONGEST
    assert all(character.isascii() and (character.isalnum() or character in "-_") for character in text)


def strangers(count: int) -> tuple[Missed, ...]:
    """So many people with names that hardly compress."""
    names = (base64.b32encode(bytes((place * 37 + n * 101) % 256 for n in range(12))) for place in range(count))
    return tuple(Missed(name.decode().lower().rstrip("="), Absence.BUSY) for name in names)


def test_what_is_too_long_loses_who_was_tried_before_any_outcome() -> None:
    earlier = Unanswered(strangers(3))
    state = State(rules="v", at=NINE, outcomes=(Said(), earlier), missed=strangers(200))
    assert decode_state(encode_state(state)) == msgspec.structs.replace(state, missed=())


def test_then_it_loses_who_was_missed_and_keeps_every_outcome() -> None:
    talked = Talked("anna", "caller", strangers(5))
    state = State(rules="v", at=NINE, outcomes=(Said(), Unanswered(strangers(200)), talked))
    outcomes: tuple[Outcome, ...] = (Said(), Unanswered(()), Talked("anna", "caller"))
    assert decode_state(encode_state(state)).outcomes == outcomes


def test_what_is_too_long_even_so_is_refused() -> None:
    lengths = tuple(MessageLeft(place**0.5) for place in range(400))
    with pytest.raises(StateTooLongError, match="400 outcomes"):
        encode_state(State(rules="v", at=NINE, outcomes=lengths))


def packed(json: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(json)).decode().rstrip("=")


GOOD = encode_state(State(rules="v", at=NINE))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("a", id="no base64"),
        pytest.param("${ENV(HOME)}", id="a dialplan's expression"),
        pytest.param("Zm9v", id="nothing packed"),
        pytest.param("é" + GOOD, id="no ASCII"),
        pytest.param(GOOD[:-8], id="cut off"),
        pytest.param(GOOD[:10] + "\r\n" + GOOD[10:], id="a line's end in it"),
        pytest.param(packed(b"{}"), id="no state"),
        pytest.param(packed(b"[1"), id="no JSON"),
        pytest.param(packed(b'{"rules":"v","at":"2026-11-24T09:00:00"}'), id="a time without a zone"),
        pytest.param(packed(bytes(10_000_000)), id="unpacks to too much"),
        pytest.param("A" * (LONGEST + 1), id="too long"),
    ],
)
def test_anything_else_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableTrailError):
        decode_state(text)
