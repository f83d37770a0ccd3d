"""What a phone heard: kept as it came, decoded only when somebody asks, so that forty phones fit into one process."""

import wave
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path

from demo.g711 import RATE, Codec, Samples, by_payload_type
from demo.rtp import Packet, read_event
from demo.tones import is_quiet

GAP = 0.1
"""Seconds without a packet that are a pause and not lateness. Asterisk sends nothing at all while nothing is played."""
WORD_FRAMES = 5
"""How much sound is speech: 100 ms. Less is a click."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The audio of one packet."""

    at: float
    """When it came, in seconds of the loop's clock."""
    codec: Codec
    payload: bytes


@dataclass(slots=True)
class Ear:
    """Everything that was heard since ``started``, in seconds of the loop's clock."""

    started: float
    events: int | None = 101
    """The payload type of digits."""
    frames: list[Frame] = field(default_factory=list)
    digits: str = ""
    """The keys that the other side pressed (RFC 4733)."""
    _event: int | None = None
    _loud: list[int] = field(default_factory=list)
    """The places of those frames in which somebody speaks, as far as they were looked at."""
    _looked: int = 0

    def hear(self, packet: Packet, now: float) -> None:
        """Keep a packet. What is neither audio that we speak nor a digit is passed over."""
        if packet.payload_type == self.events:
            self._digit(packet)
        elif codec := by_payload_type(packet.payload_type):
            self.frames.append(Frame(now, codec, packet.payload))

    def samples(self, first: int, last: int) -> Samples:
        """The decoded audio of these frames."""
        found = array("h")
        for frame in self.frames[first:last]:
            found += frame.codec.decode(frame.payload)
        return found

    def silent_for(self, since: int, now: float) -> float | None:
        """How many seconds nobody has spoken; None: nobody has spoken at all since that frame."""
        self._listen()
        words = len(self._loud) - bisect_left(self._loud, since)
        return now - self.frames[self._loud[-1]].at if words >= WORD_FRAMES else None

    def pcm(self) -> bytes:
        """All of it as 8 kHz 16 bit PCM; where nothing came there is silence, so that times in it are true."""
        heard = array("h")
        for frame in self.frames:
            late = round((frame.at - self.started) * RATE) - len(heard)
            if late > GAP * RATE:
                heard.frombytes(bytes(2 * late))
            heard += frame.codec.decode(frame.payload)
        return heard.tobytes()

    def _digit(self, packet: Packet) -> None:
        event = read_event(packet.payload)
        if event and packet.timestamp != self._event:
            self._event = packet.timestamp
            self.digits += event.key

    def _listen(self) -> None:
        """Look at each frame once: somebody asks every 20 ms."""
        for place in range(self._looked, len(self.frames)):
            if not is_quiet(self.samples(place, place + 1)):
                self._loud.append(place)
        self._looked = len(self.frames)


def save(pcm: bytes, path: Path) -> None:
    """Write 8 kHz 16 bit mono PCM as a wav file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)


def load(path: Path) -> Samples:
    """The samples of a wav file.

    Raises:
        ValueError: it is not 8 kHz, 16 bit, mono.
    """
    with wave.open(str(path), "rb") as file:
        if (file.getframerate(), file.getsampwidth(), file.getnchannels()) != (RATE, 2, 1):
            raise ValueError(f"{path} is not 8 kHz 16 bit mono")
        return array("h", file.readframes(file.getnframes()))
