"""A peer that plays Asterisk's part on a real socket, well or badly."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

from ari_app.ari import Address, Timings

QUICK = Timings(
    connect=0.5, beat=0.02, silence=0.1, reply=0.3, slow_reply=0.2, close=0.2, retry_first=0.01, starting=0.1
)
"""Time limits for tests, which have no time."""

EVENT = {"type": "StasisEnd", "application": "sb-t", "channel": {"id": "1.2"}}

Deed = Callable[["Peer", dict[str, Any]], Awaitable[None]]
Listed = Callable[[], Awaitable[object]]


class Peer:
    """Answers commands with 204 unless a deed for their URI says otherwise."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.slow: list[str] = []
        self.apps: list[str] = []
        self.deeds: dict[str, Deed] = {}
        self.lists: dict[str, Listed] = {}
        """What is answered over HTTP, by the URI."""
        self.refuse: list[int] = []
        """HTTP statuses for the next attempts to connect."""
        self.pongs = True
        self.slow_status = 204
        self.slow_wait = 0.0
        self.port = 0
        self.linked = asyncio.Event()
        self._socket: web.WebSocketResponse | None = None

    @property
    def address(self) -> Address:
        return Address(port=self.port, user="u", secret="geheim")

    @property
    def socket(self) -> web.WebSocketResponse:
        """The newest connection."""
        assert self._socket is not None
        return self._socket

    async def say(self, value: object) -> None:
        await self.socket.send_str(json.dumps(value))

    async def answer(self, request: dict[str, Any], status: int = 204, body: object = None) -> None:
        told = {"type": "RESTResponse", "request_id": request["request_id"], "status_code": status, "reason_phrase": ""}
        await self.say(told | ({} if body is None else {"message_body": json.dumps(body)}))

    def break_off(self) -> None:
        """End the connection without a word."""
        transport = self.socket._req.transport  # type: ignore[union-attr]
        assert transport is not None
        transport.abort()

    def send_bytes(self, raw: bytes) -> None:
        """Bytes of our own on the WebSocket's connection."""
        transport = self.socket._req.transport  # type: ignore[union-attr]
        assert isinstance(transport, asyncio.Transport)
        transport.write(raw)

    async def events(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["Authorization"] == "Basic dTpnZWhlaW0="
        if self.refuse:
            return web.Response(status=self.refuse.pop(0))
        self.apps.append(request.query["app"])
        self._socket = mine = web.WebSocketResponse(autoping=False)
        await mine.prepare(request)
        self.linked.set()
        async for message in mine:
            if message.type is WSMsgType.PING and self.pongs:
                await mine.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                await self._serve(message.json())
        return mine

    async def _serve(self, request: dict[str, Any]) -> None:
        self.requests.append(request)
        deed = self.deeds.get(request["uri"])
        await (deed(self, request) if deed else self._do(request))

    async def _do(self, request: dict[str, Any]) -> None:
        if "applications" in request["uri"]:
            await self.answer(request, 200, {"name": "sb-t"})
        else:
            await self.answer(request)

    async def resource(self, request: web.Request) -> web.StreamResponse:
        self.slow.append(f"{request.method} {request.path} {await request.text()}")
        await asyncio.sleep(self.slow_wait)
        if listed := self.lists.get(request.match_info["rest"]):
            return web.json_response(await listed())
        return web.Response(status=self.slow_status)


@asynccontextmanager
async def peer(port: int = 0) -> AsyncIterator[Peer]:
    """A peer that listens."""
    it = Peer()
    app = web.Application()
    app.router.add_get("/ari/events", it.events)
    app.router.add_route("*", "/ari/{rest:.*}", it.resource)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    it.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    try:
        yield it
    finally:
        await runner.cleanup()
