"""The feature code ``*44``: somebody signs in at this telephone, whoever's it is, by internal number and PIN (T3).

From then on it is the person's: see `routing.seats`. Number and PIN are keys, not part of what is dialled: so they are
in no log and no list of calls, and calls of feature codes are not recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from agi.errors import NoDirectory
from premises.clock import now
from premises.seating import InCall
from routing.presence import Duty

if TYPE_CHECKING:
    from collections.abc import Callable

    from agi.channel import Channel
    from db.pins import Kept
    from premises.duties import Duties
    from premises.pins import PinPad
    from premises.seating import Seating
    from routing.facts import PersonId
    from routing.seats import TelephoneId

CODE = "*44"
NUMBER, PIN = "agent-user", "agent-pass"
"""What is asked."""
SIGNED_IN, WRONG, NOT_SIGNED_IN = "agent-loginok", "agent-incorrect", "im-sorry"
KEY_SECONDS = 5.0
"""Between two keys."""
MOST_KEYS = 20

log = structlog.get_logger()


def serve(
    channel: Channel,
    telephone: TelephoneId,
    who: Callable[[str], Kept | None],
    pins: PinPad,
    seating: Seating,
    duties: Duties,
) -> None:
    """Ask for number and PIN, sign the person in, then say whether it is. Raises `agi.errors.AgiError`.

    ``who`` tells whose internal number it is, and raises `NoDirectory` where that is not known in time.
    """
    number, pin = _keyed(channel, NUMBER), _keyed(channel, PIN)
    try:
        person = _person(telephone, who(number), pins, pin)
        if person is not None:
            seating.sit(person, telephone)
            duties.say(person, Duty("in", None, now()))
        sound = SIGNED_IN if person is not None else WRONG
    except (NoDirectory, InCall, OSError) as why:
        log.warning("not signed in", telephone=telephone, why=str(why))
        sound = NOT_SIGNED_IN
    channel.play(sound)


def _person(telephone: TelephoneId, meant: Kept | None, pins: PinPad, pin: str) -> PersonId | None:
    person, kept = (meant.person, meant.pin) if meant else (None, None)
    return person if pins.opens(telephone, person, kept, pin) else None


def _keyed(channel: Channel, prompt: str) -> str:
    """What is keyed in after the prompt, or into it: up to a #, or until nothing comes any more."""
    keys = ""
    key = channel.play(prompt).key or channel.wait_for_key(KEY_SECONDS)
    while key is not None and key != "#" and len(keys) < MOST_KEYS:
        keys += key
        key = channel.wait_for_key(KEY_SECONDS)
    return keys
