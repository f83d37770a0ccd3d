"""A talk in which others act beside the two who talk: it gives them seats, and sends all away when it is over."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from ari_app.ari.errors import AriError
from ari_app.ari.events import ChannelDestroyed, ChannelHangupRequest, Event, StasisEnd
from ari_app.calls.call import Call, TakenOver
from ari_app.calls.inbox import Ended, Inbox
from ari_app.oversight.acts import Acts
from ari_app.owners import owner
from routing.facts import PersonId
from routing.outgoing import who_calls
from routing.supervision import TAKE_OVER, Manner

if TYPE_CHECKING:
    from routing.facts import Person


class TalkOver(Ended):
    """The talk has ended that was heard along."""


class Left(Ended):
    """The one who heard along has hung up, was sent away, or never came."""


class Wanted(msgspec.Struct, frozen=True):
    """Somebody who hears along is to do so in another manner."""

    manner: Manner


class Seat(msgspec.Struct, frozen=True):
    """The telephone of somebody who hears along, or is rung to do so."""

    by: PersonId
    channel: str
    inbox: Inbox[Event | Wanted]


class Overseen:
    """One talk of a person with the caller, or with whom the person has called outside."""

    def __init__(self, call: Call, person: PersonId, leg: str) -> None:
        self.call = call
        self.calls_outside = who_calls(call.row.dialled) is not None
        self.person = who_calls(call.row.dialled) or person
        self.leg = leg
        """What is heard along. What is said into it to both sides is recorded, as the other channel is recorded."""
        self.telephone = call.id if self.calls_outside else leg
        """The person's, for what the person alone is to hear."""
        self.acts = Acts(call, self.person)
        self.keys = ""
        """What the person has pressed that may come to mean something, see `routing.keys`."""
        self.recording = asyncio.Lock()
        """Held while Asterisk is told to pause the recording, or to go on: one after another, as it was asked for."""
        self._seats: dict[str, Seat] = {}
        """By the channels whose events are for them."""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._is_over = False

    @property
    def staff(self) -> "tuple[Person, ...]":
        """Everybody who works here."""
        return self.call.exchange.staff()

    def allows(self, manner: Manner) -> bool:
        """Whether it can be heard along so: whom a person has called outside nobody else goes on with."""
        return manner != TAKE_OVER or not self.calls_outside

    # ------------------------------------------------------------------------------------ what the reader does

    def hear(self, event: Event) -> bool:
        """Take an event of somebody who hears along; False: it is none."""
        channel = owner(event)
        seat = self._seats.get(channel)
        if seat is None:
            return False
        if isinstance(event, StasisEnd | ChannelDestroyed | ChannelHangupRequest) and channel == seat.channel:
            seat.inbox.end(Left())
        seat.inbox.put(event)
        return True

    # ------------------------------------------------------------------------------------ what goes on beside the talk

    def begin(self, what: str, doing: Coroutine[Any, Any, object]) -> None:
        """Do something beside the talk, unless it is under way."""
        if what in self._tasks:
            doing.close()
            return
        self._tasks[what] = task = asyncio.create_task(self._do(what, doing), name=f"{what} {self.call.id}")
        task.add_done_callback(lambda _: self._tasks.pop(what, None))

    def seat_of(self, by: PersonId) -> Seat | None:
        """Where this person hears along."""
        return next((seat for seat in self._seats.values() if seat.by == by), None)

    @contextmanager
    def seated(self, by: PersonId, channel: str) -> Iterator[Seat]:
        """A seat for the one at this channel, which is hung up at the end of the block, if it has not taken over."""
        seat = Seat(by, channel, Inbox())
        with self.heard_by(seat, channel):
            try:
                yield seat
            finally:
                if self.call.taker is None or self.call.taker.channel != channel:
                    self.call.link.forget(self.call.link.channels.hang_up(channel))

    @contextmanager
    def heard_by(self, seat: Seat, channel: str) -> Iterator[None]:
        """Have the events of this channel brought to this seat until the block ends. Raises `TalkOver`."""
        if self._is_over:
            raise TalkOver
        self.call.exchange.guests[channel] = self.call.id
        self._seats[channel] = seat
        try:
            yield
        finally:
            del self._seats[channel]

    def take_over(self, seat: Seat) -> None:
        """The talk ends for the one who talks; the caller is joined with the one in this seat."""
        self.call.taker = TakenOver(seat.by, seat.channel)
        self.call.inbox.put(self.call.taker)

    async def end(self) -> None:
        """Send away who hears along; returns when nothing is left of it."""
        self._is_over = True
        self.call.heard_along = frozenset(seat.by for seat in self._seats.values())
        for seat in tuple(self._seats.values()):
            seat.inbox.end(TalkOver())
        if self._tasks:
            await asyncio.wait(self._tasks.values())

    async def _do(self, what: str, doing: Coroutine[Any, Any, object]) -> None:
        try:
            await doing
        except (TalkOver, Left):
            pass
        except AriError as why:
            self.call.log.warning("not done beside a talk", what=what, why=str(why))
        except Exception:  # it must not end the talk
            self.call.log.exception("what was done beside a talk failed", what=what)
