"""The sample company in a data folder, made quickly: for tests that need no command line."""

import datetime as dt
from pathlib import Path

from db.database import connect
from db.importing import import_customers, import_people
from demo.rules import demo_rules
from premises.installation import Installation
from routing import load

TOP = Path(__file__).resolve().parents[1]


def settle(folder: Path) -> Installation:
    """The demo's rules, which were in force, and everybody in the directory."""
    installation = Installation(folder)
    installation.prepare()
    text = demo_rules((TOP / "routing_rules.yaml").read_text(encoding="utf-8"), dt.datetime.now(dt.UTC).date())
    rulebook = load(text.encode())
    (folder / "settings.yaml").write_text("rules: routing_rules.yaml\n")
    for file in (folder / "routing_rules.yaml", installation.rules / f"{rulebook.version}.yaml"):
        file.write_text(text, encoding="utf-8")
    database = connect(installation.settings.database or "")
    import_people(database, TOP / "demo" / "company" / "people.csv", rulebook)
    import_customers(database, TOP / "demo" / "company" / "customers.csv", rulebook)
    database.close()
    return installation
