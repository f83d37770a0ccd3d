"""The archive: keeps each call's recording and each message once Asterisk is done with it, behind the calls.

Whatever goes wrong here is an alarm in the log and in the metrics, and never reaches a call; Asterisk's files stay
where they are, and the next sweep tries again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Protocol, TypeVar

import msgspec
import structlog

from ari_app.recordings import sealing, storage
from ari_app.recordings.places import (
    NothingRecorded,
    NotRegistered,
    Places,
    RecordingFault,
    StillWritten,
)
from db.errors import RegisterClosedError
from db.records import MessageRow, Row
from premises import boxes
from premises.ids import call_of

_AT_ONCE = 2  # recordings sealed at the same time: the calls need the disk, too
_DRAFT_SECONDS = 3600.0

log = structlog.get_logger()

Made = TypeVar("Made")
Box = tuple[str, str | None]
"""A message box, and who must listen to what is in it."""
LOST: Box = ("lost", None)
"""For messages of which nobody knows any more for whom they were."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait for Asterisk, which closes its files some time after the channel has left us.

    Usually it does within 0.1 s (22.10.1, measured); with every processor busy it may take longer.
    """

    seconds: float = 10.0
    """Then the files are left for the next sweep."""
    look_every: float = 0.05


class Register(Protocol):
    """The side of `db.register.Register` that the archive needs."""

    def put(self, *rows: Row) -> None:
        """Take rows; never waits. Raises RegisterClosedError."""

    def flush(self) -> None:
        """Wait until all that was put is there for good. Raises TimeoutError."""


class Tally(Protocol):
    """Who counts what the archive does."""

    def recording_sealed(self, *, repaired: bool) -> None:
        """One recording was kept."""

    def recording_failed(self) -> None:
        """One recording or message could not be kept."""


class Archive:
    """One installation's recordings and messages."""

    def __init__(self, places: Places, register: Register, tally: Tally, patience: Patience) -> None:
        self._places = places
        self._register = register
        self._tally = tally
        self._patience = patience
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._boxes: dict[str, Box] = {}
        self._told: set[str] = set()

    def call_ended(self, call: str) -> None:
        """Keep the recording of a call that is over; returns at once."""
        self._begin(call, self._keep_call(call, self._patience))

    def call_lost(self, call: str) -> None:
        """Keep the recording and the messages of a call whose end nobody saw; returns at once."""
        self.call_ended(call)
        for message in self._places.unsealed_messages():
            if call_of(message) == call and message not in self._under_way:
                self._boxes.setdefault(message, self._noted_box(message) or LOST)
                self._begin(message, self._keep_message(message, self._patience))

    def message_begins(self, message: str, box: str, owner: str | None) -> None:
        """Note for whom a message is that is about to be recorded: whoever keeps it may not be this process."""
        try:
            boxes.address(self._places.message(message), boxes.Box(box, owner))
        except OSError as error:
            log.warning("message without an address", call=call_of(message), why=str(error))

    def message_left(self, message: str, box: str, owner: str | None) -> None:
        """Keep a message, if something was said; returns at once. ``owner``: who must listen."""
        self._boxes[message] = (box, owner)
        self._begin(message, self._keep_message(message, self._patience))

    def has_message(self, message: str) -> bool:
        """Whether Asterisk has begun to record this message."""
        return self._places.message(message).exists()

    async def seconds_spoken(self, message: str) -> float:
        """How much speech is in a message, once Asterisk has closed its file; 0 where there is none to be read."""
        try:
            return await self._made(lambda: sealing.seconds_spoken(message, self._places), self._patience)
        except RecordingFault as fault:
            log.warning("message not readable", call=call_of(message), why=str(fault))
            return 0.0

    async def settled(self) -> None:
        """Until everything that was begun is kept, or has failed."""
        while self._under_way:
            await asyncio.wait(self._under_way.values())

    async def sweep(self, open_calls: Callable[[], Awaitable[Collection[str]]], lost: Box) -> None:
        """Keep what a crash, a full disk or too little patience left behind.

        What is still being written is left alone, and so are the calls that ``open_calls`` tells of. ``lost``: the box
        of messages of which nobody knows any more for whom they were.
        """
        asked = time.time()
        there = await open_calls()
        once = msgspec.structs.replace(self._patience, seconds=0.0)
        for call in await asyncio.to_thread(self._places.unsealed_calls):
            if call not in there and call not in self._under_way:
                await self._guard(call, self._keep_call(call, once))
        for message in await asyncio.to_thread(self._places.unsealed_messages):
            if call_of(message) not in there and message not in self._under_way:
                self._boxes.setdefault(message, self._noted_box(message) or lost)
                await self._guard(message, self._keep_message(message, once))
        for root in (self._places.recordings, self._places.messages):
            await asyncio.to_thread(storage.clear_drafts, root, asked - _DRAFT_SECONDS)

    def _noted_box(self, message: str) -> Box | None:
        """What the stand-in noted beside the message."""
        box = boxes.addressed_to(self._places.message(message))
        return (box.name, box.owner) if box else None

    def _begin(self, of: str, work: Coroutine[None, None, None]) -> None:
        task = self._under_way[of] = asyncio.create_task(self._guard(of, work), name=f"keep {of}")
        task.add_done_callback(lambda _: self._under_way.pop(of))

    async def _guard(self, of: str, work: Awaitable[None]) -> None:
        """Tell of what went wrong, the first time."""
        try:
            await work
        except StillWritten as why:
            log.info("recording left for the sweep", call=call_of(of), why=str(why))
        except RecordingFault as why:
            if of not in self._told:
                self._told.add(of)
                self._tally.recording_failed()
                log.error("recording not kept", call=call_of(of), why=str(why))  # noqa: TRY400 - the text says it all
        else:
            self._told.discard(of)

    async def _keep_call(self, call: str, patience: Patience) -> None:
        row = await self._made(lambda: sealing.seal(call, self._places), patience)
        await self._registered(call, row)
        await asyncio.to_thread(sealing.discard, call, self._places)
        self._tally.recording_sealed(repaired=row.repaired)
        log.info("recording kept", call=call, file=row.file, seconds=row.seconds, repaired=row.repaired)

    async def _keep_message(self, message: str, patience: Patience) -> None:
        try:
            kept = await self._made(lambda: sealing.keep_message(message, self._places), patience)
        except NothingRecorded:
            kept = None  # the caller left before the tone
        box, owner = self._boxes[message]
        if kept is not None:
            call = call_of(message)
            row = MessageRow(
                id=message,
                call=call,
                box=box,
                owner=owner,
                file=kept.file,
                left=kept.left,
                seconds=kept.seconds,
                repaired=kept.repaired,
            )
            await self._registered(message, row)
            log.info("message kept", call=call, file=row.file, seconds=row.seconds, box=box, owner=owner)
        await asyncio.to_thread(sealing.discard_message, message, self._places)
        del self._boxes[message]

    async def _made(self, make: Callable[[], Made], patience: Patience) -> Made:
        """What ``make`` makes in a thread, as soon as Asterisk has finished its files."""
        until = time.monotonic() + patience.seconds
        while True:
            try:
                async with self._turn:
                    return await asyncio.to_thread(make)
            except StillWritten:
                if time.monotonic() >= until:
                    raise
            await asyncio.sleep(patience.look_every)

    async def _registered(self, of: str, row: Row) -> None:
        """The row is in the register for good: what it was made of may go."""
        try:
            self._register.put(row)
            await asyncio.to_thread(self._register.flush)
        except (TimeoutError, RegisterClosedError) as error:
            raise NotRegistered(of, f"the register does not take it: {error}") from error
