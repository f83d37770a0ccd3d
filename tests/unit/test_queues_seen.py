"""Which queues are told to have changed, and to whom."""

import datetime as dt

import pytest

from web.queues import QueueTold, WaitsTold
from web.queues_seen import SeenQueues

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def queue(name: str, waiting: str = "") -> QueueTold:
    callers = tuple(WaitsTold(call=call, since=NOON, offered=None) for call in waiting.split())
    return QueueTold(name=name, people=("olga",), waiting=callers)


A, B, GONE = queue("a"), queue("b"), QueueTold(name="b", people=(), waiting=())


@pytest.mark.parametrize(
    ("looks", "since_the_first", "everything"),
    [
        pytest.param([[A, B]], (), (A, B), id="whoever begins is told all"),
        pytest.param([[A, B], [A, B]], (), (A, B), id="nothing happened"),
        pytest.param(
            [[A, B], [queue("a", "1.1"), B]], (queue("a", "1.1"),), (queue("a", "1.1"), B), id="somebody came"
        ),
        pytest.param([[A, B], [queue("a", "1.1"), B], [A, B]], (A,), (A, B), id="somebody came and left"),
        pytest.param(
            [[queue("a", "1 2")], [queue("a", "2 1")]], (queue("a", "2 1"),), (queue("a", "2 1"),), id="places"
        ),
        pytest.param([[A, B], [A]], (GONE,), (A, GONE), id="a queue that there is no more"),
        pytest.param([[A, B], [A], [A]], (GONE,), (A, GONE), id="which is told once"),
    ],
)
def test_what_is_told(
    looks: list[list[QueueTold]], since_the_first: tuple[QueueTold, ...], everything: tuple[QueueTold, ...]
) -> None:
    seen = SeenQueues()
    changed = [seen.see(look) for look in looks]
    assert seen.after(1) == since_the_first
    assert seen.after(0) == everything
    assert changed[0]
    assert seen.number == sum(changed)


def test_what_was_known_before_everybody_left_is_not_told() -> None:
    seen = SeenQueues()
    seen.see([queue("a", "1.1")])
    seen.forget()
    assert seen.after(0) == ()
    seen.see([A])
    assert seen.after(1) == (A,)
