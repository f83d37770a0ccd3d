"""Calling back whoever asks for it while waiting in line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.compiling.menus import Key
from routing.compiling.people import Owner
from routing.compiling.shapes import Field, Got, Record
from routing.compiling.texts import Joined, Spoken
from routing.compiling.words import Count, Time
from routing.rules.queues import CallBack, GivenNumber

if TYPE_CHECKING:
    from routing.compiling.page import Page

USUAL_TRIES = 3
USUAL_PAUSE = 900.0

KEY = Field(name="key", shape=Key(), about="The key by which it is asked for", must=True)
OFFER = Field(name="offer", shape=Joined(Spoken()), about="Tells callers of it, behind each announcement", must=True)
CONFIRM = Field(
    name="confirm",
    shape=Joined(Spoken(frozenset({"number"}))),
    about="Tells whoever asks the `{number}` that will be called; by any other key than `key` the caller waits on",
)
ELSEWHERE_KEY = Field(name="key", shape=Key(), about="The key by which another number is given", must=True)
ASK = Field(name="ask", shape=Joined(Spoken()), about="Asks for the number, which `#` ends", must=True)
REFUSE = Field(name="refuse", shape=Joined(Spoken()), about="Said when that number is not called", must=True)
ELSEWHERE = Field(
    name="elsewhere",
    shape=Record(
        name="given_number",
        wanted="how another number is given, like `{key: 2, ask: which_number, refuse: not_that_one}`",
        fields=(ELSEWHERE_KEY, ASK, REFUSE),
        make=lambda got, _page: GivenNumber(key=got.must(ELSEWHERE_KEY), ask=got.must(ASK), refuse=got.must(REFUSE)),
    ),
    about="Whoever hears `confirm` may give another number, of those that may be called; needs `confirm`",
)
THANKS = Field(name="thanks", shape=Joined(Spoken()), about="Said to whoever has asked for it", must=True)
TELL = Field(
    name="tell",
    shape=Joined(Spoken(frozenset({"number"}))),
    about="Said to the person who is to talk, with the caller's `{number}`",
    must=True,
)
OWNER = Field(
    name="owner", shape=Owner(), about="Who sees to it when all was in vain: a person, a group, or head of a department"
)
TRIES = Field(name="tries", shape=Count(least=1, most=9), about="How often the caller is rung; 3 if not given")
PAUSE = Field(name="pause", shape=Time(least="10s", most="4h"), about="Between two of these; 15m if not given")


def _call_back(got: Got, _page: Page) -> CallBack:
    return CallBack(
        key=got.must(KEY),
        offer=got.must(OFFER),
        confirm=got.get(CONFIRM),
        elsewhere=got.get(ELSEWHERE),
        thanks=got.must(THANKS),
        tell=got.must(TELL),
        owner=got.get(OWNER),
        tries=got.get(TRIES) or USUAL_TRIES,
        pause=got.get(PAUSE) or USUAL_PAUSE,
    )


def _check(got: Got, page: Page) -> None:
    given = got.get(ELSEWHERE)
    for place in got.given((ELSEWHERE,)):
        if not got.given((CONFIRM,)):
            page.wrong(
                place, "nobody would hear which number is called", "give `confirm:`, with a text of the `{number}`"
            )
        elif given and given.key == got.get(KEY):
            page.wrong(place, f"{given.key} agrees to the number already", "give another key")


CALL_BACK = Record(
    name="call_back",
    wanted="how callers are called back, like `{key: 1, offer: press_1, thanks: we_call, tell: call_back_for}`",
    fields=(KEY, OFFER, CONFIRM, ELSEWHERE, THANKS, TELL, OWNER, TRIES, PAUSE),
    make=_call_back,
    check=_check,
)
