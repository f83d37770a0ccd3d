"""What Asterisk knows of the telephones, brought to `ari_app.people.presence`: registered or not, in a call or not.

Whose state that is depends on who sits there (`routing.seats`), which is looked at twice a second.
"""

import asyncio
import itertools
from collections.abc import Collection
from typing import NoReturn

from ari_app.ari.events import DeviceStateChanged, Endpoint, Event
from ari_app.ari.link import Link
from ari_app.people.presence import LOOK_SECONDS, Presence
from db.alarm import Alarm
from dialplan.plan import TRUNK
from premises import ids
from premises.seating import Seating
from routing.facts import PersonId
from routing.presence import Telephone
from routing.seats import Seats, TelephoneId, moved, told

_GONE = frozenset({"UNAVAILABLE", "INVALID", "UNKNOWN"})
_IDLE = _GONE | {"NOT_INUSE"}
_NOTHING = Telephone(registered=False, in_call=False)


class Telephones:
    """Listens to the state of all SIP endpoints."""

    def __init__(self, presence: Presence, seating: Seating) -> None:
        self._presence = presence
        self._seating = seating
        self._known: dict[TelephoneId, Telephone] = {}
        self._seats = Seats()
        self._moments = itertools.count(1)
        self._told: dict[TelephoneId, int] = {}
        """When an event told of it last, in moments of our own count."""
        self._unknown = Alarm("Asterisk knows no telephones and no trunk", "Asterisk knows telephones and trunk again")
        self.look_around()

    @property
    def seats(self) -> Seats:
        """Who sits where."""
        return self._seats

    def of(self, person: PersonId) -> TelephoneId:
        """Where to ring the person: who sits nowhere counts as not registered, and is not rung."""
        return self._seats.telephone_of(person) or person

    def whose(self, channel_name: str) -> PersonId:
        """Who sits where this channel is; the telephone's name, if nobody does."""
        telephone = ids.telephone_at(channel_name)
        return self._seats.person_at(telephone) or telephone

    def hear(self, event: Event) -> None:
        """Take an event from the reader; all but telephones' are not for us."""
        if isinstance(event, DeviceStateChanged):
            technology, _, telephone = event.device_state.name.partition("/")
            if technology == "PJSIP":
                state = event.device_state.state
                self._told[telephone] = next(self._moments)
                self._learn(telephone, Telephone(registered=state not in _GONE, in_call=state not in _IDLE))

    async def look(self, link: Link) -> None:
        """Ask for everything: events that came before the link was up are lost for ever.

        Of whom an event tells meanwhile that is believed: the answer may be older, and is taken up here later still.
        """
        asked = next(self._moments)
        endpoints = [one for one in await link.endpoints.list() if one.technology == "PJSIP"]
        self._note_whether_any(endpoints)
        for endpoint in endpoints:
            if self._told.get(endpoint.resource, 0) < asked:
                registered, in_call = endpoint.state == "online", bool(endpoint.channel_ids)
                self._learn(endpoint.resource, Telephone(registered, in_call))

    def alarms(self) -> list[str]:
        """What people must know of the telephones."""
        return [] if self._unknown.why is None else [f"Asterisk knows no telephones and no trunk: {self._unknown.why}"]

    def _note_whether_any(self, endpoints: Collection[Endpoint]) -> None:
        """With a single section of pjsip.conf that it does not take, Asterisk takes none, and runs (22.10.1)."""
        if endpoints:
            self._unknown.end()
        else:
            self._unknown.begin("pbx/log/messages in the data folder says what it does not take of pjsip.conf")

    async def keep(self) -> NoReturn:
        """Look again and again who sits where, for ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look_around()

    def look_around(self) -> None:
        """Take over who has sat down where since the last look."""
        seats = self._seating.news()
        if seats is not None:
            before, self._seats = self._seats, seats
            for person in moved(before, seats):
                self._tell(person)

    def _learn(self, telephone: TelephoneId, state: Telephone) -> None:
        """What is true of it now; the trunk is an endpoint as well, and nobody's telephone."""
        if telephone == TRUNK:
            return
        self._known[telephone] = state
        person = self._seats.person_at(telephone)
        if person is not None:
            self._tell(person)

    def _tell(self, person: PersonId) -> None:
        telephone = self._seats.telephone_of(person)
        state = self._known.get(telephone, _NOTHING) if telephone is not None else _NOTHING
        where = told(self._seats, person)
        self._presence.telephone(person, registered=state.registered, in_call=state.in_call, where=where)
