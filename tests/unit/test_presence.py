"""Who can be rung, and whose turn it is (T3)."""

from collections.abc import Callable

import pytest

from ari_app.presence import Presence
from routing.steps import Absence


class Clock:
    """Monotonic seconds that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 1.0
        return self.seconds


def at_the_phone(presence: Presence, *people: str) -> Presence:
    for person in people:
        presence.telephone(person, registered=True, in_calls=0)
    return presence


@pytest.mark.parametrize(
    ("change", "absence"),
    [
        pytest.param(lambda p: None, None, id="at the phone"),
        pytest.param(lambda p: p.away({"anna": "lunch"}), Absence.AWAY, id="away"),
        pytest.param(lambda p: (p.away({"anna": "lunch"}), p.away({"anna": None})), None, id="back again"),
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
    presence = at_the_phone(Presence(Clock()), "anna", "boris", "clara")
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
    presence.away({"anna": None})
    presence.reserve("anna", "1")
    presence.release("anna", "1")
    assert len(changes) == 4
