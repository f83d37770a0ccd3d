"""Everybody's state in this engine, and who is next: the one owner of it, for chains and waiting lines alike (T3).

What may happen and what follows is decided in `routing.presence`; here it is told what happens. Telephones are known
from Asterisk, being away from the directory and from the telephones' feature codes, ringing and talking from our own
calls, which reserve a person before they ring. Other engines and the stand-in ring the same people: so a reservation
is also a lock that all processes of the installation see (`premises.turns`), and nobody is ever offered two calls at
once. In this process all runs in the event loop's thread, so a check and the reservation after it cannot be parted.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import msgspec
import structlog

from premises.clock import now
from premises.turns import Turn, Turns
from routing.facts import PersonId
from routing.outcomes import Absence
from routing.presence import (
    Answered,
    Consulted,
    Duty,
    Ended,
    Happened,
    Missed,
    Offered,
    Returned,
    State,
    TakenOver,
    Telephone,
    Withdrawn,
)
from routing.standing import Standing, absence, happen, memory, pass_time

LOOK_SECONDS = 0.5
"""Between two looks at what other processes have done."""
AT_ONCE = dt.timedelta(seconds=0.5)
"""Within which the ends of two calls are told that a telephone has ended, or joined, at once."""

log = structlog.get_logger()


class Changed(msgspec.Struct, frozen=True):
    """One change of somebody's standing."""

    person: PersonId
    happened: Happened | None
    """None: nothing but that time passed."""
    before: Standing
    after: Standing


class Presence:
    """Everybody's standing, and who is next."""

    def __init__(
        self,
        clock: Callable[[], dt.datetime] = now,
        *,
        turns: Turns | None = None,
        wrap_up: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._standings: dict[PersonId, Standing] = {}
        self._clock = clock
        self._turns = turns
        """None: no other process rings these people."""
        self._wrap_up = wrap_up
        """Seconds, asked at the end of each talk."""
        self._taken: dict[PersonId, Turn] = {}
        self._in_our_call: set[PersonId] = set()
        """At whose telephones the call is one of this process: of it no other has anything to tell."""
        self._asked: dict[PersonId, dt.datetime] = {}
        """Until when somebody asked a colleague last."""
        self._unsure: set[PersonId] = set()
        """Who was to be rung, or seems free again, and whom another process has still taken."""
        self._watchers: list[Callable[[], None]] = []
        self._noters: list[Callable[[Changed], None]] = []

    def watch(self, changed: Callable[[], None]) -> None:
        """Have ``changed`` called whenever somebody's state may have become different."""
        self._watchers.append(changed)

    def note(self, changed: Callable[[Changed], None]) -> None:
        """Have each change of a standing told, to be written down or passed on."""
        self._noters.append(changed)

    # ---------------------------------------------------------------- what is learnt from outside

    def telephone(self, person: PersonId, *, registered: bool, in_call: bool, where: str = "") -> None:
        """What Asterisk says of the telephone at which the person sits, and where that is unless it is the own one.

        After a call at it, what another process has to say of that call.
        """
        known, told = self.standing(person).telephone, Telephone(registered, in_call, where)
        if told == known:
            return
        self._happen(person, told)
        if in_call and person in self._taken:
            self._in_our_call.add(person)
        elif not in_call and registered and not self._was_in_our_call(person):
            self._learn(person)
        self._tell()

    def may_ring_on(self, person: PersonId) -> None:
        """A telephone has been told to stop, and counts as in a call until Asterisk tells that it is not.

        What is sent to it next may get there first (22.10.1); and one that has not shown its ringing yet seems idle.
        """
        if self.standing(person).telephone.registered:
            self.telephone(person, registered=True, in_call=True)

    def on_duty(self, duties: Mapping[PersonId, Duty]) -> None:
        """What people said about being at work; of what is known already nothing changes."""
        for person, duty in duties.items():
            self._happen(person, duty)
        self._tell()

    # ---------------------------------------------------------------- what calls ask and do

    def standing(self, person: PersonId) -> Standing:
        """How things stand with a person now."""
        known = self._standings.get(person)
        return Standing(since=self._clock()) if known is None else pass_time(known, self._clock())

    def absence(self, person: PersonId) -> Absence | None:
        """Why this person cannot be rung now; None: can be, unless another process has just taken it."""
        return absence(self.standing(person), self._clock())

    def in_turn(self, people: Iterable[PersonId]) -> list[PersonId]:
        """These people, longest idle first; among equals in the order given."""
        return sorted(people, key=self._idle_since)

    def reserve(self, person: PersonId, call: str) -> Absence | None:
        """Take a person for a call that is about to ring; returns why not, if not."""
        why = self.absence(person) or self._take(person)
        if why is None:
            self._happen(person, Offered(call))
            self._tell()
        return why

    def is_taken(self, person: PersonId) -> bool:
        """Whether any process rings the person or has it in a talk."""
        return person in self._taken or (self._turns is not None and self._turns.is_taken(person))

    def take(self, person: PersonId, call: str) -> None:
        """The person talks in this call, which another engine had begun, or another script of ours."""
        if self.standing(person).call == call:
            return
        if self.standing(person).call is not None:
            log.error("is in two calls", person=person, call=call, other=self.standing(person).call)
            return
        if self._turns and (turn := self._turns.take(person)):
            self._happen(person, turn.remembered)
            self._taken[person] = turn
        self._happen(person, TakenOver(call))
        self._tell()

    def talks(self, person: PersonId, call: str) -> None:
        """The reserved person answered."""
        if self._has(person, call, State.OFFERED):
            self._happen(person, Answered(call))

    def missed(self, person: PersonId, call: str, why: Absence) -> None:
        """The reserved person did not take the call, which has no more claim on it."""
        if self._has(person, call, State.OFFERED):
            self._release(person, Missed(call, why))

    def release(self, person: PersonId, call: str) -> None:
        """The call has no more claim on this person, whose turn now comes last."""
        if self._has(person, call, State.OFFERED):
            self._release(person, Withdrawn(call))
        elif self._has(person, call, State.TALKING, State.CONSULTING):
            self._release(person, Ended(call))

    @contextmanager
    def asking(self, person: PersonId) -> Iterator[None]:
        """The person calls a colleague until the block ends; a caller whom it has in a talk waits meanwhile (D11)."""
        call = self.standing(person).call or ""
        if self._has(person, call, State.TALKING):
            self._happen(person, Consulted(call))
        try:
            yield
        finally:
            if self._has(person, call, State.CONSULTING):
                self._happen(person, Returned(call))
                self._asked[person] = self._clock()

    def is_asking(self, person: PersonId, call: str) -> bool:
        """Whether the person, who has this call, talks to a colleague while the caller waits.

        Or did so a moment ago: of two calls that a telephone drops at once either may be told first.
        """
        asked = self._asked.get(person)
        return self._has(person, call, State.CONSULTING) or (
            asked is not None and self._clock() - asked < AT_ONCE and self._has(person, call, State.TALKING)
        )

    # ---------------------------------------------------------------- what goes on by itself

    async def keep(self) -> NoReturn:
        """End each wrap-up in time, and try again whom another process had; for ever."""
        while True:
            await asyncio.sleep(self._pause())
            self.look()

    def look(self) -> None:
        """Let time pass for everybody; whoever watches is told, if that may have changed anything."""
        at = self._clock()
        over = [person for person, standing in self._standings.items() if pass_time(standing, at) is not standing]
        for person in over:
            self._keep(person, None, pass_time(self._standings[person], at))
        self._hold()
        unsure, self._unsure = self._unsure, set()
        for person in unsure:
            self._learn(person)
        if over or unsure:
            self._tell()

    def _pause(self) -> float:
        at, dues = self._clock(), (standing.due for standing in self._standings.values())
        left = [(due - at).total_seconds() for due in dues if due is not None]
        return max(0.0, min([LOOK_SECONDS, *left]))

    def _take(self, person: PersonId) -> Absence | None:
        """Take the lock, unless what the one who had it before left is a reason not to ring the person: this one."""
        if self._turns is None:
            return None
        turn = self._turns.take(person)
        if turn is None:
            self._unsure.add(person)
            return Absence.RINGING
        self._happen(person, turn.remembered)
        why = self.absence(person)
        if why is None:
            self._taken[person] = turn
        else:
            turn.give_back()
        return why

    def _hold(self) -> None:
        """Keep whom we ring, and who shows no call yet: at other telephones nobody is looked for.

        Others may see an idle telephone where this engine sees one that rings: Asterisk may tell either of us late.
        """
        for person, turn in self._taken.items():
            standing = self._standings[person]
            if standing.state is State.OFFERED or not standing.telephone.in_call:
                turn.hold()

    def _learn(self, person: PersonId) -> None:
        """What whoever had the person last has left, also before this engine was there; later, if it is not done.

        Whose telephone is in a call again is left alone: only at an idle one may a person be taken from others.
        """
        if self._turns is None or person in self._taken or self.standing(person).telephone.in_call:
            return
        turn = self._turns.take(person)
        if turn is None:
            self._unsure.add(person)
        else:
            self._happen(person, turn.remembered)
            turn.give_back()

    def _was_in_our_call(self, person: PersonId) -> bool:
        was = person in self._in_our_call
        self._in_our_call.discard(person)
        return was

    def _release(self, person: PersonId, happened: Happened) -> None:
        self._happen(person, happened)
        if turn := self._taken.pop(person, None):
            turn.give_back(memory(self._standings[person]))
        self._tell()

    def _has(self, person: PersonId, call: str, *states: State) -> bool:
        standing = self._standings.get(person)
        return standing is not None and standing.call == call and standing.state in states

    def _happen(self, person: PersonId, happened: Happened) -> None:
        at = self._clock()
        before = self._standings.get(person) or Standing(since=at)
        self._keep(person, happened, happen(before, happened, at, self._wrap_up()))

    def _keep(self, person: PersonId, happened: Happened | None, after: Standing) -> None:
        before = self._standings.get(person) or Standing(since=after.since)
        self._standings[person] = after
        for noted in self._noters if after != before else ():
            noted(Changed(person, happened, before, after))

    def _idle_since(self, person: PersonId) -> dt.datetime:
        known = self._standings.get(person)
        return (known and known.idle_since) or dt.datetime.min.replace(tzinfo=dt.UTC)

    def _tell(self) -> None:
        for changed in self._watchers:
            changed()
