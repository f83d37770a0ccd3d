"""Why a letter is not sent."""


class NotTaken(Exception):  # noqa: N818 - it is a fact
    """Whoever should have taken the letter did not; the text says what was answered."""
