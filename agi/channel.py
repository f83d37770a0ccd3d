"""The caller's channel, as AGI lets us act on it: pyst2 speaks the protocol, and sees only what was cleaned before.

pyst2 0.5.1 writes the environment to standard error, does not escape what it quotes, and takes the end of the
connection for a mistake of its own. So it gets files of ours (`Answers`, `Commands`, `Nowhere`), and every value is
quoted here.
"""

import datetime as dt
import socket
from collections import deque
from typing import BinaryIO

import msgspec
from asterisk import agi as pyst

from agi.environment import LONGEST_LINE, Environment
from agi.errors import CallerLeft, CommandFailed, LinkGone
from db.text import clean

KEYS = "0123456789*#"
HANGUP = b"HANGUP\n"
"""Asterisk's word, where the dialplan does not say AGISIGHUP=no, that the caller has left."""
_DEAD = 511
"""What Asterisk answers once the caller is gone (``AGISIGHUP=no``)."""
_UP = "6"
_ANSWERED = "SB_ANSWERED"
_NOTE_ANSWER = "U(stand-in-answered^s^1)"
"""The dialplan notes there when somebody answers."""


class Played(msgspec.Struct, frozen=True):
    """How far a sound was played."""

    key: str | None
    """What the caller pressed, which stopped it; None: played to its end."""
    at: int = 0
    """Where it stopped, in samples."""


class Dialled(msgspec.Struct, frozen=True, kw_only=True):
    """What came of ringing somebody."""

    status: str
    """``DIALSTATUS``: ANSWER, BUSY, NOANSWER, CANCEL, CHANUNAVAIL, CONGESTION, …"""
    cause: int | None
    """Q.850 cause of the leg."""
    answered: dt.datetime | None
    """When somebody answered."""
    left: bool
    """Whether the caller is gone, before the answer or by hanging up at the talk's end."""


class Answers:
    """The lines that pyst2 reads: the environment, which we have read before it, then what Asterisk answers."""

    def __init__(self, environment: Environment, source: BinaryIO) -> None:
        self._first = deque([*(f"{key}: {value}" for key, value in environment.items()), ""])
        self._source = source

    def readline(self) -> str:
        """One line. Raises `LinkGone` at the end of the connection, and for what cannot be an answer."""
        if self._first:
            return self._first.popleft() + "\n"
        try:
            line = self._source.readline(LONGEST_LINE * 8)
        except OSError as error:
            raise LinkGone(str(error)) from error
        if line == HANGUP:
            return self.readline()
        if not line.endswith(b"\n") or not line[:3].isdigit():
            raise LinkGone("the connection ended" if not line else "Asterisk's answer is none")
        return clean(line.decode(errors="replace")[:-1]) + "\n"


class Commands:
    """Where pyst2 writes commands: nothing is held back, so nothing is left to be sent when the connection is gone."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, text: str) -> None:
        """Send it. Raises OSError."""
        self._connection.sendall(text.encode())

    def flush(self) -> None:
        """All of it is sent."""


class Nowhere:
    """Where pyst2 writes all that it reads and sends: secrets are among it."""

    def write(self, text: str) -> None:
        """Forget it."""


class Channel:
    """The caller's channel. Its methods raise `CallerLeft`, `LinkGone` and `CommandFailed`."""

    def __init__(self, environment: Environment, source: BinaryIO, connection: socket.socket) -> None:
        self._agi = pyst.AGI(Answers(environment, source), Commands(connection), Nowhere())

    def is_there(self) -> bool:
        """Whether the caller has not hung up; never raises `CallerLeft`."""
        return self._status() is not None

    def is_up(self) -> bool:
        """Whether the caller was answered."""
        return self._status() == _UP

    def answer(self) -> None:
        """Answer the caller; no harm if that was done before."""
        self._do("ANSWER")

    def play(self, file: str, start: int = 0) -> Played:
        """Play a sound (a path without its ending) from this sample on, until a key is pressed."""
        result = self._do("STREAM FILE", _quoted(file), _quoted(KEYS), start)
        at = result.get("endpos", ("0", ""))[0]
        return Played(_key(result["result"][0]), int(at) if at.isdigit() else 0)

    def wait_for_key(self, seconds: float) -> str | None:
        """The next key within so many seconds; None: none."""
        return _key(self._do("WAIT FOR DIGIT", max(0, round(seconds * 1000)))["result"][0])

    def record(self, file: str, *, seconds: float, silence: int) -> None:
        """Sound a tone and record into ``FILE.wav`` until #, the time limit or so many seconds of silence."""
        self._do("RECORD FILE", _quoted(file), "wav", _quoted("#"), round(seconds * 1000), "BEEP", f"s={silence}")

    def start_music(self) -> None:
        """Play music until `stop_music`, whatever else is waited for."""
        self._do("SET MUSIC", "ON")

    def stop_music(self) -> None:
        """Play music no longer."""
        self._do("SET MUSIC", "OFF")

    def dial(self, endpoint: str, seconds: float, options: str) -> Dialled:
        """Ring an endpoint, and join it with the caller until one of them hangs up.

        A caller who leaves is told in the answer. The endpoint is made of ids and of the rule file's own numbers only,
        since ``&`` and ``,`` in it would ring others.
        """
        left = False
        self.set(_ANSWERED, "")
        try:
            self._do("EXEC Dial", _quoted(f"{endpoint},{max(1, round(seconds))},{options}{_NOTE_ANSWER}"))
        except CallerLeft:
            left = True
        except CommandFailed:  # what it was is in DIALSTATUS
            pass
        cause = self.variable("HANGUPCAUSE")
        return Dialled(
            status=self.variable("DIALSTATUS"),
            cause=int(cause) if cause.isdigit() else None,
            answered=_moment(self.variable(_ANSWERED)),
            left=left,
        )

    def device_state(self, endpoint: str) -> str:
        """What Asterisk knows of an endpoint: NOT_INUSE, INUSE, BUSY, RINGING, RINGINUSE, UNAVAILABLE, INVALID, …"""
        return self._value(f"${{DEVICE_STATE(PJSIP/{endpoint})}}")

    def variable(self, name: str) -> str:
        """A variable of the channel, also once the caller is gone; empty: it has none."""
        return self._value(f"${{{name}}}")

    def set(self, name: str, value: str) -> None:
        """Set a variable or a function of the channel."""
        self._do("SET VARIABLE", _quoted(name), _quoted(value))

    def hang_up(self) -> None:
        """Let the caller go: the dialplan does not go on."""
        self._do("HANGUP")

    def _value(self, expression: str) -> str:
        return str(self._do("GET FULL VARIABLE", _quoted(expression))["result"][1])

    def _status(self) -> str | None:
        try:
            return str(self._agi.execute("CHANNEL STATUS")["result"][0])
        except (pyst.AGIError, OSError):
            return None

    def _do(self, command: str, *arguments: str | int) -> dict[str, tuple[str, str]]:
        try:
            result: dict[str, tuple[str, str]] = self._agi.execute(command, *arguments)
        except pyst.AGISIGPIPEHangup as end:
            raise LinkGone(command) from end
        except pyst.AGIHangup as end:
            raise CallerLeft(command) from end
        except pyst.AGIUnknownError as error:
            if error.args[:1] == (_DEAD,):
                raise CallerLeft(command) from error
            raise CommandFailed(f"{command}: {error}") from error
        except pyst.AGIError as error:  # -1: the caller left, or it could not be done
            if not self.is_there():
                raise CallerLeft(command) from error
            raise CommandFailed(f"{command}: {error}") from error
        except OSError as error:
            raise LinkGone(str(error)) from error
        return result


def _key(result: str) -> str | None:
    """Asterisk tells the key's ASCII code."""
    return chr(int(result)) if result.isdigit() and chr(int(result)) in KEYS else None


def _moment(seconds: str) -> dt.datetime | None:
    """From seconds since 1970; empty: it did not come."""
    return dt.datetime.fromtimestamp(float(seconds), dt.UTC) if seconds else None


def _quoted(text: str) -> str:
    """One argument of a command: Asterisk takes a backslash for an escape and a quote for the end, outside of one."""
    return '"' + clean(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
