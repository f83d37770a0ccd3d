"""The waiting line as callers notice it (D3): first come, first served, and nobody is offered twice."""

import datetime as dt

import msgspec

from ari_app.calls.waiting import WaitingLine
from ari_app.people.presence import Presence
from premises.asks import Waits
from routing.facts import PersonId
from routing.line.expecting import FEWEST
from routing.line.line import PAUSE, NobodyThere, Offer
from routing.outcomes import Absence
from routing.steps import Wait
from tests.unit.test_presence import Clock, at_the_phone

OPERATORS = ("anna", "boris")


NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


class Caller:
    """Keeps what a waiting caller's inbox is told."""

    def __init__(self) -> None:
        self.told: list[Offer | NobodyThere] = []


def waiting(*people: PersonId) -> Wait:
    return Wait(people=people, queue="operators", seconds=600, offer_seconds=15)


def test_a_free_operator_is_offered_at_once() -> None:
    line = WaitingLine(at_the_phone(Presence(), *OPERATORS))
    caller = Caller()
    with line.place("1", waiting(*OPERATORS), NOW, caller.told.append):
        assert caller.told == [Offer("1", "anna")]


def test_the_first_who_came_is_served_first() -> None:
    presence = at_the_phone(Presence(), "anna")
    presence.reserve("anna", "0")
    line = WaitingLine(presence)
    first, second = Caller(), Caller()
    with (
        line.place("1", waiting(*OPERATORS), NOW, first.told.append),
        line.place("2", waiting(*OPERATORS), NOW, second.told.append),
    ):
        assert len(line) == 2
        presence.release("anna", "0")
        assert (first.told, second.told) == ([Offer("1", "anna")], [])


def test_who_waits_is_told_with_whose_telephone_rings_until_they_talk() -> None:
    presence = at_the_phone(Presence(), "anna")
    line = WaitingLine(presence)
    step, later = waiting(*OPERATORS), NOW + dt.timedelta(seconds=3)
    with line.place("2", step, later, lambda _: None), line.place("1", step, NOW, lambda _: None):
        first = Waits(call="1", queue="operators", since=NOW, offered=None)
        second = Waits(call="2", queue="operators", since=later, offered="anna")
        assert line.callers() == (first, second)
        presence.talks("anna", "2")
        assert line.callers() == (first,)
    assert line.callers() == ()


def test_who_is_called_back_and_handed_over_stands_in_line_once_more() -> None:
    presence = at_the_phone(Presence(), *OPERATORS)
    line, caller = WaitingLine(presence), Caller()
    with line.place("1", waiting("anna"), NOW, caller.told.append):
        with line.place("1", waiting("boris"), NOW, caller.told.append):
            assert caller.told == [Offer("1", "anna"), Offer("1", "boris")]
        assert len(line) == 1
    assert [presence.absence(person) for person in OPERATORS] == [None, None]


def test_two_callers_are_offered_two_different_people() -> None:
    line = WaitingLine(at_the_phone(Presence(), *OPERATORS))
    first, second = Caller(), Caller()
    with (
        line.place("1", waiting(*OPERATORS), NOW, first.told.append),
        line.place("2", waiting(*OPERATORS), NOW, second.told.append),
    ):
        assert (first.told, second.told) == ([Offer("1", "anna")], [Offer("2", "boris")])


def test_a_caller_who_leaves_gives_the_offer_back_to_the_next() -> None:
    presence = at_the_phone(Presence(), "anna")
    line = WaitingLine(presence)
    first, second = Caller(), Caller()
    with line.place("2", waiting(), NOW, lambda _: None):
        pass
    with line.place("1", waiting(*OPERATORS), NOW, first.told.append):
        pass
    with line.place("2", waiting(*OPERATORS), NOW, second.told.append):
        assert second.told == [Offer("2", "anna")]
    assert presence.absence("anna") is None


def test_whose_telephone_may_still_ring_for_a_caller_who_left_is_offered_once_asterisk_tells_that_it_does_not() -> None:
    presence = at_the_phone(Presence(), "anna")
    line = WaitingLine(presence)
    second = Caller()
    with line.place("1", waiting("anna"), NOW, lambda _: None):
        presence.may_ring_on("anna")  # told to ring, and to stop, before Asterisk showed the one or the other
    with line.place("2", waiting("anna"), NOW, second.told.append):
        assert second.told == []
        presence.telephone("anna", registered=True, in_call=False)
        assert second.told == [Offer("2", "anna")]


def test_with_everybody_gone_the_caller_is_told_so() -> None:
    presence = at_the_phone(Presence(), "anna")
    presence.reserve("anna", "0")
    line = WaitingLine(presence)
    caller = Caller()
    with line.place("1", waiting(*OPERATORS), NOW, caller.told.append):
        presence.release("anna", "0")
        line_told = list(caller.told)
        presence.telephone("anna", registered=False, in_call=False)
        assert line_told == [Offer("1", "anna")]
    with line.place("2", waiting(*OPERATORS), NOW, caller.told.append):
        assert caller.told[-1] == NobodyThere("2")


def test_who_did_not_answer_is_offered_to_this_caller_again_only_later() -> None:
    clock = Clock()
    presence = at_the_phone(Presence(), "anna")
    line = WaitingLine(presence, clock)
    caller = Caller()
    with line.place("1", waiting(*OPERATORS), NOW, caller.told.append) as place:
        line.missed(place, "anna")
        assert caller.told == [Offer("1", "anna")]
        clock.now += PAUSE
        line.offer()
        assert caller.told == [Offer("1", "anna"), Offer("1", "anna")]
    assert presence.absence("anna") is None


def test_who_did_not_answer_one_caller_is_offered_to_the_next() -> None:
    presence = at_the_phone(Presence(), "anna")
    line = WaitingLine(presence)
    first, second = Caller(), Caller()
    with (
        line.place("1", waiting(*OPERATORS), NOW, first.told.append) as place,
        line.place("2", waiting(*OPERATORS), NOW, second.told.append),
    ):
        line.missed(place, "anna")
        assert second.told == [Offer("2", "anna")]
        assert presence.absence("anna") is Absence.RINGING


def test_a_caller_who_came_in_the_time_of_another_engine_keeps_the_place() -> None:
    presence = at_the_phone(Presence(), "anna")
    presence.reserve("anna", "0")
    line = WaitingLine(presence)
    early, late = Caller(), Caller()
    with (
        line.place("2", waiting(*OPERATORS), NOW, late.told.append),
        line.place("1", waiting(*OPERATORS), NOW - dt.timedelta(minutes=1), early.told.append),
    ):
        presence.release("anna", "0")
        assert (early.told, late.told) == ([Offer("1", "anna")], [])


def test_nobody_is_offered_while_earlier_callers_are_on_their_way_into_the_line() -> None:
    line = WaitingLine(at_the_phone(Presence(), "anna"))
    early, late = Caller(), Caller()
    with (
        line.held(),
        line.place("2", waiting(*OPERATORS), NOW, late.told.append),
        line.place("1", waiting(*OPERATORS), NOW - dt.timedelta(minutes=1), early.told.append),
    ):
        assert (early.told, late.told) == ([], [])


def test_how_long_callers_take_is_measured_from_the_offer_to_the_end_of_the_wrap_up() -> None:
    clock = Clock()
    presence = at_the_phone(Presence(clock, wrap_up=lambda: 20.0), "anna")
    line = WaitingLine(presence, clock)
    for number in range(FEWEST):
        with line.place(str(number), waiting("anna"), NOW, lambda _: None):
            presence.talks("anna", str(number))
            clock.later(100)
        clock.later(20)
    presence.reserve("anna", "0")
    with (
        line.place("first", waiting("anna"), NOW, lambda _: None),
        line.place("second", waiting("anna"), NOW, lambda _: None) as second,
    ):
        assert line.outlook(second) == (2, 240.0)


def test_an_offer_that_comes_to_nothing_tells_nothing_of_how_long_callers_take() -> None:
    clock = Clock()
    line = WaitingLine(at_the_phone(Presence(clock), "anna"), clock)
    for number in range(FEWEST):
        with line.place(str(number), waiting("anna"), NOW, lambda _: None):
            clock.later(15)
    with line.place("last", waiting("anna"), NOW, lambda _: None) as last:
        assert line.outlook(last) == (1, None)


def test_of_those_who_are_rung_together_one_has_the_caller_and_the_others_are_free_again() -> None:
    presence = at_the_phone(Presence(), "anna", "boris")
    line = WaitingLine(presence)
    first, second = Caller(), Caller()
    step = msgspec.structs.replace(waiting("anna", "boris"), order="ring_all")
    with (
        line.place("1", step, NOW, first.told.append) as place,
        line.place("2", step, NOW, second.told.append),
    ):
        assert (first.told, second.told) == ([Offer("1", "anna", ("boris",))], [])
        presence.talks("boris", "1")
        line.settled(place, "boris")
        assert second.told == [Offer("2", "anna")]
        assert presence.absence("boris") is Absence.BUSY
    assert (presence.absence("anna"), presence.absence("boris")) == (None, None)
