"""The switchboard itself as a variant: imported, started and stopped as a user does it."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import msgspec

from bench.company import RULES, Company
from bench.errors import NotServingError
from bench.load import Telephones
from bench.telephones.orders import Desk
from bench.variant import Served, Variant
from db.database import connect, file_url
from db.importing import import_customers, import_people
from dialplan import private
from dialplan.plan import Ports
from premises import ports
from premises.installation import Endpoints, Installation
from routing import load

DATABASE = "switchboard.db"
"""Where it is unless the settings say otherwise: `premises.settings`."""
START_SECONDS = 60.0
RTP_PORTS = 2600
"""Four for each of 600 talks, and a reserve."""
LAST_PORT = 32767
_TOP = Path(__file__).resolve().parent.parent


@contextmanager
def serving(folder: Path, company: Company, telephones: Telephones) -> Iterator[Served]:
    """Have the switchboard serve, every manager being at the telephone."""
    installation = settle(folder, company)
    with up(installation) as process:
        register(installation, telephones)
        endpoints = installation.endpoints()
        yield Served(company, int(endpoints.sip["udp"]), endpoints.ports["http"], endpoints.pbx, (process.pid,))


def settle(folder: Path, company: Company) -> Installation:
    """The company in a new data folder, with room for many talks."""
    installation = Installation(folder)
    installation.prepare()
    (folder / "routing_rules.yaml").write_text(RULES, encoding="utf-8")
    (folder / "settings.yaml").write_text("rules: routing_rules.yaml\n", encoding="utf-8")
    private.write(installation.ports_file, msgspec.json.encode(roomy_ports()))
    shutil.copy(Path(_imported(company).name, DATABASE), folder / DATABASE)
    return installation


@cache
def _imported(company: Company) -> tempfile.TemporaryDirectory[str]:
    """Where its directory lies, imported once for all runs: a million customers take minutes."""
    place = tempfile.TemporaryDirectory(prefix="bench-directory-")
    people, customers = company.write(Path(place.name))
    rulebook = load(RULES.encode())
    with closing(connect(file_url(Path(place.name, DATABASE)))) as database:
        for file, read in ((people, import_people), (customers, import_customers)):
            report = read(database, file, rulebook)
            if report.mistakes:
                raise NotServingError(f"{file.name}: {report.mistakes[0]}")
    return place


def roomy_ports() -> Ports:
    """Free ports, with more for RTP than an installation usually has."""
    while True:
        found = ports.pick()
        last = found.rtp_first + RTP_PORTS - 1
        if last <= LAST_PORT:
            return msgspec.structs.replace(found, rtp_last=last)


@contextmanager
def up(installation: Installation) -> Iterator[subprocess.Popen[bytes]]:
    """Have `up` run until the block ends, which begins once calls are served."""
    command = (sys.executable, "-P", "-m", "ari_app", "up", "--data", str(installation.folder))
    with (installation.folder / "up.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=_TOP, stdout=log, stderr=log)  # noqa: S603 - our own program
    try:
        _until_serving(installation, process)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def register(installation: Installation, telephones: Telephones) -> None:
    """Have all telephones at the switchboard that serves; returns once its engine sees them."""
    endpoints = installation.endpoints()
    desks = [Desk(phone.user, phone.secret) for phone in endpoints.phones.values()]
    telephones.register(int(endpoints.sip["udp"]), desks)
    _until_all_are_there(endpoints)


def _until_serving(installation: Installation, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not installation.is_announced():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotServingError(f"'up' does not serve:\n{(installation.folder / 'up.log').read_text()}")
        time.sleep(0.01)


def _until_all_are_there(endpoints: Endpoints) -> None:
    """Asterisk takes a telephone for reachable once it has answered; before that the engine does not ring it."""
    deadline = time.monotonic() + START_SECONDS
    while any(_people(endpoints).values()):
        if time.monotonic() > deadline:
            raise NotServingError("not all telephones are seen by the engine")
        time.sleep(0.1)


def _people(endpoints: Endpoints) -> dict[str, str | None]:
    with urllib.request.urlopen(endpoints.api["people"], timeout=5) as answer:  # noqa: S310 - our own page
        people: dict[str, str | None] = json.load(answer)
    return people


OURS = Variant("switchboard", "Switchboard", serving, busy_while_talking=True)
