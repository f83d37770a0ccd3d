"""The limit: a dialplan that dials, without looking anybody up and without writing a row."""

from bench.peers.dialplan import incoming
from bench.peers.peer import Peer, Site


def _dialplan(site: Site) -> str:
    return incoming(site, "Dial(PJSIP/manager00,30)")


PEER = Peer(name="plain", title="plain dialplan: MixMonitor, Dial", dialplan=_dialplan)
