"""``switchboard doctor``: what is wrong with this installation, each with what to do."""

import argparse
import json
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

from ari_app.checking import check
from ari_app.commands.opening import database_of, staff_of
from ari_app.recordings.checking import check as check_files
from db.errors import DatabaseError
from db.stories import Stories
from premises.installation import Installation
from premises.settings import BadSettings

LEAST_FREE = 1 << 30
"""Bytes: a thousand hours of talk need 115 GB; below one no day is safe."""


def options(parser: argparse.ArgumentParser) -> None:
    """It takes nothing but the data folder."""


def run(given: argparse.Namespace) -> int:
    """Prints a line for each thing looked at; 1 if anything is wrong."""
    installation = Installation(given.data)
    wrong = 0
    for name, look in LOOKS.items():
        troubles = list(look(installation))
        print(f"{'✗' if troubles else '✓'} {name}")
        for trouble in troubles:
            print(f"    {trouble}")
        wrong += len(troubles)
    return 1 if wrong else 0


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
    try:
        if not staff_of(installation):
            yield "nobody is in it: ./switchboard import people FILE.csv"
    except DatabaseError as fault:
        yield str(fault)


def _disk(installation: Installation) -> Iterator[str]:
    installation.prepare()
    free = shutil.disk_usage(installation.folder).free
    if free < LEAST_FREE:
        yield f"only {free >> 20} MiB are free for {installation.folder}: keep recordings for fewer days"


def _recordings(installation: Installation) -> Iterator[str]:
    with database_of(installation) as database:
        rows = Stories(database).every_recording()
        count = sum(1 for _ in check_files(rows, installation.recordings, contents=False))
    if count:
        yield f"{count} differences between files and register: ./switchboard recordings verify"


def _engine(installation: Installation) -> Iterator[str]:
    try:
        ready = installation.endpoints().api["ready"]
    except FileNotFoundError:
        yield "not running: ./switchboard up"
        return
    try:
        urllib.request.urlopen(ready, timeout=5).close()  # noqa: S310 - our own address, on loopback
    except urllib.error.HTTPError as answer:
        yield from json.loads(answer.read())["troubles"]
    except OSError as fault:
        yield f"does not answer ({fault}): it was killed, or hangs; stop it and start it again"


LOOKS: dict[str, Callable[[Installation], Iterator[str]]] = {
    "settings": _settings,
    "programs": _programs,
    "rules": _rules,
    "directory": _directory,
    "disk": _disk,
    "recordings": _recordings,
    "engine": _engine,
}
