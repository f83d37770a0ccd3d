"""A phone's audio for load: it says silence and keys and hears nothing, so that a call costs little."""

from demo.audio import Audio


class Quiet(Audio):
    """What is sent to it stays in the kernel's buffer, and what is more than that is dropped there."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self._loop.remove_reader(self._socket)
