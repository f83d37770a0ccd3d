"""An ARI application with asyncari, in its own environment: nobody else needs the library.

Its plain objects are used and not its state machines, which its examples use and which cost more commands per call.
"""

from bench.peers.environment import PYTHON
from bench.peers.peer import Peer, Site
from bench.peers.stasis import arguments, dialplan


def _command(site: Site) -> tuple[str, ...]:
    return (str(PYTHON), "-m", "bench.peers.asyncari_app.program", *arguments(site))


PEER = Peer(name="asyncari", title="asyncari over HTTP", dialplan=dialplan, command=_command)
