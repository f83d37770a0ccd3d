"""Free ports for one Asterisk, below the range that the kernel lends to anybody.

Above 32767 another program's outgoing connection may hold any port for a moment, and Asterisk would then start with its
HTTP server off and only a line in its log (22.10.1). That a port is free here is no promise: `ari_app.pbx.asterisk`
checks after the start.
"""

import random
import socket
from contextlib import suppress
from pathlib import Path

import msgspec
import structlog

from dialplan import private
from dialplan.plan import LOOPBACK, Ports

log = structlog.get_logger()

FIRST, LAST = 10000, 32767
RTP = 1000
"""How many ports RTP gets: four for each bridged call."""


class NoFreePortsError(OSError):
    """So many ports are taken that no room was found."""


class NotChosen(Exception):  # noqa: N818 - it is a fact
    """It is not known where an installation's Asterisk and its stand-in listen; the text says what to do."""


def kept(file: Path) -> Ports:
    """The ports that were chosen for an installation, whether they are free or not. Raises `NotChosen`."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Ports)
    except FileNotFoundError:
        raise NotChosen(f"{file} is not there: start ./switchboard up once, it makes it") from None
    except (OSError, ValueError) as why:
        raise NotChosen(f"{file}: {why}; ./switchboard up writes it anew") from None


def settle(file: Path, address: str = LOOPBACK) -> Ports:
    """The ports of an installation: those in ``file`` if they are still free, else new ones, which are written there.

    So phones keep their settings. ``file`` may be edited; `NoFreePortsError` if nothing is free at all.
    """
    before = None
    with suppress(NotChosen):
        before = kept(file)
    if before is not None and _free(before, address):
        return before
    ports = pick(address)
    if before is not None:
        log.warning("telephones must be set up anew: a port of before is taken", before=before.sip, now=ports.sip)
    private.write(file, msgspec.json.encode(ports))
    return ports


def pick(address: str = LOOPBACK, dice: random.Random | None = None) -> Ports:
    """Ports that are free now, at a random place, so that two installations starting at once will hardly meet."""
    if not _bindable(socket.SOCK_DGRAM, address, 0):
        raise NoFreePortsError(f"{address} is no address of this machine: put its own, or 0.0.0.0, into settings.yaml")
    dice = dice or random.Random()
    for _ in range(200):
        first = dice.randrange(FIRST, LAST - RTP - 6, 10)
        ports = Ports(
            sip=first,
            sip_tls=first + 1,
            http=first + 2,
            ami=first + 3,
            agi=first + 5,  # the first free port above HTTP's is for the engine's own pages
            rtp_first=first + 6,
            rtp_last=first + 5 + RTP,
        )
        if _free(ports, address) and _bindable(socket.SOCK_STREAM, LOOPBACK, ports.agi):
            return ports
    raise NoFreePortsError(f"no {RTP + 6} free ports in a row between {FIRST} and {LAST} on {address}")


def _free(ports: Ports, address: str) -> bool:
    """Whether Asterisk's own are. The stand-in may be running and hold its port: that is no reason to move."""
    tcp = [(address, ports.sip), (address, ports.sip_tls), (LOOPBACK, ports.http), (LOOPBACK, ports.ami)]
    udp = [(address, port) for port in (ports.sip, *range(ports.rtp_first, ports.rtp_last + 1))]
    wanted = [(socket.SOCK_STREAM, *at) for at in tcp] + [(socket.SOCK_DGRAM, *at) for at in udp]
    return all(_bindable(*one) for one in wanted)


def _bindable(kind: socket.SocketKind, address: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:  # the last connections to our own earlier Asterisk are no obstacle
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
        return True
