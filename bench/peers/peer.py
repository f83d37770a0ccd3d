"""What the bench has to know of a peer: its dialplan, its program and what it needs of Asterisk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Site:
    """One run's private place: where Asterisk listens, where the files are, how many managers there are.

    The directory is an SQLite file with the tables `customers(number TEXT PRIMARY KEY, name, manager)` and
    `calls(id, caller, manager, started, answered, ended, cause)`. The endpoint of manager n is
    `PJSIP/managerNN`, counted from 00.
    """

    folder: Path
    python: Path
    ari: str  # http://127.0.0.1:PORT
    ari_user: str
    ari_password: str = field(repr=False)
    ami_port: int
    ami_user: str
    ami_password: str = field(repr=False)
    agi_port: int
    directory: Path
    recordings: Path
    managers: int = 10


@dataclass(frozen=True)
class Peer:
    """One way to do the reference call.

    `dialplan` gives the text of extensions.conf: its context `incoming` takes what the trunk offers (the
    patterns `_X.` and `_+X.`). `command` gives the argv of the peer's program, which is started after
    Asterisk and is ready when it prints the line `ready`; None for a peer that is dialplan alone.
    `modules` are loaded besides those that the harness loads for everyone; `extra` are further
    configuration files, by name, such as queues.conf.
    """

    name: str
    title: str
    dialplan: Callable[[Site], str]
    command: Callable[[Site], tuple[str, ...]] | None = None
    modules: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
