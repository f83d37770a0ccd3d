"""Telling by ear who is speaking: each person has a tone, looked for in 40 ms at a time. PCM is 8 kHz, 16 bit.

The tones keep away from each other and from what a telephone sounds by itself: ringing and busy tones (350 to 620 Hz),
the beep, the pairs of the keys (697 to 1633). They are high, since music on hold keeps low notes for half a second.
"""

import csv
import math
import zlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from demo.g711 import RATE, Samples

WINDOW = 320
"""Samples looked at together: 40 ms, which tells tones apart that are 50 Hz or more from each other."""
LOUDNESS = 6000
"""The amplitude of our tones, of 32767: clearly heard, and several at once do not clip."""
SHARE = 0.35
"""How much of a window's power a tone must have to be heard as present, so that of two mixed voices both are found."""
ALONE = 0.7
"""How much it must have to be the only voice: music and speech do not come near it."""
BEEP = 700
"""The tone of Asterisk's recorded ``beep``, after which a message is spoken; it lasts 0.4 s."""
QUIET = 150
"""The mean amplitude below which a window is silence; line noise stays below 20, speech is above 500."""

_KEYS = 1209, 1336, 1477, 1633
GRID = tuple(hz for hz in range(1050, 3400, 60) if all(abs(hz - key) >= 30 for key in _KEYS))
"""Tones in use; multiples of 10, so that 100 ms of each can be repeated without a click."""
COMPANY = Path(__file__).parent / "company" / "people.csv"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of time, in seconds from the start."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


@cache
def tone_of(name: str) -> int:
    """The tone of a person or a caller, in Hz. Everybody of the sample company has one of its own; others are dealt the
    rest by name, and two of them may share one."""
    company = _company()
    if name in company:
        return GRID[company.index(name)]
    rest = GRID[len(company) :]
    return rest[zlib.crc32(name.encode("utf-8", "surrogateescape")) % len(rest)]


@cache
def _company() -> tuple[str, ...]:
    with COMPANY.open(encoding="utf-8", newline="") as file:
        return tuple(row["id"] for row in csv.DictReader(file))


@cache
def tone(hz: int, samples: int = RATE // 10, loudness: int = LOUDNESS) -> Samples:
    """A tone; 100 ms of a multiple of 10 Hz can be repeated without a click."""
    step = 2 * math.pi * hz / RATE
    return array("h", [round(loudness * math.sin(step * place)) for place in range(samples)])


def share(samples: Samples, hz: float) -> float:
    """How much of the power is at this frequency: 1 for that pure tone, 0 for silence and for anything else."""
    return shares(samples, (hz,))[0]


def shares(samples: Samples, tones: Iterable[float]) -> list[float]:
    """The same for each of several tones, in their order."""
    window, energy = tuple(samples), math.hypot(*samples) ** 2
    return [_share(window, energy, hz) if energy else 0.0 for hz in tones]


def _share(window: tuple[int, ...], energy: float, hz: float) -> float:
    """The power of a window's projection on a sine and a cosine.

    Its inner products are got from distances (the law of cosines): of these `math` has one in C before Python 3.12, and
    whoever plays twenty telephones has no time to listen in Python.
    """
    products = ((energy + own - math.dist(window, wave) ** 2) / 2 for wave, own in _waves(hz, len(window)))
    return 2 * sum(product * product for product in products) / (len(window) * energy)


@cache
def _waves(hz: float, samples: int) -> tuple[tuple[tuple[float, ...], float], ...]:
    """A cosine and a sine of amplitude 1, each with its energy."""
    step = 2 * math.pi * hz / RATE
    waves = (tuple(turn(step * place) for place in range(samples)) for turn in (math.cos, math.sin))
    return tuple((wave, math.hypot(*wave) ** 2) for wave in waves)


def is_quiet(samples: Samples) -> bool:
    """Whether nobody speaks."""
    return sum(map(abs, samples)) < QUIET * len(samples)


def has_tone(samples: Samples, hz: float) -> bool:
    """Whether this tone is in it, alone or among others."""
    return not is_quiet(samples) and share(samples, hz) >= SHARE


def loudest(samples: Samples, names: Iterable[str]) -> str | None:
    """Who hums alone; None: nobody of them."""
    if is_quiet(samples):
        return None
    known = tuple(names)
    found, name = max(zip(shares(samples, map(tone_of, known)), known, strict=True), default=(0.0, ""))
    return name if found >= ALONE else None


def spans(pcm: bytes, hz: float, shortest: float = 0.2) -> tuple[Span, ...]:
    """When a tone sounds in a recording; not what is shorter than ``shortest`` seconds (vowels are brief tones)."""
    samples = array("h", pcm[: len(pcm) // 2 * 2])
    marks = [has_tone(samples[start : start + WINDOW], hz) for start in range(0, len(samples), WINDOW)]
    return tuple(span for span in _runs(marks) if span.seconds >= shortest - 1e-9)


def speech(pcm: bytes, shortest: float = 0.1) -> tuple[Span, ...]:
    """When there is any sound in a recording."""
    samples = array("h", pcm[: len(pcm) // 2 * 2])
    marks = [not is_quiet(samples[start : start + WINDOW]) for start in range(0, len(samples), WINDOW)]
    return tuple(span for span in _runs(marks) if span.seconds >= shortest - 1e-9)


def _runs(marks: list[bool]) -> list[Span]:
    second = WINDOW / RATE
    found, start = [], 0
    for sounding, run in groupby(marks):
        end = start + sum(1 for _ in run)
        if sounding:
            found.append(Span(start * second, end * second))
        start = end
    return found
