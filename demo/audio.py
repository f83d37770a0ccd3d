"""A call's audio on a UDP socket: packets in and out, each 20 ms one, without drift.

One metronome beats for all phones of a process. A beat that comes late (the machine was busy) is made up for: as many
frames are sent as time has passed. The socket is used directly, not through an asyncio transport: half the work.
"""

import asyncio
import secrets
import socket
from contextlib import suppress
from weakref import WeakKeyDictionary

from demo.arrival import note_arrivals, receive
from demo.ear import Ear
from demo.g711 import pcmu
from demo.mouth import Mouth
from demo.rtp import read_packet
from demo.sdp import Media

BEAT = 0.02
"""Seconds of audio in a packet."""
PAUSE = 0.2
"""Seconds by which a beat comes late where the machine had others to serve."""
LARGEST = 2048
"""Bytes of a datagram that are read; RTP on a telephone is under 200."""


class Audio:
    """The audio of one call, at a free port of this address. Before `talk` nothing is sent."""

    def __init__(self, host: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        note_arrivals(self._socket)
        self._socket.bind((host, 0))
        self._loop.add_reader(self._socket, self._receive)
        self._to: tuple[str, int] | None = None
        self._began = 0.0
        self._sent = 0
        self.port = int(self._socket.getsockname()[1])
        self.ear = Ear(self._loop.time())
        self.mouth = Mouth(pcmu(), None, secrets.randbits(32))
        self.is_talking = False

    def talk(self, ours: Media, theirs: Media) -> None:
        """Send to them as was agreed, from now on; called again when it was agreed anew (a re-INVITE)."""
        self._to = (theirs.host, theirs.port) if ours.direction in {"sendrecv", "sendonly"} else None
        self.ear.events = ours.events
        if not self.is_talking:
            self.is_talking = True
            self._began = self._loop.time()
            metronome().join(self)
        self.mouth.codec, self.mouth.events = ours.codec, theirs.events

    def beat(self, now: float) -> None:
        """Send what is due."""
        due = int((now - self._began) / BEAT)
        while self._sent < due:
            self._sent += 1
            self._send()

    def close(self) -> None:
        """Send and hear nothing any more; what was heard is kept. Closing twice is harmless."""
        if self._socket.fileno() >= 0:
            metronome().leave(self)
            self._loop.remove_reader(self._socket)
            self._socket.close()

    def _receive(self) -> None:
        with suppress(OSError):  # nothing more to read, or the other side's port is closed (ICMP)
            while True:
                datagram, came, _ = receive(self._socket, LARGEST, self._loop.time())
                if packet := read_packet(datagram):
                    self.ear.hear(packet, came)

    def _send(self) -> None:
        for datagram in self.mouth.breathe():
            if self._to:
                with suppress(OSError):  # nobody listens there any more: the hang-up is on its way
                    self._socket.sendto(datagram, self._to)


class Metronome:
    """Calls each stream every 20 ms, as long as there is one."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.latest = 0.0
        """Seconds by which the latest beat so far came late: others cannot hear before it was sent."""
        self.pauses: list[tuple[float, float]] = []
        """From when to when by the loop's clock nothing was sent or read, each time that it was `PAUSE` or longer."""
        self._players: set[Audio] = set()
        self._next: asyncio.TimerHandle | None = None

    def join(self, player: Audio) -> None:
        """Beat for this one too."""
        self._players.add(player)
        if self._next is None:
            self._beat_at(self._loop.time() + BEAT)

    def leave(self, player: Audio) -> None:
        """No more for this one; it need not have joined."""
        self._players.discard(player)
        if not self._players and self._next:
            self._next.cancel()
            self._next = None

    def _beat_at(self, moment: float) -> None:
        self._next = self._loop.call_at(moment, self._beat, moment)

    def _beat(self, planned: float) -> None:
        now = self._loop.time()
        self.latest = max(self.latest, now - planned)
        if now - planned > PAUSE:
            self.pauses.append((planned, now))
        self._beat_at(max(planned + BEAT, now))
        for player in tuple(self._players):
            player.beat(now)


_metronomes: WeakKeyDictionary[asyncio.AbstractEventLoop, Metronome] = WeakKeyDictionary()


def metronome() -> Metronome:
    """The metronome of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _metronomes:
        _metronomes[loop] = Metronome(loop)
    return _metronomes[loop]
