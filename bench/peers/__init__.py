"""What others would do for the same call, each in a module of its own."""

from bench.peers import agi_process, aiohttp_app, app_queue, asyncari_app, fastagi, node_app, plain
from bench.peers.peer import Peer

PEERS: tuple[Peer, ...] = (
    *(module.PEER for module in (plain, app_queue, fastagi, agi_process, asyncari_app, aiohttp_app, node_app)),
    aiohttp_app.SFU,
)
"""The limit comes first."""
