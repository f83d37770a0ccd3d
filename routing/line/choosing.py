"""Who of several people is rung first.

=============  =================================================  ===================================================
order          who is next                                        what it is good for
=============  =================================================  ===================================================
longest_idle   whose last offer or talk ended longest ago         everybody rests equally long between two calls
round_robin    who comes, by name, after who was offered last     everybody is offered equally many, short talks or long
fewest_calls   who has had the fewest talks in this shift         everybody has equally many talks, however few offers
ring_all       all of them at once                                whoever is quickest answers; callers wait the least
=============  =================================================  ===================================================

Among equals the one who was idle longest goes first, then the order of the names.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, assert_never

from routing.standing import talks_in_shift

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from routing.facts import PersonId
    from routing.line.stages import Order
    from routing.standing import Standing

_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


def in_turn(
    order: Order,
    people: Iterable[PersonId],
    standing: Callable[[PersonId], Standing],
    at: dt.datetime,
    last: PersonId = "",
) -> list[PersonId]:
    """These people, the next one first. ``last``: who of the queue was offered last."""
    by_idle = sorted(sorted(people), key=lambda person: standing(person).idle_since or _LONG_AGO)
    match order:
        case "longest_idle" | "ring_all":
            return by_idle
        case "round_robin":
            return sorted(by_idle, key=lambda person: (person <= last, person))
        case "fewest_calls":
            return sorted(by_idle, key=lambda person: talks_in_shift(standing(person), at))
        case _:
            assert_never(order)
