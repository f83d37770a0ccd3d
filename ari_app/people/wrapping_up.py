"""Until when people wrote up their talks, kept in the talk's leg: it counts as time spent on the call (D25, D-VI).

How long that is to be is known once the talk is over; who is back earlier (`*48`), or leaves, ends it by saying so. A
call of an installation whose rules give no time for it has nothing written for it.
"""

import datetime as dt
from collections.abc import Callable

import msgspec

from ari_app.people.presence import Changed, Presence
from db.records import LegRow, Row
from premises.clock import now
from routing.facts import PersonId
from routing.presence import Ended, State


class WrapUps:
    """Listens to presence from its making on; of the legs it is told by `note`."""

    def __init__(self, presence: Presence, put: Callable[[Row], None]) -> None:
        self._put = put
        self._talks: dict[PersonId, LegRow] = {}
        """Everybody's last one that is over."""
        presence.note(self._changed)

    def note(self, row: Row) -> None:
        """Take notice of a row that a call has written."""
        if isinstance(row, LegRow) and row.answered and row.ended:
            self._talks[row.person] = row

    def _changed(self, changed: Changed) -> None:
        before, after = changed.before, changed.after
        if isinstance(changed.happened, Ended) and after.state is State.WRAPPING_UP:
            self._write(changed.person, before.call, after.wrap_up_until)
        elif before.state is State.WRAPPING_UP and before.wrap_up_until and after.wrap_up_until is None:
            self._write(changed.person, None, min(after.duty.since or now(), before.wrap_up_until))

    def _write(self, person: PersonId, call: str | None, until: dt.datetime | None) -> None:
        """``call``: of which the talk must be; None: of the last one."""
        talk = self._talks.get(person)
        if talk is not None and talk.ended and until and call in (None, talk.call):
            written = self._talks[person] = msgspec.structs.replace(talk, wrapped_up=max(talk.ended, until))
            self._put(written)
