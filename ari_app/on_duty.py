"""On duty: callers are let in and offered to engines for as long as there is one that takes them (T4).

A caller whom no engine takes in the dialplan's time leaves a mark in Asterisk. Whoever comes while it is there goes to
the stand-in at once, instead of waiting in vain, too: so a frozen engine keeps only the first callers waiting. Each
engine that takes calls removes the mark again and again.

How long Asterisk takes to answer to that tells whether there is too much to do, see `ari_app.admission`. Of several
engines each tells what it finds; it is the same Asterisk, whose slowness all of them see.
"""

import asyncio
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

import structlog

from ari_app.admission import Admission
from ari_app.ari.link import Link
from dialplan.plan import REFUSED, UNCLAIMED
from premises.clock import now

if TYPE_CHECKING:
    from ari_app.ari.reply import Reply

BEAT_SECONDS = 0.2
"""For so long at most callers go to the stand-in although an engine is there again."""
TOLD_BEATS = 10
"""After so many it is told again how many callers are refused."""
HOLDS_SECONDS = 10
"""For so long that word holds, lest the one of an engine that is gone stays: under load it comes late, too."""

log = structlog.get_logger()


async def be_on_duty(
    link: Callable[[], Link | None], takes_calls: Callable[[], bool], admission: Admission
) -> NoReturn:
    """Remove the mark again and again, for ever; ``link`` gives the one that is up, if one is."""
    pulse = Pulse()
    for beat in itertools.count():
        up = link()
        if up is not None and takes_calls():
            before = admission.refused
            admission.look(pulse.seconds, up.waiting)
            _tell(up, admission.refused, before, again=beat % TOLD_BEATS == 0)
            pulse.beat(up)
        await asyncio.sleep(BEAT_SECONDS)
    raise AssertionError  # there is always another beat


class Pulse:
    """How long Asterisk takes to answer: to the last beat that was answered, or that waits."""

    def __init__(self) -> None:
        self._clock = asyncio.get_running_loop().time
        self._sent = self._clock()
        self._answered: float | None = self._sent
        self._reply: Reply[None] | None = None

    @property
    def seconds(self) -> float:
        """For the answer so far."""
        return (self._clock() if self._answered is None else self._answered) - self._sent

    def beat(self, link: Link) -> None:
        """Remove the mark once more, unless that is still being done."""
        if self._reply is None or self._reply.done:
            self._sent, self._answered = self._clock(), None
            self._reply = link.asterisk.set_global(UNCLAIMED, "")
            self._reply.then(self._note)

    def _note(self) -> None:
        self._answered = self._clock()


def _tell(link: Link, refused: int, before: int, *, again: bool) -> None:
    if refused != before or again:
        link.forget(link.asterisk.set_global(REFUSED, _word(refused), slow=True))
    if refused and not before:
        log.error("callers are refused, there is too much to do")
    elif before and not refused:
        log.info("all callers are let in again")


def _word(refused: int) -> str:
    """What the dialplan reads; nothing: nobody is refused."""
    return f"{refused}/{int(now().timestamp()) + HOLDS_SECONDS}" if refused else ""
