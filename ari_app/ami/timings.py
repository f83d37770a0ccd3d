"""Every time limit of the AMI client, with its name."""

import msgspec


class AmiTimings(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds."""

    connect: float = 3.0
    """For the TCP connection."""
    reply: float = 2.0
    """For the answer to an action, the login's included: a Setvar on a channel that plays a file takes 0.5 ms."""
    beat: float = 1.0
    """Between the answer to one ping and the next: a frozen Asterisk is noticed after ``beat`` and ``reply``."""
    retry_first: float = 0.1
    retry_most: float = 2.0
    """Pauses between attempts to connect: the first, and the longest."""


USUAL = AmiTimings()
"""What is right for an Asterisk on the same machine."""
