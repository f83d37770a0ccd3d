"""Whether a talk lost anything, by the packets that a telephone got and when the kernel had them."""

from collections.abc import Sequence

from demo.audio import BEAT, metronome
from demo.conversation import Conversation
from demo.tones import has_tone

LOST_SECONDS = 0.06
"""So much of a talk may be missing."""
EDGE = 25
"""Packets at either end of a talk that tell how late it was there: of half a second one is in time."""
END_SECONDS = 1.0
"""So long before the end a tone that lasted may have been heard last."""


def whole(call: Conversation, hz: int, until: float) -> bool:
    """Whether this tone came without a loss, and to the end. ``until``: that end, by the loop's clock."""
    came = [frame.at for frame in call.audio.ear.frames if has_tone(frame.codec.decode(frame.payload), hz)]
    return lost(came) <= LOST_SECONDS and came[-1] > until - END_SECONDS - metronome().latest


def lost(came: Sequence[float]) -> float:
    """How many seconds of a sound never came, by the moments at which its packets did.

    A packet that is lost makes all that follow late for good. Those that a busy machine held up, be it here or in
    Asterisk, come together, and the next one is in time again: that is no loss.
    """
    assert len(came) > 2 * EDGE, f"{len(came)} packets are too few to tell"
    late = [moment - number * BEAT for number, moment in enumerate(came)]
    return min(late[-EDGE:]) - min(late[:EDGE])
