"""The promise that a caller is called back, as engine and stand-in write it down."""

import datetime as dt

from db.records import TaskRow
from premises.ids import promise_id
from routing.steps import Promise


def promised(call: str, step: Promise, since: dt.datetime) -> TaskRow:
    """A task like others, which an engine does by itself unless somebody takes it. ``since``: when the caller came."""
    return TaskRow(
        id=promise_id(call),
        kind="call-back",
        call=call,
        owner=step.owner,
        about=step.queue,
        since=since,
        call_at=step.call_at,
    )
