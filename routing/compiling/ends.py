"""Where calls end when nobody was reached: message boxes, the last resort; and what is said of a debt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.compiling.menus import ANNOUNCE
from routing.compiling.people import Owner
from routing.compiling.places import ENDINGS, goto, one_place
from routing.compiling.shapes import Field, Got, Record, Table
from routing.compiling.texts import AMOUNTS, Joined, Spoken
from routing.compiling.words import Count, NewWord, Time
from routing.rules.routes import Box, DebtTalk, LastResort

if TYPE_CHECKING:
    from routing.compiling.page import Page

BEFORE_TONE = Field(name="announce", shape=Joined(Spoken()), about="Said before the tone", must=True)
LONGEST = Field(name="at most", shape=Time(least="5s", most="1h"), about="The longest message; 2m if not given")
THANKS = Field(name="thanks", shape=Joined(Spoken()), about="Said after the message")
OWNER = Field(name="owner", shape=Owner(), about="Who must listen: a person, a group, or head of a department")


def _box(got: Got, _page: Page) -> Box:
    return Box(
        name=got.node.name,
        announce=got.must(BEFORE_TONE),
        seconds=got.get(LONGEST) or 120.0,
        thanks=got.get(THANKS),
        owner=got.get(OWNER),
        line=got.line,
    )


BOXES = Table(
    wanted="message boxes by their names",
    key=NewWord(wanted="the name of a box"),
    value=Record(
        name="box",
        wanted="a message box with what is announced",
        fields=(BEFORE_TONE, LONGEST, THANKS, OWNER),
        make=_box,
    ),
)


def _last_resort(got: Got, _page: Page) -> LastResort:
    return LastResort(announce=got.many(ANNOUNCE), goto=goto(got), line=got.line)


def _check_last_resort(got: Got, page: Page) -> None:
    one_place(got, page)
    if not got.given(ENDINGS):
        page.wrong(
            got.node, "the last resort leads nowhere (T4)", "give `message:` with a box, or `goodbye:` with a text"
        )


LAST_RESORT = Record(
    name="last_resort",
    wanted="what is done when nothing else could be, like `{message: office}`",
    fields=(ANNOUNCE, *ENDINGS),
    make=_last_resort,
    check=_check_last_resort,
)

NOTICE = Field(
    name="notice", shape=Joined(Spoken()), about="What anybody at the telephone may hear, without amounts", must=True
)
ASK_CODE = Field(name="ask_code", shape=Joined(Spoken()), about="Asks for the customer's code, before amounts are told")
WRONG_CODE = Field(name="wrong_code", shape=Joined(Spoken()), about="Said when the code was wrong")
OVERDUE = Field(name="overdue", shape=Joined(Spoken(AMOUNTS)), about="Tells what is overdue, once the code was right")
OVER_LIMIT = Field(
    name="over_limit", shape=Joined(Spoken(AMOUNTS)), about="Tells what is over the limit, once the code was right"
)
TRIES = Field(name="tries", shape=Count(least=1, most=9), about="How often the code is asked for; 2 if not given")
WAIT = Field(name="wait", shape=Time(least="1s", most="60s"), about="How long to wait for each digit; 5s if not given")


def _debt(got: Got, _page: Page) -> DebtTalk:
    overdue, over_limit = got.get(OVERDUE), got.get(OVER_LIMIT)
    return DebtTalk(
        notice=got.must(NOTICE),
        ask_code=got.get(ASK_CODE),
        wrong_code=got.get(WRONG_CODE),
        amounts={**({"overdue": overdue} if overdue else {}), **({"over_limit": over_limit} if over_limit else {})},
        tries=got.get(TRIES) or 2,
        seconds=got.get(WAIT) or 5.0,
    )


def _check_debt(got: Got, page: Page) -> None:
    """Amounts and the question for the code need each other (D26)."""
    asks, amounts = got.given((ASK_CODE,)), got.given((OVERDUE, OVER_LIMIT))
    if amounts and not asks:
        page.wrong(amounts[0], "this is never said without `ask_code`", "amounts are told after the code only (D26)")
    if asks and not amounts:
        page.wrong(asks[0], "the code is asked for, but no amount is told then", "add `overdue:` and `over_limit:`")


DEBT = Record(
    name="debt",
    wanted="what is said of a debt",
    fields=(NOTICE, ASK_CODE, WRONG_CODE, OVERDUE, OVER_LIMIT, TRIES, WAIT),
    make=_debt,
    check=_check_debt,
)
