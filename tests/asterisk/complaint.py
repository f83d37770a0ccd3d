"""A talk to begin with: a caller with a complaint talks with mark, whose line for complaints it called."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from demo.outgoing import Outgoing
from demo.scenario import Habit
from demo.scenarios.cast import COMPLAINTS, OUTLET
from demo.tones import tone_of
from premises.installation import Installation
from tests.asterisk.faults.scene import Scene, scene

HEARD = 10.0
"""Seconds within which one hears the other."""


@asynccontextmanager
async def complaint(
    installation: Installation, habits: Mapping[str, Habit] | None = None
) -> AsyncIterator[tuple[Scene, Outgoing]]:
    """The two hear each other; the caller hums, and hangs up with the block."""
    async with scene(installation, habits) as one, one.calling(OUTLET, COMPLAINTS) as call:
        assert await call.who(one.staff.people, 2 * HEARD) == "mark"
        call.play_tone(tone_of(OUTLET))
        yield one, call
