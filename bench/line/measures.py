"""What is simulated: waits beside Erlang C, the expected wait beside the real one, who gets how many calls."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from bench.figures import percentile
from bench.line.erlang import Erlang
from bench.line.simulation import Day, Served, Shift, play
from routing.line.stages import Order

SEED = 1917
TALK = 180.0
STAFFS = (5, 10, 20)
UTILISATIONS = (0.6, 0.7, 0.8, 0.85, 0.9)
SERVICE_SECONDS = 20.0
HOURS = 200.0
ERLANG_HOURS = 1_000.0
"""Waits that follow one another are alike: less leaves the averages of a full line a matter of luck."""
SHIFT_HOURS = 8.0
ORDERS: tuple[Order, ...] = ("longest_idle", "round_robin", "fewest_calls")


@dataclass(frozen=True)
class Beside:
    """Simulated waits, and what Erlang C says of them."""

    erlang: Erlang
    utilisation: float
    waits: float
    wait: float
    within: float


@dataclass(frozen=True)
class Promise:
    """How good the expected wait is, over all callers to whom something could be promised."""

    case: str
    callers: int
    expected: float
    """On average, in seconds."""
    waited: float
    off: float
    """By how many seconds a promise was wrong, on average."""
    within_half: float
    """The share of waits between half and one and a half times what was promised."""


def beside_erlang(hours: float = ERLANG_HOURS) -> Iterator[Beside]:
    """Every staff at every load."""
    for people in STAFFS:
        for utilisation in UTILISATIONS:
            erlang = Erlang(people, utilisation * people / TALK, TALK)
            day = play(Shift(people, erlang.per_second * 3600, TALK), hours, SEED)
            waits = [caller.waited for caller in day.callers]
            yield Beside(
                erlang,
                utilisation,
                waits=_share(wait > 0 for wait in waits),
                wait=fmean(waits),
                within=_share(wait <= SERVICE_SECONDS for wait in waits),
            )


PROMISES: dict[str, Shift] = {
    "5 people, 90 % busy": Shift(5, 90),
    "10 people, 90 % busy": Shift(10, 180),
    "20 people, 90 % busy": Shift(20, 360),
    "10 people, half of them twice as slow": Shift(10, 120, slower=2.0),
    "10 people, three times the usual load, callers give up after 2 min on average": Shift(10, 480, patience=120.0),
    "10 people, 90 % busy, every fifth caller 5 min ahead": Shift(10, 180, ahead=300.0),
}


def promised(hours: float = HOURS) -> Iterator[tuple[Promise, list[Served]]]:
    """The expected wait in fair and in foul weather, each with the callers behind it."""
    for case, shift in PROMISES.items():
        told = [caller for caller in play(shift, hours, SEED).callers if caller.expected is not None]
        yield promise(case, told), told


def promise(case: str, told: Sequence[Served]) -> Promise:
    """What was promised to these callers, beside how long they waited."""
    pairs = [(caller.expected or 0.0, caller.waited) for caller in told]
    return Promise(
        case,
        len(pairs),
        fmean(expected for expected, _ in pairs),
        fmean(waited for _, waited in pairs),
        fmean(abs(expected - waited) for expected, waited in pairs),
        _share(expected / 2 <= waited <= expected * 1.5 for expected, waited in pairs),
    )


def shared(hours: float = SHIFT_HOURS) -> Iterator[tuple[Order, Day]]:
    """A shift of ten people, half of whom talk twice as long, by each order."""
    for order in ORDERS:
        yield order, play(Shift(10, 90, slower=2.0, order=order), hours, SEED)


def ahead(hours: float = HOURS) -> tuple[list[float], list[float]]:
    """Waits of those who count as having come five minutes earlier, and of the others."""
    callers = play(Shift(10, 180, ahead=300.0), hours, SEED).callers
    return [one.waited for one in callers if one.is_ahead], [one.waited for one in callers if not one.is_ahead]


def processor_seconds() -> float:
    """What an hour of 20 people and 360 callers takes of a processor."""
    began = time.thread_time()
    play(Shift(20, 360), 1.0, SEED)
    return time.thread_time() - began


def late(waits: Sequence[float]) -> float:
    """What 95 of 100 callers do not wait longer than."""
    return percentile(waits, 0.95)


def _share(true: Iterator[bool]) -> float:
    return fmean(map(float, true))
