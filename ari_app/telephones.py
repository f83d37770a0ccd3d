"""What Asterisk knows of the telephones, brought to `ari_app.presence`: registered or not, in a call or not."""

from ari_app.ari.events import DeviceStateChanged, Event
from ari_app.ari.link import Link
from ari_app.presence import Presence

_GONE = frozenset({"UNAVAILABLE", "INVALID", "UNKNOWN"})
_IDLE = _GONE | {"NOT_INUSE"}


class Telephones:
    """Listens to the state of all SIP endpoints."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence

    def hear(self, event: Event) -> None:
        """Take an event from the reader; all but telephones' are not for us."""
        if isinstance(event, DeviceStateChanged):
            technology, _, person = event.device_state.name.partition("/")
            if technology == "PJSIP":
                state = event.device_state.state
                self._presence.telephone(person, registered=state not in _GONE, in_call=state not in _IDLE)

    async def look(self, link: Link) -> None:
        """Ask for everything: events that came before the link was up are lost for ever."""
        for endpoint in await link.endpoints.list():
            registered, in_call = endpoint.state == "online", bool(endpoint.channel_ids)
            self._presence.telephone(endpoint.resource, registered=registered, in_call=in_call)
