"""What two phones agree on: where the audio goes, and in which coding (SDP, RFC 8866; offer and answer, RFC 3264)."""

import re
from dataclasses import dataclass
from itertools import pairwise

from demo.g711 import Codec, pcma, pcmu

EVENTS = "telephone-event"
DIRECTIONS = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}
"""What the other side offers, and what we answer: nothing that it does not want (RFC 3264, section 6.1)."""
OFFER = "PCMU", "PCMA"
"""What we offer, in this order, unless told otherwise."""


class Unsuitable(ValueError):  # noqa: N818 - it says what the description is
    """A session description without audio that we can speak."""


@dataclass(frozen=True, slots=True)
class Media:
    """One side's audio, as far as a telephone needs it."""

    host: str
    port: int
    codecs: tuple[str, ...] = OFFER
    """Those we speak, in order of preference."""
    events: int | None = 101
    """The payload type of digits (RFC 4733); None: no digits."""
    direction: str = "sendrecv"

    @property
    def codec(self) -> Codec:
        """The preferred coding."""
        return _known()[self.codecs[0]]


def read(body: bytes) -> Media:
    """The first audio of a session description.

    Raises:
        Unsuitable: it has none, or none in a coding that we speak.
    """
    lines = [line.partition("=")[::2] for line in body.decode("utf-8", "replace").splitlines()]
    session, media = _sections(lines)
    if media is None:
        raise Unsuitable("no audio in the session description")
    found = re.fullmatch(r"audio ([0-9]{1,5})(?:/[0-9]+)? RTP/AVP ([0-9 ]+)", media[0][1].strip())
    if found is None or not 0 < int(found[1]) < 65536:
        raise Unsuitable(f"media line {media[0][1][:60]!r}")
    names = _formats(media, found[2].split())
    codecs = tuple(name for name in names.values() if name in _known())
    if not codecs:
        raise Unsuitable("neither PCMU nor PCMA")
    events = next((number for number, name in names.items() if name == EVENTS), None)
    return Media(_host(media) or _host(session), int(found[1]), codecs, events, _direction(media, session))


def write(media: Media, version: int = 1) -> bytes:
    """A session description. ``version`` must grow by one with each change within a call (RFC 3264, section 8)."""
    numbers = [str(_known()[name].payload_type) for name in media.codecs]
    formats = [f"a=rtpmap:{number} {name}/8000" for number, name in zip(numbers, media.codecs, strict=True)]
    if media.events is not None:
        numbers.append(str(media.events))
        formats += [f"a=rtpmap:{media.events} {EVENTS}/8000", f"a=fmtp:{media.events} 0-15"]
    lines = [
        "v=0",
        f"o=- 1 {version} IN IP4 {media.host}",
        "s=-",
        f"c=IN IP4 {media.host}",
        "t=0 0",
        f"m=audio {media.port} RTP/AVP {' '.join(numbers)}",
        *formats,
        "a=ptime:20",
        f"a={media.direction}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def agree(offer: Media, host: str, port: int, codecs: tuple[str, ...] = OFFER) -> Media:
    """Our answer to an offer: the first coding of theirs that we want too.

    Raises:
        Unsuitable: there is none.
    """
    both = tuple(name for name in offer.codecs if name in codecs)
    if not both:
        raise Unsuitable(f"they speak {' '.join(offer.codecs)}, we want {' '.join(codecs)}")
    return Media(host, port, both[:1], offer.events, DIRECTIONS[offer.direction])


Lines = list[tuple[str, str]]


def _known() -> dict[str, Codec]:
    return {"PCMU": pcmu(), "PCMA": pcma()}


def _sections(lines: Lines) -> tuple[Lines, Lines | None]:
    """What holds for the whole session, and the first audio's own lines."""
    starts = [place for place, (kind, _) in enumerate(lines) if kind == "m"] + [len(lines)]
    media = [lines[start:end] for start, end in pairwise(starts)]
    audio = next((part for part in media if part[0][1].startswith("audio ")), None)
    return lines[: starts[0]], audio


def _formats(media: Lines, numbers: list[str]) -> dict[int, str]:
    named = {0: "PCMU", 8: "PCMA"}  # these need not be said, RFC 3551
    for number, name in _attributes(media, r"rtpmap:([0-9]{1,3}) ([^/ ]+)/8000.*"):
        named[int(number)] = EVENTS if name.lower() == EVENTS else name.upper()
    return {int(number): named[int(number)] for number in numbers if int(number) in named}


def _attributes(media: Lines, pattern: str) -> list[tuple[str, ...]]:
    found = (re.fullmatch(pattern, value.strip()) for kind, value in media if kind == "a")
    return [match.groups() for match in found if match]


def _host(lines: Lines) -> str:
    return next((value.split()[-1] for kind, value in lines if kind == "c" and value.split()), "")


def _direction(media: Lines, session: Lines) -> str:
    values = [value.strip() for kind, value in media + session if kind == "a"]
    return next((value for value in values if value in DIRECTIONS), "sendrecv")
