"""One call as its script holds it: channel, inbox, keys pressed so far, row in the register."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Literal

import msgspec
import structlog

from ari_app.ari.events import ChannelDtmfReceived, Event
from ari_app.calls.found import Found
from ari_app.calls.inbox import CallerLeft, HandedOver, Inbox, LetGo, LinkGone
from db.records import CallRow
from dialplan.plan import LEASE_SECONDS
from premises import ids
from premises.clock import now
from routing import outcomes
from routing.facts import Facts, PersonId
from routing.line.line import NobodyThere, Offer
from routing.outgoing import who_calls
from routing.rulebook import Rulebook
from routing.state import State, StateTooLongError, encode_state

if TYPE_CHECKING:
    from ari_app.ari.link import Link
    from ari_app.calls.exchange import Exchange
    from ari_app.oversight.overseen import Overseen


class NotRung(msgspec.Struct, frozen=True):
    """Asterisk would not even begin to ring this leg."""

    leg: str
    why: str


class TakenOver(msgspec.Struct, frozen=True):
    """A supervisor takes the caller over from whoever talks."""

    by: str
    channel: str
    """The telephone that is to be joined with the caller."""


class PassedOn(msgspec.Struct, frozen=True):
    """Whoever talks hands the caller over, and does not do so by the telephone."""

    person: PersonId
    to: str


class PutDown(msgspec.Struct, frozen=True):
    """Whoever talks hangs up, and does not do so by the telephone."""

    person: PersonId


class Asks(msgspec.Struct, frozen=True):
    """Whoever talks wants to ask a colleague, while the caller waits."""

    person: PersonId
    whom: str
    """One of `routing.transfers.targets`."""


class Joins(msgspec.Struct, frozen=True):
    """The caller, who waits, is to hear the two, and to be heard."""

    person: PersonId


class Returns(msgspec.Struct, frozen=True):
    """Whoever asks a colleague is to be back with the caller, alone."""

    person: PersonId


class Course(msgspec.Struct, frozen=True):
    """By what the call is served."""

    rulebook: Rulebook
    facts: Facts


Message = Event | Offer | NobodyThere | NotRung | TakenOver | PassedOn | PutDown | Asks | Joins | Returns
Awaited = Literal["answer", "end"]

LIMIT = "TIMEOUT(absolute)"
"""How long the caller may stay: the lease, in seconds from now; 0: for ever."""
STATE = "SB_STATE"
"""The variable of the caller's channel in which the call's state rides (`routing.state`)."""


class Call:
    """A caller who is here now."""

    def __init__(self, link: "Link", exchange: "Exchange", row: CallRow, found: Found | None = None) -> None:
        self.link = link
        self.exchange = exchange
        self.row = row
        self.found = found
        """What another engine had begun, until the step that goes on with it has taken it over."""
        self.course: Course | None = None
        """Known from the first step on."""
        self.state = State(rules="", at=row.arrived)
        self.inbox: Inbox[Message] = Inbox()
        self.keys: deque[str] = deque()
        """Pressed and not yet asked for: digits typed ahead."""
        self.legs = found.legs if found else 0
        self._sounds = found.sounds if found else 0
        self.talk: Overseen | None = None
        """The talk that goes on, in which others may act."""
        self.taker: TakenOver | None = None
        """Who has taken the caller over, until the two are joined."""
        self.pause = found.pause if found else None
        """The pause of the recording that goes on."""
        self.heard_along = found.heard_along if found else frozenset[PersonId]()
        """Who heard the talk along, or was rung to, when it was last broken off."""
        self.asked: str | None = None
        """Whom whoever talks asks, as it was keyed in, while the caller waits, or joins in."""
        self.is_kept_waiting = False
        """Whether the caller hears music while a colleague is asked."""
        self.awaited: dict[str, Awaited] = {}
        """What Asterisk does for this call (legs, playbacks, messages), by ids, and what it is to tell of it next."""
        self.doubted = False
        """Whether the caller has left us, and it is not known yet if by hanging up: see `ari_app.adoption.census`."""
        self.is_coming = False
        """Whether the caller is yet to be rung, or to answer: see `ari_app.calls.calling_back`."""
        self.under_way = asyncio.Event()
        """Set once the script is at its first step, and when the call is over."""
        self.log = structlog.get_logger().bind(call=row.id)

    @property
    def id(self) -> str:
        """The call's id, which is also the id of the caller's channel."""
        return self.row.id

    # ------------------------------------------------------------------------------------ what the reader does

    def hear(self, event: Event) -> None:
        """Take an event of this call from the reader. The caller's keys are kept until a question takes them."""
        if isinstance(event, ChannelDtmfReceived) and event.channel.id == self.id:
            self.keys.append(event.digit)
        if self.talk is None or not self.talk.hear(event):
            self.inbox.put(event)

    # ------------------------------------------------------------------------------------ what steps have in common

    def answer(self) -> None:
        """Answer the caller, if that has not been done; from here on the recording has sound (T1)."""
        if self.row.answered is None:
            self.link.forget(self.link.channels.answer(self.id))
            self.note(answered=now())
            self.write()  # whoever closes the row of a call that ended without an engine needs it

    def note(self, **known: object) -> None:
        """Keep something in the call's row; the register has it at the latest when the call ends."""
        self.row = msgspec.structs.replace(self.row, **known)

    def remember(self, **changes: object) -> None:
        """Keep where the call is, on the caller's own channel, where it outlives this process.

        Nothing may play on the channel: Asterisk would let the command wait, and every later one behind it (22.10.1).
        """
        self.state = msgspec.structs.replace(
            self.state, legs=self.legs, sounds=self._sounds, answered=self.row.answered, **changes
        )
        if self.is_there:
            try:
                state = encode_state(self.state)
            except StateTooLongError as why:
                self.log.warning("state not kept", why=str(why))
                return
            self.link.forget(self.link.channels.set_variable(self.id, STATE, state, slow=False))

    def talks_with(self, person: str) -> None:
        """Keep who has answered, and that the caller needs no engine any more: see `ari_app.adoption.lease`."""
        self.remember(talking=person)
        self._limit(0)

    def keep_waiting(self) -> None:
        """Have the caller need an engine again, before any music begins, while a colleague is asked (D11)."""
        self.is_kept_waiting = True
        self._limit(LEASE_SECONDS)

    def wait_no_more(self) -> None:
        """Have the caller, to whom nothing is played any more, need no engine."""
        self.is_kept_waiting = False
        self._limit(0)

    @property
    def talker(self) -> str | None:
        """Who talks with the caller, or has called the outside number that has answered; None: nobody talks."""
        return self.state.talking and (who_calls(self.row.dialled) or self.state.talking)

    @property
    def needs_engine(self) -> bool:
        """Whether only an engine goes on with the call: people who talk need none."""
        return self.state.talking is None or self.is_kept_waiting

    def _limit(self, seconds: int) -> None:
        if self.is_there:
            self.link.forget(self.link.channels.set_variable(self.id, LIMIT, str(seconds), slow=False))

    @property
    def is_there(self) -> bool:
        """Whether the caller's channel is ours to command."""
        return not self.is_coming and not self.doubted and not isinstance(self.inbox.ended, CallerLeft | LetGo)

    @property
    def handed_over(self) -> outcomes.HandedOver | None:
        """How the caller's last talk ended, if somebody handed the caller over since the call began."""
        return next((one for one in reversed(self.state.outcomes) if isinstance(one, outcomes.HandedOver)), None)

    @property
    def is_passed_on(self) -> bool:
        """Whether another script goes on with the call: what was opened for it stays open."""
        return isinstance(self.inbox.ended, HandedOver | LinkGone)

    def write(self) -> None:
        """Give the row as it stands to the register."""
        self.exchange.register.put(self.row)

    def next_number(self) -> int:
        """A number for a leg, or for somebody who hears along."""
        self.legs += 1
        return self.legs

    def next_sound(self) -> str:
        """An id for the next playback."""
        self._sounds += 1
        return ids.playback_id(self.id, self._sounds)

    def next_message(self) -> str:
        """An id for a message that the caller leaves."""
        self._sounds += 1
        return ids.message_id(self.id, self._sounds)

    def after(self, seconds: float) -> float:
        """That long from now, as `Inbox.take` wants it."""
        return asyncio.get_running_loop().time() + seconds

    def silence(self) -> None:
        """End the ringing and the music that an engine before us may have started."""
        self.link.forget(self.link.channels.stop_ringing(self.id))
        self.link.forget(self.link.channels.stop_music(self.id))

    @contextmanager
    def awaiting(self, owned: str, what: Awaited) -> Iterator[None]:
        """Have it found out, until the block ends, if the event that tells of it is lost: `ari_app.adoption.census`."""
        self.awaited[owned] = what
        try:
            yield
        finally:
            self.awaited.pop(owned, None)  # whoever it was passed on to may have seen its end

    @asynccontextmanager
    async def entertained(self, hear: Literal["ringing", "music"]) -> AsyncIterator[Callable[[], None]]:
        """Let the caller hear ringing or music until the block ends, or until what the block is given is called.

        A caller who has not been answered hears the telephone network's ringing (SIP 180); one who has been hears
        a tone that Asterisk makes.
        """
        channels = self.link.channels
        if hear == "music":
            self.answer()
        start, stop = (
            (channels.start_music, channels.stop_music) if hear == "music" else (channels.ring, channels.stop_ringing)
        )
        self.link.forget(start(self.id))
        stopped = False

        def stop_once() -> None:
            nonlocal stopped
            # The network's ringing need not be stopped: the answer ends it.
            if not stopped and self.is_there and self.row.answered:
                self.link.forget(stop(self.id))
            stopped = True

        try:
            yield stop_once
        finally:
            stop_once()
