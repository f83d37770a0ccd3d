"""Asterisk's list of calls beside the register: what one lacks, or has otherwise. Pure: facts in, findings out."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from ari_app.witness.cdr import Cdr
from db.records import CallRow, RecordingRow
from premises.wall_clock import WallClock

SETTLED = 10.0
"""Seconds: a call that ended less long ago may have rows under way, and its recording is being sealed."""
WRONG_BY = 2.0
"""Seconds from which on two lengths of one call differ. On a machine at rest they differ by 0.04 s."""
SEEN_ENDS = frozenset({"talk", "message", "goodbye", "caller left", "refused"})
"""Ends that the engine learnt from Asterisk: with any other it had lost sight of the call."""

Kind = Literal[
    "not in the register",
    "not in Asterisk's list",
    "never closed",
    "answered differently",
    "length differs",
    "no recording",
    "recording's length",
]
TO_DO: Mapping[Kind, str] = {
    "not in the register": "./switchboard audit --repair writes its row",
    "never closed": "./switchboard audit --repair closes its row",
    "no recording": "./switchboard recordings verify; look for it in pbx/spool/monitor",
    "recording's length": "./switchboard recordings verify",
    "not in Asterisk's list": "look for its id in pbx/log/messages and in the engine's log",
    "answered differently": "./switchboard call ID, and the engine's log of that time",
    "length differs": "./switchboard call ID, and the engine's log of that time",
}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the two witnesses tell differently."""

    call: str
    kind: Kind
    text: str
    """For people."""

    def __str__(self) -> str:
        """One line, with what to do."""
        return f"{self.call}: {self.kind}: {self.text}; {TO_DO[self.kind]}"


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is compared."""

    cdrs: Mapping[str, Cdr]
    """Calls that ended since ``since``."""
    rows: Mapping[str, CallRow]
    """Calls of the register; also those of ``cdrs`` that came before ``since``."""
    recordings: Mapping[str, RecordingRow]
    starts: Sequence[float]
    """When Asterisk was started."""
    living: bool
    """Whether the Asterisk of the last start runs now."""
    since: float
    now: float
    settled: float = SETTLED
    """Seconds after its end until a call is judged."""
    clock: WallClock = WallClock()
    """By which findings are told, with its offset: they are read in logs and JSON, too."""


def compare(picture: Picture) -> list[Finding]:
    """What does not agree, in the order of the calls' ids."""
    return sorted(_findings(picture), key=lambda finding: finding.call)


def _findings(picture: Picture) -> Iterator[Finding]:
    judged = picture.now - picture.settled
    for call, cdr in picture.cdrs.items():
        if cdr.end > judged:
            continue
        row = picture.rows.get(call)
        if row is None:
            how = "the caller talked with somebody" if cdr.talked else _length_of(cdr, picture.clock)
            yield Finding(call=call, kind="not in the register", text=how)
        else:
            yield from _both(cdr, row, picture.recordings.get(call), picture.clock)
    for call, row in picture.rows.items():
        if call not in picture.cdrs and picture.since <= row.arrived.timestamp() <= judged:
            yield from _row_alone(row, picture)


def _both(cdr: Cdr, row: CallRow, recording: RecordingRow | None, clock: WallClock) -> Iterator[Finding]:
    if row.ended is None:
        text = f"Asterisk says that it ended at {_told(cdr.end, clock)}"
        yield Finding(call=row.id, kind="never closed", text=text)
    elif (row.answered is None) != (cdr.answer is None):
        text = f"answered: {_yes(row.answered)} in the register, {_yes(cdr.answer)} for Asterisk"
        yield Finding(call=row.id, kind="answered differently", text=text)
    elif (lasted := _lasted(row)) is not None and _differs(lasted, cdr, recording.seconds if recording else None):
        text = f"{lasted:.1f} s in the register, {cdr.answered_seconds:.1f} s for Asterisk, from the answer on"
        yield Finding(call=row.id, kind="length differs", text=text)
    yield from _recorded(cdr, row, recording, clock)


def _recorded(cdr: Cdr, row: CallRow, recording: RecordingRow | None, clock: WallClock) -> Iterator[Finding]:
    if cdr.answer is None:
        return
    if recording is None:
        yield Finding(call=cdr.call, kind="no recording", text=_length_of(cdr, clock))
    elif _differs(recording.seconds, cdr, _lasted(row)):
        text = f"{recording.seconds:.1f} s are recorded, {cdr.answered_seconds:.1f} s were answered"
        yield Finding(call=cdr.call, kind="recording's length", text=text)


def _lasted(row: CallRow) -> float | None:
    """Seconds from the answer on; None: it was not answered, or not closed."""
    return (row.ended - row.answered).total_seconds() if row.ended and row.answered else None


def _differs(seconds: float, cdr: Cdr, other: float | None) -> bool:
    """Whether a call, or its recording, lasted longer or less than Asterisk says.

    A record of a talk may end where the first of the two leaves the bridge (22.10.1); the caller may be there for
    longer, until the engine or the stand-in hangs up. Then the ``other`` one, the recording beside the row and the row
    beside the recording, must be as long; where there is none, that is told by itself.
    """
    more = seconds - cdr.answered_seconds
    is_borne_out = cdr.talked and (other is None or abs(seconds - other) <= WRONG_BY)
    return more < -WRONG_BY or (more > WRONG_BY and not is_borne_out)


def _row_alone(row: CallRow, picture: Picture) -> Iterator[Finding]:
    """A call that only the register knows: it goes on, or its Asterisk was killed, or something is wrong."""
    arrived = row.arrived.timestamp()
    its_asterisk_ended = any(start > arrived for start in picture.starts) or not picture.living
    if row.ended is None:
        if its_asterisk_ended:
            yield Finding(call=row.id, kind="never closed", text="the Asterisk that had it is no more")
        return
    ended = row.ended.timestamp()
    died_with_it = its_asterisk_ended and row.end not in SEEN_ENDS
    if ended <= picture.now - picture.settled and not died_with_it and row.end != "not reached":
        text = f"it ended at {_told(ended, picture.clock)} ({row.end})"
        yield Finding(call=row.id, kind="not in Asterisk's list", text=text)


def _length_of(cdr: Cdr, clock: WallClock) -> str:
    if cdr.answer is None:
        return f"it came at {_told(cdr.start, clock)} and was not answered"
    return f"it came at {_told(cdr.start, clock)} and was answered for {cdr.answered_seconds:.1f} s"


def _told(seconds: float, clock: WallClock) -> str:
    return clock.exactly(dt.datetime.fromtimestamp(seconds, dt.UTC))


def _yes(answered: object) -> str:
    return "no" if answered is None else "yes"
