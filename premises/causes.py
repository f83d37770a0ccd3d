"""What a telephone's answer means: Q.850 causes as PJSIP gives them (Asterisk 22)."""

from routing.outcomes import Absence

ANSWERED_ELSEWHERE = 26
"""Tells a telephone that rang that the call was not missed: its CANCEL has the Reason ``SIP;cause=200`` (RFC 3326)."""
_ABSENCES = {17: Absence.BUSY, 18: Absence.NO_ANSWER, 19: Absence.NO_ANSWER, 21: Absence.DECLINED}
"""486 becomes 17, 603 becomes 21, 480 becomes 18 or 19."""


def absence(cause: int) -> Absence:
    """Why somebody who was rung did not answer; whatever is no answer of a person: out of reach."""
    return _ABSENCES.get(cause, Absence.UNREACHABLE)
