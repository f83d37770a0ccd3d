"""A few threads for functions that wait, such as a question to a database, asked from asyncio.

Unlike `concurrent.futures` nothing is put in line behind a stuck thread, and a stuck thread does not hold up the end of
the program. At most ``count`` functions run at once; who finds no free thread waits for one, and may give up (be
cancelled).
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

Result = TypeVar("Result")
_Job = tuple[Callable[[], Any], asyncio.Future[Any]]


class Threads:
    """Threads of one event loop; they are started when first needed and end with the program."""

    def __init__(self, count: int, name: str) -> None:
        self._free = asyncio.Semaphore(count)
        self._count = count
        self._name = name
        self._started = 0
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()

    async def run(self, function: Callable[[], Result]) -> Result:
        """What the function returns or raises.

        Cancelling ends the waiting, not the function: its thread is free again once it has returned.
        """
        await self._free.acquire()
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._jobs.put((function, future))
        if self._started < self._count:
            self._started += 1
            threading.Thread(target=self._work, name=f"{self._name} {self._started}", daemon=True).start()
        return await future

    def _work(self) -> None:
        while True:
            function, future = self._jobs.get()
            try:
                result, error = function(), None
            except Exception as raised:  # it is raised where `run` was called
                result, error = None, raised
            try:
                future.get_loop().call_soon_threadsafe(self._settle, future, result, error)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return

    def _settle(self, future: "asyncio.Future[Any]", result: Any, error: Exception | None) -> None:
        self._free.release()
        if future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
