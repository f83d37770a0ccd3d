"""The archive: keeps each call's recording and each message once Asterisk is done with it, behind the calls.

Whatever goes wrong here is an alarm in the log and in the metrics, and never reaches a call; Asterisk's files stay
where they are, and the next sweep tries again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import TypeVar

import msgspec
import structlog

from ari_app.recordings import sealing, storage
from ari_app.recordings.faults import Faults
from ari_app.recordings.places import NothingRecorded, NotRegistered, Places, RecordingFault, StillWritten
from ari_app.recordings.rounds import Patience, Register, Rounds, registered
from ari_app.recordings.tally import Tally
from db.records import MessageRow, TaskRow
from premises import boxes
from premises.ids import call_of

_DRAFT_SECONDS = 3600.0

log = structlog.get_logger()

Made = TypeVar("Made")
Box = tuple[str, str | None]
"""A message box, and who must listen to what is in it."""
LOST: Box = ("lost", None)
"""For messages of which nobody knows any more for whom they were."""


class Archive:
    """One installation's recordings and messages."""

    def __init__(self, places: Places, register: Register, tally: Tally, patience: Patience) -> None:
        self._places = places
        self._register = register
        self._patience = patience
        self._faults = Faults(tally)
        self._rounds = Rounds(places, register, tally, self._faults, patience)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._boxes: dict[str, Box] = {}

    def call_ended(self, call: str) -> None:
        """Keep the recording of a call that is over; returns at once."""
        self._rounds.add(call)

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
        await self._rounds.settled()
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
            if call not in there:
                await self._rounds.sweep(call)
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
        try:
            await work
        except RecordingFault as why:
            self._faults.tell(of, why)
        else:
            self._faults.over(of)

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
            task = TaskRow(id=message, kind="message", call=call, owner=owner, about=box, since=kept.left)
            if why := await registered(self._register, [row, task]):
                raise NotRegistered(message, why)
            log.info("message kept", call=call, file=row.file, seconds=row.seconds, box=box, owner=owner)
        await asyncio.to_thread(sealing.discard_message, message, self._places)
        del self._boxes[message]

    async def _made(self, make: Callable[[], Made], patience: Patience) -> Made:
        """What ``make`` makes in a thread, as soon as Asterisk has finished its files."""
        until = time.monotonic() + patience.seconds
        while True:
            try:
                return await asyncio.to_thread(make)
            except StillWritten:
                if time.monotonic() >= until:
                    raise
            await asyncio.sleep(patience.look_every)
