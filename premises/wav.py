"""Wav files as Asterisk writes and plays them: linear PCM of 16 bit, 8 kHz, a header of 44 bytes.

Asterisk 22 writes the header with both sizes 0 when it opens a file, the sound in steps of 32 KB, and the sizes when it
closes the file. So the sizes tell whether a file is closed, and a file that a crash left behind has its sound but looks
empty to whoever believes its header.
"""

from __future__ import annotations

import os
import struct
from array import array
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Protocol

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

RATE = 8000
"""Samples per second."""
HEADER_BYTES = 44
_SAMPLE_BYTES = 2
_FRAMES_AT_A_TIME = 32_768
_MOMENT = 160
_SPEECH = 256  # mean of a moment's samples from which Asterisk's own recorder takes it for speech (dsp.conf)
_LARGEST = 0xFFFF_FFFF - HEADER_BYTES


class Into(Protocol):
    """Where sound is written."""

    def write(self, content: bytes, /) -> object:
        """Add it to the end."""


class NotAWav(ValueError):  # noqa: N818 - it says what the file is
    """This file is no wav file, or of a kind that Asterisk does not write."""


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """What a wav file holds."""

    channels: int
    rate: int
    bits: int
    first: int
    """Where the sound begins, in bytes."""
    length: int
    """Bytes of sound that are really there, in whole frames."""
    closed: bool
    """Whether its writer finished it."""
    path: Path | None = None
    """The file; None: there is none."""

    @property
    def frames(self) -> int:
        """Samples of each channel."""
        return self.length // (self.channels * self.bits // 8)

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.frames / self.rate


EMPTY = Sound(channels=1, rate=RATE, bits=16, first=HEADER_BYTES, length=0, closed=True)
UNWRITTEN = Sound(channels=1, rate=RATE, bits=16, first=HEADER_BYTES, length=0, closed=False)
"""A file whose writer died before the header was on disk."""


def header(frames: int, channels: int = 1) -> bytes:
    """The 44 bytes before ``frames`` samples per channel of 16 bit, 8 kHz.

    Raises OverflowError above 4 GB, which are 37 hours of stereo.
    """
    frame = channels * _SAMPLE_BYTES
    length = frames * frame
    if length > _LARGEST:
        raise OverflowError(f"{length} bytes are more than a wav file can hold")
    form = struct.pack(
        "<4sI4s4sIHHIIHH",
        b"RIFF",
        length + HEADER_BYTES - 8,
        b"WAVE",
        b"fmt ",
        16,
        1,
        channels,
        RATE,
        RATE * frame,
        frame,
        16,
    )
    return form + struct.pack("<4sI", b"data", length)


def inspect(path: Path) -> Sound:
    """What is in the file. Raises NotAWav, OSError."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < HEADER_BYTES:
            return UNWRITTEN
        riff, riff_bytes, wave = struct.unpack("<4sI4s", file.read(12))
        if riff != b"RIFF" or wave != b"WAVE":
            raise NotAWav(f"{path} is no wav file")
        channels, rate, bits = _format(file, path)
        declared = _seek_chunk(file, b"data", path)
        first = file.tell()
    there = size - first
    length = min(declared, there) if declared else there
    closed = riff_bytes + 8 == size and (declared > 0 or there == 0)
    frame = channels * bits // 8
    length -= length % frame
    return Sound(channels=channels, rate=rate, bits=bits, first=first, length=length, closed=closed, path=path)


def _format(file: BinaryIO, path: Path) -> tuple[int, int, int]:
    """Channels, samples per second, bits per sample."""
    content = file.read(_seek_chunk(file, b"fmt ", path))
    if len(content) < 16:
        raise NotAWav(f"{path} has a broken format chunk")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content)
    if kind != 1 or bits != 16 or channels not in (1, 2) or not rate:
        raise NotAWav(f"{path} is not linear PCM of 16 bit in one or two channels")
    return channels, rate, bits


def _seek_chunk(file: BinaryIO, wanted: bytes, path: Path) -> int:
    """Go to the contents of the next chunk of this name; give its size."""
    while len(head := file.read(8)) == 8:
        name, size = struct.unpack("<4sI", head)
        if name == wanted:
            return int(size)
        file.seek(size + size % 2, 1)
    raise NotAWav(f"{path} has no {wanted.decode().strip()} chunk")


def join(left: Sound, right: Sound, into: Into) -> Sound:
    """Write two mono sounds as one stereo file of 8 kHz; the shorter one ends in silence, `EMPTY` is all silence.

    MixMonitor begins both directions with the same sample and fills one that has no sound with silence (Asterisk
    22.10.1, measured), so what is missing is missing at the end. Never holds more than seconds of the sound in memory.
    Raises NotAWav, OSError, OverflowError.
    """
    frames = max(_mono(left).frames, _mono(right).frames)
    into.write(header(frames, channels=2))
    with _open(left) as left_file, _open(right) as right_file:
        for done in range(0, frames, _FRAMES_AT_A_TIME):
            many = min(_FRAMES_AT_A_TIME, frames - done)
            both = array("h", bytes(2 * many * _SAMPLE_BYTES))
            both[0::2] = _samples(left_file, left.frames - done, many)
            both[1::2] = _samples(right_file, right.frames - done, many)
            into.write(both.tobytes())
    closed = left.closed and right.closed
    return Sound(channels=2, rate=RATE, bits=16, first=HEADER_BYTES, length=frames * 2 * _SAMPLE_BYTES, closed=closed)


def copy(source: Path, into: Into) -> None:
    """Write a mono file again, with a header that tells its length. Raises NotAWav, OSError."""
    sound = _mono(inspect(source))
    into.write(header(sound.frames))
    with _open(sound) as file:
        for done in range(0, sound.frames, _FRAMES_AT_A_TIME):
            into.write(_samples(file, sound.frames - done, min(_FRAMES_AT_A_TIME, sound.frames - done)).tobytes())


def speech_seconds(path: Path) -> float:
    """How long somebody speaks in a mono file, pauses left out. Raises NotAWav, OSError."""
    sound = _mono(inspect(path))
    with _open(sound) as file:
        samples = _samples(file, sound.frames, sound.frames)
    loud = sum(
        sum(map(abs, samples[at : at + _MOMENT])) >= _MOMENT * _SPEECH
        for at in range(0, sound.frames - _MOMENT + 1, _MOMENT)
    )
    return loud * _MOMENT / RATE


def _mono(sound: Sound) -> Sound:
    if sound.channels != 1 or sound.rate != RATE:
        raise NotAWav(f"{sound.path} has {sound.channels} channels at {sound.rate} Hz, not one at {RATE} Hz")
    return sound


def _open(sound: Sound) -> BinaryIO:
    """Its file, at the beginning of the sound."""
    file = sound.path.open("rb") if sound.path else BytesIO()
    file.seek(sound.first)
    return file


def _samples(file: BinaryIO, left: int, many: int) -> array[int]:
    """The next ``many`` samples: what the file has ``left`` of them (0 or less: nothing), then silence."""
    content = file.read(max(0, min(left, many)) * _SAMPLE_BYTES)
    return array("h", content.ljust(many * _SAMPLE_BYTES, b"\0"))
