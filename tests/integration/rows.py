"""Rows for the register's tests: complete ones, of which a test changes what it is about."""

import datetime as dt
from typing import Any

import msgspec

from db.records import AttendanceRow, CallRow, DutyRow, LegRow, MessageRow, PresenceRow, RecordingRow, TaskRow

NINE = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)


def after(seconds: float) -> dt.datetime:
    """So long after nine o'clock."""
    return NINE + dt.timedelta(seconds=seconds)


def call(key: str, **changes: Any) -> CallRow:
    """A call that came at nine (later by its number behind the point), was answered and ended with a talk."""
    arrived = after(float(key.partition(".")[2] or 0))
    row = CallRow(
        id=key,
        arrived=arrived,
        number="+74951234567",
        name="Иван",
        dialled="+74950000001",
        customer="c1",
        looked_up="earlier",
        rules="0123456789ab",
        intent="order",
        answered=arrived + dt.timedelta(milliseconds=1250),
        ended=arrived + dt.timedelta(seconds=60),
        end="talk",
        cause=16,
        facts=b'{"call": 1}',
        trail=b"\x00\xff",
    )
    return msgspec.structs.replace(row, **changes)


def leg(key: str, **changes: Any) -> LegRow:
    """A leg of call 1.1 to Anna, who talked for 20.5 seconds."""
    row = LegRow(
        id=key,
        call="1.1",
        person="anna",
        rule="D4",
        rang=after(10),
        answered=after(15),
        ended=after(35.5),
        why=None,
        cause=16,
    )
    return msgspec.structs.replace(row, **changes)


def recording(of: str, **changes: Any) -> RecordingRow:
    """The recording of a call."""
    row = RecordingRow(
        call=of,
        file=f"2026/11/24/{of}.wav",
        started=after(1),
        seconds=58.75,
        bytes=1_880_044,
        sha256="ab" * 32,
        pieces=("a-r.wav", "a-t.wav"),
        repaired=True,
    )
    return msgspec.structs.replace(row, **changes)


def message(key: str, **changes: Any) -> MessageRow:
    """A message of call 1.1 in the office's box, for the operators."""
    row = MessageRow(
        id=key,
        call="1.1",
        box="office",
        owner="operators",
        file=f"{key}.wav",
        left=after(40),
        seconds=7.5,
        repaired=True,
    )
    return msgspec.structs.replace(row, **changes)


def task(key: str, **changes: Any) -> TaskRow:
    """A message of call 1.1 that the operators owe an answer to."""
    row = TaskRow(id=key, kind="message", call="1.1", owner="operators", about="office", since=after(40))
    return msgspec.structs.replace(row, **changes)


def presence(person: str, **changes: Any) -> PresenceRow:
    """Somebody who talks in call 1.1."""
    row = PresenceRow(person=person, state="talking", since=after(15), why="call 1.1", call="1.1", noted=after(15))
    return msgspec.structs.replace(row, **changes)


def duty(person: str, **changes: Any) -> DutyRow:
    """Somebody at lunch."""
    return msgspec.structs.replace(DutyRow(person=person, kind="away", reason="lunch", since=NINE), **changes)


def attendance(person: str, **changes: Any) -> AttendanceRow:
    """Somebody who came to work at nine."""
    row = AttendanceRow(person=person, since=NINE, at_work=True, why="waits for a call")
    return msgspec.structs.replace(row, **changes)
