"""A phone's audio for load: it hears nothing and says nothing but its keys, so that a call costs hardly more than SIP."""

from demo.audio import BEAT, Audio


class Quiet(Audio):
    """What is sent to it stays in the kernel's buffer, and what is more than that is dropped there."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self._loop.remove_reader(self._socket)

    def beat(self, now: float) -> None:
        """Send what is due of keys; Asterisk does without silence for half a minute (``rtp_timeout``)."""
        if self.mouth.is_pressing:
            super().beat(now)
        else:
            self._began = now - self._sent * BEAT
