"""Feature codes: how people say at a telephone that they are at work, or not (T3).

=======  ==============================================================================
``*45``  signs in
``*46``  signs out
``*47N`` is away, for the N-th reason of the rule file (``duty: {away: [lunch, …]}``)
``*48``  is back
=======  ==============================================================================

The stand-in serves them whether or not there is an engine; engines look what was said (`premises.duties`). Who says it
is whoever sits at the telephone, and what it said is repeated in Asterisk's own words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from premises.clock import now
from routing.presence import Duty

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from agi.channel import Channel
    from premises.duties import Duties
    from premises.seating import Seating
    from routing.facts import PersonId

KEYS = tuple("123456789")
"""One for each reason."""
WRONG = "pbx-invalid"


class Said(msgspec.Struct, frozen=True):
    """What a feature code says, and what is answered."""

    duty: Duty
    sounds: tuple[str, ...]


def meaning(code: str, reasons: Sequence[str], at: dt.datetime) -> Said | None:
    """What somebody says who dials this code; None: nothing, as there is no such reason."""
    match code[:3], code[3:]:
        case "*45", "":
            return Said(Duty("in", None, at), ("agent-loginok",))
        case "*46", "":
            return Said(Duty("out", None, at), ("agent-loggedoff",))
        case "*48", "":
            return Said(Duty("in", None, at), ("do-not-disturb", "de-activated"))
        case "*47", key if key in KEYS[: len(reasons)]:
            return Said(Duty("away", reasons[KEYS.index(key)], at), ("do-not-disturb", "activated"))
        case _:
            return None


def serve(
    channel: Channel, code: str, person: PersonId | None, reasons: Sequence[str], duties: Duties, seating: Seating
) -> None:
    """Keep what the person says, then say that it was heard. Raises `agi.errors.AgiError`.

    ``person``: who sits at the telephone, if anybody. Whoever signs out has the own telephone again.
    """
    said = meaning(code, reasons, now())
    if said is None or person is None:
        channel.play(WRONG)
        return
    duties.say(person, said.duty)
    if said.duty.kind == "out":
        seating.leave(person)
    for sound in said.sounds:
        channel.play(sound)
