"""Message boxes: what counts as a message, and to whom one is addressed while Asterisk's folder still holds it.

The address lies beside the recording, so that whoever keeps the message later, an engine that was away meanwhile, knows
the box and who must listen (T4).
"""

from pathlib import Path

import msgspec

from dialplan import private

SHORTEST_MESSAGE = 0.5
"""Seconds of speech; below it nothing was said."""
SILENCE_SECONDS = 4
"""So long a silence ends a message."""


class Box(msgspec.Struct, frozen=True):
    """A message box, and who must listen to what is in it."""

    name: str
    owner: str | None = None


def address(recording: Path, box: Box) -> None:
    """Note for which box this recording is, before or after it is made. Raises OSError."""
    private.write(_label(recording), msgspec.json.encode(box))


def addressed_to(recording: Path) -> Box | None:
    """The box that a recording is for; None: nobody noted one."""
    try:
        return msgspec.json.decode(_label(recording).read_bytes(), type=Box)
    except (OSError, ValueError):
        return None


def forget(recording: Path) -> None:
    """Remove the note, when the message is kept; no fault if there is none. Raises OSError."""
    _label(recording).unlink(missing_ok=True)


def _label(recording: Path) -> Path:
    return recording.with_suffix(".box")
