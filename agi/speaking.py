"""Steps in which the caller listens and presses keys: say, ask for a key (T2), prove who calls (D26).

Between two commands Asterisk 22 reads the caller's sound and keys and drops them: about a millisecond, in which a key
is lost. While a sound is played every key stops it and is told; where it must be heard to its end, it goes on there.
"""

from agi.call import Call
from agi.channel import Played
from agi.errors import CommandFailed
from premises.customer_codes import is_right, is_whole
from routing.facts import Customer
from routing.outcomes import Outcome, Pressed, Proved, Said, Silence, Unproved
from routing.speech import Speech
from routing.steps import Ask, Prove, Say


def say(call: Call, step: Say) -> Outcome:
    """Say it to the end; keys pressed meanwhile are kept."""
    for media in _media(call, step.speech):
        start = 0
        while (played := _play(call, media, start)).key is not None:
            call.keys.append(played.key)
            start = played.at
    return Said()


def ask(call: Call, step: Ask) -> Outcome:
    """Ask for one key: one typed ahead answers at once, one pressed during the prompt ends it."""
    key = _asked_key(call, step.speech, step.seconds)
    return Pressed(key) if key else Silence()


def prove(call: Call, step: Prove, customer: Customer | None) -> Outcome:
    """Ask for the customer's code; only the verdict leaves this function."""
    key = _asked_key(call, step.speech, step.seconds)
    if key is None:
        return Silence()
    keyed = ""
    while key and key != "#":
        keyed += key
        if is_whole(keyed, customer):
            break
        key = _key(call, step.seconds)
    return Proved() if is_right(keyed, customer) else Unproved()


def _asked_key(call: Call, speech: Speech, seconds: float) -> str | None:
    """One key: typed ahead, pressed during the prompt, or within so many seconds after it; None: none."""
    if call.keys:
        return call.keys.popleft()
    for media in _media(call, speech):
        if key := _play(call, media).key:
            return key
    return _key(call, seconds)


def _key(call: Call, seconds: float) -> str | None:
    return call.keys.popleft() if call.keys else call.channel.wait_for_key(seconds)


def _media(call: Call, speech: Speech) -> list[str]:
    """What to play, to a caller who is answered at once: finding it takes 50 ms, for which nobody needs to ring."""
    call.answer()
    return call.loop.run(call.voice.media(speech))


def _play(call: Call, media: str, start: int = 0) -> Played:
    try:
        return call.channel.play(media.removeprefix("sound:"), start)
    except CommandFailed as why:  # a caller who misses a sentence is better off than one who is dropped (T4)
        call.log.warning("not played", media=media, why=str(why))
        return Played(None)
