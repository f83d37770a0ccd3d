"""Noting what a call was about: from the telephone, the command line and the HTTP API alike (T5, D14, D20)."""

import datetime as dt
import hashlib

from db.records import CallRow, RemarkRow, TaskRow
from routing.facts import Facts
from routing.learning import department
from routing.remarks import addressees, task_owner
from routing.rulebook import Rulebook
from routing.rules.company import Reason
from routing.trail import UnreadableTrailError, decode, decode_facts


def noted(
    call: CallRow,
    kept: Rulebook | None,
    reason: tuple[str, Reason] | None,
    *,
    by: str,
    at: dt.datetime,
    text: str | None = None,
    task: str | None = None,
) -> tuple[RemarkRow] | tuple[RemarkRow, TaskRow]:
    """The row of what somebody notes about a call, with the departments that the reason has told, and the task of it.

    ``kept``: the rules that the call was made by; None: they are not known any more, nor then what a menu had told.
    ``task``: whose task it is, as in a `Reason`; None: as the reason has it.
    Who says the same again, about the same call, gets the same rows: nobody is told twice, and what is done stays done.
    """
    name = reason[0] if reason else None
    facts = _facts(call)
    concerned = _department(call, kept, facts)
    said = "\0".join((call.id, by, name or "", text or ""))
    remark = RemarkRow(
        id=f"remark-{hashlib.sha256(said.encode(errors='replace')).hexdigest()[:24]}",
        call=call.id,
        by=by,
        at=at,
        reason=name,
        department=concerned,
        text=text,
        tell=addressees(reason[1], concerned) if reason else (),
    )
    whose = task or (reason[1].task if reason else None)
    if whose is None:
        return (remark,)
    manager = facts.caller.customer.manager if facts and facts.caller.customer else None
    owner = task_owner(whose, manager, concerned)
    return remark, TaskRow(id=remark.id, kind="remark", call=call.id, owner=owner, about=name or "note", since=at)


def _facts(call: CallRow) -> Facts | None:
    """What was known of the caller; None: nothing yet, or it was written by another version."""
    try:
        return decode_facts(call.facts) if call.facts else None
    except UnreadableTrailError:
        return None


def _department(call: CallRow, kept: Rulebook | None, facts: Facts | None) -> str | None:
    """The department concerned, by the call's facts and its trail, of which there may be none yet."""
    if kept is None or facts is None:
        return None
    try:
        entries = decode(call.trail).entries if call.trail else ()
        return department(kept, facts, entries)
    except UnreadableTrailError:
        return None
