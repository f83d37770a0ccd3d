"""Joining channels of a call in a bridge, so that people hear each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ari_app.ari.errors import Conflict
from ari_app.calls.call import Call
from premises import ids

_PLAIN, _SOFTMIX = "mixing", "mixing,video_sfu"
LOOK_SECONDS = 0.02
MOST_LOOKS = 50
"""For a bridge to be gone; it takes milliseconds."""


@asynccontextmanager
async def joined_in(
    call: Call, *channels: str, joined: bool = False, again: bool = False, absorb_keys: bool | None = None
) -> AsyncIterator[None]:
    """These in one bridge, be it a new one or one in which they are joined; removed at the end of the block.

    A plain one, while the caller talks with the first person. For a second one, after a transfer, it is ``video_sfu``
    (softmix), which takes half as much again of Asterisk's time for a call and tells of its end 20 ms later: in a plain
    bridge Asterisk 22 can drop the second speaker's sound, since it compares RTP sequence numbers of different senders.

    ``again``: for whoever has heard somebody else since the talk began. The bridge before may be going just now.
    """
    bridge = ids.bridge_id(call.id)
    bridges = call.link.bridges
    call.answer()
    if again:
        await _made_again(call, bridge)
    elif not joined:
        call.link.forget(bridges.create(bridge, type=_PLAIN if call.handed_over is None else _SOFTMIX))
    if not joined:
        call.link.forget(bridges.add(bridge, *channels, absorb_keys=absorb_keys))
    try:
        yield
    finally:
        if not call.is_passed_on:
            call.link.forget(bridges.destroy(bridge))


async def _made_again(call: Call, bridge: str) -> None:
    """Asterisk takes a bridge down after it has said so, and until then its id is in use (22.10.1)."""
    for _ in range(MOST_LOOKS):
        try:
            await call.link.bridges.create(bridge, type=_SOFTMIX)
        except Conflict:
            await asyncio.sleep(LOOK_SECONDS)
        else:
            return
    call.log.error("the bridge before is still there", bridge=bridge)
