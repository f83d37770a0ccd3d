"""What the templates need to know of one installation, as values."""

from pathlib import Path
from typing import Literal

import msgspec

LOOPBACK = "127.0.0.1"
LEASE_SECONDS = 11
"""For so long a caller stays with an engine that gives no sign of life; then the stand-in has the call."""
OFFER_MILLISECONDS = 700
"""How long a call is offered to the engines. A living one takes it in a few; a second is what a caller may wait."""
UNCLAIMED = "SB_UNCLAIMED"
"""The global variable that is set while calls need not be offered, see `ari_app.on_duty`."""
PHONES = "phones"
"""The context of what is dialled at a telephone."""
HANDED_OVER = "handed-over"
"""The context where whoever is handed over waits until the engine has taken notice."""
SUPERVISING = "supervising"
"""The context of whoever dials a colleague's talk, to hear it along (`ari_app.oversight`)."""
CALLED_BACK = "called-back"
"""The context into which whoever is called back comes with the answer."""
REFUSED = "SB_REFUSED"
"""The global variable that tells how many of a hundred callers are refused, and until when: ``20/1795878738``, in
seconds since 1970; see `ari_app.admission`. Asterisk and engines are on one machine, and have one clock."""
REFUSING = "refused"
"""The context in which they are."""
MOST_BEGINNING = 20
"""Callers with whom the stand-in may begin at once: each takes it 60 ms of a processor, in a process of its own."""
BEGINNING = "GROUP(stand-in)"
"""Where Asterisk counts them; set to nothing for whoever is being served."""
MOST_RUNG = 100
"""Telephones that may ring at once for callers whom neither an engine nor the stand-in serves, be it for one of them:
each takes Asterisk seven files. Without a file left, or with 256 telephones in one Dial, Asterisk ends (22.10.1)."""
DESK = "desk-"
"""How the names of telephones begin that are nobody's own; no person's id has a ``-`` in it."""
TRUNK = "trunk"
"""The endpoint of an installation's way to the outside world."""


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """Where one Asterisk listens, and its stand-in.

    All are below 32768: above begins the range from which the kernel lends ports.
    """

    sip: int
    """UDP and TCP."""
    sip_tls: int
    http: int
    """ARI, and SIP over WebSocket below ``/ws``. Loopback only."""
    ami: int
    """Loopback only."""
    agi: int
    """Where the stand-in listens, a process of its own; loopback only."""
    rtp_first: int
    rtp_last: int
    """Both belong to the range; a bridged call takes four."""


class Account(msgspec.Struct, frozen=True):
    """A user name and its secret."""

    user: str
    secret: str

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Account({self.user!r})"


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """A telephone's SIP account; endpoint, auth and AOR bear the id of the person whose own it is."""

    person: str
    """``[a-z][a-z0-9_]*``; of one that is nobody's own the telephone's name, ``desk-1``."""
    name: str
    """Shown to whom this phone calls; any text."""
    secret: str
    number: str = ""
    """The internal number, shown with the name."""
    language: str = "en"

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Phone({self.person!r})"


class Trunk(msgspec.Struct, frozen=True, kw_only=True):
    """The way to the outside world, told by its address: whoever sends from there and is no person is a caller."""

    name: str
    match: tuple[str, ...]
    """Addresses or networks: ``192.0.2.10``, ``198.51.100.0/28``."""
    contact: str | None = None
    """Where outside numbers are dialled: ``sip:192.0.2.10:5060``; None: only incoming calls."""
    account: Account | None = None
    """How this PBX registers there, if it must; needs ``contact``."""


class Pbx(msgspec.Struct, frozen=True, kw_only=True):
    """One installation's PBX."""

    ports: Ports
    ari: Account
    ami: Account
    phones: tuple[Phone, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    transfers: tuple[str, ...] = ()
    """What can be keyed in at a telephone to hand a caller over: short numbers, people, extensions."""
    emergency: tuple[str, ...] = ()
    """What every telephone may call for help; the trunk is dialled even if neither an engine nor the stand-in lives."""
    shown: str | None = None
    """The company's number that those see who are called so."""
    operators: tuple[str, ...] = ()
    """The telephones that are rung while neither an engine nor the stand-in takes calls."""
    encrypted: bool = False
    """Whether telephones must encrypt: SIP over TLS, sound as SRTP. False: those that can do."""
    address: str = LOOPBACK
    """Where SIP and RTP are bound: one address of this machine, or ``0.0.0.0`` for all."""
    language: str = "en"
    """Of the recorded phrases, where a call has no other."""
    tones: Literal["us", "europe"] = "europe"
    modules: Path | None = None
    """Asterisk's modules; None: where it was built to look for them."""
    data: Path | None = None
    """Asterisk's sounds, music and documentation (``astdatadir``); None: where it was built to look for them."""
