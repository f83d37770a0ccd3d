"""What a telephone of the floor hears: which tone when. Ninety of them listen to every packet, so it must cost little.

A tone crosses zero as often as its pitch says, and signs can be counted many at a time. Only what seems to be another
tone than the one before is looked at by `demo.tones`. Packets are fetched five at a time: the kernel notes when they
came.
"""

from dataclasses import dataclass, field

from demo.audio import Audio
from demo.ear import Ear
from demo.g711 import FRAME, RATE, Codec, by_payload_type
from demo.rtp import Packet
from demo.tones import ALONE, BEEP, GRID, QUIET, WINDOW, share

PACKETS = 5
"""Listened to together: 100 ms, in which two tones of the grid differ by twelve crossings of zero."""
SAMPLES = PACKETS * FRAME
SECONDS = SAMPLES / RATE
PAUSE = 0.3
"""Seconds without a tone after which it is another time that it is heard."""
_SIGNS = int.from_bytes(b"\x00" + b"\x80" * (SAMPLES - 1))
"""Of a sign and the one before it; the first one has none before it. G.711 has it in the highest bit."""
_NEAR = 3
_TONES = {
    crossings: hz
    for hz in (BEEP, *GRID)
    for crossings in range(round(hz * SECONDS * 2) - _NEAR, round(hz * SECONDS * 2) + _NEAR + 1)
}


@dataclass(slots=True)
class Heard:
    """A tone that was heard, in seconds of the loop's clock."""

    hz: int
    since: float
    until: float


@dataclass(slots=True)
class Voices(Ear):
    """Keeps which tones were heard, and nothing of the sound."""

    tones: list[Heard] = field(default_factory=list)
    loud_at: float = 0.0
    """When anything was heard last: a tone, a prompt, music."""
    _waiting: list[bytes] = field(default_factory=list)

    def hear(self, packet: Packet, now: float) -> None:
        """Listen to a packet that came then."""
        codec = by_payload_type(packet.payload_type)
        if codec is None or len(packet.payload) != FRAME:
            return
        self._waiting.append(packet.payload)
        if len(self._waiting) == PACKETS:
            self._attend(codec, b"".join(self._waiting), now)
            self._waiting.clear()

    def speaking(self, now: float) -> int | None:
        """The tone that is heard now."""
        last = self.tones[-1] if self.tones else None
        return last.hz if last and now - last.until < PAUSE else None

    def seconds(self, hz: int) -> float:
        """For how long a tone was heard."""
        return sum(heard.until - heard.since for heard in self.tones if heard.hz == hz)

    def _attend(self, codec: Codec, sound: bytes, now: float) -> None:
        hz = _TONES.get(crossings(sound))
        last = self.tones[-1] if self.tones else None
        if last and hz == last.hz and now - last.until < PAUSE + SECONDS:
            last.until = self.loud_at = now
        elif sound.count(sound[0]) < SAMPLES:
            self._look(codec, sound, hz, now)

    def _look(self, codec: Codec, sound: bytes, hz: int | None, now: float) -> None:
        samples = codec.decode(sound[-WINDOW:])
        if max(samples) > QUIET:
            self.loud_at = now
            if hz and share(samples, hz) >= ALONE:
                self.tones.append(Heard(hz, now - SECONDS, now))


class Ears(Audio):
    """The audio of a call, of which the tones are kept."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self._loop.remove_reader(self._socket)
        self.ear = self.voices = Voices(self._loop.time())
        self._beats = 0

    def beat(self, now: float) -> None:
        """Send what is due, and listen to what has come."""
        super().beat(now)
        self._beats += 1
        if self._beats % PACKETS == 0:
            self._receive()

    def close(self) -> None:
        """Listen to the rest."""
        self._receive()
        super().close()


def crossings(sound: bytes) -> int:
    """How often it crosses zero."""
    signs = int.from_bytes(sound)
    return ((signs ^ (signs >> 8)) & _SIGNS).bit_count()


def voices(audio: Audio) -> Voices:
    """What was heard by ears of ours."""
    assert isinstance(audio, Ears)
    return audio.voices
