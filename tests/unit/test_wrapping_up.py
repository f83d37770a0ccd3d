"""How long people wrote up their talks, as the talk's leg in the register says (D25)."""

import datetime as dt
from collections.abc import Callable

import pytest

from ari_app.people.presence import Presence
from ari_app.people.wrapping_up import WrapUps
from db.records import LegRow, Row
from routing.presence import Duty
from tests.unit.test_presence import NOON, Clock, at_the_phone


class Desk:
    """Anna, her talk of a minute from noon on, and what the register is told of its wrap-up."""

    def __init__(self, wrap_up: float = 20.0) -> None:
        self.clock = Clock()
        self.presence = Presence(self.clock, wrap_up=lambda: wrap_up)
        self.rows: list[Row] = []
        self.wrap_ups = WrapUps(self.presence, self.rows.append)
        at_the_phone(self.presence, "anna")

    def talks(self, call: str = "7.1") -> None:
        began = self.clock.now
        self.presence.reserve("anna", call)
        self.presence.talks("anna", call)
        self.clock.later(60)
        leg = LegRow(id=f"leg-{call}-1", call=call, person="anna", rang=began, answered=began, ended=self.clock.now)
        self.wrap_ups.note(leg)
        self.presence.release("anna", call)

    def says(self, after: float, duty: str) -> None:
        self.clock.later(after)
        self.presence.on_duty({"anna": Duty(duty, None, self.clock.now)})  # type: ignore[arg-type]

    @property
    def written(self) -> list[tuple[str, float]]:
        """Of which call, and how many seconds after its talk."""
        rows = [row for row in self.rows if isinstance(row, LegRow) and row.wrapped_up and row.ended]
        return [
            (row.call, (row.wrapped_up - row.ended).total_seconds()) for row in rows if row.wrapped_up and row.ended
        ]


@pytest.mark.parametrize(
    ("then", "written"),
    [
        pytest.param(lambda desk: desk.clock.later(60), [20.0], id="as long as the rules give"),
        pytest.param(lambda desk: desk.says(5, "in"), [20.0, 5.0], id="back earlier"),
        pytest.param(lambda desk: desk.says(5, "out"), [20.0, 5.0], id="left earlier"),
        pytest.param(
            lambda desk: desk.says(30, "in"), [20.0, 20.0], id="said something when it was over, not yet noticed"
        ),
        pytest.param(
            lambda desk: (desk.clock.later(30), desk.presence.look(), desk.says(30, "in")), [20.0], id="long over"
        ),
    ],
)
def test_how_long_it_lasted(then: Callable[[Desk], object], written: list[float]) -> None:
    desk = Desk()
    desk.talks()
    then(desk)
    assert desk.written == [("7.1", seconds) for seconds in written]


def test_each_talk_has_its_own() -> None:
    desk = Desk()
    desk.talks()
    desk.clock.later(60)
    desk.talks("7.2")
    assert desk.written == [("7.1", 20.0), ("7.2", 20.0)]


def test_where_the_rules_give_no_time_nothing_is_written() -> None:
    desk = Desk(wrap_up=0.0)
    desk.talks()
    desk.says(5, "in")
    assert desk.rows == []


def test_who_signed_out_during_the_talk_writes_nothing_up() -> None:
    desk = Desk()
    desk.presence.reserve("anna", "7.1")
    desk.presence.talks("anna", "7.1")
    desk.says(1, "out")
    desk.wrap_ups.note(
        LegRow(id="l", call="7.1", person="anna", rang=NOON, answered=NOON, ended=NOON + dt.timedelta(seconds=1))
    )
    desk.presence.release("anna", "7.1")
    assert desk.rows == []
