"""What Asterisk's security events say of who failed to log in. The address is the socket's, never one that was sent.

Asterisk sends us only events of the right form (``manager_switchboard.conf``): in 22.10.1 a SIP name with ``%0d%0a``
in it would otherwise add headers to ``InvalidAccountID``, and so name somebody else's address.
"""

import ipaddress

import msgspec

from ari_app.ami import AmiEvent

FAILURES = frozenset({"InvalidAccountID", "InvalidPassword", "ChallengeResponseFailed"})
"""Asterisk 22.10.1 tells an unknown name from the fifth within five seconds on, a wrong answer to its challenge always.
What the ACL refused raises no event."""
SUCCESS = "SuccessfulAuth"
CONNECTED = frozenset({"TCP", "TLS", "WS", "WSS"})

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


class Source(msgspec.Struct, frozen=True):
    """Where a SIP message came from."""

    address: Ip
    proved: bool
    """Whether somebody is really there: over UDP the address of a sender can be made up."""


def source(event: AmiEvent) -> Source | None:
    """The sender, from ``IPV4/UDP/192.0.2.1/5060``; None: it cannot be read."""
    family, _, rest = event.fields.get("RemoteAddress", "").partition("/")
    transport, _, rest = rest.partition("/")
    if family not in ("IPV4", "IPV6"):
        return None
    try:
        return Source(ipaddress.ip_address(rest.rpartition("/")[0]), transport in CONNECTED)
    except ValueError:
        return None
