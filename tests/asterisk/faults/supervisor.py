"""The process `up`, which starts again what ends; and how a test keeps it from doing so."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import Popen

from premises.installation import Installation


@dataclass(slots=True)
class Supervisor:
    """A running `up`."""

    installation: Installation
    process: Popen[bytes]

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """It starts nothing again until the block ends."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)
