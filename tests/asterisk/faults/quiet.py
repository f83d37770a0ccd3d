"""A phone's audio for load: it says silence and keys, hears only whether there is anything, and so costs little."""

from contextlib import suppress

from demo.audio import LARGEST, Audio
from demo.rtp import read_packet


class Quiet(Audio):
    """What is sent to it stays in the kernel's buffer, and what is more than that is dropped there."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self._loop.remove_reader(self._socket)

    def close(self) -> None:
        """Take one of the packets that came: who was never brought together with anybody has none."""
        with suppress(OSError):  # there is none, or it is closed already
            if packet := read_packet(self._socket.recv(LARGEST)):
                self.ear.hear(packet, self._loop.time())
        super().close()
