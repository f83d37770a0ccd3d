"""What a phone says: one frame each 20 ms, of a tone, a file, a key or silence. No sockets, no clock."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle

from demo.g711 import FRAME, Codec, Samples, pcma, pcmu
from demo.rtp import KEYS, Event, Packet, pressing, write_event, write_packet
from demo.tones import tone


@dataclass(slots=True)
class Mouth:
    """The sending side of one audio stream. Speech goes on while a key is held: only that it is not sent."""

    codec: Codec
    events: int | None
    """The payload type of digits; None: the other side understands none."""
    source: int
    """The stream's SSRC."""
    _speech: Iterator[bytes] = field(default_factory=lambda: iter(()))
    _keys: deque[Iterator[tuple[Event, ...]]] = field(default_factory=deque)
    _sequence: int = 0
    _timestamp: int = 0
    _key_began: int | None = None
    is_speaking: bool = False

    def say(self, frames: Iterator[bytes]) -> None:
        """Say these encoded frames from now on, in place of what is being said; silence comes after them."""
        self._speech, self.is_speaking = frames, True

    def hush(self) -> None:
        """Fall silent."""
        self._speech, self.is_speaking = iter(()), False

    def press(self, keys: str) -> None:
        """Press these keys one after the other, after those that are still being pressed.

        Raises:
            ValueError: one of them is no key, or the other side understands none.
        """
        if self.events is None or not set(keys) <= set(KEYS):
            raise ValueError(f"cannot press {keys!r}")
        self._keys.extend(pressing(key) for key in keys)

    @property
    def is_pressing(self) -> bool:
        """Whether keys are still being pressed."""
        return bool(self._keys)

    def breathe(self) -> tuple[bytes, ...]:
        """The packets of the next 20 ms; most often one."""
        speech = next(self._speech, None)
        if speech is None:
            self.is_speaking, speech = False, self.codec.silence
        events = self._next_events()
        packets = tuple(self._event(event) for event in events) or (self._audio(speech),)
        self._timestamp += FRAME
        return packets

    def _next_events(self) -> tuple[Event, ...]:
        while self._keys:
            events = next(self._keys[0], None)
            if events is not None:
                return events
            self._keys.popleft()
            self._key_began = None
        return ()

    def _event(self, event: Event) -> bytes:
        begins = self._key_began is None
        began = self._timestamp if self._key_began is None else self._key_began
        self._key_began = began
        return self._packet(self.events or 0, began, write_event(event), marker=begins)

    def _audio(self, payload: bytes) -> bytes:
        return self._packet(self.codec.payload_type, self._timestamp, payload)

    def _packet(self, kind: int, timestamp: int, payload: bytes, *, marker: bool = False) -> bytes:
        packet = Packet(kind, self._sequence, timestamp, self.source, payload, marker)
        self._sequence += 1
        return write_packet(packet)


def humming(hz: int, codec: Codec) -> Iterator[bytes]:
    """A tone without end, a multiple of 10 Hz; encoded once for all who hum it."""
    return cycle(_hum(hz, codec.name))


def speaking(samples: Samples, codec: Codec) -> Iterator[bytes]:
    """Samples as encoded frames of 20 ms; the last one is filled up with silence."""
    coded = codec.encode(samples)
    coded += codec.silence[: -len(coded) % FRAME]
    return (coded[start : start + FRAME] for start in range(0, len(coded), FRAME))


@cache
def _hum(hz: int, codec: str) -> tuple[bytes, ...]:
    return tuple(speaking(tone(hz), pcma() if codec == "PCMA" else pcmu()))
