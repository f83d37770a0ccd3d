"""The place of a peer: an Asterisk rendered as ours is, less what only the switchboard uses, and a directory.

Trunk, telephones, codecs, modules and limits are the switchboard's own, so that the difference is the peer's. There is
no second list of calls (CDR) for its Asterisk to write, and its managers' telephones need not register.
"""

import secrets
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from ari_app.pbx.asterisk import Program
from bench.company import Company
from bench.ours import roomy_ports
from bench.peers.peer import Peer, Site
from dialplan.plan import LOOPBACK, TRUNK, Account, Pbx, Ports, Trunk
from dialplan.render import render

OUR_OWN = ("func_cdr.so", "res_cdrel_custom.so", "cdr_custom.so", "cdr_manager.so")
"""Modules that only the switchboard needs."""
DIRECTORY = """
create table customers(number text primary key, name text, manager integer);
create table calls(id integer primary key, caller text, manager integer, started real, answered real, ended real,
                   cause integer);
"""


def prepare(peer: Peer, folder: Path, company: Company, found: Program, *, managers: int) -> tuple[Site, Ports]:
    """Make it in an empty folder; ``managers``: the port at which all of them are rung."""
    ports = roomy_ports()
    site = _site(folder, company, ports)
    _render(peer, site, ports, found, managers)
    _fill(site.directory, company)
    return site, ports


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
