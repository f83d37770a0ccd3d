"""Every time limit of the client, with its name."""

import msgspec


class Timings(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds."""

    connect: float = 3.0
    """For the TCP connection and the WebSocket's opening."""
    beat: float = 0.5
    """Between two looks at the link: so often it is pinged, and so fine are ``silence`` and ``reply``."""
    silence: float = 2.5
    """So long without a byte from Asterisk, though pinged, and the link counts as lost: so a frozen one is noticed
    within 3 s."""
    reply: float = 10.0
    """For the answer to a command on the fast lane, and for a list."""
    slow_reply: float = 60.0
    """For the answer to a command on the slow lane, which may wait for the end of a playback."""
    close: float = 1.0
    """For Asterisk's side of the closing handshake."""
    retry_first: float = 0.1
    retry_most: float = 2.0
    """Pauses between attempts to connect: the first, and the longest."""
    starting: float = 10.0
    """So long a 404 is taken for an Asterisk that is starting: its HTTP server is there 0.2 s before its ARI is."""


USUAL = Timings()
"""What is right for an Asterisk on the same machine."""
