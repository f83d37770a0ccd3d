"""Several processes that ring the same people: each person has one of them at a time (T3)."""

import datetime as dt
from pathlib import Path

from premises.turns import STALE_SECONDS, Turn, Turns
from routing.presence import Remembered

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
NOTE = Remembered(7, 2, NOON, NOON)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def left(turns: Turns) -> Remembered:
    """What whoever takes Anna now is left."""
    turn = take(turns)
    remembered = turn.remembered
    turn.give_back()
    return remembered


def take(turns: Turns, person: str = "anna") -> Turn:
    turn = turns.take(person)
    assert turn is not None
    return turn


def test_whom_one_has_another_cannot_take(tmp_path: Path) -> None:
    turn = take(Turns(tmp_path))
    other = Turns(tmp_path)
    assert other.take("anna") is None
    assert other.is_taken("anna")
    assert not other.is_taken("boris")
    turn.give_back()
    assert not other.is_taken("anna")
    take(other).give_back()


def test_the_next_one_knows_what_the_last_one_left(tmp_path: Path) -> None:
    take(Turns(tmp_path)).give_back(NOTE)
    take(Turns(tmp_path)).give_back()
    assert left(Turns(tmp_path)) == NOTE
    take(Turns(tmp_path)).give_back(Remembered())
    assert left(Turns(tmp_path)) == Remembered()


def test_of_one_that_was_killed_while_it_wrote_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / "anna").write_bytes(b'{"missed": 2')
    assert left(Turns(tmp_path)) == Remembered()


def test_without_a_disk_everybody_can_be_taken(tmp_path: Path) -> None:
    (tmp_path / "turns").write_text("in the way")
    turns = Turns(tmp_path / "turns")
    turn = take(turns)
    assert turn.remembered == Remembered()
    turn.give_back(NOTE)
    assert not turns.is_taken("anna")


def test_from_a_frozen_engine_people_are_taken_after_a_while(tmp_path: Path) -> None:
    one_that_is_frozen, clock = take(Turns(tmp_path)), Clock()
    first, second = Turns(tmp_path, clock), Turns(tmp_path, clock)
    while clock.now < STALE_SECONDS:
        assert first.take("anna") is second.take("anna") is None
        clock.now += 0.5
    turn = take(first)
    assert second.take("anna") is None, "of two who wait for it only one has it"
    one_that_is_frozen.give_back(NOTE)
    assert first.is_taken("anna")
    turn.give_back()
    assert left(second) == Remembered()


def test_who_is_wanted_only_now_and_then_is_not_taken_away(tmp_path: Path) -> None:
    turn, clock = take(Turns(tmp_path)), Clock()
    other = Turns(tmp_path, clock)
    for _ in range(5):
        assert other.take("anna") is None
        clock.now += STALE_SECONDS
    turn.give_back()


def test_from_who_rings_a_telephone_that_does_not_answer_nobody_is_taken(tmp_path: Path) -> None:
    ringing, clock = take(Turns(tmp_path)), Clock()
    other = Turns(tmp_path, clock)
    for moment in range(20):
        clock.now = float(moment)
        ringing.hold()
        assert other.take("anna") is None
    ringing.give_back(NOTE)
    assert left(other) == NOTE
