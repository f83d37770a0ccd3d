"""The rules: read, checked as they are typed, compared with those in force, brought into force."""

import asyncio
import http
from typing import Annotated

import msgspec

from premises.checking import Checked
from web.office import Office
from web.operations import Operation
from web.permissions import Asker, Right
from web.problems import Mistake, Problem, later, not_there
from web.rule_shelf import NotReplaced, Version

RuleText = Annotated[str, msgspec.Meta(max_length=500_000, description="a whole rule file, YAML")]
VersionName = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{12}$(?!\n)")]
Note = Annotated[str, msgspec.Meta(max_length=500)]
CHECKING_SECONDS = 10.0
"""For a text to be checked, behind those that others have checked; then the one who asks is told to come again."""


class RulesTold(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the rules."""

    version: str
    text: str


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """Those that are or were in force, the latest first."""

    versions: tuple[Version, ...]


class OfVersion(msgspec.Struct, frozen=True, kw_only=True):
    """Which version is meant."""

    version: VersionName


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text that might become the rules."""

    text: RuleText


class Activation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text that is to become the rules."""

    text: RuleText
    replaces: VersionName
    """The version that the text was made from; if another one is in force by now, nothing is changed."""
    note: Note = ""
    """Why, for those who read the history."""


class CheckTold(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a text."""

    good: bool
    """Whether it can be brought into force."""
    mistakes: tuple[Mistake, ...]
    """What cannot be so, all of it."""
    warnings: tuple[Mistake, ...]
    """What works, but hardly as it was meant."""
    difference: str
    """From the rules in force, as `diff -u` shows it."""


class Activated(msgspec.Struct, frozen=True, kw_only=True):
    """The rules that are in force from now on; calls under way keep those that they began with."""

    version: str


async def rules(office: Office, asker: Asker) -> RulesTold:
    """The rules in force."""
    await office.rulebook()
    version, text = await office.ask(office.shelf.in_force)
    return RulesTold(version=version, text=text.decode())


async def versions(office: Office, asker: Asker) -> Versions:
    """The history: every version that was in force, who brought it into force over the API, and why."""
    await office.rulebook()
    return Versions(versions=await office.ask(office.shelf.versions))


async def version(office: Office, asker: Asker, path: OfVersion) -> RulesTold:
    """A version of the history."""
    text = await office.ask(lambda: office.shelf.text(path.version))
    if text is None:
        raise not_there("such version")
    return RulesTold(version=path.version, text=text.decode())


async def check_rules(office: Office, asker: Asker, body: Draft) -> CheckTold:
    """What is wrong with a text, at which line and column, and how it differs from the rules in force."""
    checked = await _check(office, body.text)
    return CheckTold(
        good=checked.passed,
        mistakes=_mistakes(checked),
        warnings=_warnings(checked),
        difference=await office.ask(lambda: office.shelf.difference(checked.text)),
    )


async def activate(office: Office, asker: Asker, body: Activation) -> Activated:
    """Bring a text into force; one with mistakes is refused with all of them (422).

    It replaces the rule file in one step, or not at all. 409: other rules are in force than those that it was
    made from, or the file cannot be written.
    """
    checked = await _check(office, body.text)
    if not checked.passed:
        mistakes = _mistakes(checked)
        detail = f"the rules have {len(mistakes)} mistakes; nothing was changed"
        raise Problem(http.HTTPStatus.UNPROCESSABLE_ENTITY, detail, mistakes=mistakes)
    account = asker.account.name
    try:
        done = await office.ask(lambda: office.shelf.replace(checked.text, body.replaces, account, body.note))
    except NotReplaced as why:
        raise Problem(http.HTTPStatus.CONFLICT, f"nothing was changed: {why}") from None
    return Activated(version=done)


async def _check(office: Office, text: str) -> Checked:
    await office.rulebook()
    staff = (await office.staff()).people
    try:
        async with asyncio.timeout(CHECKING_SECONDS):
            return await office.proving.run(lambda: office.shelf.check(text.encode(), staff))
    except TimeoutError:
        raise later("these rules, or those that others have checked, take too long", 10) from None
    except OSError as why:
        raise later(f"the rules cannot be checked ({why})", 60) from None


def _mistakes(checked: Checked) -> tuple[Mistake, ...]:
    """What is wrong as it is written, or else by the proof."""
    written = tuple(
        Mistake(line=one.line, column=one.column, length=one.length, message=one.message, help=one.help)
        for one in checked.mistakes
    )
    return written + _faults(checked, warnings=False)


def _warnings(checked: Checked) -> tuple[Mistake, ...]:
    return _faults(checked, warnings=True)


def _faults(checked: Checked, *, warnings: bool) -> tuple[Mistake, ...]:
    """The proof tells of lines; who shows it underlines all of the line."""
    lines = checked.text.decode().splitlines()
    return tuple(
        Mistake(
            line=fault.line,
            column=1,
            length=max(1, len(lines[fault.line - 1]) if fault.line <= len(lines) else 1),
            message=fault.message,
            help=f"for example: {fault.example}" if fault.example else "",
        )
        for fault in (checked.proof.faults if checked.proof else ())
        if fault.is_warning is warnings
    )


OPERATIONS = (
    Operation(method="GET", path="/rules", do=rules, right=Right.RULES),
    Operation(method="PUT", path="/rules", do=activate, right=Right.ACTIVATE, problems=(409, 422)),
    Operation(method="GET", path="/rules/versions", do=versions, right=Right.RULES),
    Operation(method="GET", path="/rules/versions/{version}", do=version, right=Right.RULES),
    Operation(method="POST", path="/rules/check", do=check_rules, right=Right.RULES),
)
