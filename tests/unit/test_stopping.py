"""What tells a process that serves to stop, and what does not."""

import asyncio
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from ari_app.processes.stopping import when_told
from tests.until import until


@pytest.fixture
def hung_up(request: pytest.FixtureRequest) -> Iterator[None]:
    """As nohup starts it, or as a terminal does."""
    before: Any = signal.signal(signal.SIGHUP, request.param)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    ("hung_up", "times"),
    [(signal.SIG_DFL, 2), (signal.SIG_IGN, 1)],
    ids=["from a terminal", "by nohup"],
    indirect=["hung_up"],
)
@pytest.mark.usefixtures("hung_up")
async def test_a_closed_terminal_ends_what_is_not_to_outlive_it(times: int) -> None:
    stops: list[None] = []
    when_told(lambda: stops.append(None))
    loop = asyncio.get_running_loop()
    try:
        for number in (signal.SIGHUP, signal.SIGTERM):
            os.kill(os.getpid(), number)
        await until(lambda: len(stops) >= times)
        await asyncio.sleep(0.05)
        assert len(stops) == times
    finally:
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
