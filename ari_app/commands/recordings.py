"""``switchboard recordings``: list them, verify that files and register agree (T1), list messages to be heard (T4)."""

import argparse
from collections.abc import Iterator

from rich.table import Table

from ari_app.commands.calls import moment
from ari_app.commands.opening import database_of
from ari_app.commands.printing import show
from ari_app.recordings.checking import Finding, check
from db.records import MessageRow, RecordingRow
from db.stories import Stories
from premises.installation import Installation


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("what", nargs="?", choices=("list", "verify", "messages"), default="list")
    parser.add_argument("--since", type=moment, metavar="TIME")
    parser.add_argument("--until", type=moment, metavar="TIME")
    parser.add_argument("--person")
    parser.add_argument("--customer")
    parser.add_argument("--limit", type=int, default=50)


def run(given: argparse.Namespace) -> int:
    """Prints them; ``verify`` prints what does not agree, and its status is 1 if there is any."""
    installation = Installation(given.data)
    with database_of(installation) as database:
        stories = Stories(database)
        if given.what == "list":
            rows = stories.recordings(
                limit=given.limit,
                since=given.since,
                until=given.until,
                person=given.person,
                customer=given.customer,
            )
            show(_table(rows))
            return 0
        if given.what == "messages":
            show(_messages(stories.unheard()))
            return 0
        findings = list(_findings(installation, stories))
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings" if findings else "files and register agree")
    return 1 if findings else 0


def _findings(installation: Installation, stories: Stories) -> Iterator[Finding]:
    yield from check(stories.every_recording(), installation.recordings)
    yield from check(stories.every_message(), installation.messages)


def _messages(rows: tuple[MessageRow, ...]) -> Table:
    table = Table(title="messages that nobody has heard yet")
    for column in ("left", "box", "who must listen", "call", "seconds", "file"):
        table.add_column(column)
    for row in rows:
        left = f"{row.left.astimezone():%Y-%m-%d %H:%M:%S}"
        table.add_row(left, row.box, row.owner or "anybody", row.call, f"{row.seconds:.1f}", row.file)
    return table


def _table(rows: tuple[RecordingRow, ...]) -> Table:
    table = Table()
    for column in ("call", "started", "seconds", "file", "repaired"):
        table.add_column(column)
    for row in rows:
        started = f"{row.started.astimezone():%Y-%m-%d %H:%M:%S}"
        table.add_row(row.call, started, f"{row.seconds:.1f}", row.file, "yes" if row.repaired else "")
    return table
