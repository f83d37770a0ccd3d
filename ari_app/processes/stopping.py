"""What tells a process that serves to stop: Ctrl-C, whoever ends services, and the closing of its terminal."""

import asyncio
import signal
from collections.abc import Callable


def when_told(stop: Callable[[], None]) -> None:
    """Have ``stop`` called on SIGINT, SIGTERM and SIGHUP, in the event loop that runs.

    A closed terminal sends SIGHUP. By nohup it is ignored, and stays so: then this is to outlive the terminal.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        loop.add_signal_handler(signal.SIGHUP, stop)
