"""A link to Asterisk: one WebSocket for events and commands, and the slow lane beside it.

Links are made by `ari_app.ari.connecting`.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any

import structlog
from picows import WSCloseCode, WSMsgType, WSTransport, ws_connect

from ari_app.ari.address import Address
from ari_app.ari.bridges import Bridges
from ari_app.ari.channels import Channels
from ari_app.ari.command import Command, T
from ari_app.ari.errors import AriError, LinkLost, is_gone
from ari_app.ari.events import ApplicationReplaced, Event, Malformed
from ari_app.ari.protocol import Beat, Protocol
from ari_app.ari.reply import Reply
from ari_app.ari.resources import Applications, Asterisk, Endpoints, Playbacks, Recordings
from ari_app.ari.slow import SlowLane
from ari_app.ari.timings import Timings
from ari_app.ari.wire import Wire

Sink = Callable[[Event], None]


class Link:
    """Commands as methods (``link.channels.answer(id)``), events to a sink, one end with its reason.

    Used from the event loop's thread only.
    """

    def __init__(self, address: Address, apps: tuple[str, ...], timings: Timings) -> None:
        self.app = apps[0]
        """The application's name: what dialplan and originate call us."""
        self._loop = asyncio.get_running_loop()
        self._protocol = Protocol(self._loop.time(), timings)
        self._slow = SlowLane(address, timings)
        self._timings = timings
        self._transport: WSTransport | None = None
        self._corked = False
        self._heart: asyncio.TimerHandle | None = None
        self._over = asyncio.Event()
        self._sink: Sink | None = None
        self._early: list[Event] = []
        self._log = structlog.get_logger().bind(app=self.app)
        self.channels = Channels(self)
        self.bridges = Bridges(self)
        self.playbacks = Playbacks(self)
        self.recordings = Recordings(self)
        self.endpoints = Endpoints(self)
        self.applications = Applications(self)
        self.asterisk = Asterisk(self)

    # --------------------------------------------------------------------------------------------------- for its users

    def deliver(self, sink: Sink) -> None:
        """Give every event to this, in Asterisk's order: at once those that came before, then each as it is read.

        The sink must not wait. An exception in it is logged and costs that one event; it ends nothing.
        """
        self._sink = sink
        early, self._early = self._early, []
        for event in early:
            self._hand_on(event)

    @property
    def lost(self) -> LinkLost | None:
        """Why the link is over (`Fenced`: another process has our name); None while it is not."""
        return self._protocol.why

    @property
    def waiting(self) -> int:
        """How many commands wait for their answers."""
        return len(self._protocol.pending)

    async def ended(self) -> LinkLost:
        """Wait for the link's end; gives the reason."""
        await self._over.wait()
        return self._protocol.why or LinkLost("closed")

    def forget(self, reply: Reply[Any]) -> None:
        """Not wait for this one, but have its failure in the log: at DEBUG if the channel was gone or the link lost."""
        reply.then(lambda: self._note_failure(reply))

    def fast(self, command: Command[T]) -> Reply[T]:
        """See `ari_app.ari.command.Lanes`."""
        reply, frame = self._protocol.command(command, self._loop.time())
        if frame is not None and self._transport is not None:
            self._together(self._transport)
            self._transport.send(WSMsgType.TEXT, frame)
        return reply

    def slow(self, command: Command[T]) -> Reply[T]:
        """See `ari_app.ari.command.Lanes`."""
        if self.lost:
            reply = Reply(command.name, command.answer)
            reply.learn(self.lost)
            return reply
        return self._slow.send(command)

    async def close(self) -> None:
        """Say goodbye to Asterisk and end; commands under way fail with `LinkLost`. Does nothing the second time."""
        try:
            if self._transport is not None:
                await self._say_goodbye(self._transport)
        finally:
            self._end("closed")
            await self._slow.close()

    def _together(self, transport: WSTransport) -> None:
        """Have what is sent in one turn of the loop leave as one packet: to wake Asterisk costs most."""
        if not self._corked:
            self._corked = True
            self._cork(transport, 1)
            self._loop.call_soon(self._uncork, transport)

    def _uncork(self, transport: WSTransport) -> None:
        self._corked = False
        self._cork(transport, 0)

    def _cork(self, transport: WSTransport, value: int) -> None:
        with contextlib.suppress(OSError):  # the connection has just ended
            transport.underlying_transport.get_extra_info("socket").setsockopt(
                socket.IPPROTO_TCP, socket.TCP_CORK, value
            )

    async def _say_goodbye(self, transport: WSTransport) -> None:
        transport.send_close(WSCloseCode.OK)
        try:
            async with asyncio.timeout(self._timings.close):
                await transport.wait_disconnected()
        except TimeoutError:
            transport.disconnect(graceful=False)
        except Exception as error:  # picows 2.3 raises here whatever had ended the connection
            self._log.debug("the WebSocket had failed", why=str(error))

    # -------------------------------------------------------------------------------------------------- for the network

    async def open(self, url: str, authorization: str) -> None:
        """Connect. Whatever goes wrong is raised as picows or the socket has it; `connecting.verdict` judges it."""
        wire = Wire(message=self._take, sign_of_life=self._hear, ended=self._end)
        async with asyncio.timeout(self._timings.connect):
            transport, _ = await ws_connect(
                lambda *_: wire,
                url,
                extra_headers={"Authorization": authorization},
                websocket_handshake_timeout=self._timings.connect,
                max_redirects=0,
            )
        self._transport = transport
        self._hear()
        self._beat(transport)

    def _take(self, frame: bytes) -> None:
        match self._protocol.receive(frame, self._loop.time()):
            case None:
                return
            case Malformed(raw, why):
                self._log.warning("not understood", why=why, frame=raw[:200])
            case ApplicationReplaced() as event:
                self._hand_on(event)
                self._over.set()
            case event:
                self._hand_on(event)

    def _hand_on(self, event: Event) -> None:
        if self._sink is None:
            self._early.append(event)
            return
        try:
            self._sink(event)
        except Exception:
            self._log.exception("an event was not taken", event_kind=type(event).__name__)

    def _hear(self) -> None:
        self._protocol.alive(self._loop.time())

    def _beat(self, transport: WSTransport) -> None:
        self._heart = self._loop.call_later(self._timings.beat, self._beat, transport)
        match self._protocol.beat(self._loop.time()):
            case Beat.PING:
                transport.send_ping()
            case Beat.PROBE:
                self._probe()
            case Beat.DROP:
                transport.disconnect(graceful=False)
                self._end("silent")

    def _probe(self) -> None:
        held_up_by = self._protocol.pending[0]
        self._log.warning("Asterisk reads no commands", waiting=len(self._protocol.pending), first=held_up_by)
        probe: Reply[None] = self._slow.send(Command("GET", "asterisk/ping", {}, None))
        probe.then(lambda: None if probe.error() else self._protocol.vouch(self._loop.time()))

    def _end(self, why: str) -> None:
        self._protocol.closed(why)
        if self._heart is not None:
            self._heart.cancel()
        if not self._over.is_set():
            self._log.info("link ended", why=str(self.lost))
        self._over.set()

    def _note_failure(self, reply: Reply[Any]) -> None:
        error = reply.error()
        if error is not None:
            log = self._log.debug if _is_usual(error) else self._log.warning
            log("command failed", command=reply.command, why=str(error))


def _is_usual(error: AriError) -> bool:
    return is_gone(error) or isinstance(error, LinkLost)
