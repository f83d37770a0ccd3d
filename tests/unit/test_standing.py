"""What becomes of a person by what happens (T3), and what other switchboards are known to do wrong in it."""

import datetime as dt

import pytest

from routing.outcomes import Absence
from routing.presence import (
    MOVES,
    Answered,
    Consulted,
    Duty,
    Ended,
    Happened,
    IllegalMove,
    Missed,
    OfCall,
    Offered,
    Remembered,
    Returned,
    State,
    TakenOver,
    Telephone,
    Withdrawn,
)
from routing.standing import DID_NOT_ANSWER, Standing, absence, happen, memory, pass_time

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
WRAP_UP = 20.0
PLUGGED_IN, IN_A_CALL, UNPLUGGED = Telephone(True, False), Telephone(True, True), Telephone(False, False)
TALKED = (Offered("1"), Answered("1"), Ended("1"))
NOT_ANSWERED = (Offered("1"), Missed("1", Absence.NO_ANSWER))


def later(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def after(*happened: Happened, wrap_up: float = 0.0, at_the_phone: bool = True) -> Standing:
    """How things stand when all this has happened, one second after the other from noon on."""
    standing = Standing(since=NOON)
    for second, one in enumerate((*(PLUGGED_IN,) * at_the_phone, *happened)):
        standing = happen(standing, one, later(second), wrap_up)
    return standing


def away(second: float, reason: str = "lunch") -> Duty:
    return Duty("away", reason, later(second))


def back(second: float) -> Duty:
    return Duty("in", None, later(second))


@pytest.mark.parametrize(
    ("happened", "state", "since", "why"),
    [
        pytest.param((), State.FREE, 0, "waits for a call", id="at the telephone"),
        pytest.param((UNPLUGGED,), State.NOT_REGISTERED, 1, "its telephone is not registered", id="unplugged"),
        pytest.param((IN_A_CALL,), State.TALKING, 1, "its telephone is in a call", id="calls somebody"),
        pytest.param((Offered("1"),), State.OFFERED, 1, "call 1", id="is rung"),
        pytest.param((Offered("1"), Answered("1")), State.TALKING, 2, "call 1", id="answers"),
        pytest.param((*TALKED,), State.FREE, 3, "waits for a call", id="has talked"),
        pytest.param((*TALKED[:2], Consulted("1")), State.CONSULTING, 3, "call 1", id="asks a colleague"),
        pytest.param((*TALKED[:2], Consulted("1"), Returned("1")), State.TALKING, 4, "call 1", id="has asked"),
        pytest.param((*TALKED[:2], Consulted("1"), Ended("1")), State.FREE, 4, "waits for a call", id="handed over"),
        pytest.param((Offered("1"), Withdrawn("1")), State.FREE, 2, "waits for a call", id="the caller left"),
        pytest.param((away(0.5),), State.AWAY, 0.5, "lunch", id="at lunch"),
        pytest.param((away(0.5), back(2)), State.FREE, 2, "waits for a call", id="back from lunch"),
        pytest.param((away(0.5), away(0.5, "training")), State.AWAY, 0.5, "lunch", id="told twice"),
        pytest.param((back(2), away(1)), State.FREE, 0, "waits for a call", id="told in the wrong order"),
        pytest.param((Duty("out", None, later(1)),), State.SIGNED_OUT, 1, "signed out", id="signed out"),
        pytest.param((away(0.5), UNPLUGGED), State.AWAY, 0.5, "lunch", id="at lunch, and unplugged"),
        pytest.param((Offered("1"), away(2)), State.OFFERED, 1, "call 1", id="goes to lunch while it rings"),
        pytest.param((*TALKED[:2], away(2.5), Ended("1")), State.AWAY, 2.5, "lunch", id="goes to lunch after a talk"),
        pytest.param((*TALKED[:2], UNPLUGGED), State.TALKING, 2, "call 1", id="registration runs out while it talks"),
        pytest.param((TakenOver("1"),), State.TALKING, 1, "call 1", id="talks when an engine comes"),
    ],
)
def test_what_a_person_is_doing(happened: tuple[Happened, ...], state: State, since: float, why: str) -> None:
    standing = after(*happened)
    assert (standing.state, standing.since, standing.why) == (state, later(since), why)


@pytest.mark.parametrize(
    ("happened", "why"),
    [
        pytest.param((), None, id="free"),
        pytest.param((Offered("1"),), Absence.RINGING, id="rung"),
        pytest.param((Offered("1"), Answered("1")), Absence.BUSY, id="talks"),
        pytest.param((Offered("1"), Answered("1"), Consulted("1")), Absence.BUSY, id="consults"),
        pytest.param(TALKED, Absence.WRAPPING_UP, id="wraps up"),
        pytest.param((away(0.5),), Absence.AWAY, id="away"),
        pytest.param((Duty("out", None, later(1)),), Absence.SIGNED_OUT, id="signed out"),
        pytest.param((UNPLUGGED,), Absence.NOT_REGISTERED, id="unplugged"),
    ],
)
def test_why_a_person_cannot_be_rung(happened: tuple[Happened, ...], why: Absence | None) -> None:
    assert absence(after(*happened, wrap_up=WRAP_UP), later(5)) is why


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", [Offered, Answered, Withdrawn, Consulted, Returned, Ended, TakenOver])
def test_a_move_that_is_not_in_the_table_is_an_error_that_says_what_was_wrong(state: State, kind: type[OfCall]) -> None:
    call = "1" if state in {State.OFFERED, State.TALKING, State.CONSULTING} else None
    standing = Standing(state=state, since=NOON, call=call)
    happened = kind("1")  # type: ignore[call-arg]
    if (state, kind) in MOVES and (call is None) is (kind in {Offered, TakenOver}):
        assert happen(standing, happened, NOON).since == NOON
    else:
        with pytest.raises(IllegalMove, match=f"cannot happen to somebody who is {state}") as told:
            happen(standing, happened, NOON)
        assert (told.value.state, told.value.call, told.value.happened) == (state, call, happened)


@pytest.mark.parametrize("stranger", [Answered("2"), Missed("2", Absence.DECLINED), Withdrawn("2"), Offered("2")])
def test_another_call_has_no_say_about_who_is_rung(stranger: OfCall) -> None:
    with pytest.raises(IllegalMove):
        after(Offered("1"), stranger)


# ------------------------------------------------------------------------------------------------- not answering


@pytest.mark.parametrize(
    ("happened", "state"),
    [
        pytest.param(NOT_ANSWERED * 2, State.FREE, id="twice"),
        pytest.param(NOT_ANSWERED * 3, State.AWAY, id="three times"),
        pytest.param((*NOT_ANSWERED * 2, *TALKED, *NOT_ANSWERED * 2), State.FREE, id="with a talk in between"),
        pytest.param((*NOT_ANSWERED * 2, back(5), *NOT_ANSWERED), State.FREE, id="said to be back in between"),
        pytest.param(
            (*NOT_ANSWERED * 2, Offered("2"), Missed("2", Absence.DECLINED)), State.AWAY, id="declined at last"
        ),
        pytest.param((*NOT_ANSWERED * 2, Offered("2"), Withdrawn("2")), State.FREE, id="the third caller left"),
        pytest.param(
            (Offered("1"), Missed("1", Absence.UNREACHABLE)) * 3, State.FREE, id="the telephone could not be reached"
        ),
        pytest.param((*NOT_ANSWERED * 3, back(60)), State.FREE, id="back again"),
    ],
)
def test_who_does_not_answer_three_times_in_a_row_is_away(happened: tuple[Happened, ...], state: State) -> None:
    standing = after(*happened)
    assert standing.state is state
    if state is State.AWAY:
        assert (standing.duty.kind, standing.why) == ("away", DID_NOT_ANSWER)


def test_who_does_not_answer_is_away_even_if_the_clock_was_set_back() -> None:
    assert after(back(3600), *NOT_ANSWERED * 3).state is State.AWAY


# -------------------------------------------------------------------------------------------------- after a talk


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, State.WRAPPING_UP), (19.999, State.WRAPPING_UP), (20, State.FREE), (99, State.FREE)]
)
def test_wrap_up_lasts_exactly_as_long_as_it_should(seconds: float, state: State) -> None:
    standing = pass_time(after(*TALKED, wrap_up=WRAP_UP), later(3 + seconds))
    assert standing.state is state
    assert standing.since == later(3 if state is State.WRAPPING_UP else 23)


@pytest.mark.parametrize(
    "happened",
    [
        pytest.param((IN_A_CALL, PLUGGED_IN), id="by an own call"),
        pytest.param((UNPLUGGED, PLUGGED_IN), id="by a telephone that registers anew"),
        pytest.param((PLUGGED_IN,), id="by looking at the telephone"),
        pytest.param((Remembered(), Duty()), id="by nothing new from elsewhere"),
    ],
)
def test_wrap_up_is_not_reset(happened: tuple[Happened, ...]) -> None:
    assert after(*TALKED, *happened, wrap_up=WRAP_UP).due == later(23)


def test_wrap_up_is_over_for_who_says_to_be_back() -> None:
    assert after(*TALKED, back(4), wrap_up=WRAP_UP).state is State.FREE


def test_an_offer_that_came_to_nothing_is_not_wrapped_up() -> None:
    assert after(*NOT_ANSWERED, wrap_up=WRAP_UP).state is State.FREE


# -------------------------------------------------------------------- known faults of app_queue and of other queues


def test_nobody_is_rung_by_two_calls_at_once() -> None:
    with pytest.raises(IllegalMove):
        after(Offered("1"), Offered("2"))


def test_a_transfer_does_not_keep_the_first_operator_busy() -> None:
    """The first one is free when the second one has the caller, not when their talk ends."""
    assert after(*TALKED[:2], Consulted("1"), Ended("1")).state is State.FREE


def test_a_transfer_does_not_reset_the_wrap_up_of_the_first_operator() -> None:
    first = after(*TALKED, wrap_up=WRAP_UP)
    second = after(Offered("1"), Answered("1"), Ended("1"), wrap_up=WRAP_UP)
    assert (first.due, second.due) == (later(23), later(23))
    assert happen(first, Telephone(True, False), later(10), WRAP_UP).due == later(23)


def test_other_rules_while_somebody_wraps_up_change_nothing_of_it() -> None:
    assert happen(after(*TALKED, wrap_up=WRAP_UP), PLUGGED_IN, later(5), wrap_up=300.0).due == later(23)


def test_after_a_restart_nobody_is_in_a_call_that_is_over() -> None:
    """A new engine believes Asterisk: no channel, no call."""
    assert after(IN_A_CALL, at_the_phone=False).state is State.TALKING
    assert after(IN_A_CALL, PLUGGED_IN, at_the_phone=False).state is State.FREE


def test_after_a_restart_the_wrap_up_goes_on_to_its_end() -> None:
    left = memory(after(*TALKED, wrap_up=WRAP_UP))
    anew = happen(Standing(since=later(5)), PLUGGED_IN, later(5))
    assert happen(anew, left, later(6)).due == later(23)
    assert happen(anew, left, later(24)).state is State.FREE


@pytest.mark.parametrize(
    ("happened", "missed"),
    [
        pytest.param((*NOT_ANSWERED, Remembered(2, 2, None, later(30))), 2, id="of a later offer"),
        pytest.param((*NOT_ANSWERED, Remembered(1, 2, None, later(30))), 1, id="of no later offer"),
        pytest.param((*NOT_ANSWERED, back(40), Remembered(2, 2, None, later(30))), 0, id="before a word of its own"),
        pytest.param((Offered("1"), Remembered(2, 2, None, later(30))), 0, id="while a call has the person here"),
    ],
)
def test_what_another_process_knows_counts_if_it_had_the_person_later(
    happened: tuple[Happened, ...], missed: int
) -> None:
    assert after(*happened).missed == missed
