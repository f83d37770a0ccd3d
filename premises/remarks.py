"""Noting what a call was about: from the telephone and from the command line alike (T5, D14, D20)."""

import datetime as dt
import hashlib

from db.records import CallRow, RemarkRow
from routing.learning import department
from routing.remarks import addressees
from routing.rulebook import Rulebook
from routing.rules.company import Reason
from routing.trail import UnreadableTrailError, decode, decode_facts


def remark(
    call: CallRow,
    kept: Rulebook | None,
    reason: tuple[str, Reason] | None,
    *,
    by: str,
    at: dt.datetime,
    text: str | None = None,
) -> RemarkRow:
    """The row of what somebody notes about a call, with the departments that the reason has told.

    ``kept``: the rules that the call was made by; None: they are not known any more, nor then what a menu had told.
    Who says the same again, about the same call, gets the same row: nobody is told twice.
    """
    name = reason[0] if reason else None
    concerned = _department(call, kept)
    said = "\0".join((call.id, by, name or "", text or ""))
    return RemarkRow(
        id=f"remark-{hashlib.sha256(said.encode(errors='replace')).hexdigest()[:24]}",
        call=call.id,
        by=by,
        at=at,
        reason=name,
        department=concerned,
        text=text,
        tell=addressees(reason[1], concerned) if reason else (),
    )


def _department(call: CallRow, kept: Rulebook | None) -> str | None:
    """The department concerned, by the call's facts and its trail, of which there may be none yet."""
    if kept is None or not call.facts:
        return None
    try:
        entries = decode(call.trail).entries if call.trail else ()
        return department(kept, decode_facts(call.facts), entries)
    except UnreadableTrailError:
        return None
