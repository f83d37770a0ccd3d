"""A call's inbox: everything that happens to the call, in the order in which Asterisk told it, and then its end.

One inbox for a call, not one for each channel: "the person answered, then the caller left" needs no race between
queues. An inbox that has ended raises the reason from whatever the call's script is waiting for; this is the one way
a script is told to stop. (Cancelling the task is the wrong tool for a hang-up: a second cancel during the cleaning up
loses the cleaning up.)
"""

import asyncio
import datetime as dt
from collections import deque
from collections.abc import Callable
from copy import copy
from typing import Generic, TypeVar

Message = TypeVar("Message")


class Ended(Exception):  # noqa: N818 - it is a fact, not an error
    """The call's script has to stop.

    Ended
    +-- CallerLeft      the caller hung up
    +-- Shutdown        the engine is being stopped
    +-- AsteriskEnds    Asterisk hangs up on everybody, because it is being stopped or started anew
    +-- LetGo           the call goes on without this script
        +-- LinkGone        Asterisk is out of reach
        +-- TakenAway       Asterisk gave the caller to somebody else
        +-- HandedOver      another engine is to go on with it
    """


class CallerLeft(Ended):
    """The caller hung up.

    ``cause``: the Q.850 cause of the caller's channel; None where Asterisk did not tell one. ``at``: when it was by
    Asterisk's clock, which may be long before an engine that stood still hears of it; None where that is not known.
    """

    def __init__(self, cause: int | None = None, at: dt.datetime | None = None) -> None:
        super().__init__(cause, at)  # what copies are made of
        self.cause = cause
        self.at = at


class Shutdown(Ended):
    """The engine is being stopped."""


class AsteriskEnds(Ended):
    """Asterisk hangs up on everybody, because it is being stopped or started anew; ``at`` as with `CallerLeft`."""

    def __init__(self, at: dt.datetime | None = None) -> None:
        super().__init__(at)
        self.at = at


class LetGo(Ended):
    """The call goes on, or may, without this script: nothing of it is cleared, and its row stays open."""


class LinkGone(LetGo):
    """The connection to Asterisk broke: what happens to the call now cannot be known before there is another."""


class TakenAway(LetGo):
    """The caller is no longer ours, without having hung up: a lease ran out, and the stand-in has the call."""


class HandedOver(LetGo):
    """This engine makes room for another one, which goes on where we stop."""


class Inbox(Generic[Message]):
    """Messages for one reader. What came before the end can still be taken; after it every `take` raises the reason."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self._reason: Ended | None = None
        self._wake: asyncio.Future[None] | None = None

    def put(self, message: Message) -> None:
        """Add a message; never blocks. A message after the end is dropped: nobody will act on it."""
        if self._reason is None:
            self._messages.append(message)
            self._call_reader()

    def holds(self, fits: Callable[[Message], bool]) -> bool:
        """Whether such a message has come and was not taken yet."""
        return any(fits(message) for message in self._messages)

    def end(self, reason: Ended) -> None:
        """No more messages. The first reason stays."""
        if self._reason is None:
            self._reason = reason
            self._call_reader()

    @property
    def ended(self) -> Ended | None:
        """Why the inbox ended, as soon as it has."""
        return self._reason

    async def take(self, until: float | None = None) -> Message | None:
        """The next message, or None at the moment ``until`` (the loop's time, in seconds).

        Raises the reason once everything that came before the end has been taken.
        """
        loop = asyncio.get_running_loop()
        while not self._messages:
            if self._reason is not None:
                # An exception holds whatever it was raised through. A copy is gone with that; the reason itself would
                # hold, in a circle, the inbox that keeps it and the whole call, until Python looks for garbage.
                raise copy(self._reason)
            if until is not None and loop.time() >= until:
                return None
            await self._woken(loop, until)
        return self._messages.popleft()

    async def _woken(self, loop: asyncio.AbstractEventLoop, until: float | None) -> None:
        self._wake = loop.create_future()
        timer = loop.call_at(until, self._call_reader) if until is not None else None
        try:
            await self._wake
        finally:
            self._wake = None
            if timer is not None:
                timer.cancel()

    def _call_reader(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)
