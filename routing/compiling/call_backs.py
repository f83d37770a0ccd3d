"""Calling back whoever asks for it while waiting in line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.compiling.menus import Key
from routing.compiling.people import Owner
from routing.compiling.shapes import Field, Got, Record
from routing.compiling.texts import Joined, Spoken
from routing.compiling.words import Count, Time
from routing.rules.queues import CallBack

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
        thanks=got.must(THANKS),
        tell=got.must(TELL),
        owner=got.get(OWNER),
        tries=got.get(TRIES) or USUAL_TRIES,
        pause=got.get(PAUSE) or USUAL_PAUSE,
    )


CALL_BACK = Record(
    name="call_back",
    wanted="how callers are called back, like `{key: 1, offer: press_1, thanks: we_call, tell: call_back_for}`",
    fields=(KEY, OFFER, CONFIRM, THANKS, TELL, OWNER, TRIES, PAUSE),
    make=_call_back,
)
