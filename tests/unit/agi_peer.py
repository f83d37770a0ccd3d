"""Asterisk's side of AGI on a real socket: sends the environment, answers each command as a test wants."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from agi.channel import Channel
from agi.environment import read_environment

CALL = "1732407469.12"
ENVIRONMENT = f"""agi_network: yes
agi_network_script: call
agi_request: agi://127.0.0.1:15065/call
agi_channel: PJSIP/trunk-0000000a
agi_language: en
agi_type: PJSIP
agi_uniqueid: {CALL}
agi_version: 22.10.1
agi_callerid: +79161234567
agi_calleridname: Иван
agi_callingpres: 0
agi_callingani2: 0
agi_callington: 0
agi_callingtns: 0
agi_dnid: +74950000001
agi_rdnis: unknown
agi_context: switchboard
agi_extension: stand-in
agi_priority: 5
agi_enhanced: 0.0
agi_accountcode:\x20
agi_threadid: 139765560288960
"""
GONE = "511 Command Not Permitted on a dead channel or intercept routine"


Answers = dict[str, str | list[str]]
"""What a command that begins so, as a regular expression, is answered with; ``close``: not at all."""


class Asterisk:
    """Plays Asterisk for one call, in a thread of its own.

    The answer to a command is that of the first pattern that it begins with; a list gives one after the other, and its
    last one again and again. What no pattern fits is done: ``200 result=0``.
    """

    def __init__(self, answers: Answers | None = None, environment: str = ENVIRONMENT + "\n") -> None:
        self.commands: list[str] = []
        """All that came."""
        given = (answers or {}).items()
        self._answers = {pattern: [one] if isinstance(one, str) else list(one) for pattern, one in given}
        self._environment = environment.encode()
        self.ours, self._theirs = socket.socketpair()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Asterisk":
        self._theirs.sendall(self._environment)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ours.close()
        self._thread.join(5)
        assert not self._thread.is_alive()

    def told(self, pattern: str) -> list[str]:
        """The commands that begin so."""
        return [command for command in self.commands if re.match(pattern, command)]

    def _run(self) -> None:
        with self._theirs, self._theirs.makefile("rb") as commands:
            for line in commands:
                command = line.decode().rstrip("\n")
                self.commands.append(command)
                answer = self._answer(command)
                if answer == "close":
                    return
                self._theirs.sendall(f"{answer}\n".encode())

    def _answer(self, command: str) -> str:
        for pattern, answers in self._answers.items():
            if re.match(pattern, command):
                return answers.pop(0) if len(answers) > 1 else answers[0]
        return "200 result=6" if command == "CHANNEL STATUS" else "200 result=0"


@contextmanager
def channel(answers: Answers | None = None) -> Iterator[tuple[Channel, Asterisk]]:
    """A channel whose Asterisk answers so."""
    with Asterisk(answers) as asterisk, asterisk.ours.makefile("rb") as source:
        yield Channel(read_environment(source.readline), source, asterisk.ours), asterisk
