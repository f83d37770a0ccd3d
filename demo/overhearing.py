"""A talk that somebody hears along: how that one comes, and who must hear whom then (T6, T8)."""

import asyncio
import itertools

from demo.conversation import Conversation
from demo.desk import Staff
from demo.errors import NotInTime, WronglyHeard
from demo.outgoing import Outgoing
from demo.result import Result, hum_of
from demo.scenario import HeardAlong, Manner
from demo.stage import until_rung
from demo.tones import tone_of

LISTENING = "*5"
"""Before the digit that says in which manner, and the colleague's name."""
KEYS: dict[Manner, str] = {"listen": "1", "whisper": "2", "join": "3", "take over": "4"}
HELP = "*1"
HEARD_SECONDS = 10.0
"""In which somebody must be heard; it takes some hundredths of a second."""
MOMENT = 0.4
"""Seconds in which it is listened for whom one must not hear."""

CALLER, PERSON, ALONG = "the caller", "the person", "who hears along"
_TALK = {(CALLER, PERSON), (PERSON, CALLER)}
_ALL = _TALK | {(ALONG, CALLER), (ALONG, PERSON)}
HEARS: dict[Manner, set[tuple[str, str]]] = {
    "listen": _ALL,
    "whisper": _ALL | {(PERSON, ALONG)},
    "join": _ALL | {(PERSON, ALONG), (CALLER, ALONG)},
    "take over": {(CALLER, ALONG), (ALONG, CALLER)},
}
"""Who hears whom; nobody else does."""


async def hear_along(part: HeardAlong, call: Outgoing, staff: Staff, result: Result) -> None:
    """Have somebody hear the talk along, and ask everybody's ears. Who takes the caller over stays, others go.

    Raises:
        PhoneError: somebody is not heard who must be, or is who must not be.
    """
    person = result.heard[-1]
    (desk,) = staff.desks([person])
    call.play_tone(hum_of(result))
    ears = {CALLER: call, PERSON: desk.calls[-1], ALONG: await _comes(part, person, staff)}
    tones = {CALLER: hum_of(result), PERSON: tone_of(person), ALONG: tone_of(part.by)}
    for number, manner in enumerate(part.manners):
        if number:
            await ears[ALONG].press(KEYS[manner])
        await _are_heard(manner, ears, tones)
    call.be_silent()
    if part.manners[-1] == "take over":
        for who in (result.heard, result.answered, result.understood):
            who.append(part.by)
    else:
        await ears[ALONG].hang_up()


async def _comes(part: HeardAlong, person: str, staff: Staff) -> Conversation:
    """The call of the one who hears along: rung for help, or of its own."""
    colleague, supervisor = staff.desks([person])[0], staff.desks([part.by])[0]
    if part.for_help:
        await colleague.calls[-1].press(HELP)
        await until_rung(staff, part.by)
        await supervisor.calls[-1].answered()
        return supervisor.calls[-1]
    own = await supervisor.dial(f"{LISTENING}{KEYS[part.manners[0]]}{person}")
    await own.answered()
    own.play_tone(tone_of(part.by))
    return own


async def _are_heard(manner: Manner, ears: dict[str, Conversation], tones: dict[str, int]) -> None:
    """Whoever must be heard is waited for; only then it is listened for the others."""
    pairs = list(itertools.permutations(ears, 2))
    wanted = [pair for pair in pairs if pair in HEARS[manner]]
    unwanted = [pair for pair in pairs if pair not in HEARS[manner]]
    heard = await asyncio.gather(*(ears[ear].hears(tones[voice], HEARD_SECONDS) for ear, voice in wanted))
    for (ear, voice), is_heard in zip(wanted, heard, strict=True):
        if not is_heard:
            raise NotInTime(f"{manner}: {voice} is not heard by {ear}")
    heard = await asyncio.gather(*(ears[ear].hears(tones[voice], MOMENT) for ear, voice in unwanted))
    for (ear, voice), is_heard in zip(unwanted, heard, strict=True):
        if is_heard:
            raise WronglyHeard(f"{manner}: {voice} is heard by {ear}")
