"""Checking a rule file: every mistake at once, then the proof; for `switchboard check`, `up` and a changed file."""

from pathlib import Path

import msgspec

from premises.clock import now
from routing import BadRules, Mistake, load, render_mistakes
from routing.facts import Person
from routing.proof import Fault, Proof, prove
from routing.rulebook import Rulebook
from routing.source import Source, decode


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a rule file."""

    text: bytes
    rulebook: Rulebook | None
    """None: the file has mistakes."""
    passed: bool
    report: str
    """Mistakes, faults and warnings as text for people; empty when there are none."""
    mistakes: tuple[Mistake, ...] = ()
    proof: Proof | None = None


def check(file: Path, staff: tuple[Person, ...]) -> Checked:
    """Read and prove the rules; never raises for what is in the file. An OSError says that it cannot be read."""
    return check_text(file.read_bytes(), file, staff)


def check_text(text: bytes, file: Path, staff: tuple[Person, ...]) -> Checked:
    """What would be said of this text if it were in that file."""
    try:
        rulebook = load(text, staff or None, lambda name: (file.parent / name).is_file())
    except BadRules as bad:
        report = render_mistakes(bad.mistakes, str(file), text)
        return Checked(text=text, rulebook=None, passed=False, report=report, mistakes=bad.mistakes)
    proof = prove(rulebook, staff, today=now().date())
    report = "\n".join(_show(fault, file, text) for fault in proof.faults)
    return Checked(text=text, rulebook=rulebook, passed=proof.holds, report=report, proof=proof)


def _show(fault: Fault, file: Path, text: bytes) -> str:
    kind = "warning" if fault.is_warning else "error"
    shown = Source(decode(text)).line(fault.line)
    example = f"\n      = for example: {fault.example}" if fault.example else ""
    return f"{file}:{fault.line}: {kind}: {fault.message}\n {fault.line:4} | {shown}{example}"
