"""An ARI application written by hand: commands over keep-alive HTTP, events over a WebSocket, both by aiohttp."""

from bench.peers.peer import Peer, Site
from bench.peers.stasis import arguments, dialplan


def _command(site: Site) -> tuple[str, ...]:
    return (str(site.python), "-m", "bench.peers.aiohttp_app.program", *arguments(site))


PEER = Peer(name="aiohttp", title="plain aiohttp: HTTP and events WebSocket", dialplan=dialplan, command=_command)
