"""What holds for people at their telephones: the time after a talk, and the reasons for being away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.compiling.shapes import Field, Got, Many, Record
from routing.compiling.words import Label, Time
from routing.rules.company import DutyRules

if TYPE_CHECKING:
    from routing.compiling.page import Page

MOST_REASONS = 9
"""Each has a key of its own, from 1 on."""

WRAP_UP = Field(
    name="wrap_up",
    shape=Time(least="0s", most="30m"),
    about="How long nobody is rung after a talk, to write down what it was about; not at all if not given",
)
REASONS = Field(
    name="away",
    shape=Many(Label(wanted="a reason for being away")),
    about="Reasons for being away: *471 at a telephone tells the first one, *472 the second, …",
)


def _duty(got: Got, _page: Page) -> DutyRules:
    return DutyRules(wrap_up=got.get(WRAP_UP) or 0.0, away=got.many(REASONS))


def _check(got: Got, page: Page) -> None:
    reasons = got.many(REASONS)
    if len(reasons) > MOST_REASONS:
        place = got.given((REASONS,))[0]
        page.wrong(place, f"these are {len(reasons)} reasons for being away", f"at most {MOST_REASONS} have a key")


DUTY = Record(
    name="duty",
    wanted="what holds for people at their telephones, like `{wrap_up: 20s, away: [lunch, training]}`",
    fields=(WRAP_UP, REASONS),
    make=_duty,
    check=_check,
)
