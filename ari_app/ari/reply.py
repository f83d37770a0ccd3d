"""The answer to a command that is already on its way."""

import asyncio
from collections.abc import Callable, Generator
from typing import Generic, TypeVar, cast

import msgspec

from ari_app.ari.errors import AriError, CommandFailed, failure

T = TypeVar("T")


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What Asterisk said: an HTTP status, the reason in its words, the body."""

    status: int
    reason: str = ""
    body: str | bytes = ""


class _Said(msgspec.Struct, frozen=True, gc=False):
    message: str = ""
    error: str = ""


class Reply(Generic[T]):
    """An awaitable for one command's answer. The command was sent when this was made.

    Await it for the typed answer, or for an `AriError`; several may be sent before the first is awaited. It may be
    awaited again, by several tasks, and after a cancelled wait. One that nobody awaits is silent, even if the command
    failed; `Link.forget` has the failure logged.
    """

    __slots__ = ("_answer", "_learnt", "_waiting", "command")

    def __init__(self, command: str, answer: type[T] | None) -> None:
        self.command = command
        """The command's name: ``POST channels/7/answer``."""
        self._answer = answer
        self._learnt: Outcome | AriError | None = None
        # Called at the end. No future until somebody waits: most replies are learnt by nobody, and asyncio complains of
        # a future whose exception was never fetched.
        self._waiting: list[Callable[[], None]] = []

    def __await__(self) -> Generator[object, None, T]:
        if self._learnt is None:
            done = asyncio.get_running_loop().create_future()
            self.then(lambda: _wake(done))
            yield from done
        return self.result()

    def then(self, call: Callable[[], None]) -> None:
        """Have this called when the outcome is there: at once if it is. It must not raise."""
        if self._learnt is None:
            self._waiting.append(call)
        else:
            call()

    def learn(self, outcome: Outcome | AriError) -> None:
        """Take the outcome; a second one is dropped. For the link."""
        if self._learnt is not None:
            return
        self._learnt = outcome
        for call in self._waiting:
            call()
        self._waiting.clear()

    @property
    def done(self) -> bool:
        """Whether the outcome is there."""
        return self._learnt is not None

    def error(self) -> AriError | None:
        """Why it failed; None if it did not, or is still under way."""
        if not isinstance(self._learnt, Outcome):
            return self._learnt
        if self._learnt.status < 400:
            return None
        return failure(self.command, self._learnt.status, _message(self._learnt))

    def result(self) -> T:
        """The typed answer of a command that is done, else the `AriError`."""
        error = self.error()
        if error is not None:
            try:
                raise error
            finally:
                del error  # it holds this frame, which must not hold it
        if self._answer is None:
            return cast("T", None)
        outcome = cast("Outcome", self._learnt)
        try:
            return msgspec.json.decode(outcome.body, type=self._answer)
        except msgspec.MsgspecError as error:
            raise CommandFailed(self.command, outcome.status, f"an answer that is not understood: {error}") from error


def _wake(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():  # else its task was cancelled
        waiter.set_result(None)


def _message(outcome: Outcome) -> str:
    try:
        said = msgspec.json.decode(outcome.body, type=_Said)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return outcome.reason
    return said.message or said.error or outcome.reason
