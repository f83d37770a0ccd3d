"""The application; arguments: address, user, password, application, SQLite file."""

import logging
import sys
import time
from typing import Any

import anyio
import asyncari
from asyncari.model import Channel
from httpx import HTTPStatusError

from bench.peers.books import Books, endpoint

NORMAL_CLEARING = 16


async def call(ari: asyncari.Client, books: Books, caller: Channel) -> None:
    """Look the caller up, ring the manager, and connect them until one of them leaves."""
    number, started, answered, cause = caller.caller["number"], time.time(), None, NORMAL_CLEARING
    manager = books.manager_of(number)
    leg = Channel(ari, json={"id": ari.generate_id("leg")})

    async def leave(event: Any) -> None:
        nonlocal cause
        cause = getattr(event, "cause", NORMAL_CLEARING)
        await leg.hang_up("normal")

    caller.on_event("ChannelHangupRequest", leave)
    events = aiter(leg)  # before it is rung, so that none is missed
    await ari.channels.originate(
        channelId=leg.id, endpoint=endpoint(manager), callerId=number, app=ari.app, appArgs="leg"
    )
    bridge = None
    async for event in events:
        if event.type == "StasisStart":
            answered = time.time()
            try:
                await caller.answer()
                bridge = await ari.bridges.create(type="mixing")
                await bridge.addChannel(channel=[caller.id, leg.id])
            except HTTPStatusError:  # the caller has just left
                await leg.safe_hangup()
    await caller.hang_up("normal")
    if bridge:
        await bridge.destroy()
    books.write(number, manager, started=started, answered=answered, ended=time.time(), cause=cause)


async def main(address: str, user: str, password: str, app: str, directory: str) -> None:
    """Serve until ended."""
    logging.getLogger("asyncari").setLevel(logging.ERROR)  # it warns of each Dial event
    books = Books(directory)
    async with (
        asyncari.connect(address, app, user, password) as ari,
        ari.on_channel_event("StasisStart", filter=lambda event: not event.args) as arrivals,
    ):
        print("ready", flush=True)
        async for found, _ in arrivals:
            ari.taskgroup.start_soon(call, ari, books, found["channel"])


if __name__ == "__main__":
    _, address, app, user, password, books = sys.argv
    anyio.run(main, address, app, user, password, books)
