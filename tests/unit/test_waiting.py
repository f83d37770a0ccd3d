"""The waiting line as callers notice it (D3): first come, first served, and nobody is offered twice."""

import datetime as dt

from ari_app.presence import Presence
from ari_app.waiting import PAUSE_SECONDS, NobodyThere, Offer, WaitingLine
from routing.steps import Absence
from tests.unit.test_presence import at_the_phone

OPERATORS = ("anna", "boris")


NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


class Caller:
    """Keeps what a waiting caller's inbox is told."""

    def __init__(self) -> None:
        self.told: list[Offer | NobodyThere] = []


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_free_operator_is_offered_at_once() -> None:
    line = WaitingLine(at_the_phone(Presence(), *OPERATORS))
    caller = Caller()
    with line.place("1", OPERATORS, NOW, caller.told.append):
        assert caller.told == [Offer("anna")]


def test_the_first_who_came_is_served_first() -> None:
    presence = at_the_phone(Presence(), "anna")
    presence.reserve("anna", "0")
    line = WaitingLine(presence)
    first, second = Caller(), Caller()
    with line.place("1", OPERATORS, NOW, first.told.append), line.place("2", OPERATORS, NOW, second.told.append):
        assert len(line) == 2
        presence.release("anna", "0")
        assert (first.told, second.told) == ([Offer("anna")], [])


def test_two_callers_are_offered_two_different_people() -> None:
    line = WaitingLine(at_the_phone(Presence(), *OPERATORS))
    first, second = Caller(), Caller()
    with line.place("1", OPERATORS, NOW, first.told.append), line.place("2", OPERATORS, NOW, second.told.append):
        assert (first.told, second.told) == ([Offer("anna")], [Offer("boris")])


def test_a_caller_who_leaves_gives_the_offer_back_to_the_next() -> None:
    presence = at_the_phone(Presence(), "anna")
    line = WaitingLine(presence)
    first, second = Caller(), Caller()
    with line.place("2", (), NOW, lambda _: None):
        pass
    with line.place("1", OPERATORS, NOW, first.told.append):
        pass
    with line.place("2", OPERATORS, NOW, second.told.append):
        assert second.told == [Offer("anna")]
    assert presence.absence("anna") is None


def test_with_everybody_gone_the_caller_is_told_so() -> None:
    presence = at_the_phone(Presence(), "anna")
    presence.reserve("anna", "0")
    line = WaitingLine(presence)
    caller = Caller()
    with line.place("1", OPERATORS, NOW, caller.told.append):
        presence.release("anna", "0")
        line_told = list(caller.told)
        presence.telephone("anna", registered=False, in_call=False)
        assert line_told == [Offer("anna")]
    with line.place("2", OPERATORS, NOW, caller.told.append):
        assert caller.told[-1] == NobodyThere()


def test_who_did_not_answer_is_offered_to_this_caller_again_only_later() -> None:
    clock = Clock()
    presence = at_the_phone(Presence(), "anna")
    line = WaitingLine(presence, clock)
    caller = Caller()
    with line.place("1", OPERATORS, NOW, caller.told.append) as place:
        line.missed(place, "anna")
        assert caller.told == [Offer("anna")]
        clock.now += PAUSE_SECONDS
        line.offer()
        assert caller.told == [Offer("anna"), Offer("anna")]
    assert presence.absence("anna") is None


def test_who_did_not_answer_one_caller_is_offered_to_the_next() -> None:
    presence = at_the_phone(Presence(), "anna")
    line = WaitingLine(presence)
    first, second = Caller(), Caller()
    with (
        line.place("1", OPERATORS, NOW, first.told.append) as place,
        line.place("2", OPERATORS, NOW, second.told.append),
    ):
        line.missed(place, "anna")
        assert second.told == [Offer("anna")]
        assert presence.absence("anna") is Absence.RINGING


def test_a_caller_who_came_in_the_time_of_another_engine_keeps_the_place() -> None:
    presence = at_the_phone(Presence(), "anna")
    presence.reserve("anna", "0")
    line = WaitingLine(presence)
    early, late = Caller(), Caller()
    with (
        line.place("2", OPERATORS, NOW, late.told.append),
        line.place("1", OPERATORS, NOW - dt.timedelta(minutes=1), early.told.append),
    ):
        presence.release("anna", "0")
        assert (early.told, late.told) == ([Offer("anna")], [])


def test_nobody_is_offered_while_earlier_callers_are_on_their_way_into_the_line() -> None:
    line = WaitingLine(at_the_phone(Presence(), "anna"))
    early, late = Caller(), Caller()
    with (
        line.held(),
        line.place("2", OPERATORS, NOW, late.told.append),
        line.place("1", OPERATORS, NOW - dt.timedelta(minutes=1), early.told.append),
    ):
        assert (early.told, late.told) == ([], [])
