"""Rows that the register lacks, made from what Asterisk says: so that each call that reached us has one (D14)."""

import datetime as dt
from collections.abc import Iterable, Iterator

import msgspec

from ari_app.witness.cdr import Cdr
from ari_app.witness.comparing import Finding, Picture
from db.records import CallRow


def row_from_cdr(cdr: Cdr) -> CallRow:
    """The row of a call that no engine saw, over and answered by the dialplan or not at all.

    Who called is not known: no text of a caller is in Asterisk's list.
    """
    return CallRow(
        id=cdr.call,
        arrived=_time(cdr.start),
        number=None,
        name=None,
        dialled="",
        looked_up="not",
        served_by="ring",
        answered=_time(cdr.answer) if cdr.answer is not None else None,
        ended=_time(cdr.end),
        end="talk" if cdr.talked else "goodbye" if cdr.answer is not None else "caller left",
    )


def closed(row: CallRow, cdr: Cdr | None, now: float) -> CallRow:
    """A row that was never closed, with the end that Asterisk tells; without one, with the end ``now``."""
    ended = _time(cdr.end if cdr else now)
    answered = row.answered or (_time(cdr.answer) if cdr and cdr.answer is not None else None)
    return msgspec.structs.replace(row, answered=answered, ended=ended, end="link lost")


def repaired(findings: Iterable[Finding], picture: Picture) -> Iterator[CallRow]:
    """The rows with which those findings are gone that can be mended."""
    for finding in findings:
        if finding.kind == "not in the register":
            yield row_from_cdr(picture.cdrs[finding.call])
        elif finding.kind == "never closed":
            yield closed(picture.rows[finding.call], picture.cdrs.get(finding.call), picture.now)


def _time(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
