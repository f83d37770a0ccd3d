"""The application; arguments: address, user, password, application, SQLite file, kind of bridge."""

import asyncio
import sys
import time
from typing import Any

from aiohttp import ClientSession, encode_basic_auth

from bench.peers.books import Books, endpoint

Event = dict[str, Any]
ENDS = {"ChannelHangupRequest", "StasisEnd", "ChannelDestroyed"}
NORMAL_CLEARING = 16


class Calls:
    """All calls under way, and the way to Asterisk."""

    def __init__(self, http: ClientSession, app: str, books: Books, kind: str) -> None:
        self._http = http
        self._kind = kind
        self._app = app
        self._books = books
        self._inboxes: dict[str, asyncio.Queue[Event]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Read events until the WebSocket ends, and serve each caller who comes."""
        async with self._http.ws_connect("/ari/events", params={"app": self._app}) as events:
            print("ready", flush=True)
            async for message in events:
                self._take(message.json())

    def _take(self, event: Event) -> None:
        channel = event.get("channel", {})
        if inbox := self._inboxes.get(channel.get("id")):
            inbox.put_nowait(event)
        elif event["type"] == "StasisStart":
            task = asyncio.create_task(self._call(channel))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _call(self, channel: Event) -> None:
        caller, number, started = channel["id"], channel["caller"]["number"], time.time()
        leg = f"{caller}-leg"
        manager = self._books.manager_of(number)
        self._inboxes[caller] = self._inboxes[leg] = asyncio.Queue()
        try:
            ring = {"endpoint": endpoint(manager), "callerId": number, "app": self._app, "channelId": leg}
            await self._do("POST", "channels", **ring)
            answered, end = await self._talk(caller, leg)
        finally:
            del self._inboxes[caller], self._inboxes[leg]
        cause = end.get("cause", NORMAL_CLEARING)
        self._books.write(number, manager, started=started, answered=answered, ended=time.time(), cause=cause)

    async def _talk(self, caller: str, leg: str) -> tuple[float | None, Event]:
        """When the manager answered, and how the call ended; nobody is left then."""
        bridge, answered = f"{caller}-bridge", None
        while (event := await self._inboxes[caller].get())["type"] not in ENDS:
            if event["type"] == "StasisStart":
                answered = time.time()
                await self._do("POST", f"channels/{caller}/answer")
                await self._do("POST", "bridges", type=self._kind, bridgeId=bridge)
                await self._do("POST", f"bridges/{bridge}/addChannel", channel=f"{caller},{leg}")
        other = leg if event["channel"]["id"] == caller else caller
        await self._do("DELETE", f"channels/{other}")
        if answered:
            await self._do("DELETE", f"bridges/{bridge}")
        return answered, event

    async def _do(self, method: str, what: str, **parameters: str) -> None:
        async with self._http.request(method, f"/ari/{what}", params=parameters) as reply:
            await reply.read()  # else the connection is closed, not kept


async def main(address: str, user: str, password: str, app: str, directory: str, bridge: str) -> None:
    """Serve until ended."""
    async with ClientSession(address, headers={"Authorization": encode_basic_auth(user, password)}) as http:
        await Calls(http, app, Books(directory), bridge).serve()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
