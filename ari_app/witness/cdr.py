"""Asterisk's own list of calls, as it writes it to a file of its own: it also knows of calls that no engine saw.

Measured on 22.10.1: a caller's channel has one record from its coming to its hang-up, through IVR, bridges and every
leg of ours; its times agree with the engine's to 40 ms. After a plain Dial it has one for each phone that was rung. A
leg's own record ends where the leg enters the bridge, so it says nothing about who talked how long. Records of calls
that were there when Asterisk was killed are never written.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from dialplan.plan import CALLED_BACK, REFUSING
from premises.ids import is_callers

FILE = "calls.json"
"""In the folder; older ones are ``calls-TIME.json``."""
OUR_CONTEXTS = frozenset({"incoming", "switchboard", CALLED_BACK, REFUSING})
"""Where a call to the company is in the dialplan. The echo test of a phone is none."""

_ID = re.compile(r"(?:back-\d{1,2}-|dial-)?\d{1,19}\.\d{1,19}")
_NUMBER = re.compile(r"[0-9+*#]{1,64}")
Seconds = Annotated[float, msgspec.Meta(ge=0)]


class Cdr(msgspec.Struct, frozen=True, kw_only=True):
    """What Asterisk says of one caller's channel. Times are seconds since 1970."""

    call: str
    """The channel's UNIQUEID, which is the call's id in the register."""
    start: float
    answer: float | None
    end: float
    talked: bool
    """Whether the caller was joined with somebody, in an engine's bridge or by Asterisk's own Dial."""
    refused: "Refused | None" = None

    @property
    def answered_seconds(self) -> float:
        """From the answer to the end."""
        return self.end - self.answer if self.answer is not None else 0.0


class Refused(msgspec.Struct, frozen=True):
    """A caller who was refused because there was too much to do; of others it is not read from here who it was."""

    number: str | None
    dialled: str


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """One record, as ``cdr_custom.conf`` has it; a time that is not known is 0."""

    uniqueid: str
    src: str = ""
    dst: str = ""
    dstchannel: str
    dcontext: str
    start: Seconds
    answer: Seconds
    end: Seconds


_line = msgspec.json.Decoder(_Line).decode
"""Made before there is a second thread, see `routing.trail`: lines are read in several."""


def is_call(uniqueid: str, context: str) -> bool:
    """Whether this is a channel of somebody who called the company, or answered it."""
    return _ID.fullmatch(uniqueid) is not None and is_callers(uniqueid) and context in OUR_CONTEXTS


def read(folder: Path, since: float = 0.0) -> dict[str, Cdr]:
    """The calls that ended since then (seconds since 1970), by their ids, from all files of the folder.

    A line that is no record is passed over: the last one is torn when Asterisk is killed while it writes.
    """
    found: dict[str, Cdr] = {}
    for file in files(folder):
        if file.stat().st_mtime >= since:
            with file.open("rb") as lines:
                for record in records(lines):
                    found[record.call] = _merged(found.get(record.call), record)
    return {call: record for call, record in found.items() if record.end >= since}


def files(folder: Path) -> list[Path]:
    """All files of the list, the oldest first."""
    return [*sorted(folder.glob("calls-*.json")), *folder.glob(FILE)]


def records(lines: Iterable[bytes]) -> Iterator[Cdr]:
    """The records of calls among these lines of a file; there may be several of one call."""
    for text in lines:
        try:
            line = _line(text)
        except ValueError:  # no JSON, or no UTF-8
            continue
        if is_call(line.uniqueid, line.dcontext):
            answer = line.answer or None
            talked = bool(line.dstchannel) and answer is not None
            yield Cdr(
                call=line.uniqueid,
                start=line.start,
                answer=answer,
                end=line.end,
                talked=talked,
                refused=Refused(_number(line.src), _number(line.dst) or "") if line.dcontext == REFUSING else None,
            )


def _number(text: str) -> str | None:
    """The number, if it is what the dialplan leaves of one."""
    return text if _NUMBER.fullmatch(text) else None


def _merged(one: Cdr | None, other: Cdr) -> Cdr:
    """Both records of one channel as one."""
    if one is None:
        return other
    answers = [record.answer for record in (one, other) if record.answer is not None]
    return Cdr(
        call=one.call,
        start=min(one.start, other.start),
        answer=min(answers, default=None),
        end=max(one.end, other.end),
        talked=one.talked or other.talked,
        refused=one.refused or other.refused,
    )
