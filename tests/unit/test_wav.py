"""Wav files: what Asterisk leaves, closed or not, and what is made of it."""

import io
import struct
import wave
from pathlib import Path
from typing import Any

import pytest

from premises import wav


def samples(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}h", *values)


def put(path: Path, content: bytes, *, closed: bool = True, rate: int = wav.RATE, channels: int = 1) -> Path:
    """A file as Asterisk leaves it: after a crash both sizes are 0."""
    frame = channels * 2
    head = struct.pack(
        "<4sI4s4sIHHIIHH", b"RIFF", 36 + len(content), b"WAVE", b"fmt ", 16, 1, channels, rate, rate * frame, frame, 16
    )
    whole = head + struct.pack("<4sI", b"data", len(content)) + content
    path.write_bytes(whole if closed else whole[:4] + bytes(4) + whole[8:40] + bytes(4) + whole[44:])
    return path


def sound_of(path: Path, content: bytes, **more: Any) -> wav.Sound:
    """What is in such a file."""
    return wav.inspect(put(path, content, **more))


@pytest.mark.parametrize(
    ("content", "closed", "frames"),
    [
        pytest.param(samples(1, 2, 3), True, 3, id="closed"),
        pytest.param(b"", True, 0, id="closed without any sound"),
        pytest.param(samples(1, 2, 3), False, 3, id="left by a crash"),
        pytest.param(samples(1, 2, 3) + b"\x01", False, 3, id="left by a crash in the middle of a sample"),
        pytest.param(b"", False, 0, id="opened and not yet written"),
    ],
)
def test_all_sound_that_is_there_is_found(tmp_path: Path, content: bytes, closed: bool, frames: int) -> None:
    sound = wav.inspect(put(tmp_path / "a.wav", content, closed=closed))
    assert (sound.frames, sound.closed) == (frames, closed)


def test_a_file_without_its_header_is_empty_and_not_closed(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    assert wav.inspect(tmp_path / "a.wav") == wav.UNWRITTEN


def test_a_file_that_was_cut_short_has_what_is_left(tmp_path: Path) -> None:
    file = put(tmp_path / "a.wav", samples(*range(100)))
    file.write_bytes(file.read_bytes()[:-50])
    sound = wav.inspect(file)
    assert (sound.frames, sound.closed) == (75, False)


def test_other_chunks_are_passed_over(tmp_path: Path) -> None:
    file = put(tmp_path / "a.wav", samples(1, 2))
    whole = file.read_bytes()
    file.write_bytes(whole[:36] + b"LIST" + struct.pack("<I", 3) + b"abc\0" + whole[36:])
    assert wav.inspect(file).frames == 2


@pytest.mark.parametrize(
    ("at", "bytes_", "why"),
    [
        pytest.param(0, b"OggS", "no wav file", id="another kind of file"),
        pytest.param(20, b"\x06\0", "not linear PCM", id="a-law"),
        pytest.param(22, b"\x06\0", "not linear PCM", id="six channels"),
        pytest.param(16, b"\x02\0\0\0", "broken format", id="short format"),
        pytest.param(36, b"junk", "no data chunk", id="no sound in it"),
    ],
)
def test_what_is_no_such_wav_is_named(tmp_path: Path, at: int, bytes_: bytes, why: str) -> None:
    file = put(tmp_path / "a.wav", samples(1, 2))
    whole = file.read_bytes()
    file.write_bytes(whole[:at] + bytes_ + whole[at + len(bytes_) :])
    with pytest.raises(wav.NotAWav, match=why):
        wav.inspect(file)


@pytest.mark.parametrize(
    ("left", "right", "frames"),
    [
        pytest.param((1, 2), (3, 4), [(1, 3), (2, 4)], id="equally long"),
        pytest.param((1, 2), (3,), [(1, 3), (2, 0)], id="the company's side is shorter"),
        pytest.param((), (3, 4), [(0, 3), (0, 4)], id="nothing from the caller"),
        pytest.param((), (), [], id="no sound at all"),
    ],
)
def test_left_is_one_file_and_right_the_other(
    tmp_path: Path, left: tuple[int, ...], right: tuple[int, ...], frames: list[tuple[int, int]]
) -> None:
    into = io.BytesIO()
    sound = wav.join(sound_of(tmp_path / "l.wav", samples(*left)), sound_of(tmp_path / "r.wav", samples(*right)), into)
    into.seek(0)
    with wave.open(into) as read:
        assert (read.getnchannels(), read.getframerate(), read.getsampwidth()) == (2, 8000, 2)
        assert list(struct.iter_unpack("<hh", read.readframes(read.getnframes()))) == frames
    assert sound.frames == len(frames)
    assert sound.closed


def test_a_long_recording_is_joined_in_steps(tmp_path: Path) -> None:
    many = 100_001
    into = io.BytesIO()
    left = sound_of(tmp_path / "l.wav", b"".join(samples(i % 30_000) for i in range(many)))
    sound = wav.join(left, sound_of(tmp_path / "r.wav", samples(*[7] * 50_000), closed=False), into)
    both = list(struct.iter_unpack("<hh", into.getvalue()[wav.HEADER_BYTES :]))
    assert both == [(i % 30_000, 7 if i < 50_000 else 0) for i in range(many)]
    assert not sound.closed
    assert sound.seconds == many / 8000


@pytest.mark.parametrize(
    ("rate", "channels"), [pytest.param(16000, 1, id="wide band"), pytest.param(8000, 2, id="stereo")]
)
def test_only_what_mixmonitor_writes_is_joined(tmp_path: Path, rate: int, channels: int) -> None:
    odd = sound_of(tmp_path / "l.wav", samples(1, 2), rate=rate, channels=channels)
    with pytest.raises(wav.NotAWav, match="not one at 8000 Hz"):
        wav.join(odd, sound_of(tmp_path / "r.wav", b""), io.BytesIO())


def test_more_than_a_wav_file_can_hold_is_refused() -> None:
    with pytest.raises(OverflowError):
        wav.header(2**30, channels=2)
