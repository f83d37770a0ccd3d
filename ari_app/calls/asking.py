"""Whom whoever talks can ask while the caller waits, as things stand now in a call (D11)."""

from ari_app.calls.call import Call
from routing import asking
from routing.facts import PersonId
from routing.outcomes import Absence
from routing.steps import Ring, RingOutside
from routing.trail import replay


def whom_to_ask(call: Call, by: PersonId, keyed: str) -> tuple[Ring | RingOutside, ...]:
    """Whom this rings, as in `routing.asking`, by the rules of the call and by what the caller has chosen so far."""
    if call.course is None:
        return ()
    rulebook, facts = call.course.rulebook, call.course.facts
    entries = replay(rulebook, facts, call.state.outcomes).entries
    return asking.whom_to_ask(keyed, by, rulebook, facts, entries)


def hindrance(call: Call, by: PersonId, keyed: str) -> Absence | None:
    """Why nobody of them can be rung now; None: somebody can. A number outside is tried."""
    steps = whom_to_ask(call, by, keyed)
    if not steps and call.course is not None:
        return asking.why_nobody(keyed, call.course.rulebook, call.course.facts)
    why = Absence.UNREACHABLE
    for step in steps:
        if isinstance(step, RingOutside):
            return None
        for person in step.people:
            absence = call.exchange.presence.absence(person)
            if absence is None:
                return None
            why = absence
    return why


def name_of(call: Call, keyed: str) -> str | None:
    """How whoever was wanted is named to whoever asks, see `routing.asking.spoken`."""
    return asking.spoken(keyed, call.course.rulebook, call.course.facts.staff) if call.course else None
