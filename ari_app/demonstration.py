"""``up --demo``: the sample company, and one sample call after the other, each checked against the register."""

import asyncio
import contextlib
from collections.abc import Mapping

import aiohttp
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from ari_app.cli import Refused
from ari_app.commands.import_ import import_file
from ari_app.commands.opening import staff_of
from ari_app.verdict import COLUMNS, Verdict, judge
from db.database import Database, connect
from db.directory import Directory
from demo.desk import Staff
from demo.endpoints import read
from demo.play import play_all
from demo.rules import demo_rules
from demo.scenario import Scenario
from demo.scenarios import DEMO
from premises.clock import now
from premises.installation import Endpoints, Installation
from premises.settings import PROGRAM

SEEN_SECONDS = 10.0


class RunningSwitchboard:
    """What a play needs of the running engine: `demo.play.Switchboard` over its HTTP pages and its directory."""

    def __init__(self, people_page: str, database: Database) -> None:
        self._page = people_page
        self._directory = Directory(database)

    async def set_away(self, person: str, reason: str | None) -> None:
        """Note in the directory that somebody is away, or back (None)."""
        await asyncio.to_thread(self._directory.set_away, person, reason)

    async def absences(self) -> dict[str, str | None]:
        """Why the engine would not ring each person now, None for who is free."""
        async with aiohttp.ClientSession() as session, session.get(self._page) as answer:
            people: dict[str, str | None] = await answer.json()
            return people

    async def until_seen(self, states: Mapping[str, str | None]) -> None:
        """Wait until the engine knows all this."""
        async with asyncio.timeout(SEEN_SECONDS):
            while True:
                people = await self.absences()
                if all(people.get(person, "unknown") == state for person, state in states.items()):
                    return
                await asyncio.sleep(0.05)


def prepare(installation: Installation) -> None:
    """Make the data folder the sample company's, with rules that show everything at any hour of the day.

    Raises `Refused` for a folder that belongs to somebody else's company.
    """
    marker = installation.folder / "this-is-a-demo"
    own = any((installation.folder / file).exists() for file in ("settings.yaml", "routing_rules.yaml"))
    if not marker.exists() and (own or staff_of(installation)):
        raise Refused(f"{installation.folder} has a company of its own: choose another folder with --data")
    installation.prepare()
    marker.touch()
    (installation.folder / "settings.yaml").write_text("rules: routing_rules.yaml\n", encoding="utf-8")
    sample = (PROGRAM / "routing_rules.yaml").read_text(encoding="utf-8")
    rules = demo_rules(sample, now().date())
    (installation.folder / "routing_rules.yaml").write_text(rules, encoding="utf-8")
    for what in ("people", "customers"):
        import_file(installation, what, PROGRAM / "demo" / "company" / f"{what}.csv")


async def demonstrate(installation: Installation, endpoints: Endpoints, console: Console) -> int:
    """Place every sample call and show what came of it; 0: each went as its rule says."""
    addresses = read(installation.endpoints_file)
    database = connect(installation.settings.database or "")
    switchboard = RunningSwitchboard(endpoints.api["people"], database)
    verdicts: list[Verdict] = []
    try:
        async with Staff(addresses) as staff:
            results = play_all(DEMO, addresses, staff, switchboard, began=lambda one: console.log(_begins(one)))
            async with contextlib.aclosing(results):
                async for result in results:
                    verdicts.append(await asyncio.to_thread(judge, result, database))
                    console.log(verdicts[-1].line)
    finally:
        database.close()
    console.print(_table(verdicts))
    return 0 if all(verdict.good for verdict in verdicts) else 1


def _begins(scenario: Scenario) -> str:
    return f"[bold]{scenario.rule}[/] {scenario.caller or 'withheld'} calls: {scenario.title}"


def _table(verdicts: list[Verdict]) -> Table:
    good = sum(verdict.good for verdict in verdicts)
    table = Table(title=f"{good} of {len(verdicts)} sample calls went as their rules say", box=SIMPLE)
    for column in COLUMNS:
        table.add_column(column, no_wrap=column != "call")  # so that it fits into 80 columns
    for verdict in verdicts:
        table.add_row(*verdict.row)
    return table
