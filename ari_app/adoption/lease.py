"""The lease on each caller: what gets a caller out of a dead or frozen engine (T4).

The dialplan gives every caller a time limit before it offers the call, and Asterisk itself takes a caller whose time
has run out away from the engine and hands it to the stand-in, even while something is played (22.10.1). A living engine
renews the lease in good time. It does so over AMI: over ARI Asterisk would wait until nothing plays to the caller. Once
people talk there is no limit any more: their talk does not need an engine. While a colleague is asked there is again
(D11): the caller hears music then, which only an engine ends.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import NoReturn

from ari_app.ami import Ami, AmiError, AmiRefused
from ari_app.calls.call import LIMIT, Call
from dialplan.plan import LEASE_SECONDS

RENEW_SECONDS = 3.0
"""Three renewals may fail before a caller is taken away."""


async def renew(ami: Ami, calls: Callable[[], Iterable[Call]]) -> NoReturn:
    """Renew the leases of all calls again and again, for ever."""
    lifted: set[str] = set()
    while True:
        there = tuple(calls())
        lifted &= {call.id for call in there if not call.needs_engine}  # who was handed over waits again
        for call in there:
            if call.id not in lifted and await _set(ami, call) and not call.needs_engine:
                lifted.add(call.id)
        await asyncio.sleep(RENEW_SECONDS)


async def _set(ami: Ami, call: Call) -> bool:
    """No limit for those who talk: `Call.talks_with` said so before, but a renewal may just have been on its way."""
    try:
        await ami.set_variable(call.id, LIMIT, str(LEASE_SECONDS) if call.needs_engine else "0")
    except AmiRefused:
        return False  # the caller has just left
    except AmiError as why:
        call.log.warning("lease not renewed", why=str(why))
        return False
    return True
