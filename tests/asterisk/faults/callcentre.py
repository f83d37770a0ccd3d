"""A company for load: one line, a menu of one key, and operators enough for all who call. Its prompts are short."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from db.database import connect
from db.importing import import_customers, import_people
from premises.installation import Installation
from routing import load
from tests.asterisk.conftest import down, up

LINE = "+74950000001"
OPERATORS = 48
"""A talk occupies somebody for two seconds, and what waited during a fault comes all at once."""
CUSTOMERS = tuple(f"+7916000{number:04}" for number in range(1, 21))
PEOPLE = "id,name,role,departments,extension\n" + "".join(
    f"op{number},Operator {number},operator,sales,{200 + number}\n" for number in range(1, OPERATORS + 1)
)
DIRECTORY = "id,name,type,numbers\n" + "".join(
    f"c{place},Customer {place},market,{number}\n" for place, number in enumerate(CUSTOMERS, 1)
)
RULES = """
company: {name: {en: Load}, country: RU, timezone: Europe/Moscow, languages: [en]}
customers: [market]
departments: [sales]
roles: [operator]
intents: [order]
hours:
  always: {mon-sun: "00:00-24:00", holidays: open}
groups:
  operators: {role: operator}
lines:
  any: {announce: welcome, menu: main}
menus:
  main:
    say: {en: "If you want to order something, press 1."}
    keys: {1: {intent: order}}
    wait: 8s
    tries: 3
    otherwise: {intent: order}
routes:
  - {rule: D3, wait for: operators, at most: 2m, offer: 15s}
last_resort: {announce: nobody_free, message: office}
boxes:
  office: {announce: leave_message, at most: 20s, thanks: message_kept, owner: operators}
texts:
  welcome: {en: Hello.}
  nobody_free: {en: Nobody is free.}
  leave_message: {en: Please leave a message.}
  message_kept: {en: Thanks.}
  goodbye: {en: Goodbye.}
"""


@dataclass(frozen=True, slots=True)
class Company:
    """Its rules, its people and customers as CSV, and what its ``settings.yaml`` has beside the test's."""

    rules: str
    people: str
    customers: str = "id,name,type,numbers\n"
    settings: str = ""


CALL_CENTRE = Company(RULES, PEOPLE, DIRECTORY)


@contextmanager
def served(
    folder: Path, database: str | None = None, within: Sequence[str] = (), company: Company = CALL_CENTRE
) -> Iterator[Installation]:
    """The company, being served from this folder until the block ends.

    ``database``: an SQLAlchemy URL of its own. ``within``: a command that `up` is started by.
    """
    installation = settle(folder, database, company)
    process = up(folder, within)
    try:
        yield installation
    finally:
        status = down(process)
    assert status == 0


def settle(folder: Path, database: str | None, company: Company) -> Installation:
    """The company in a data folder."""
    installation = Installation(folder)
    installation.prepare()
    (folder / "routing_rules.yaml").write_text(company.rules, encoding="utf-8")
    own = f"database: '{database}'\n" if database else ""
    settings = f"rules: routing_rules.yaml\nweb: {{serve: no}}\n{own}{company.settings}"
    (folder / "settings.yaml").write_text(settings, encoding="utf-8")
    opened = connect(installation.settings.database or "")
    try:
        rulebook = load(company.rules.encode())
        for name, content, read in (
            ("people", company.people, import_people),
            ("customers", company.customers, import_customers),
        ):
            file = folder / f"{name}.csv"
            file.write_text(content, encoding="utf-8")
            read(opened, file, rulebook)
    finally:
        opened.close()
    return installation
