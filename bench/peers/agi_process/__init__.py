"""pyst2 as most use it: Asterisk starts a script for each call."""

from pathlib import Path

from bench.peers.dialplan import incoming
from bench.peers.peer import Peer, Site

_SCRIPT = Path(__file__).parent / "script.py"


def _dialplan(site: Site) -> str:
    # AGISIGHUP=no: else the script is ended by the hang-up, and writes no row
    return incoming(site, "Set(AGISIGHUP=no)", f"AGI({site.python},{_SCRIPT},{site.directory})")


PEER = Peer(
    name="pyst2",
    title="pyst2 in AGI(), a process per call",
    dialplan=_dialplan,
)
