"""``switchboard doctor``: what is wrong with this installation, each with what to do."""

import argparse
import datetime as dt
import json
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

from ari_app import disk
from ari_app.api_seen import Good, seen
from ari_app.cli import Refused
from ari_app.commands.opening import database_of, rules_of, staff_of
from ari_app.outbox.unsent import alarms
from ari_app.recordings.checking import check as check_files
from ari_app.safety import snapshot_alarms
from db.errors import DatabaseError
from db.outbox import Outbox
from db.snapshot import Snapshot
from db.sounds import Sounds
from db.writing.spool import undelivered
from premises.checking import check
from premises.installation import Installation
from premises.settings import BadSettings
from premises.wall_clock import wall_clock
from routing.remarks import ANY

LEAST_FREE = 1 << 30
"""Bytes: a thousand hours of talk need 115 GB; below one no day is safe."""


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("--drop-damaged", action="store_true", help="delete the spool's damaged files first")


def run(given: argparse.Namespace) -> int:
    """Prints a line for each thing looked at; 1 if anything is wrong."""
    installation = Installation(given.data)
    if given.drop_damaged:
        _drop_damaged(installation)
    wrong = 0
    for name, look in LOOKS.items():
        found = _found(look, installation)
        troubles = [one for one in found if not isinstance(one, Good)]
        print(f"{'✗' if troubles else '✓'} {name}")
        for one in found:
            print(f"    {one.text if isinstance(one, Good) else one}")
        wrong += len(troubles)
    return 1 if wrong else 0


def _drop_damaged(installation: Installation) -> None:
    for file in undelivered(installation.spool).damaged:
        file.unlink()
        print(f"deleted: {file}")


def _found(look: "Look", installation: Installation) -> list[str | Good]:
    """What one look finds; what keeps it from looking hides nothing of what the others find."""
    try:
        return list(look(installation))
    except (DatabaseError, BadSettings, Refused, OSError) as fault:
        return [str(fault)]


def _settings(installation: Installation) -> Iterator[str]:
    try:
        installation.settings  # noqa: B018 - reading it is the check
    except BadSettings as fault:
        yield str(fault)


def _programs(_: Installation) -> Iterator[str]:
    for what in ("ASTERISK", "ESPEAK", "SOX"):
        program = os.environ.get(f"SWITCHBOARD_{what}", "")
        if not shutil.which(program):
            yield f"{what.lower()} is not there: start this with ./switchboard, which gets it"


def _rules(installation: Installation) -> Iterator[str]:
    checked = check(installation.rule_file, staff_of(installation))
    if not checked.passed:
        yield f"{installation.rule_file} has mistakes: ./switchboard check"


def _directory(installation: Installation) -> Iterator[str]:
    if not staff_of(installation):
        yield "nobody is in it: ./switchboard import people FILE.csv"


def _disk(installation: Installation) -> Iterator[str]:
    installation.prepare()
    for folder in (installation.folder, installation.recordings, installation.messages, installation.pbx):
        if why := disk.fault(folder):
            yield f"nothing can be kept in {folder}, calls go on without: {why}"
    free = disk.free(installation.folder)
    if free < LEAST_FREE:
        yield f"only {free >> 20} MiB are free for {installation.folder}: keep recordings for fewer days"


def _register(installation: Installation) -> Iterator[str]:
    left = undelivered(installation.spool)
    if left.rows:
        yield f"{left.rows} rows wait in {installation.spool} for the database: they go there when an engine serves"
    for file in left.damaged:
        since = wall_clock(installation).day(dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC))
        yield (
            f"{file} was damaged: what could be read of it was delivered; ./switchboard audit --since {since} --repair "
            "writes the calls that are lacking, then ./switchboard doctor --drop-damaged deletes it"
        )


def _snapshot(installation: Installation) -> Iterator[str]:
    yield from snapshot_alarms(Snapshot(installation.snapshot).age())


def _recordings(installation: Installation) -> Iterator[str]:
    with database_of(installation) as database:
        rows = Sounds(database).every_recording()
        count = sum(1 for _ in check_files(rows, installation.recordings, contents=False))
    if count:
        yield f"{count} differences between files and register: ./switchboard recordings verify"


def _outbox(installation: Installation) -> Iterator[str]:
    with database_of(installation) as database:
        yield from alarms(Outbox(database).unsent())
    known = {*rules_of(installation, staff_of(installation)).departments, ANY}
    for stranger in installation.settings.tell.keys() - known:
        yield f"settings.yaml: `tell` has `{stranger}`, and the rules have no such department"


def _engine(installation: Installation) -> Iterator[str]:
    try:
        ready = installation.endpoints().api["ready"]
    except FileNotFoundError:
        yield "not running: ./switchboard up"
        return
    try:
        with urllib.request.urlopen(ready, timeout=5) as answer:  # noqa: S310 - our own address, on loopback
            yield from json.loads(answer.read())["alarms"]
    except urllib.error.HTTPError as answer:
        told = json.loads(answer.read())
        yield from told["troubles"] + told["alarms"]
    except OSError as fault:
        yield f"does not answer ({fault}): it was killed, or hangs; stop it and start it again"


Look = Callable[[Installation], Iterator[str | Good]]
LOOKS: dict[str, Look] = {
    "settings": _settings,
    "programs": _programs,
    "rules": _rules,
    "directory": _directory,
    "disk": _disk,
    "register": _register,
    "snapshot": _snapshot,
    "recordings": _recordings,
    "outbox": _outbox,
    "engine": _engine,
    "HTTP API": seen,
}
