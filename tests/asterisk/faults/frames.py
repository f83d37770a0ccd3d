"""What Asterisk sends to a client of ARI, cut into pieces: an HTTP head, and behind a 101 the frames of RFC 6455."""

import json
from dataclasses import dataclass
from functools import cached_property

TEXT = 1
_HEAD_END = b"\r\n\r\n"
_UPGRADED = b"HTTP/1.1 101"
_LONGER = {126: 2, 127: 8}
"""Bytes of the length, where it does not fit into seven bits."""
_NEVER_TOUCHED = {"RESTResponse", "ApplicationReplaced"}
"""Answers to commands, and what is said of the link itself."""


@dataclass(frozen=True)
class Piece:
    """A whole frame, or bytes that are none."""

    raw: bytes
    payload: bytes | None = None
    """Of a TEXT frame."""

    @cached_property
    def type(self) -> str | None:
        """Of what is told; None: nothing is."""
        return None if self.payload is None else str(json.loads(self.payload)["type"])

    @property
    def is_event(self) -> bool:
        """Whether it tells of something that happened."""
        return self.type is not None and self.type not in _NEVER_TOUCHED


class Cutter:
    """Takes bytes as they come, gives pieces as they are complete."""

    def __init__(self) -> None:
        self._bytes = b""
        self._upgraded: bool | None = None
        """None: the head has not come yet."""

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that are complete now."""
        self._bytes += data
        pieces: list[Piece] = []
        while (piece := self._next()) is not None:
            pieces.append(piece)
        return pieces

    def _next(self) -> Piece | None:
        if self._upgraded is None:
            return self._head()
        return self._frame() if self._upgraded else self._take(len(self._bytes))

    def _head(self) -> Piece | None:
        end = self._bytes.find(_HEAD_END)
        if end < 0:
            return None
        self._upgraded = self._bytes.startswith(_UPGRADED)
        return self._take(end + len(_HEAD_END))

    def _frame(self) -> Piece | None:
        """A server's frames are not masked: two bytes, perhaps a longer length, and the payload."""
        if len(self._bytes) < 2:
            return None
        kind, short = self._bytes[0] & 0x0F, self._bytes[1]
        start = 2 + _LONGER.get(short, 0)
        length = int.from_bytes(self._bytes[2:start], "big") if short in _LONGER else short
        if len(self._bytes) < start + length:
            return None
        payload = self._bytes[start : start + length] if kind == TEXT else None
        return self._take(start + length, payload)

    def _take(self, length: int, payload: bytes | None = None) -> Piece | None:
        if length == 0:
            return None
        raw, self._bytes = self._bytes[:length], self._bytes[length:]
        return Piece(raw, payload)
