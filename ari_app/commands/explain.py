"""``switchboard explain``: where a call would go, and why, without placing it."""

import argparse
import datetime as dt
import zoneinfo
from collections.abc import Iterable

from ari_app.cli import Refused
from ari_app.commands.opening import database_of, rules_of
from db.directory import Directory
from db.numbers import normalise
from premises.installation import Installation
from routing.explain import Chosen, Told, explain
from routing.facts import Caller, Facts, Person, PersonId
from routing.outcomes import Absence
from routing.rulebook import Rulebook

INDENT = {"reason": "    · ", "step": "  ▶ ", "outcome": "      → ", "end": "  ■ "}


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("--caller", metavar="NUMBER", help="who calls (default: withheld)")
    parser.add_argument("--dialled", metavar="NUMBER", help="which line (default: the first in the rules)")
    parser.add_argument(
        "--at", metavar="TIME", help="when, as 2026-12-31T10:00, in the company's time zone (default: now)"
    )
    parser.add_argument("--keys", default="", help="pressed one after another, one for each question")
    parser.add_argument("--absent", action="append", default=[], metavar="PERSON", help="who does not answer")
    parser.add_argument(
        "--hands-over",
        action="append",
        default=[],
        metavar="PERSON=TO",
        help="who answers and hands over, and to whom: a number of the rules' transfers, a person, an extension",
    )
    parser.add_argument(
        "--wants-call", action="store_true", help="the caller asks to be called back, if that is offered"
    )
    parser.add_argument("--knows-code", action="store_true", help="the caller keys in the right customer code")


def run(given: argparse.Namespace) -> int:
    """Prints the path."""
    installation = Installation(given.data)
    with database_of(installation) as database:
        directory = Directory(database)
        staff = directory.staff()
        rulebook = rules_of(installation, staff)
        country = rulebook.company.country
        number = normalise(given.caller, country) if given.caller else None
        if given.caller and number is None:
            raise Refused(f"--caller {given.caller}: no number; leave it out for a caller who withholds it")
        handed = dict(map(_handing_over, given.hands_over))
        _refuse_strangers((*given.absent, *handed), staff)
        facts = Facts(
            call="explained",
            at=_moment(given.at, rulebook),
            dialled=normalise(given.dialled, country) or "" if given.dialled else next(iter(rulebook.lines)),
            caller=Caller(number=number, customer=directory.customer(number)),
            staff=staff,
        )
    chosen = Chosen(
        keys=given.keys,
        absent=dict.fromkeys(given.absent, Absence.AWAY),
        knows_code=given.knows_code,
        wants_call=given.wants_call,
        hands_over=handed,
    )
    for told in explain(rulebook, facts, chosen):
        print(show(told))
    return 0


def _refuse_strangers(named: Iterable[PersonId], staff: tuple[Person, ...]) -> None:
    """A name that is mistyped would be nobody's, and the path told would be another one."""
    known = {person.id for person in staff}
    if stranger := next((one for one in named if one not in known), None):
        raise Refused(f"nobody in the directory is called {stranger!r}")


def _handing_over(text: str) -> tuple[str, str]:
    person, equals, to = text.partition("=")
    if not (person and equals and to):
        raise Refused(f"--hands-over {text}: write who and to whom, as anna=600")
    return person, to


def _moment(text: str | None, rulebook: Rulebook) -> dt.datetime:
    zone = zoneinfo.ZoneInfo(rulebook.company.timezone)
    if text is None:
        return dt.datetime.now(zone)
    try:
        given = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"--at {text}: not a time; write it as 2026-12-31T10:00") from None
    return given if given.tzinfo else given.replace(tzinfo=zone)


def show(told: Told) -> str:
    """It as a line for people."""
    place = "".join((f" [{told.rule}]" if told.rule else "", f" (line {told.line})" if told.line else ""))
    return f"{INDENT[told.kind]}{told.text}{place}"
