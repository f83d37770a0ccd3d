"""Handing a caller over, or ending a talk, when the HTTP API asks for it instead of the telephone (D22).

What comes of it is decided where a transfer by the telephone's key is: `routing.chains`.
"""

from ari_app.call import Call, PassedOn, PutDown
from ari_app.live.asks import Answer, Done, Refused
from db.stories import is_outside
from routing.facts import PersonId


def hand_over(call: Call, by: str, talking: PersonId, to: str) -> Answer:
    """Have the talk end and the call go on to whoever is meant."""
    if is_outside(talking):
        return Refused("who talks outside cannot hand over")
    call.log.info("handed over", by=by, person=talking, to=to)
    call.inbox.put(PassedOn(talking, to))
    return Done()


def hang_up(call: Call, by: str, talking: PersonId) -> Answer:
    """Have the talk end, and with it the call."""
    call.log.info("hung up", by=by, person=talking)
    call.inbox.put(PutDown(talking))
    return Done()
