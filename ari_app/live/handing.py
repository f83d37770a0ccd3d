"""Handing a caller over, asking a colleague, ending a talk: wanted by the HTTP API instead of the telephone (D11, D22).

Each gives why it is not done, if it is not. What comes of it is done by the talk itself (`ari_app.calls.legs`,
`ari_app.calls.consulting`), and decided where a transfer by the telephone's key is: `routing.chains`.
"""

from ari_app.calls.asking import hindrance
from ari_app.calls.call import Asks, Call, Joins, PassedOn, PutDown, Returns
from routing.facts import PersonId
from routing.outgoing import who_calls
from routing.outside import is_outside


def hand_over(call: Call, by: str, talking: PersonId, to: str) -> str | None:
    """Have the talk end and the call go on to whoever is meant."""
    if why := _alone(call, talking):
        return f"{why} cannot hand over"
    call.log.info("handed over", by=by, person=talking, to=to)
    call.inbox.put(PassedOn(talking, to))
    return None


def hang_up(call: Call, by: str, talking: PersonId) -> str | None:
    """Have the talk end, and with it the call."""
    call.log.info("hung up", by=by, person=talking)
    call.inbox.put(PutDown(call.state.talking or talking))
    return None


def consult(call: Call, by: str, talking: PersonId, whom: str) -> str | None:
    """Have the caller wait, and ring whoever is meant, for whoever talks."""
    if why := _alone(call, talking):
        return f"{why} cannot ask a colleague"
    if call.asked is not None:
        return f"{talking} asks {call.asked} already"
    if why := hindrance(call, talking, whom):
        return f"{whom} cannot be asked now: {why}"
    call.log.info("asks a colleague", by=by, person=talking, whom=whom)
    call.inbox.put(Asks(talking, whom))
    return None


def _alone(call: Call, talking: PersonId) -> str | None:
    """Who talks where nobody of ours goes on with the call."""
    if is_outside(talking):
        return "who talks outside"
    return "who has called outside" if who_calls(call.row.dialled) else None


def join(call: Call, by: str, talking: PersonId) -> str | None:
    """Have all three talk together."""
    return _while_asking(call, by, talking, Joins(talking))


def go_back(call: Call, by: str, talking: PersonId) -> str | None:
    """Have whoever asks be with the caller again, alone."""
    return _while_asking(call, by, talking, Returns(talking))


def _while_asking(call: Call, by: str, talking: PersonId, wish: Joins | Returns) -> str | None:
    if call.asked is None:
        return f"{talking} asks nobody now"
    call.log.info("wanted while a colleague is asked", by=by, wish=type(wish).__name__)
    call.inbox.put(wish)
    return None
