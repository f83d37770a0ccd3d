"""Made-up days at the telephones: whatever happens in whatever order, these things hold for everybody (T3).

Two engines with a waiting line each, chains that ring straight away, and a stand-in share the people; the day is a list
of random events. What each of them knows of a person is its own; what they share is a lock and a note, as on the disk.
"""

import datetime as dt

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from routing.outcomes import Absence
from routing.presence import (
    Answered,
    Consulted,
    Duty,
    Ended,
    Happened,
    Missed,
    OfCall,
    Offered,
    Remembered,
    Returned,
    State,
    Telephone,
    Withdrawn,
)
from routing.standing import DID_NOT_ANSWER, MOST_MISSED, Standing, absence, happen, memory
from tests.form import lasting

PEOPLE, PROCESSES = ("anna", "boris"), ("engine 1", "engine 2", "stand-in")
WRAP_UP = 20.0
people, processes = st.sampled_from(PEOPLE), st.sampled_from(PROCESSES)


class Day(RuleBasedStateMachine):
    """A day; ``holder`` and ``note`` are what `premises.turns` keeps for each person."""

    @initialize()
    def morning(self) -> None:
        self.at = dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)
        self.calls = 0
        self.standings = {(who, person): Standing(since=self.at) for who in PROCESSES for person in PEOPLE}
        self.holder: dict[str, str] = {}
        self.note = dict.fromkeys(PEOPLE, Remembered())
        self.refused = dict.fromkeys(PEOPLE, 0)
        self.talk_ended: dict[str, dt.datetime] = {}
        self.telephones = dict.fromkeys(PEOPLE, Telephone(False, False))

    def tell(self, who: str, person: str, happened: Happened) -> Standing:
        after = happen(self.standings[who, person], happened, self.at, WRAP_UP)
        self.standings[who, person] = after
        return after

    def tell_all(self, person: str, happened: Happened) -> None:
        for who in PROCESSES:
            self.tell(who, person, happened)

    def held(self, person: str) -> Standing:
        return self.standings[self.holder[person], person]

    @rule(seconds=st.floats(0.001, 30))
    def time_passes(self, seconds: float) -> None:
        self.at += dt.timedelta(seconds=seconds)

    @rule(person=people, registered=st.booleans())
    def a_telephone_is_plugged_in_or_not(self, person: str, registered: bool) -> None:
        self.telephones[person] = Telephone(registered, self.telephones[person].in_call)
        self.tell_all(person, self.telephones[person])

    @rule(person=people, duty=st.sampled_from(["in", "away", "out"]))
    def somebody_says_something(self, person: str, duty: str) -> None:
        self.at += dt.timedelta(milliseconds=1)
        self.tell_all(person, Duty(duty, "lunch" if duty == "away" else None, self.at))  # type: ignore[arg-type]
        self.refused[person] = 0
        self.talk_ended.pop(person, None)

    @rule(person=people, who=processes)
    def a_call_wants_somebody(self, person: str, who: str) -> None:
        """A queue, a chain or a direct call: each asks, takes the lock, reads the note, and asks once more."""
        standing = self.standings[who, person]
        if absence(standing, self.at) is not None or person in self.holder:
            return
        if absence(self.tell(who, person, self.note[person]), self.at) is not None:
            return
        self.calls += 1
        self.holder[person] = who
        self.tell(who, person, Offered(str(self.calls)))
        self._ring(person, in_call=True)

    def _ring(self, person: str, *, in_call: bool) -> None:
        self.telephones[person] = Telephone(self.telephones[person].registered, in_call)
        self.tell_all(person, self.telephones[person])

    def _over(self, person: str, happened: Happened) -> None:
        who = self.holder[person]
        known = self.standings[who, person].duty
        after = self.tell(who, person, happened)
        self.note[person] = memory(after)
        del self.holder[person]
        if after.duty != known:
            self.tell_all(person, after.duty)
        self._ring(person, in_call=False)

    @precondition(lambda self: self.holder)
    @rule(data=st.data())
    def a_call_goes_on(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(sorted(self.holder)))
        standing = self.held(person)
        call = standing.call or ""
        may: list[OfCall]
        match standing.state:
            case State.OFFERED:
                may = [Answered(call), Withdrawn(call), *_refusals(call)]
            case State.TALKING:
                may = [Consulted(call), Ended(call)]
            case _:
                may = [Returned(call), Ended(call)]
        self._goes_on(person, data.draw(st.sampled_from(may)))

    @rule(person=people, who=processes)
    def somebody_does_not_answer(self, person: str, who: str) -> None:
        self.a_call_wants_somebody(person, who)
        if person in self.holder and self.held(person).state is State.OFFERED:
            self._goes_on(person, Missed(self.held(person).call or "", Absence.NO_ANSWER))

    def _goes_on(self, person: str, what: OfCall) -> None:
        if isinstance(what, Answered):
            self.refused[person] = 0
        if isinstance(what, Ended):
            self.talk_ended[person] = self.at
        if isinstance(what, Missed) and what.why is not Absence.UNREACHABLE:
            self.refused[person] += 1
        if isinstance(what, Missed | Withdrawn | Ended):
            self._over(person, what)
        else:
            self.tell(self.holder[person], person, what)

    @precondition(lambda self: self.holder)
    @rule(data=st.data())
    def an_engine_dies_and_another_one_comes(self, data: st.DataObject) -> None:
        """The kernel frees its locks; Asterisk ends the calls, and the new one knows what is on the disk."""
        dead = data.draw(st.sampled_from(sorted(set(self.holder.values()))))
        for person in [person for person, who in self.holder.items() if who == dead]:
            del self.holder[person]
            self._ring(person, in_call=False)
        for person in PEOPLE:
            duty = max((self.standings[who, person].duty for who in PROCESSES), key=lambda duty: str(duty.since))
            self.standings[dead, person] = Standing(since=self.at)
            for known in (duty, self.telephones[person], self.note[person]):
                self.tell(dead, person, known)

    @invariant()
    def nobody_has_two_calls_at_once(self) -> None:
        for person in PEOPLE:
            having = [who for who in PROCESSES if self.standings[who, person].call is not None]
            assert having == ([self.holder[person]] if person in self.holder else [])

    @invariant()
    def nobody_is_rung_within_the_wrap_up(self) -> None:
        for person, ended in self.talk_ended.items():
            within = self.at < ended + dt.timedelta(seconds=WRAP_UP)
            offered = person in self.holder and self.held(person).state is State.OFFERED
            assert not (within and offered and self.held(person).since >= ended)

    @invariant()
    def who_refused_three_times_is_away_or_said_something_since(self) -> None:
        for person in PEOPLE:
            assert self.refused[person] <= MOST_MISSED
            if self.refused[person] == MOST_MISSED:
                assert all(self.standings[who, person].duty.reason == DID_NOT_ANSWER for who in PROCESSES)

    @invariant()
    def nobody_is_stuck_longer_than_the_longest_timer(self) -> None:
        """Whom no call has, who is on duty and at the telephone, is free once the wrap-up is over."""
        for (_, person), standing in self.standings.items():
            if person not in self.holder and standing.duty.kind == "in" and self.telephones[person].registered:
                assert absence(standing, self.at + dt.timedelta(seconds=WRAP_UP)) is None


def _refusals(call: str) -> list[Missed]:
    return [Missed(call, why) for why in (Absence.NO_ANSWER, Absence.DECLINED, Absence.BUSY, Absence.UNREACHABLE)]


TestDay = Day.TestCase
TestDay.settings = settings(max_examples=lasting(24, 60), stateful_step_count=40, deadline=None)
