"""Waiting for what comes by itself, and failing when it does not."""

import asyncio
from collections.abc import Callable


async def until(so: Callable[[], object]) -> None:
    """Wait, half a minute at most."""
    for _ in range(3000):
        if so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it has not come")
