"""The sample company in a data folder, made quickly: made once in each process of tests, and copied from then on."""

import atexit
import datetime as dt
import shutil
import tempfile
from functools import cache
from pathlib import Path

from db.database import connect
from db.importing import import_customers, import_people
from demo.rules import demo_rules
from dialplan import private
from premises.installation import Installation
from routing import load

TOP = Path(__file__).resolve().parents[1]


def settle(folder: Path) -> Installation:
    """The demo's rules, which were in force, and everybody in the directory."""
    shutil.copytree(_settled(), folder, dirs_exist_ok=True)
    return Installation(folder)


@cache
def _settled() -> Path:
    installation = Installation(kept("company"))
    installation.prepare()
    text = demo_rules((TOP / "routing_rules.yaml").read_text(encoding="utf-8"), dt.datetime.now(dt.UTC).date())
    rulebook = load(text.encode())
    (installation.folder / "settings.yaml").write_text("rules: routing_rules.yaml\n")
    (installation.folder / "routing_rules.yaml").write_text(text, encoding="utf-8")
    private.write(installation.rules / f"{rulebook.version}.yaml", text.encode())
    database = connect(installation.settings.database or "")
    import_people(database, TOP / "demo" / "company" / "people.csv", rulebook)
    import_customers(database, TOP / "demo" / "company" / "customers.csv", rulebook)
    database.close()
    return installation.folder


def kept(name: str) -> Path:
    """A folder until this process ends."""
    folder = Path(tempfile.mkdtemp(prefix=f"switchboard-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
