"""Why somebody gets no calls, told in words."""

import datetime as dt
from typing import Any

import msgspec
import pytest

from db.records import LegRow, PresenceRow
from premises.wall_clock import WallClock
from premises.whereabouts import Whereabouts, tell
from routing.outcomes import Absence
from routing.presence import Duty
from routing.standing import DID_NOT_ANSWER

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def presence(state: str, why: str = "") -> PresenceRow:
    return PresenceRow(person="anna", state=state, since=NOON, why=why, noted=NOON)


def leg(seconds: float | None, **changes: Any) -> LegRow:
    ended = None if seconds is None else NOON + dt.timedelta(seconds=seconds)
    return msgspec.structs.replace(LegRow(id="l", call="7.1", person="anna", rang=NOON, ended=ended), **changes)


def told(**known: Any) -> list[str]:
    usual: dict[str, Any] = {
        "calendar": None,
        "duty": Duty(),
        "seat": "",
        "presence": presence("free", "waits for a call"),
        "served": True,
        "offers": (),
    }
    return list(tell(Whereabouts(person="anna", name="Anna", **usual | known), WallClock("Europe/Moscow")))


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        ({}, "gets calls when it is this person's turn"),
        ({"presence": None}, "no engine has seen the telephone yet"),
        ({"presence": presence("not registered")}, "gets no calls: not registered"),
        ({"presence": presence("talking")}, "gets no calls: talking"),
        ({"calendar": Absence.ON_LEAVE}, "gets no calls: on leave"),
        ({"duty": Duty("out", None, NOON)}, "gets no calls: signed out (*45 at the telephone signs in)"),
        (
            {"duty": Duty("away", "lunch", NOON)},
            "gets no calls: away (lunch); *48 at the telephone, or people NAME --back",
        ),
    ],
)
def test_the_first_line_says_it_all(known: dict[str, Any], verdict: str) -> None:
    assert told(**known)[0] == f"anna (Anna): {verdict}"


@pytest.mark.parametrize(
    ("known", "line"),
    [
        ({}, "no call was ever offered"),
        ({"calendar": Absence.OUTSIDE_HOURS}, "by the calendar: outside working hours"),
        ({"seat": "at desk-1"}, "sits at desk-1"),
        ({"served": False}, "no engine serves now: the state is as of then"),
        ({"presence": None}, "state: unknown"),
        ({"duty": Duty("away", DID_NOT_ANSWER, NOON)}, "noted by the switchboard itself since"),
        ({"duty": Duty("in", None, NOON)}, "said: at work since"),
        ({"offers": (leg(20, why="no answer", rule="D4"),)}, "7.1  D4  no answer after 20 s"),
        ({"offers": (leg(3),)}, "7.1  -  the caller left after 3 s"),
        ({"offers": (leg(60, answered=NOON + dt.timedelta(seconds=5)),)}, "talked 55 s"),
        ({"offers": (leg(None, answered=NOON),)}, "talked until now"),
        ({"offers": (leg(None),)}, "7.1  -  rings"),
    ],
)
def test_what_it_is_told_by_stands_below(known: dict[str, Any], line: str) -> None:
    assert any(line in one for one in told(**known)[1:])
