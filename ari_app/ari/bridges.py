"""What can be done with bridges. Every method sends at once and gives an awaitable."""

from ari_app.ari.command import Command, Lanes, given, ident
from ari_app.ari.events import Bridge
from ari_app.ari.reply import Reply


class Bridges:
    """``link.bridges``. Asterisk removes no bridge by itself: who creates one destroys it."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def list(self) -> Reply[tuple[Bridge, ...]]:
        """All bridges, those of ended engines too."""
        return self._lanes.slow(Command("GET", "bridges", {}, tuple[Bridge, ...]))

    def get(self, bridge: str) -> Reply[Bridge]:
        """One bridge; NotFound if it is gone."""
        return self._lanes.fast(Command("GET", f"bridges/{ident(bridge)}", {}, Bridge))

    def create(
        self,
        bridge: str,
        *,
        type: str = "mixing,video_sfu",  # noqa: A002 - ARI's word
        name: str | None = None,
    ) -> Reply[Bridge]:
        """Create a bridge; Conflict if the id exists.

        ``video_sfu`` makes it a softmix bridge: in a plain ``mixing`` one Debian's Asterisk 22 drops the sound of a
        second speaker after a transfer (5 of 12 times), since RTP sequence numbers of different senders are compared.
        """
        parameters = given(type=type, name=name)
        return self._lanes.fast(Command("POST", f"bridges/{ident(bridge)}", parameters, Bridge))

    def add(self, bridge: str, *channels: str, slow: bool = False, absorb_keys: bool | None = None) -> Reply[None]:
        """Join channels that are in Stasis. `Conflict` for one that records, and for a moment after RecordingFinished.

        ``absorb_keys``: what is pressed at one of these is told to us, and to nobody in the bridge.

        Asterisk waits with it while a channel plays, and with it every later command on the WebSocket. So either stop
        the playback before (that may be pipelined: stop, then add, takes 5 ms), or say ``slow``.
        """
        return self._members("addChannel", bridge, channels, slow, absorbDTMF=absorb_keys)

    def remove(self, bridge: str, *channels: str, slow: bool = False) -> Reply[None]:
        """Take channels out; they stay in Stasis. `Unprocessable` for one that is not in it. Waits as `add` does."""
        return self._members("removeChannel", bridge, channels, slow)

    def destroy(self, bridge: str) -> Reply[None]:
        """Remove the bridge. Its channels stay in Stasis."""
        return self._lanes.fast(Command("DELETE", f"bridges/{ident(bridge)}", {}, None))

    def _members(
        self, what: str, bridge: str, channels: tuple[str, ...], slow: bool, **how: bool | None
    ) -> Reply[None]:
        if not channels:
            raise ValueError("no channel given")
        send = self._lanes.slow if slow else self._lanes.fast
        uri = f"bridges/{ident(bridge)}/{what}"
        return send(Command("POST", uri, {"channel": [ident(one) for one in channels]} | given(**how), None))
