"""Overload: how many of those who call now are let in, so that whoever is let in is served as ever (T4).

Asterisk 22 does not bend under too many calls, it collapses: applications pile up, and in the end every caller waits
for seconds or for ever. So the part of the callers that is too much is refused at once, before anything is done for
them (SIP 503), and their side may try another way; each of them is written down all the same (D14).

Nobody is refused where something else keeps the machine busy, for that would help no one: it takes several late
answers, one after the other, and many commands that wait, and ever more of them. While what a pause of the machine has
left is worked off they become fewer.
"""

LATE = 0.15
"""Seconds for an answer to a command, which takes a millisecond at rest."""
LATE_IN_A_ROW = 2
MANY = 60
"""Commands that wait for their answers: those of five calls or more, which are set up all at once."""
IN_TIME = 0.1
"""Once callers are refused, an answer must come so soon for more of them to be let in again."""
ENOUGH = 30
"""Commands that wait while as many are let in as can be served: with fewer of them more are let in, with more fewer.

So the share settles instead of swinging from all callers to few of them and back.
"""
FEWER, MORE = 0.6, 0.02
"""What is left of those let in when there is too much, and how much is added after an answer in time at most."""
FEWEST = 0.05


class Admission:
    """The share of callers let in, from how long Asterisk takes to answer. No clock: it is told five times a second."""

    def __init__(self) -> None:
        self._admitted = 1.0
        self._late = 0
        self._waiting = 0
        self._fewer_come = False
        """Whether fewer were let in at the last look: what that has brought is seen at the next one."""

    @property
    def refused(self) -> int:
        """How many of a hundred callers are to be refused."""
        return round(100 * (1 - self._admitted))

    def alarms(self) -> list[str]:
        """What people must know of it."""
        return [f"too much to do, {self.refused} of 100 callers are refused: docs/capacity.md"] if self.refused else []

    def look(self, seconds: float, waiting: int) -> None:
        """A command was answered after so many seconds, or still waits; and so many others wait for their answers."""
        is_growing, self._waiting = waiting >= self._waiting, waiting
        self._late = self._late + 1 if seconds > LATE and waiting >= MANY and is_growing else 0
        is_too_much = self._late >= LATE_IN_A_ROW or (self.refused > 0 and seconds > IN_TIME and is_growing)
        if is_too_much and not self._fewer_come:
            self._admitted = max(FEWEST, self._admitted * FEWER)
        elif seconds <= IN_TIME and self.refused:
            self._admitted = min(1.0, self._admitted + MORE * (1 - waiting / ENOUGH))
        self._fewer_come = is_too_much and not self._fewer_come
