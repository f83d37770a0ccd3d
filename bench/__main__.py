"""``./switchboard bench``: measure what a call costs, beside the limit and, if asked for, beside the peers."""

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import micro, rounds
from bench.lean import variant
from bench.notebook import Notebook
from bench.ours import OURS
from bench.peers import PEERS, plain
from bench.peers.environment import prepare
from bench.report import Report
from bench.rounds import FULL, QUICK
from bench.variant import Variant

ALONE = "alone"
"""The part that needs no PBX: see `bench.micro`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, show the tables, and keep them; returns 0."""
    given = _parser().parse_args(arguments)
    effort = QUICK if given.quick else FULL
    effort = dataclasses.replace(effort, runs=given.runs or effort.runs)
    parts = given.part or list(_parts())
    earlier = [Report.read(file) for file in given.add]
    book = Notebook()
    for _ in rounds.measure(_variants(book, given), effort, [part for part in parts if part != ALONE], book):
        _keep(Report.of(book, earlier), given.json)  # what is measured already outlives whatever happens next
    if ALONE in parts and not given.only:
        book.tell("the parts alone")
        book.results.extend(micro.measures(given.quick))
    report = Report.of(book, earlier)
    print(report.markdown())
    _keep(report, given.json)
    if given.docs:
        report.write_docs()
    return 0


def _keep(report: Report, file: Path | None) -> None:
    if file:
        report.write_json(file)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="switchboard bench", description="Measure what a call costs.")
    parser.add_argument("--quick", action="store_true", help="one short run, in some minutes")
    parser.add_argument("--peers", action="store_true", help="measure what others would do for the same call, too")
    parser.add_argument("--only", action="append", choices=_names(), help="measure this one alone")
    parser.add_argument("--part", action="append", choices=_parts(), help="measure this alone")
    parser.add_argument("--runs", type=int, metavar="N", help=f"how often (default: {FULL.runs}; quick: {QUICK.runs})")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure of every run to this file")
    parser.add_argument("--add", action="append", type=Path, metavar="FILE", default=[], help="count its figures, too")
    parser.add_argument("--docs", action="store_true", help="write docs/bench.md and its pictures")
    return parser


def _variants(book: Notebook, given: argparse.Namespace) -> list[Variant]:
    """The limit and ours, those of the peers that can run here, or whoever was asked for."""
    wanted = given.only or (_names() if given.peers else [plain.PEER.name, OURS.name])
    missing = prepare(book.tell) if set(wanted) - {plain.PEER.name, OURS.name} else {}
    others = [variant(peer) for peer in PEERS if peer.name not in missing]
    return [one for one in (*others, OURS) if one.name in wanted]


def _parts() -> tuple[str, ...]:
    return (*rounds.PARTS, ALONE)


def _names() -> list[str]:
    return [*(peer.name for peer in PEERS), OURS.name]


if __name__ == "__main__":
    sys.exit(main())
