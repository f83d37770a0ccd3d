"""A peer as a variant: an Asterisk of its own, and its program beside it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ari_app.pbx.asterisk import Program, program
from ari_app.processes import warden
from bench.company import Company
from bench.errors import NotServingError
from bench.load import Telephones
from bench.peers.peer import Peer, Site
from bench.site import prepare
from bench.variant import Served, Variant

START_SECONDS = 30.0
STOP_SECONDS = 10.0


def variant(peer: Peer) -> Variant:
    """That peer, to be measured."""
    return Variant(peer.name, peer.title, partial(serving, peer))


@contextmanager
def serving(peer: Peer, folder: Path, company: Company, telephones: Telephones) -> Iterator[Served]:
    """Have the peer serve."""
    found = program(os.environ)
    site, ports = prepare(peer, folder, company, found, managers=telephones.managers)
    with _asterisk(found, folder) as asterisk, _program(peer, site) as programs:
        yield Served(company, ports.sip, ports.http, asterisk.pid, programs)


@contextmanager
def _asterisk(found: Program, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """An Asterisk of its own until the block ends, which begins once it is fully booted."""
    conf, held = str(folder / "etc" / "asterisk.conf"), folder / "held"
    with warden.held(held), (folder / "log" / "console").open("ab") as console:
        command = warden.command(held, str(found.path), "-f", "-C", conf)
        process = subprocess.Popen(command, cwd=folder, stdout=console, stderr=console, start_new_session=True)  # noqa: S603 - our own
        try:
            _until_booted(found, folder, conf, process)
            yield process
        finally:
            _end(process)


def _until_booted(found: Program, folder: Path, conf: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    ask = (str(found.path), "-C", conf, "-rx", "core waitfullybooted")
    while b"fully booted" not in subprocess.run(ask, cwd=folder, capture_output=True, check=False).stdout:  # noqa: S603 - our own
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotServingError(f"Asterisk does not start:\n{(folder / 'log' / 'console').read_text()}")
        time.sleep(0.05)


@contextmanager
def _program(peer: Peer, site: Site) -> Iterator[tuple[int, ...]]:
    """The peer's program, once it is ready; its processes."""
    if peer.command is None:
        yield ()
        return
    with (site.folder / "program.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - a peer's program
            peer.command(site), cwd=site.folder, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
    try:
        _until_ready(process, site.folder / "program.log")
        yield (process.pid,)
    finally:
        _end(process)


def _until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    for line in process.stdout:
        if line.strip() == b"ready":
            return
    raise NotServingError(f"the program does not start:\n{log.read_text()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
