"""What a waiting caller is told, and when: the place in the line, and the wait that is to be expected."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from routing.speech import Gap, Number, Speech

if TYPE_CHECKING:
    from routing.speech import Piece, Pieces
    from routing.steps import Announcement


def speech(announcement: Announcement, place: int, expected: float | None) -> Speech:
    """What is said now. ``expected``: seconds, told in whole minutes, a begun one as a whole; None: nobody knows.

    Of a wait that nobody knows nothing is said: a promise that is only guessed is worse than none. That one may be
    called back is said last, so that who wants it need not hear it out.
    """
    said = _filled(announcement.place, place)
    if expected is not None:
        said += _filled(announcement.wait, max(1, math.ceil(expected / 60)))
    return Speech(announcement.language, said + announcement.offer)


def next_time(announcement: Announcement, waited: float) -> float:
    """After how many seconds of waiting the next announcement is due: the first at once, then every so many."""
    return math.ceil(waited / announcement.every) * announcement.every


def _filled(pieces: Pieces, number: int) -> tuple[Piece, ...]:
    return tuple(Number(number) if isinstance(piece, Gap) else piece for piece in pieces)
