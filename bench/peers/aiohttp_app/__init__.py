"""An ARI application written by hand: commands over keep-alive HTTP, events over a WebSocket, both by aiohttp."""

from bench.peers.peer import Peer, Site
from bench.peers.stasis import arguments, dialplan


def _peer(name: str, title: str, bridge: str) -> Peer:
    def command(site: Site) -> tuple[str, ...]:
        return (str(site.python), "-m", "bench.peers.aiohttp_app.program", *arguments(site), bridge)

    return Peer(name=name, title=title, dialplan=dialplan, command=command)


PEER = _peer("aiohttp", "plain aiohttp: HTTP and events WebSocket", "mixing")
SFU = _peer("aiohttp, video_sfu", "the same with the bridge that a second talk needs", "mixing,video_sfu")
"""Beside the other one it shows the price of such a bridge; see `ari_app.calls.legs`."""
