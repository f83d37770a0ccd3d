"""Text that comes from outside, made fit to be stored and shown.

A caller chooses its name and number freely: control characters, lone surrogates (bytes that were no UTF-8) and 4 KB of
it have been seen. PostgreSQL refuses NUL and surrogates, and a terminal obeys escape sequences.
"""

import re

_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Control characters, lone surrogates, what turns the direction of writing around. U+200C stays: Persian needs it."""


def clean(text: str, length: int | None = None) -> str:
    """At most ``length`` characters of it, with U+FFFD for each one that cannot be stored or shown."""
    kept = text if length is None else text[:length]
    return kept if kept.isprintable() else _UNFIT.sub("\ufffd", kept)  # nearly every text is, and nothing unfit is
