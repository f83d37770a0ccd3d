"""The slow lane: commands that Asterisk may let wait, and those with long answers, each on a connection of its own.

Asterisk serves the commands of one WebSocket strictly one after the other, so that one which waits for a playback's end
would hold up every command of every call behind it. Over HTTP it holds up nobody.
"""

import asyncio
from typing import Any

import aiohttp

from ari_app.ari.address import Address
from ari_app.ari.command import Command, T
from ari_app.ari.errors import LinkLost, TimedOut
from ari_app.ari.reply import Outcome, Reply
from ari_app.ari.timings import Timings

CONNECTIONS = 32
"""At once; more wait their turn. Asterisk's ``sessionlimit`` is 100 unless http.conf says otherwise."""
KEEP_ALIVE = 5.0
"""Seconds. Asterisk closes an idle connection after 15 (``session_keep_alive``): ours must be gone before."""


class SlowLane:
    """A small pool of HTTP connections."""

    def __init__(self, address: Address, timings: Timings) -> None:
        self._address = address
        self._timings = timings
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE),
            headers=[("Authorization", address.authorization), ("Content-Type", "application/json")],
        )
        self._under_way: set[asyncio.Task[None]] = set()

    def send(self, command: Command[T]) -> Reply[T]:
        """Send it soon; its reply always comes, at the latest when the lane is closed."""
        reply = Reply(command.name, command.answer)
        task = asyncio.create_task(self._carry(command, reply), name=command.name)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        # A task that is cancelled before its first step runs none of its code: its reply must not wait for ever.
        task.add_done_callback(lambda _: reply.learn(LinkLost("the link was closed")))
        return reply

    async def close(self) -> None:
        """Give up what is under way and close the connections."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._session.close()

    async def _carry(self, command: Command[Any], reply: Reply[Any]) -> None:
        url = self._address.resource(command.uri)
        # What is only looked at waits for nothing in Asterisk, however long the answer is: who repairs by it must not.
        limit = self._timings.reply if command.method == "GET" else self._timings.slow_reply
        try:
            timeout = aiohttp.ClientTimeout(total=limit)
            async with self._session.request(command.method, url, data=command.body(), timeout=timeout) as response:
                reply.learn(Outcome(response.status, response.reason or "", await response.read()))
        except TimeoutError:
            reply.learn(TimedOut(f"{command.name}: no answer in {limit:g} s"))
        except (aiohttp.ClientError, OSError) as error:
            reply.learn(LinkLost(f"{command.name}: {error}"))
