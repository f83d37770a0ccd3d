"""Who can be rung, and whose turn it is (T3)."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from ari_app.people.presence import Presence
from premises.turns import Turns
from routing.outcomes import Absence
from routing.presence import Duty, State

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
        presence.telephone(person, registered=True, in_call=False)
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
            lambda p: p.telephone("anna", registered=False, in_call=False), Absence.NOT_REGISTERED, id="phone unplugged"
        ),
        pytest.param(lambda p: p.telephone("anna", registered=True, in_call=True), Absence.BUSY, id="in a call"),
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


def test_who_asks_a_colleague_leaves_a_caller_waiting_until_back() -> None:
    presence = at_the_phone(Presence(), "anna")
    presence.reserve("anna", "1")
    presence.talks("anna", "1")
    with presence.asking("anna"):
        assert presence.standing("anna").state is State.CONSULTING
        assert (presence.is_asking("anna", "1"), presence.is_asking("anna", "2")) == (True, False)
    assert presence.standing("anna").state is State.TALKING


def test_who_drops_both_calls_at_once_leaves_the_caller_waiting_whichever_end_is_told_first() -> None:
    clock = Clock()
    presence = at_the_phone(Presence(clock), "anna")
    presence.reserve("anna", "1")
    presence.talks("anna", "1")
    with presence.asking("anna"):
        clock.later(20)
    clock.later(0.1)
    assert presence.is_asking("anna", "1")
    clock.later(1)
    assert not presence.is_asking("anna", "1")


def test_who_hands_over_while_asking_a_colleague_is_free_at_once() -> None:
    presence = at_the_phone(Presence(), "anna")
    presence.reserve("anna", "1")
    presence.talks("anna", "1")
    with presence.asking("anna"):
        presence.release("anna", "1")
        assert presence.standing("anna").state is State.FREE
    assert presence.standing("anna").state is State.FREE


def test_who_calls_a_colleague_without_a_caller_asks_nobody_to_wait() -> None:
    presence = at_the_phone(Presence(), "anna")
    presence.telephone("anna", registered=True, in_call=True)
    with presence.asking("anna"):
        assert presence.standing("anna").state is State.TALKING
        assert not presence.is_asking("anna", "")


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


def test_whoever_watches_is_told_of_every_change() -> None:
    changes: list[int] = []
    presence = Presence()
    presence.watch(lambda: changes.append(1))
    at_the_phone(presence, "anna")
    presence.on_duty({"anna": BACK})
    presence.reserve("anna", "1")
    presence.release("anna", "1")
    assert len(changes) == 4


# ---------------------------------------------------------------------------------- several processes, one folder


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engines(tmp_path: Path, clock: Clock) -> tuple[Presence, Presence]:
    """Two engines that ring the same people, who wrap up for 20 seconds."""

    def engine() -> Presence:
        return at_the_phone(Presence(clock, turns=Turns(tmp_path), wrap_up=lambda: 20.0), "anna")

    return engine(), engine()


def talked(presence: Presence, clock: Clock) -> None:
    """Anna has had a call of this engine, and Asterisk has told both of it."""
    assert presence.reserve("anna", "1") is None
    presence.talks("anna", "1")
    clock.later(60)
    presence.release("anna", "1")


def test_whom_one_engine_rings_another_one_does_not(engines: tuple[Presence, Presence]) -> None:
    first, second = engines
    assert first.reserve("anna", "1") is None
    assert second.reserve("anna", "2") is Absence.RINGING
    first.release("anna", "1")
    assert second.reserve("anna", "2") is None
    second.release("anna", "2")


def test_whoever_waits_is_told_when_another_engine_is_done(engines: tuple[Presence, Presence]) -> None:
    first, second = engines
    told: list[int] = []
    first.reserve("anna", "1")
    second.reserve("anna", "2")
    second.watch(lambda: told.append(1))
    first.release("anna", "1")
    second.look()
    assert told == [1]
    assert second.reserve("anna", "2") is None
    second.release("anna", "2")


def test_after_a_talk_with_one_engine_no_other_rings_within_the_wrap_up(
    engines: tuple[Presence, Presence], clock: Clock
) -> None:
    first, second = engines
    talked(first, clock)
    clock.later(5)
    assert second.reserve("anna", "2") is Absence.WRAPPING_UP
    assert second.standing("anna").due == first.standing("anna").due
    clock.later(15)
    assert second.reserve("anna", "2") is None
    second.release("anna", "2")


def test_an_engine_that_comes_later_knows_of_the_wrap_up_and_the_missed_offers(
    engines: tuple[Presence, Presence], clock: Clock, tmp_path: Path
) -> None:
    first, _ = engines
    for call in ("1", "2"):
        first.reserve("anna", call)
        first.missed("anna", call, Absence.NO_ANSWER)
    later = at_the_phone(Presence(clock, turns=Turns(tmp_path)), "anna")
    assert later.standing("anna").missed == 2
    talked(first, clock)
    later = at_the_phone(Presence(clock, turns=Turns(tmp_path)), "anna")
    assert later.absence("anna") is Absence.WRAPPING_UP


def test_after_a_call_of_another_engine_its_wrap_up_is_learnt(engines: tuple[Presence, Presence], clock: Clock) -> None:
    first, second = engines
    first.reserve("anna", "1")
    first.talks("anna", "1")
    second.telephone("anna", registered=True, in_call=True)
    second.telephone("anna", registered=True, in_call=False)  # heard before the first engine is done
    assert second.absence("anna") is None
    first.release("anna", "1")
    second.look()
    assert second.absence("anna") is Absence.WRAPPING_UP


@pytest.mark.parametrize("rings", [False, True], ids=["not yet", "as far as we know"])
def test_from_who_rings_a_telephone_nobody_is_taken_whether_it_rings_or_not(tmp_path: Path, rings: bool) -> None:
    presence, seconds = at_the_phone(Presence(turns=Turns(tmp_path)), "anna"), 0.0
    other = Turns(tmp_path, lambda: seconds)
    presence.reserve("anna", "1")
    presence.telephone("anna", registered=True, in_call=rings)
    for _ in range(10):
        seconds += 1.0
        presence.look()
        assert other.take("anna") is None


def test_who_talks_for_long_is_not_taken_from_the_engine_that_has_the_call(tmp_path: Path) -> None:
    """An engine that had wanted the person just before the talk looks again and again, and must not count that."""
    seconds = 0.0
    turn = Turns(tmp_path).take("anna")
    assert turn is not None
    other = at_the_phone(Presence(turns=Turns(tmp_path, lambda: seconds)), "anna")
    assert other.reserve("anna", "2") is Absence.RINGING
    other.telephone("anna", registered=True, in_call=True)
    for _ in range(20):
        seconds += 1.0
        other.look()
    assert Turns(tmp_path).is_taken("anna")
    turn.give_back()


def test_who_said_something_before_the_engine_came_is_asked_for_what_was_left_as_well(
    engines: tuple[Presence, Presence], clock: Clock, tmp_path: Path
) -> None:
    talked(engines[0], clock)
    later = Presence(clock, turns=Turns(tmp_path))
    later.on_duty({"anna": Duty("in", None, NOON)})
    assert at_the_phone(later, "anna").absence("anna") is Absence.WRAPPING_UP


def test_a_talk_that_is_taken_over_is_taken_from_nobody_else(engines: tuple[Presence, Presence]) -> None:
    first, second = engines
    first.take("anna", "1")
    assert second.reserve("anna", "2") is Absence.RINGING
    first.take("anna", "2")  # cannot be: it is logged, and the talk goes on
    assert first.standing("anna").call == "1"
    first.release("anna", "1")


async def test_a_wrap_up_ends_by_itself(tmp_path: Path) -> None:
    presence = at_the_phone(Presence(turns=Turns(tmp_path), wrap_up=lambda: 0.05), "anna")
    presence.reserve("anna", "1")
    presence.talks("anna", "1")
    presence.release("anna", "1")
    over = asyncio.Event()
    presence.watch(over.set)
    keeping = asyncio.create_task(presence.keep())
    await over.wait()
    keeping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await keeping
    assert presence.standing("anna").state is State.FREE
