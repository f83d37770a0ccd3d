"""What a waiting caller is told, and when: the place in the line, the wait to be expected, the number to be called."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from routing.speech import Gap, Number, Speech, digit_by_digit

if TYPE_CHECKING:
    from routing.speech import Piece, Pieces
    from routing.steps import Announcement, Confirmation


def speech(announcement: Announcement, place: int, expected: float | None) -> Speech:
    """What is said now. ``expected``: seconds, told in whole minutes, a begun one as a whole; None: nobody knows.

    Of a wait that nobody knows nothing is said: a promise that is only guessed is worse than none. That one may be
    called back is said last, so that who wants it need not hear it out.
    """
    said = _filled(announcement.place, Number(place))
    if expected is not None:
        said += _filled(announcement.wait, Number(max(1, math.ceil(expected / 60))))
    return Speech(announcement.language, said + announcement.offer)


def next_time(announcement: Announcement, waited: float) -> float:
    """After how many seconds of waiting the next announcement is due: the first at once, then every so many."""
    return math.ceil(waited / announcement.every) * announcement.every


def confirmation(confirm: Confirmation, number: str) -> Speech:
    """What is said to whoever has asked to be called back. ``number``: E.164."""
    return Speech(confirm.language, _filled(confirm.pieces, digit_by_digit(number)))


def _filled(pieces: Pieces, number: Piece) -> tuple[Piece, ...]:
    return tuple(number if isinstance(piece, Gap) else piece for piece in pieces)
