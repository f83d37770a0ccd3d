"""Where a caller is called back: what keys mean while the number is told, and how another number is keyed in.

While the number is told the caller agrees by the key that asks for the call, gives another number by the key that the
rules have for it, and refuses by any other. A number that was given is read back in the same way, and only that key
agrees from then on: who says nothing may have keyed in somebody else's. ``#`` ends a number, a star begins it anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from routing.steps import Wait

END, ANEW = "#", "*"
MOST_TIMES = 4
"""How often numbers are told; then the caller waits on."""
SECONDS = 60.0
"""For all of it, from the key on that is for another number, though the time to wait be over."""
LONGEST = 24
"""Keys of a number, wrong ones included; what is longer has ended."""

Answer = Literal["agrees", "gives another", "refuses", "told again"]


def answer(step: Wait, key: str | None, *, another: bool) -> Answer:
    """What the caller means, who was told the number, by this key; None: pressed none.

    ``another``: whether another one was wanted before, given or not.
    """
    if key is None:
        return "told again" if another else "agrees"
    if key == step.call_back_key:
        return "agrees"
    return "gives another" if step.elsewhere and key == step.elsewhere.key else "refuses"


def is_over(keys: str) -> bool:
    """Whether nothing more is to be waited for."""
    return END in keys or len(keys) >= LONGEST


def number(keys: str) -> str:
    """The number that was keyed in."""
    return keys.partition(END)[0].rpartition(ANEW)[2]
