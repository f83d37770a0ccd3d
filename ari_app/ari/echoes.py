"""Events that come twice.

Asterisk's events have no numbers, but each has a timestamp in milliseconds. Two events of one kind about one channel in
one millisecond, alike byte for byte, are one event: no finger presses a key twice so fast.
"""

from collections import OrderedDict

REMEMBERED = 256
"""Frames; at 100 calls per second that is more than half a second."""


class Echoes:
    """The last frames of one link."""

    def __init__(self) -> None:
        self._last: OrderedDict[bytes, None] = OrderedDict()

    def repeats(self, frame: bytes) -> bool:
        """Whether this frame came before; it is remembered."""
        if frame in self._last:
            return True
        self._last[frame] = None
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)
        return False
