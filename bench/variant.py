"""A variant: one way to do the reference call, ours or a peer's, as the bench starts and watches it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from bench.company import Company
from bench.load import Telephones
from bench.processes import cpu_seconds, ended_children_seconds, memory_kibibytes, tree


@dataclass(frozen=True)
class Served:
    """A variant that takes calls now."""

    company: Company
    server: int
    """The port at which it takes SIP."""
    http: int
    """The port at which Asterisk offers ARI."""
    asterisk: int
    """Asterisk's process."""
    programs: tuple[int, ...] = ()
    """The engine's processes, of which others may descend."""

    @property
    def engine(self) -> set[int]:
        """All processes that are not Asterisk itself; what Asterisk starts for a call (AGI) is the engine's."""
        return tree(*self.programs, self.asterisk) - {self.asterisk}

    def engine_seconds(self) -> float:
        """The engine's CPU time so far."""
        return cpu_seconds(self.engine) + ended_children_seconds(self.asterisk)

    def asterisk_seconds(self) -> float:
        """Asterisk's own CPU time so far."""
        return cpu_seconds([self.asterisk]) - ended_children_seconds(self.asterisk)

    def engine_kibibytes(self) -> float:
        """The engine's memory now."""
        return memory_kibibytes(self.engine)

    def asterisk_kibibytes(self) -> float:
        """Asterisk's memory now."""
        return memory_kibibytes([self.asterisk])


@dataclass(frozen=True)
class Variant:
    """Who is measured."""

    name: str
    title: str
    serving: Callable[[Path, Company, Telephones], AbstractContextManager[Served]]
    """Have it serve this company from an empty folder until the block ends."""
    busy_while_talking: bool = False
    """Whether a manager has one customer at a time, so that it takes more of them for more calls."""
