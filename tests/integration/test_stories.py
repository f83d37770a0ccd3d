"""Reading the register back: what an operator or a head asks for, and what comes."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import event

from db.database import Database
from db.presences import Presences
from db.register import Register
from db.stories import Stories
from tests.integration import rows
from tests.integration.rows import after

CALLS = [
    rows.call("1.1", number="+74950000011", customer="c1", dialled="+74950000001"),
    rows.call("1.2", number="+74950000012", customer="c2", dialled="+74950000002"),
    rows.call("1.3", number=None, customer=None, dialled="+74950000001", answered=None, ended=None, end=None),
    rows.call("1.4", number="+74950000011", customer="c1", dialled="+74950000002"),
]
LEGS = [
    rows.leg("leg-1.1-1", call="1.1", person="boris", rang=after(1), answered=None, why="busy"),
    rows.leg("leg-1.1-2", call="1.1", person="anna", rang=after(2), answered=after(3), ended=after(13.25)),
    rows.leg("leg-1.2-1", call="1.2", person="anna", rang=after(20), answered=after(21), ended=after(22.5)),
    rows.leg("leg-1.4-1", call="1.4", person="boris", rang=after(30), answered=after(31), ended=None),
    rows.leg("leg-1.4-2", call="1.4", person="+79161234567", rang=after(31), answered=None, ended=after(32)),
    rows.leg("leg-1.4-3", call="1.4", person="+79161234568", rang=after(33), answered=None, ended=after(34)),
]
RECORDINGS = [
    rows.recording("1.1", started=after(1)),
    rows.recording("1.2", started=after(2)),
    rows.recording("9.9", started=after(90_000)),
]
MESSAGES = [
    rows.message("m-1", left=after(50)),
    rows.message("m-2", left=after(40), box="night"),
    rows.message("m-3", left=after(60), owner="anna"),
    rows.message("m-4", left=after(70), heard=after(80), heard_by="olga"),
    rows.message("m-5", left=after(71), removed=after(80)),
]


@pytest.fixture
def stories(database: Database) -> Stories:
    register = Register(database)
    register.put(*CALLS, *LEGS, *RECORDINGS, *MESSAGES)
    assert register.close() == ()
    return Stories(database)


@pytest.mark.parametrize(
    ("which", "found"),
    [
        ({}, ["1.4", "1.3", "1.2", "1.1"]),
        ({"limit": 2}, ["1.4", "1.3"]),
        ({"since": after(2)}, ["1.4", "1.3", "1.2"]),
        ({"until": after(2)}, ["1.1"]),
        ({"since": after(2).astimezone(dt.timezone(dt.timedelta(hours=3))), "until": after(3)}, ["1.2"]),
        ({"since": dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=14)))}, ["1.4", "1.3", "1.2", "1.1"]),
        ({"since": dt.datetime(9999, 12, 31, 23, tzinfo=dt.timezone(-dt.timedelta(hours=14)))}, []),
        ({"person": "boris"}, ["1.4", "1.1"]),
        ({"person": "nobody"}, []),
        ({"number": "+74950000011"}, ["1.4", "1.1"]),
        ({"customer": "c2"}, ["1.2"]),
        ({"dialled": "+74950000001"}, ["1.3", "1.1"]),
        ({"person": "anna", "customer": "c1"}, ["1.1"]),
        ({"among": ["anna", "nobody"]}, ["1.2", "1.1"]),
        ({"among": ["anna", "boris"], "person": "anna"}, ["1.2", "1.1"]),
        ({"among": []}, []),
        ({"beyond": (after(3), "1.3")}, ["1.2", "1.1"]),
        ({"beyond": (after(3), "1.4")}, ["1.3", "1.2", "1.1"]),
    ],
    ids=str,
)
def test_calls_are_found_the_newest_first(stories: Stories, which: dict[str, object], found: list[str]) -> None:
    assert [call.id for call in stories.calls(**which)] == found  # type: ignore[arg-type]


def test_the_story_of_a_call_has_everything_of_it(stories: Stories) -> None:
    story = stories.story("1.1")
    assert story is not None
    assert story.call == CALLS[0]
    assert list(story.legs) == LEGS[:2]
    assert story.recording == RECORDINGS[0]
    assert [message.id for message in story.messages] == ["m-2", "m-1", "m-3", "m-4", "m-5"]


def test_a_call_without_legs_or_recording_has_a_story_too(stories: Stories) -> None:
    story = stories.story("1.3")
    assert story is not None
    assert (story.legs, story.recording, story.messages) == ((), None, ())


def test_legs_are_found_by_their_calls(stories: Stories) -> None:
    found = stories.legs(["1.1", "1.3", "1.4"])
    assert found == {"1.1": tuple(LEGS[:2]), "1.4": tuple(LEGS[3:])}


def test_what_everybody_was_doing_is_known(stories: Stories, database: Database) -> None:
    register = Register(database)
    register.put(rows.presence("anna"), rows.presence("boris", state="free"))
    assert register.close() == ()
    assert {who: row.state for who, row in Presences(database).all().items()} == {"anna": "talking", "boris": "free"}


def test_an_unknown_call_has_no_story(stories: Stories) -> None:
    assert stories.story("1.9") is None


@pytest.mark.parametrize(
    ("which", "found"),
    [
        ({}, ["9.9", "1.2", "1.1"]),
        ({"limit": 1}, ["9.9"]),
        ({"call": "1.2"}, ["1.2"]),
        ({"call": "9.9"}, ["9.9"]),
        ({"since": after(86_400)}, ["9.9"]),
        ({"until": after(86_400)}, ["1.2", "1.1"]),
        ({"person": "anna"}, ["1.2", "1.1"]),
        ({"person": "boris"}, []),
        ({"among": ["anna", "boris"]}, ["1.2", "1.1"]),
        ({"customer": "c2"}, ["1.2"]),
        ({"number": "+74950000011", "dialled": "+74950000001"}, ["1.1"]),
    ],
    ids=str,
)
def test_recordings_are_found_by_call_person_customer_and_day(
    stories: Stories, which: dict[str, object], found: list[str]
) -> None:
    assert [recording.call for recording in stories.sounds.recordings(**which)] == found  # type: ignore[arg-type]


def test_all_recordings_and_messages_can_be_gone_through(stories: Stories) -> None:
    assert list(stories.sounds.every_recording()) == RECORDINGS
    assert list(stories.sounds.every_recording(until=after(2))) == RECORDINGS[:1]
    assert [message.id for message in stories.sounds.every_message()] == ["m-2", "m-1", "m-3", "m-4", "m-5"]
    assert [message.id for message in stories.sounds.every_message(until=after(60))] == ["m-2", "m-1"]


@pytest.mark.parametrize(
    ("which", "found"),
    [
        ({}, ["m-4", "m-3", "m-1", "m-2"]),
        ({"heard": False}, ["m-3", "m-1", "m-2"]),
        ({"heard": True}, ["m-4"]),
        ({"owners": ["anna"]}, ["m-3"]),
        ({"owners": ["operators"], "heard": False}, ["m-1", "m-2"]),
        ({"limit": 2}, ["m-4", "m-3"]),
        ({"beyond": (after(60), "m-3")}, ["m-1", "m-2"]),
    ],
    ids=str,
)
def test_messages_are_found_the_newest_first(stories: Stories, which: dict[str, Any], found: list[str]) -> None:
    assert [message.id for message in stories.sounds.messages(**which)] == found


def test_a_message_for_nobody_in_particular_is_for_everybody(database: Database) -> None:
    register = Register(database)
    register.put(rows.call("1.1"), rows.message("m-1", owner=None))
    assert register.close() == ()
    assert [message.id for message in Stories(database).sounds.messages(owners=["anna"])] == ["m-1"]


def test_more_than_one_page_is_gone_through(database: Database) -> None:
    register = Register(database)
    register.put(*(rows.recording(f"1.{number}", started=after(number // 7)) for number in range(2500)))
    assert register.close() == ()
    assert len({recording.call for recording in Stories(database).sounds.every_recording()}) == 2500


def test_which_of_some_calls_the_register_knows(stories: Stories) -> None:
    assert stories.known(["1.1", "1.3", "7.7"]) == {"1.1", "1.3"}
    assert stories.known([]) == set()


@pytest.mark.parametrize("asked", [0, 1, 49, 50, 51, 120])
def test_any_number_of_calls_is_asked_for_by_one_statement(database: Database, stories: Stories, asked: int) -> None:
    """Of two lengths there were two, and every connection keeps a hundred of them."""
    statements = set()
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.add(args[2]))
    calls = [f"1.{number}" for number in range(4, 4 + asked)]
    assert stories.known([]) | stories.known(["1.1"]) | stories.known(calls) == {"1.1", *calls[:1]}
    assert len(statements) == 1


def test_outside_legs_are_told_from_those_to_people(stories: Stories) -> None:
    assert {leg.id for leg in stories.outside_legs(after(0))} == {"leg-1.4-2", "leg-1.4-3"}
    assert {leg.id for leg in stories.outside_legs(after(33))} == {"leg-1.4-3"}


def test_who_is_called_back_is_rung_outside_as_well(stories: Stories, database: Database) -> None:
    register = Register(database)
    register.put(rows.call("back-1-1.4", arrived=after(40), dialled="<anna", number="+79161234567", answered=after(45)))
    assert register.close() == ()
    (leg,) = stories.outside_legs(after(40))
    assert (leg.id, leg.person, leg.rang, leg.answered) == ("back-1-1.4", "+79161234567", after(40), after(45))
