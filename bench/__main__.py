"""``./switchboard bench``: measure what a call costs, beside the limit and, if asked for, beside the peers."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import micro, report, rounds
from bench.lean import variant
from bench.notebook import Notebook
from bench.ours import OURS
from bench.peers import PEERS, plain
from bench.peers.environment import prepare
from bench.rounds import FULL, QUICK
from bench.variant import Variant


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, show the table, and keep it; 0 unless something could not be measured."""
    given = _parser().parse_args(arguments)
    book = Notebook()
    rounds.measure(_variants(book, peers=given.peers), QUICK if given.quick else FULL, book)
    book.tell("the parts alone")
    book.results.extend(micro.measures(given.quick))
    told = report.Report.of(book)
    print(told.markdown())
    if given.json:
        told.write_json(given.json)
    if not given.quick:
        told.write_docs()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="switchboard bench", description="Measure what a call costs.")
    parser.add_argument(
        "--quick", action="store_true", help="one short run, in about two minutes; docs/ stays as it is"
    )
    parser.add_argument("--peers", action="store_true", help="measure what others would do for the same call, too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure of every run to this file")
    return parser


def _variants(book: Notebook, *, peers: bool) -> list[Variant]:
    """The limit and ours, and those of the peers that can run here."""
    missing = prepare(book.tell) if peers else {}
    others = [variant(peer) for peer in PEERS if peer.name not in missing] if peers else [variant(plain.PEER)]
    return [*others, OURS]


if __name__ == "__main__":
    sys.exit(main())
