"""Rows that the register lacks, made from what Asterisk says: so that each call that reached us has one (D14)."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from ari_app.adoption.closing import closed, moment, without_legs
from ari_app.witness.cdr import Cdr
from ari_app.witness.comparing import Finding, Picture
from db.records import CallEnd, CallRow, Row
from db.stories import CallStory


def row_from_cdr(cdr: Cdr) -> CallRow:
    """The row of a call that no engine saw, over and answered by the dialplan, or not at all, or refused.

    Who called is known only of those who were refused.
    """
    return CallRow(
        id=cdr.call,
        arrived=moment(cdr.start),
        number=cdr.refused.number if cdr.refused else None,
        name=None,
        dialled=cdr.refused.dialled if cdr.refused else "",
        looked_up="not",
        served_by="ring",
        answered=moment(cdr.answer) if cdr.answer is not None else None,
        ended=moment(cdr.end),
        end=_end(cdr),
    )


def _end(cdr: Cdr) -> CallEnd:
    if cdr.refused:
        return "refused"
    return "talk" if cdr.talked else "goodbye" if cdr.answer is not None else "caller left"


def repaired(
    findings: Iterable[Finding],
    picture: Picture,
    story: Callable[[str], CallStory | None],
    last_sound: Callable[[str], dt.datetime | None],
) -> Iterator[Row]:
    """The rows with which those findings are gone that can be mended.

    ``story``: a call as the register has it now. ``last_sound``: when something of a call was recorded last.
    """
    for finding in findings:
        if finding.kind == "not in the register":
            yield row_from_cdr(picture.cdrs[finding.call])
        elif finding.kind == "never closed":
            row = picture.rows[finding.call]
            yield from closed(
                story(row.id) or without_legs(row),
                cdr=picture.cdrs.get(row.id),
                last_sound=last_sound(row.id),
                asterisk_ended=_asterisk_ended(row, picture),
                now=moment(picture.now),
            )


def _asterisk_ended(row: CallRow, picture: Picture) -> dt.datetime | None:
    """By when the Asterisk that had the call was no more; None: it runs."""
    later = (start for start in picture.starts if start > row.arrived.timestamp())
    ended = next(later, None if picture.living else picture.now)
    return moment(ended) if ended is not None else None
