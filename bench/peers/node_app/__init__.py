"""An ARI application with Node's ari-client, in its own environment.

ari-client has no SQLite: libsql has the interface of better-sqlite3 and needs no compiler where it is installed.
"""

from pathlib import Path

from bench.peers.environment import MODULES, NODE
from bench.peers.peer import Peer, Site
from bench.peers.stasis import arguments, dialplan

_PROGRAM = Path(__file__).parent / "program.js"


def _command(site: Site) -> tuple[str, ...]:
    return ("env", f"NODE_PATH={MODULES}", NODE, str(_PROGRAM), *arguments(site))


PEER = Peer(name="ari-client", title="node ari-client", dialplan=dialplan, command=_command)
