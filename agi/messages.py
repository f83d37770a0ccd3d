"""The step in which the caller leaves a message (T4: nobody is left without an answer).

The recording goes where ARI's recordings go, under an id of the same kind: so the engine, once it is back, finds it
with all others, and by the note beside it for whom it is.
"""

from contextlib import suppress
from pathlib import Path

from agi.call import Call
from agi.errors import CallerLeft
from agi.speaking import say
from premises import boxes, wav
from premises.boxes import SHORTEST_MESSAGE, SILENCE_SECONDS, Box
from routing.outcomes import MessageLeft, NothingLeft, Outcome
from routing.steps import Say, TakeMessage


def take_message(call: Call, step: TakeMessage) -> Outcome:
    """Announce, and record what the caller says; who hangs up has ended the message, too."""
    say(call, Say(speech=step.speech))
    call.keys.clear()  # keys pressed during the announcement must not end the message
    recording = Path(call.channel.variable("ASTSPOOLDIR")) / "recording" / f"{call.next_message()}.wav"
    boxes.address(recording, Box(step.box, step.owner))
    with suppress(CallerLeft):
        call.channel.record(str(recording.with_suffix("")), seconds=step.seconds, silence=SILENCE_SECONDS)
    seconds = _seconds_spoken(call, recording)
    if not recording.exists():
        boxes.forget(recording)
    return MessageLeft(seconds) if seconds >= SHORTEST_MESSAGE else NothingLeft()


def _seconds_spoken(call: Call, recording: Path) -> float:
    try:
        return wav.speech_seconds(recording)
    except (OSError, wav.NotAWav) as fault:
        call.log.warning("message not readable", why=str(fault))
        return 0.0
