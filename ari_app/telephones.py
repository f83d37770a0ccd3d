"""What Asterisk knows of the telephones, brought to `ari_app.presence`: registered or not, in a call or not."""

from ari_app.ari.events import Endpoint, EndpointStateChange, Event
from ari_app.ari.link import Link
from ari_app.presence import Presence


class Telephones:
    """Listens to the state of all SIP endpoints."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence

    def hear(self, event: Event) -> None:
        """Take an event from the reader; all but telephones' are not for us."""
        if isinstance(event, EndpointStateChange):
            self._tell(event.endpoint)

    async def look(self, link: Link) -> None:
        """Ask for everything: events that came before the link was up are lost for ever."""
        for endpoint in await link.endpoints.list():
            self._tell(endpoint)

    def _tell(self, endpoint: Endpoint) -> None:
        self._presence.telephone(
            endpoint.resource, registered=endpoint.state == "online", in_calls=len(endpoint.channel_ids)
        )
