"""The feature code for after a talk: ``*49N`` tells what it was about, by the key N in the rules' ``reasons`` (T5).

It is about the call that the person talked in last, which goes on or ended within the last hour. It is confirmed once
it is safe on disk: then the departments that the reason names are told of it, and whoever has the task of it has it,
whatever ends in between (D14, D20).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import structlog

from premises.clock import now
from premises.remarks import noted
from routing.remarks import by_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from agi.channel import Channel
    from db.records import CallRow, Row
    from premises.rulebooks import Rulebooks
    from routing.facts import PersonId

CODE = "*49"
LATEST = dt.timedelta(hours=1)
"""So long after a talk a code is about it; a day later it would most likely be meant for another one."""
NOTED, WRONG, NOT_NOTED = "auth-thankyou", "pbx-invalid", "im-sorry"

log = structlog.get_logger()


def serve(
    channel: Channel,
    code: str,
    person: PersonId | None,
    rules: Rulebooks,
    last_talk: Callable[[PersonId, dt.datetime], CallRow | None],
    keep: Callable[[tuple[Row, ...]], bool],
) -> None:
    """Note the reason that this person has dialled, then say whether it was. Raises `agi.errors.AgiError`.

    ``person``: who sits at the telephone, if anybody. ``last_talk`` gives no call where the register does not tell in
    time; ``keep`` tells whether the rows are safe.
    """
    reasons = rules.now().reasons
    name = by_key(reasons, code.removeprefix(CODE))
    if name is None or person is None:
        channel.play(WRONG)
        return
    call = last_talk(person, now() - LATEST)
    if call is None:
        log.warning("reason not noted: no talk of late is known", person=person, reason=name)
        channel.play(NOT_NOTED)
        return
    rows = noted(call, rules.of(call.rules or ""), (name, reasons[name]), by=person, at=now())
    log.info("noted after the call", call=call.id, person=person, reason=name, tell=rows[0].tell)
    channel.play(NOTED if keep(rows) else NOT_NOTED)
