"""The name that a caller's side sends: text of a stranger, which proves nothing (D26)."""

_LONGEST = 80
_SHOWN = 40


def kept(name: str) -> str | None:
    """What the register keeps of it: 80 characters; None: nothing was sent."""
    return name[:_LONGEST] or None


def shown(name: str) -> str:
    """What a telephone is shown: 40 characters that are plain text, so that nothing in it means anything to SIP."""
    return "".join(char for char in name if char.isalnum() or char in " .-")[:_SHOWN].strip()
