"""A peer as a variant: an Asterisk rendered as ours is, less what only the switchboard uses, and the peer's program.

Trunk, telephones, codecs, modules and limits are the switchboard's own, so that the difference is the peer's. There is
no second list of calls (CDR) for it to write, and its managers' telephones need not register.
"""

import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from ari_app import warden
from ari_app.pbx import Program, program
from bench.company import Company
from bench.load import Telephones
from bench.ours import NotServingError, roomy_ports
from bench.peers.peer import Peer, Site
from bench.variant import Served, Variant
from dialplan.plan import LOOPBACK, TRUNK, Account, Pbx, Ports, Trunk
from dialplan.render import render

START_SECONDS = 30.0
STOP_SECONDS = 10.0
OUR_OWN = ("func_cdr.so", "res_cdrel_custom.so", "cdr_custom.so", "cdr_manager.so")
"""Modules that only the switchboard needs."""
DIRECTORY = """
create table customers(number text primary key, name text, manager integer);
create table calls(id integer primary key, caller text, manager integer, started real, answered real, ended real,
                   cause integer);
"""


def variant(peer: Peer) -> Variant:
    """That peer, to be measured."""
    return Variant(peer.name, peer.title, partial(serving, peer))


@contextmanager
def serving(peer: Peer, folder: Path, company: Company, telephones: Telephones) -> Iterator[Served]:
    """Have the peer serve."""
    ports, found = roomy_ports(), program(os.environ)
    site = _site(folder, company, ports)
    _render(peer, site, ports, found, telephones.managers)
    _fill(site.directory, company)
    with _asterisk(found, folder) as asterisk, _program(peer, site) as programs:
        yield Served(company, ports.sip, ports.http, asterisk.pid, programs)


def _site(folder: Path, company: Company, ports: Ports) -> Site:
    recordings = folder / "recordings"
    recordings.mkdir()
    return Site(
        folder=folder,
        python=Path(sys.executable),
        ari=f"http://{LOOPBACK}:{ports.http}",
        ari_user="bench",
        ari_password=secrets.token_hex(12),
        ami_port=ports.ami,
        ami_user="bench",
        ami_password=secrets.token_hex(12),
        agi_port=ports.agi,
        directory=folder / "directory.db",
        recordings=recordings,
        managers=company.managers,
    )


def _render(peer: Peer, site: Site, ports: Ports, found: Program, managers: int) -> None:
    """The switchboard's configuration with the peer's in its place where it has its own."""
    pbx = Pbx(
        ports=ports,
        ari=Account(site.ari_user, site.ari_password),
        ami=Account(site.ami_user, site.ami_password),
        trunks=(Trunk(name=TRUNK, match=(LOOPBACK,)),),
        modules=found.modules,
        data=found.data,
    )
    render(pbx, site.folder)
    etc = site.folder / "etc"
    modules = [line for line in (etc / "modules.conf").read_text().splitlines() if not line.endswith(OUR_OWN)]
    own = {
        "extensions.conf": peer.dialplan(site),
        "modules.conf": "\n".join([*modules, *(f"load = {module}" for module in peer.modules)]) + "\n",
        "manager_switchboard.conf": f"[{site.ami_user}]\nsecret = {site.ami_password}\nread = all\nwrite = all\n",
        **peer.extra,
    }
    for name, text in own.items():
        (etc / name).write_text(text, encoding="utf-8")
    with (etc / "pjsip_switchboard.conf").open("a", encoding="utf-8") as phones:
        phones.writelines(_phone(f"manager{number:02}", managers) for number in range(site.managers))


def _phone(name: str, port: int) -> str:
    return (
        f"[{name}](switchboard-phone)\naors = {name}\n[{name}]\ntype = aor\n"
        f"contact = sip:{name}@{LOOPBACK}:{port}\nqualify_frequency = 0\n"
    )


def _fill(directory: Path, company: Company) -> None:
    with closing(sqlite3.connect(directory)) as database, database:
        database.executescript(DIRECTORY)
        database.execute("pragma journal_mode = wal")
        database.executemany(
            "insert into customers values (?, ?, ?)",
            (
                (company.caller(number), f"Customer {number}", company.manager(number))
                for number in range(company.customers)
            ),
        )


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
