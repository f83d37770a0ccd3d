"""The step in which the caller leaves a message (T4: nobody is left without an answer)."""

from ari_app.ari.events import RecordingFailed, RecordingFinished
from ari_app.calls.call import Call
from ari_app.calls.inbox import CallerLeft
from ari_app.calls.speaking import say
from premises.boxes import SHORTEST_MESSAGE, SILENCE_SECONDS
from routing.outcomes import MessageLeft, NothingLeft, Outcome
from routing.steps import Say, TakeMessage

GRACE = 5.0


async def take_message(call: Call, step: TakeMessage) -> Outcome:
    """Announce, record what the caller says, and hand the recording on, whether or not the caller hangs up after it.

    A caller who was speaking when another engine died hears the tone once more, and goes on into a second recording.
    """
    spoken = await _spoken_before(call, step)
    if spoken is None:
        await say(call, Say(speech=step.speech))
    call.keys.clear()  # keys pressed during the announcement must not end the message
    message = call.next_message()
    call.exchange.message_begins(message, step.box, step.owner)
    call.link.forget(
        call.link.channels.record(
            call.id,
            name=message,
            format="wav",
            max_seconds=int(step.seconds),
            max_silence=SILENCE_SECONDS,
            beep=True,
            terminate_on="#",
        )
    )
    try:
        # Asterisk's own talking_duration is whole seconds, and 1 for a caller who says nothing (22.10.1).
        with call.awaiting(message, "end"):
            recorded = await _recorded(call, message, step.seconds)
        seconds = await call.exchange.seconds_spoken(message) if recorded else 0.0
    finally:
        if not call.is_passed_on:
            call.exchange.message_left(message, step.box, step.owner)
    seconds += spoken or 0.0
    return MessageLeft(seconds) if seconds >= SHORTEST_MESSAGE else NothingLeft()


async def _spoken_before(call: Call, step: TakeMessage) -> float | None:
    """What was spoken in the time of an engine before us is kept, and its seconds told; None: the tone had not come."""
    message = call.found.message if call.found else None
    if message is None:
        return None
    seconds = await call.exchange.seconds_spoken(message)
    call.exchange.message_left(message, step.box, step.owner)
    return seconds


async def _recorded(call: Call, message: str, longest: float) -> bool:
    """Wait for the recording's end; whether there is one. A caller who hangs up has ended it, too."""
    until = call.after(longest + SILENCE_SECONDS + GRACE)
    try:
        while (event := await call.inbox.take(until)) is not None:
            if isinstance(event, RecordingFinished) and event.recording.name == message:
                return True
            if isinstance(event, RecordingFailed) and event.recording.name == message:
                call.log.error("message not recorded", cause=event.recording.cause)
                return False
    except CallerLeft:
        return True
    return False
