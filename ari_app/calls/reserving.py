"""Taking a person for a call: between the check and the end of the ringing or the talk nobody else has the person."""

from collections.abc import Iterator
from contextlib import contextmanager

from ari_app.calls.call import Call
from routing.facts import PersonId
from routing.outcomes import Absence


@contextmanager
def reserved(call: Call, person: PersonId) -> Iterator[Absence | None]:
    """Take the person for this call until the block ends; gives why not, if not."""
    absence = call.exchange.presence.reserve(person, call.id)
    try:
        yield absence
    finally:
        if absence is None:
            call.exchange.presence.release(person, call.id)
