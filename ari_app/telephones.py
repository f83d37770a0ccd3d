"""What Asterisk knows of the telephones, brought to `ari_app.presence`: registered or not, in a call or not."""

import itertools

from ari_app.ari.events import DeviceStateChanged, Event
from ari_app.ari.link import Link
from ari_app.presence import Presence

_GONE = frozenset({"UNAVAILABLE", "INVALID", "UNKNOWN"})
_IDLE = _GONE | {"NOT_INUSE"}


class Telephones:
    """Listens to the state of all SIP endpoints."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence
        self._moments = itertools.count(1)
        self._told: dict[str, int] = {}
        """By the endpoint, when an event told of it last, in moments of our own count."""

    def hear(self, event: Event) -> None:
        """Take an event from the reader; all but telephones' are not for us."""
        if isinstance(event, DeviceStateChanged):
            technology, _, person = event.device_state.name.partition("/")
            if technology == "PJSIP":
                state = event.device_state.state
                self._told[person] = next(self._moments)
                self._presence.telephone(person, registered=state not in _GONE, in_call=state not in _IDLE)

    async def look(self, link: Link) -> None:
        """Ask for everything: events that came before the link was up are lost for ever.

        Of whom an event tells meanwhile that is believed: the answer may be older, and is taken up here later still.
        """
        asked = next(self._moments)
        for endpoint in await link.endpoints.list():
            if self._told.get(endpoint.resource, 0) < asked:
                registered, in_call = endpoint.state == "online", bool(endpoint.channel_ids)
                self._presence.telephone(endpoint.resource, registered=registered, in_call=in_call)
