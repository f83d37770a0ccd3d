"""The sample company in a data folder, made quickly: made once, and copied from then on."""

import atexit
import datetime as dt
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from db.database import connect
from db.importing import import_customers, import_people
from demo.rules import demo_rules
from dialplan import private
from premises.installation import Installation
from routing import load

TOP = Path(__file__).resolve().parents[1]
KEPT = "SWITCHBOARD_TESTS_KEPT"
"""The folder for what is made once for all processes of `./switchboard test`."""


def settle(folder: Path) -> Installation:
    """The demo's rules, which were in force, and everybody in the directory."""
    shutil.copytree(made_once("company", _settle), folder, dirs_exist_ok=True)
    return Installation(folder)


def _settle(folder: Path) -> None:
    installation = Installation(folder)
    installation.prepare()
    text = demo_rules((TOP / "routing_rules.yaml").read_text(encoding="utf-8"), dt.datetime.now(dt.UTC).date())
    rulebook = load(text.encode())
    (folder / "settings.yaml").write_text("rules: routing_rules.yaml\n")
    (folder / "routing_rules.yaml").write_text(text, encoding="utf-8")
    private.write(installation.rules / f"{rulebook.version}.yaml", text.encode())
    database = connect(installation.settings.database or "")
    import_people(database, TOP / "demo" / "company" / "people.csv", rulebook)
    import_customers(database, TOP / "demo" / "company" / "customers.csv", rulebook)
    database.close()


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """A folder that whichever process wants it first makes and all others copy."""
    folder = _kept() / name
    with (_kept() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            draft = folder.with_suffix(".draft")
            make(draft)
            draft.rename(folder)
    return folder


@cache
def _kept() -> Path:
    """Where such folders are: until the run of all tests ends, or else this process."""
    if KEPT in os.environ:
        return Path(os.environ[KEPT])
    folder = Path(tempfile.mkdtemp(prefix="switchboard-kept-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
