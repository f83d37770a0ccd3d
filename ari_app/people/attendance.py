"""The attendance book: what people say about being at work is told to presence, what they do to the register.

They say it at a telephone or by the command line, to any process of the installation, and with or without a database:
what is told twice, by the directory and by `premises.duties`, counts once, the later of two counts.
"""

import asyncio
from collections.abc import Callable
from typing import NoReturn

from ari_app.people.presence import LOOK_SECONDS, Changed, Presence
from db.people import Staff
from db.records import AttendanceRow, PresenceRow, Row
from premises.clock import now
from premises.duties import Duties
from routing.facts import PersonId
from routing.presence import Duty, State
from routing.standing import Standing

_NOT_AT_WORK = {State.SIGNED_OUT, State.AWAY, State.NOT_REGISTERED}


class Attendance:
    """Listens to presence from its making on."""

    def __init__(self, presence: Presence, duties: Duties, put: Callable[[Row], None]) -> None:
        self._presence = presence
        self._duties = duties
        self._put = put
        self._at_work: dict[PersonId, bool] = {}
        """As it was written down last."""
        presence.note(self._note)

    def learn(self, staff: Staff) -> None:
        """Take over what the directory knows; who is not at work is written down, be it that nothing changes."""
        self._presence.on_duty(staff.duties)
        for person in staff.people:
            self._attends(person.id, self._presence.standing(person.id))

    async def keep(self) -> NoReturn:
        """Look again and again what was said at telephones, for ever."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Take over what was said since the last look."""
        self._presence.on_duty(self._duties.news())

    def _note(self, changed: Changed) -> None:
        before, after = changed.before, changed.after
        if after.duty != before.duty and not isinstance(changed.happened, Duty):
            self._duties.say(changed.person, after.duty)  # presence itself found that somebody is away
        self._attends(changed.person, after)
        if (before.state, before.since, before.why) != (after.state, after.since, after.why):
            self._write(changed)

    def _write(self, changed: Changed) -> None:
        person, after = changed.person, changed.after
        if after.state is State.TALKING and after.call is None and self._presence.is_taken(person):
            return  # in a call of another engine, which writes it down itself
        self._put(
            PresenceRow(
                person=person, state=after.state, since=after.since, why=after.why, call=after.call, noted=now()
            )
        )

    def _attends(self, person: PersonId, standing: Standing) -> None:
        """Write down who comes to work and who leaves: seldom, for calls change nothing in it."""
        at_work = standing.state not in _NOT_AT_WORK
        if self._at_work.get(person) is not at_work:
            self._at_work[person] = at_work
            self._put(AttendanceRow(person=person, since=standing.since, at_work=at_work, why=standing.why))
