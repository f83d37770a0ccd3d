"""Overload: how many of those who call now are let in, so that whoever is let in is served as ever (T4).

Asterisk 22 does not bend under too many calls, it collapses: applications pile up, and in the end every caller waits
for seconds or for ever. So the part of the callers that is too much is refused at once, before anything is done for
them (SIP 503), and their side may try another way; each of them is written down all the same (D14).

Nobody is refused for a pause of the machine, nor where something else keeps it busy, for that would help no one: it
takes several late answers, one after the other, and many commands that wait, as they do when many calls are set up.
"""

LATE = 0.4
"""Seconds for an answer to a command, which takes a millisecond at rest."""
LATE_IN_A_ROW = 3
MANY = 60
"""Commands that wait for their answers: those of five calls or more, which are set up all at once."""
IN_TIME = 0.1
"""Once callers are refused, an answer must come so soon for more of them to be let in again."""
FEWER, MORE = 0.8, 0.02
"""What is left of those let in after a late answer, and how much is added after one in time."""
FEWEST = 0.05


class Admission:
    """The share of callers let in, from how long Asterisk takes to answer. No clock."""

    def __init__(self) -> None:
        self._admitted = 1.0
        self._late = 0

    @property
    def refused(self) -> int:
        """How many of a hundred callers are to be refused."""
        return round(100 * (1 - self._admitted))

    def alarms(self) -> list[str]:
        """What people must know of it."""
        return [f"too much to do, {self.refused} of 100 callers are refused: docs/capacity.md"] if self.refused else []

    def answered(self, seconds: float, waiting: int) -> None:
        """A command was answered after so many seconds, and so many others still wait for their answers."""
        self._late = self._late + 1 if seconds > LATE and waiting >= MANY else 0
        if self._late >= LATE_IN_A_ROW or (self.refused and seconds > IN_TIME):
            self._admitted = max(FEWEST, self._admitted * FEWER)
        elif seconds <= IN_TIME:
            self._admitted = min(1.0, self._admitted + MORE)
