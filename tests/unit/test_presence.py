"""Who can be rung, and whose turn it is (T3)."""

import datetime as dt
from collections.abc import Callable

import pytest

from ari_app.presence import Presence
from routing.presence import Duty
from routing.steps import Absence

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
LUNCH, BACK = Duty("away", "lunch", NOON), Duty("in", None, NOON + dt.timedelta(hours=1))


class Clock:
    """The time, which a test sets; with ``step`` it goes on by so many seconds whenever it is looked at."""

    def __init__(self, step: float = 0.0) -> None:
        self.now = NOON
        self._step = step

    def __call__(self) -> dt.datetime:
        self.later(self._step)
        return self.now

    def later(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


def at_the_phone(presence: Presence, *people: str) -> Presence:
    for person in people:
        presence.telephone(person, registered=True, in_calls=0)
    return presence


@pytest.mark.parametrize(
    ("change", "absence"),
    [
        pytest.param(lambda p: None, None, id="at the phone"),
        pytest.param(lambda p: p.on_duty({"anna": LUNCH}), Absence.AWAY, id="away"),
        pytest.param(lambda p: (p.on_duty({"anna": LUNCH}), p.on_duty({"anna": BACK})), None, id="back again"),
        pytest.param(lambda p: p.on_duty({"anna": Duty("out", None, NOON)}), Absence.SIGNED_OUT, id="signed out"),
        pytest.param(lambda p: (p.on_duty({"anna": BACK}), p.on_duty({"anna": LUNCH})), None, id="told too late"),
        pytest.param(
            lambda p: p.telephone("anna", registered=False, in_calls=0), Absence.NOT_REGISTERED, id="phone unplugged"
        ),
        pytest.param(lambda p: p.telephone("anna", registered=True, in_calls=1), Absence.BUSY, id="in a call"),
        pytest.param(lambda p: p.reserve("anna", "1"), Absence.RINGING, id="rung by another call"),
        pytest.param(lambda p: (p.reserve("anna", "1"), p.talks("anna", "1")), Absence.BUSY, id="talks with a caller"),
        pytest.param(lambda p: (p.reserve("anna", "1"), p.release("anna", "1")), None, id="the talk is over"),
        pytest.param(
            lambda p: (p.reserve("anna", "1"), p.release("anna", "2")), Absence.RINGING, id="not released by others"
        ),
        pytest.param(
            lambda p: (p.reserve("anna", "1"), p.talks("anna", "2")), Absence.RINGING, id="another call cannot answer"
        ),
    ],
)
def test_why_somebody_cannot_be_rung(change: Callable[[Presence], object], absence: Absence | None) -> None:
    presence = at_the_phone(Presence(), "anna")
    change(presence)
    assert presence.absence("anna") == absence


def test_nobody_is_offered_two_calls_at_once() -> None:
    presence = at_the_phone(Presence(), "anna")
    assert presence.reserve("anna", "1") is None
    assert presence.reserve("anna", "2") is Absence.RINGING


def test_somebody_never_heard_of_is_not_registered() -> None:
    assert Presence().absence("nobody") is Absence.NOT_REGISTERED


def test_the_longest_idle_is_first_in_turn() -> None:
    presence = at_the_phone(Presence(Clock(1.0)), "anna", "boris", "clara")
    for person in ("anna", "clara"):
        presence.reserve(person, "1")
        presence.release(person, "1")
    assert presence.in_turn(("anna", "boris", "clara")) == ["boris", "anna", "clara"]


def test_waiting_makes_sense_while_somebody_is_there_even_if_busy() -> None:
    presence = at_the_phone(Presence(), "anna")
    presence.reserve("anna", "1")
    assert presence.at_work(("anna", "boris"))
    assert not presence.at_work(("boris",))


def test_whoever_watches_is_told_of_every_change() -> None:
    changes: list[int] = []
    presence = Presence()
    presence.watch(lambda: changes.append(1))
    at_the_phone(presence, "anna")
    presence.on_duty({"anna": BACK})
    presence.reserve("anna", "1")
    presence.release("anna", "1")
    assert len(changes) == 4
