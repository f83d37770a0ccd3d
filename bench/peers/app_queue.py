"""Asterisk's own queue with one member, without looking anybody up and without writing a row.

The member may have many calls at once (``ringinuse``) and callers hear ringing instead of music (option ``r``), so that
the queue does nothing more than to ring and to connect. A caller who is not first in the queue looks once a second
whether that has changed (``RECHECK`` in app_queue.c): many calls at once therefore wait.
"""

from bench.peers.dialplan import incoming
from bench.peers.peer import Peer, Site

_QUEUES = """\
[general]
autofill = yes
persistentmembers = no
log_membername_as_agent = no

[managers]
strategy = ringall
timeout = 30
retry = 1
wrapuptime = 0
ringinuse = yes
member => PJSIP/manager00
"""


def _dialplan(site: Site) -> str:
    return incoming(site, "Queue(managers,r,,,30)")


PEER = Peer(
    name="app_queue",
    title="app_queue with one member",
    dialplan=_dialplan,
    modules=("app_queue.so",),
    extra={"queues.conf": _QUEUES},
)
