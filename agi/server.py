"""Where Asterisk connects: each call gets a process of its own, so that a fault stays with its call.

This process has one thread and no connection to any database: so it may fork. It only accepts, forks and reaps.
"""

import os
import selectors
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

MOST_CALLS = 100
"""Calls served at once. Who comes beyond them is rung through by the dialplan, which goes on when AGI ends."""
LONGEST_CALL = 4 * 3600
"""Seconds after which a call's process ends, whatever it waits for: nothing may be left for ever."""
BACKLOG = 128
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)

log = structlog.get_logger()


class Server:
    """One stand-in's listening side.

    ``answer`` serves a call on its connection, in a process of its own. ``let_go`` is called in that process first, to
    close what belongs to this one.
    """

    def __init__(self, answer: Callable[[socket.socket], None], let_go: Callable[[], None]) -> None:
        self._answer = answer
        self._let_go = let_go
        self._calls: set[int] = set()

    def serve(self, listener: socket.socket) -> None:
        """Take calls until SIGTERM or SIGINT; those that are there then go on without this process."""
        listener.setblocking(False)
        with _signals() as wakened, selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            selector.register(wakened, selectors.EVENT_READ)
            while not _stopped(wakened):
                self._reap()
                if any(key.fileobj is listener for key, _ in selector.select()):
                    self._accept(listener)
        log.info("stand-in ends", calls_going_on=len(self._calls))

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError as why:  # who connected is gone again, or no file is free: the next one may be served
            log.warning("connection not taken", why=str(why))
            return
        with connection:
            if len(self._calls) >= MOST_CALLS:
                log.error("too many calls at once, the dialplan rings", calls=len(self._calls))
                return
            self._fork(listener, connection)

    def _fork(self, listener: socket.socket, connection: socket.socket) -> None:
        try:
            child = os.fork()
        except OSError as why:
            log.error("no process for a call, the dialplan rings", why=str(why))  # noqa: TRY400 - the text says it all
            return
        if child:
            self._calls.add(child)
            return
        status = 1
        try:
            listener.close()
            self._let_go()
            _be_a_call()
            connection.setblocking(True)
            self._answer(connection)
            status = 0
        except BaseException:
            log.exception("the call failed")
        finally:
            os._exit(status)

    def _reap(self) -> None:
        for child in tuple(self._calls):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                self._calls.discard(child)
                if status:
                    log.error("a call's process failed", status=os.waitstatus_to_exitcode(status))


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; connections of an earlier stand-in are no obstacle. Raises OSError."""
    return socket.create_server((host, port), backlog=BACKLOG)


def _be_a_call() -> None:
    """What this process's signals mean to a call: Ctrl-C is for others; a forgotten one ends by an alarm."""
    signal.set_wakeup_fd(-1)
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.alarm(LONGEST_CALL)


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """A socket that becomes readable with each signal, whose number it then gives."""
    reading, writing = socket.socketpair()
    with reading, writing:
        reading.setblocking(False)
        writing.setblocking(False)
        before = {number: signal.signal(number, lambda *_: None) for number in _SIGNALS}
        earlier = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
        try:
            yield reading
        finally:
            signal.set_wakeup_fd(earlier)
            for number, handler in before.items():
                signal.signal(number, handler)


def _stopped(wakened: socket.socket) -> bool:
    """Whether one of the signals that came means the end."""
    try:
        came = wakened.recv(4096)
    except BlockingIOError:
        return False
    return signal.SIGTERM in came or signal.SIGINT in came
