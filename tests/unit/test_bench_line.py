"""The simulated waiting line: it does what theory says of such lines, with the code that the engine runs."""

import pytest

from bench.line.erlang import Erlang
from bench.line.measures import SEED, promise
from bench.line.simulation import Served, Shift, play


@pytest.mark.parametrize(
    ("people", "load", "waits"),
    [(1, 0.5, 0.5), (2, 1.0, 1 / 3), (10, 8.0, 0.409), (20, 18.0, 0.551)],
)
def test_erlang_c_is_as_in_the_tables(people: int, load: float, waits: float) -> None:
    line = Erlang(people, per_second=load / 100, talk=100.0)
    assert line.waits == pytest.approx(waits, abs=0.001)
    assert line.wait == pytest.approx(line.waits * 100 / (people - load))
    assert line.within(0) == pytest.approx(1 - line.waits)


def test_waits_are_those_of_erlang_c() -> None:
    """Within what fifty hours leave to luck; the same seed has the same luck for ever."""
    line = Erlang(5, per_second=0.7 * 5 / 180, talk=180.0)
    waits = [caller.waited for caller in play(Shift(5, line.per_second * 3600), 50, SEED).callers]
    assert sum(wait > 0 for wait in waits) / len(waits) == pytest.approx(line.waits, rel=0.15)
    assert sum(waits) / len(waits) == pytest.approx(line.wait, rel=0.25)


@pytest.mark.parametrize("order", ["longest_idle", "round_robin", "fewest_calls"])
def test_everybody_gets_calls_and_every_caller_somebody(order: str) -> None:
    shift = Shift(4, 40, order=order, slower=2.0)  # type: ignore[arg-type]
    day = play(shift, 8, SEED)
    assert sum(day.talks.values()) == len(day.callers)
    assert min(day.talks.values()) > 0.4 * max(day.talks.values())


def test_fewest_calls_gives_everybody_as_many() -> None:
    spread = {}
    for order in ("fewest_calls", "longest_idle"):
        talks = play(Shift(10, 90, order=order, slower=2.0), 8, SEED).talks.values()
        spread[order] = max(talks) - min(talks)
    assert spread["fewest_calls"] < spread["longest_idle"]


def test_whoever_gives_up_is_served_no_more() -> None:
    day = play(Shift(2, 90, patience=30.0), 8, SEED)
    assert any(caller.gave_up for caller in day.callers)
    assert sum(day.talks.values()) == sum(not caller.gave_up for caller in day.callers)


def test_what_callers_are_promised_is_about_what_they_wait() -> None:
    day = play(Shift(10, 170), 20, SEED)
    told = promise("a case", [caller for caller in day.callers if caller.expected is not None])
    assert told.expected == pytest.approx(told.waited, rel=0.25)
    assert told.off < told.waited


def test_a_promise_is_judged_by_its_waits() -> None:
    told = promise("a case", [Served(30.0, 40.0, False), Served(90.0, 40.0, False)])
    assert (told.expected, told.waited, told.off, told.within_half) == (40.0, 60.0, 30.0, 0.5)


def test_who_is_ahead_waits_less() -> None:
    callers = play(Shift(10, 180, ahead=300.0), 8, SEED).callers
    waits: dict[bool, list[float]] = {True: [], False: []}
    for caller in callers:
        waits[caller.is_ahead].append(caller.waited)
    assert sum(waits[True]) / len(waits[True]) < sum(waits[False]) / len(waits[False])
