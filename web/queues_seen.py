"""Which queues have changed for whoever follows.

Who waits is in no register: the engines alone know it, by their callers who are there, and it changes too fast to be
written down. So there is no sequence to resume it by, and none is needed: whoever connects, or comes back, is told all
queues as they are, and then each one that is another by now. How somebody left is told with the call. Pure.
"""

from collections.abc import Iterable

import msgspec

from web.queues import QueueTold


class SeenQueues:
    """The queues as they were seen last, each with the number of the look at which it had changed."""

    def __init__(self) -> None:
        self.number = 0
        """Of the last look at which one had."""
        self._seen: dict[str, tuple[int, QueueTold]] = {}

    def see(self, queues: Iterable[QueueTold]) -> bool:
        """Take in all that there are; whether any has changed. One that there is no more is told to be empty."""
        there = {queue.name: queue for queue in queues}
        gone = {name: msgspec.structs.replace(queue, people=(), waiting=()) for name, (_, queue) in self._seen.items()}
        changed = [queue for name, queue in (gone | there).items() if self._last(name) != queue]
        if changed:
            self.number += 1
            self._seen |= {queue.name: (self.number, queue) for queue in changed}
        return bool(changed)

    def after(self, number: int) -> tuple[QueueTold, ...]:
        """Those that have changed since that look."""
        return tuple(queue for at, queue in self._seen.values() if at > number)

    def forget(self) -> None:
        """Nobody looks any more: by the next look they may be others. Numbers go on."""
        self._seen.clear()

    def _last(self, name: str) -> QueueTold | None:
        return self._seen[name][1] if name in self._seen else None
