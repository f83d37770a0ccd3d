"""Erlang C (A. K. Erlang, 1917): callers who come at random and never give up, talks of exponential length."""

from dataclasses import dataclass
from math import exp


@dataclass(frozen=True)
class Erlang:
    """A line of callers, and the people who serve them. There must be more people than the load."""

    people: int
    per_second: float
    """Callers."""
    talk: float
    """Seconds that a caller takes a person, on average."""

    @property
    def load(self) -> float:
        """In erlangs: how many people are busy on average."""
        return self.per_second * self.talk

    @property
    def waits(self) -> float:
        """The share of callers who are not served at once."""
        blocked = 1.0  # Erlang B, person by person: the usual formula overflows
        for people in range(1, self.people + 1):
            blocked = self.load * blocked / (people + self.load * blocked)
        return blocked / (1 - (1 - blocked) * self.load / self.people)

    @property
    def wait(self) -> float:
        """The average wait of all callers, in seconds."""
        return self.waits * self.talk / (self.people - self.load)

    def within(self, seconds: float) -> float:
        """The service level: the share of callers who are served in so many seconds."""
        return 1 - self.waits * exp(-(self.people - self.load) * seconds / self.talk)
