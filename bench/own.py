"""What is measured of the switchboard alone: how fast it decides, starts, takes calls over, and finds a caller."""

import contextlib
import os
import re
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench import ours, reference
from bench.company import Company
from bench.figures import percentile
from bench.load import Telephones, telephones
from bench.notebook import Notebook
from bench.ours import OURS
from bench.reference import PARTS, after, failed, troubles
from bench.running import enough, running
from bench.tap import Tap
from bench.telephones.orders import Place, Report
from premises.installation import Installation

DECISION_RATE = 10.0
DECISION_CALLS = 100
ADOPTION_RATE = 20.0
ADOPTION_SECONDS = 30.0
DIRECTORY_RATE = 5.0
DIRECTORY_CALLS = 100
_TAKEN_OVER = re.compile(rb'"event": ?"call taken over"')
_ARRIVED = re.compile(rb'"type":"StasisStart".*?"caller":\{"name":"[^"]*","number":"(\+\d+)"')


def decision(book: Notebook) -> None:
    """From Asterisk's word that a call is ours to the INVITE that rings the manager: look-up and decision included."""
    with running(OURS, enough(OURS, rate=DECISION_RATE)) as it:
        it.warm()
        try:
            tap = Tap(it.served.http)
        except PermissionError:
            book.tell("StasisStart to INVITE is left out: it takes the right to see packets (CAP_NET_RAW)")
            return
        with tap, book.watched(f"{OURS.name}: StasisStart to INVITE"):
            report = it.place(DECISION_CALLS, DECISION_RATE)
            waits = list(_decided(report, arrivals(tap.heard())))
    for part, share in PARTS.items() if waits else ():
        book.note(f"StasisStart to INVITE {part}", OURS.name, "ms", percentile(waits, share))


def arrivals(packets: Iterable[tuple[bytes, int]]) -> list[tuple[str, int]]:
    """Which callers Asterisk has handed over, and when."""
    return [(number.decode(), at) for packet, at in packets for number in _ARRIVED.findall(packet)]


def _decided(report: Report, arrived: list[tuple[str, int]]) -> Iterator[float]:
    for call in report.calls:
        announced = [at for number, at in arrived if number == call.caller and call.invited <= at <= call.rung]
        if announced:
            yield after(announced[0], call.rung)


def cold_start(book: Notebook) -> None:
    """From nothing but the data folder to the first caller who is answered; prompts and registrations are there."""
    with _folder() as folder, telephones() as them:
        installation = ours.settle(folder, Company())
        with ours.up(installation):
            ours.register(installation, them)
        with book.watched(f"{OURS.name}: cold start"):
            began = time.time_ns()
            with ours.up(installation):
                server = int(installation.endpoints().sip["udp"])
                report = them.place(Place(server=server, rate=1.0, callers=Company().callers(1)))
    for call in report.calls:
        if call.answered:
            book.note("cold start to the first answered call", OURS.name, "ms", after(began, call.answered))


def adoption(book: Notebook, calls: int) -> None:
    """Kill the engine in the midst of so many talks: how long until another one has them all, and what is lost."""
    with _folder() as folder, telephones() as them:
        company = Company(managers=calls + 10)
        installation = ours.settle(folder, company)
        with ours.up(installation), book.watched(f"{OURS.name}: an engine that is killed in {calls} talks"):
            ours.register(installation, them)
            taken, report = _killed(installation, them, company.callers(calls))
    if failed(report):
        book.tell(f"     failed: {troubles(report)}")
    if taken:
        book.note(f"adoption of {calls} calls", OURS.name, "ms", taken)
    book.note(f"calls lost of {calls} when the engine is killed", OURS.name, "calls", len(failed(report)))


def _killed(installation: Installation, them: Telephones, callers: tuple[str, ...]) -> tuple[float, Report]:
    """Milliseconds until all were taken over (0: they were not), and how the calls ended."""
    endpoints = installation.endpoints()
    server = int(endpoints.sip["udp"])
    them.begin(
        Place(server=server, rate=ADOPTION_RATE, callers=callers, talk=ADOPTION_SECONDS, sound=True, together=True)
    )
    time.sleep(len(callers) / ADOPTION_RATE + 3.0)
    log = installation.folder / "up.log"
    seen = log.stat().st_size
    began = time.monotonic()
    os.kill(endpoints.engine, signal.SIGKILL)
    taken = 0.0
    while not taken and time.monotonic() < began + ADOPTION_SECONDS - 5:
        time.sleep(0.01)
        if _taken_over(log, seen) >= len(callers):
            taken = 1000 * (time.monotonic() - began)
    return taken, them.report()


def _taken_over(log: Path, since: int) -> int:
    """How many calls a log tells of that were taken over."""
    with log.open("rb") as lines:
        lines.seek(since)
        return len(_TAKEN_OVER.findall(lines.read()))


def directories(book: Notebook, sizes: tuple[int, ...]) -> None:
    """The reference call with few customers and with many."""
    for customers in sizes:
        book.tell(f"{OURS.name}: {customers:,} customers")
        with running(OURS, enough(OURS, rate=DIRECTORY_RATE, customers=customers)) as it:
            it.warm()
            cost, report = reference.costs(it, book, rate=DIRECTORY_RATE, calls=DIRECTORY_CALLS)
        waits = [after(call.invited, call.rung) for call in report.calls if call.rung]
        book.note(f"engine CPU per call, {customers:,} customers", OURS.name, "ms", cost.engine)
        if waits:
            book.note(
                f"INVITE to INVITE p50, {customers:,} customers", OURS.name, "ms", percentile(waits, PARTS["p50"])
            )


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield Path(folder)
