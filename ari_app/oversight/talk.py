"""The time of one talk, in which others may act beside the two who talk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ari_app.calls.call import Call
from ari_app.oversight.overseen import Overseen
from ari_app.oversight.pausing import end_pause
from ari_app.oversight.wishes import call_mentor
from routing.facts import PersonId


@asynccontextmanager
async def overseen(call: Call, person: PersonId, leg: str, *, begun: bool) -> AsyncIterator[Overseen]:
    """Let others act in a talk until the block ends; nobody of them stays, and what comes then is recorded.

    ``begun``: it began earlier, and was broken off since; the mentor was called then.
    """
    call.talk = talk = Overseen(call, person, leg)
    call_mentor(talk, again=begun)
    try:
        yield talk
    finally:
        await talk.end()
        await end_pause(talk)
        call.talk = None
